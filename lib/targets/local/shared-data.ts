import type { Tier } from '../../blueprint/blueprint';
import { counterpartsOf, type Counterparts } from '../../blueprint/read-blueprint';
import type { Deployment, Handle, SkippedTier, Watch } from '../target';
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

/** The production whose data a second one uses, by the handle of that; undefined of one that has its own. */
export const firstOf = ({ first, firstEnvironment = '' }: Handle) =>
  first === undefined ? undefined : { folder: first, environment: firstEnvironment };

/** The data of the first production, as a second one sees them. */
export class SharedData {
  private constructor(
    private readonly environment: string,
    private readonly data: OfferedData,
    private readonly counterparts: Counterparts,
  ) {}

  /** Asks the first production for what it offers; undefined where the environment has data of its own. */
  static async of(handle: Handle, deployment: Deployment, watch: Watch): Promise<SharedData | undefined> {
    const first = firstOf(handle);
    if (!first) return undefined;
    const data = (await callSupervisor({ ...handle, name: first.folder }, 'data', {}, watch)) as OfferedData;
    const counterparts = counterpartsOf(deployment.assembly, deployment.environment);
    return new SharedData(first.environment, data, counterparts);
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
    return sharedTier(tier, this.environment);
  }
}

/** A tier that a second production does not have itself. */
export const sharedTier = ({ name, kind }: Tier, environment: string): SkippedTier => ({
  tier: name,
  kind,
  skipped: true,
  because: `it is that of ${environment}: data stay where they are`,
});
