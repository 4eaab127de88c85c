import type { Tier } from '../../blueprint/blueprint';
import { counterpartsOf, type Counterparts } from '../../blueprint/read-blueprint';
import { dataAt, type Deployment, type Handle, type OwnData, type SkippedTier, type Watch } from '../target';
import type { DataTier } from './data-tiers';
import type { Names } from './names/names';
import type { SecretText } from './names/secrets';
import { callSupervisor } from './supervisor/supervision';
import type { LocalTier } from './tier';

type Attributes = Readonly<Record<string, string>>;

/** What a production gives a second one that uses its data. It goes from process to process, and is on no disk. */
export interface OfferedData {
  /** The file with the certificate of those who sign for its servers. */
  readonly authority: string;
  /** What its tasks get for its data tiers. */
  readonly variables: Attributes;
  readonly secrets: readonly SecretText[];
  readonly tiers: readonly OfferedTier[];
}

interface OfferedTier {
  readonly stack: string;
  readonly logicalId: string;
  readonly attributes: Attributes;
  readonly members: Readonly<Record<string, Attributes>>;
}

/** What is offered of a data tier. */
export const offered = ({ stack, logicalId }: DataTier, local: LocalTier): OfferedTier => ({
  stack,
  logicalId,
  attributes: local.attributes(),
  members: local.memberAttributes?.() ?? {},
});

/** The production beside which a second one stands. */
export interface FirstProduction {
  readonly folder: string;
  readonly environment: string;
  /** What a tier of the second begins with that has data of its own; undefined of one that uses those of the first. */
  readonly begins: (tier: string) => OwnData[string] | undefined;
}

/** The production whose data a second one uses, by the handle of that; undefined of one that has its own. */
export const firstOf = ({ first, firstEnvironment = '', ...handle }: Handle): FirstProduction | undefined =>
  first === undefined
    ? undefined
    : {
        folder: first,
        environment: firstEnvironment,
        begins: (tier) => handle[ownKey(tier)] as OwnData[string] | undefined,
      };

/** The key of a handle that says what a tier with data of its own begins with. */
export const ownKey = (tier: string): string => `own.${tier}`;

/** The data of the first production, as a second one sees them. */
export class SharedData {
  private constructor(
    private readonly first: FirstProduction,
    private readonly handle: Handle,
    private readonly data: OfferedData,
    private readonly counterparts: Counterparts,
  ) {}

  /** Asks the first production for what it offers; undefined where the environment has data of its own. */
  static async of(handle: Handle, deployment: Deployment, watch: Watch): Promise<SharedData | undefined> {
    const first = firstOf(handle);
    if (!first) return undefined;
    const ofFirst = { ...handle, name: first.folder };
    const data = (await callSupervisor(ofFirst, 'data', {}, watch)) as OfferedData;
    const counterparts = counterpartsOf(deployment.assembly, deployment.environment);
    return new SharedData(first, ofFirst, data, counterparts);
  }

  /** Whether a tier has data of its own. */
  isOwn({ name }: Tier): boolean {
    return this.first.begins(name) !== undefined;
  }

  /**
   * Copies the data of the first production that a tier is to begin with, while it works on.
   *
   * @param into - a folder that does not exist yet
   * @returns whether it begins with a copy
   */
  async copy(tier: DataTier, into: string, watch: Watch): Promise<boolean> {
    if (this.first.begins(tier.name) !== 'copy') return false;
    watch.learn({ [dataAt(tier.name)]: new Date().toISOString() });
    await callSupervisor(this.handle, 'copyTier', { tier: this.counterparts.of(tier), into }, watch);
    return true;
  }

  get authority(): string {
    return this.data.authority;
  }

  get variables(): Attributes {
    return this.data.variables;
  }

  /** The secrets, where the second production's templates have them. */
  get secrets(): readonly SecretText[] {
    return this.data.secrets.map(({ text, ...at }) => ({ ...this.counterparts.from(at), text }));
  }

  /** Registers the addresses of a tier. */
  register(tier: DataTier, names: Names): void {
    const { stack, logicalId } = this.counterparts.of(tier);
    const found = this.data.tiers.find((it) => it.stack === stack && it.logicalId === logicalId);
    if (!found) return;
    const members = Object.entries(found.members).map(
      ([id, it]) => [this.counterparts.from({ stack, logicalId: id }).logicalId, it] as const,
    );
    names.register(
      tier,
      () => found.attributes,
      () => Object.fromEntries(members),
    );
  }

  /** The state of a tier that is not stood up a second time. */
  state(tier: Tier): SkippedTier {
    return sharedTier(tier, this.first.environment);
  }
}

/** A tier that a second production does not have itself. */
export const sharedTier = ({ name, kind }: Tier, environment: string): SkippedTier => ({
  tier: name,
  kind,
  skipped: true,
  because: `it is that of ${environment}: data stay where they are`,
});
