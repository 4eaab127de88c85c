import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Blueprint, ServiceTier, Tier } from '../../blueprint/blueprint';
import { equalJson, type Json } from '../../json';
import type { ProbeDatabase } from '../../probes/context';
import type { KeptTier, RehearsedTier, TierState, Watch } from '../target';
import { engineOnAws } from './coverage';
import { noCheckpoint, notStanding } from './refusals';
import type { LocalSettings } from './settings';
import { DATA } from './sql/final-snapshot';
import { offered, type OfferedData, type SharedData } from './shared-data';
import type { Place } from './technology';
import { technologyOf } from './technologies';
import type { LocalTier } from './tier';

/** A tier that runs on a technology of its own. */
export type DataTier = Exclude<Tier, ServiceTier>;

/** A running data tier, with its definition. */
interface Standing {
  readonly tier: DataTier;
  readonly local: LocalTier;
}

/** The data tiers of an environment on this machine. They stay as they were stood up, whatever a release defines. */
export class DataTiers {
  private readonly standing = new Map<string, Standing>();
  /** Why a tier is not what the release defines, by its name. */
  private readonly changed = new Map<string, string>();

  /** @param folder - the environment's */
  constructor(private readonly folder: string) {}

  has(name: string): boolean {
    return this.standing.has(name);
  }

  /** Those that stand, by their names. */
  get all(): ReadonlyMap<string, LocalTier> {
    return new Map([...this.standing].map(([name, { local }]) => [name, local]));
  }

  /** Makes a tier that can be stood up, and registers its addresses. Starts nothing. */
  make(tier: DataTier, place: Omit<Place, 'folder'>): void {
    const local = technologyOf(tier)!.stand(tier, { ...place, folder: this.folderOf(tier) });
    this.standing.set(tier.name, { tier, local });
    place.names.register(
      tier,
      () => local.attributes(),
      () => local.memberAttributes?.() ?? {},
    );
  }

  /** @param shared - where those of a second production come from */
  async seed(
    { seed, folder }: Pick<LocalSettings, 'seed' | 'folder'>,
    watch: Watch,
    shared?: SharedData,
  ): Promise<void> {
    await this.inParallel(watch, 'seed', async ({ tier, local }) => {
      if (shared) return this.seedBeside(shared, { tier, local }, watch);
      const file = seed[tier.name];
      return local.seed(file === undefined ? undefined : resolve(folder, file), watch);
    });
  }

  /** Begins with a copy of the first production's data, or with none. */
  private async seedBeside(shared: SharedData, { tier, local }: Standing, watch: Watch): Promise<void> {
    const copy = join(this.folder, 'copies', inPath(tier.name));
    if (!(await shared.copy(tier, copy, watch))) return local.seed(undefined, watch);
    const own = this.folderOf(tier);
    await mkdir(own, { recursive: true });
    for (const name of await passwordsIn(copy)) await copyFile(join(copy, name), join(own, name));
    await local.adopt!(join(copy, DATA), watch);
    await rm(copy, { recursive: true, force: true });
  }

  /**
   * Copies the data of a tier while it runs, with the passwords of its administrators, which are a part of them.
   *
   * @param into - a folder that does not exist yet
   */
  async copy(
    { stack, logicalId }: Pick<DataTier, 'stack' | 'logicalId'>,
    into: string,
    watch: Watch,
  ): Promise<void> {
    const found = [...this.standing.values()].find(
      ({ tier }) => tier.stack === stack && tier.logicalId === logicalId,
    );
    if (!found) throw notStanding(logicalId, [...this.standing.keys()]);
    await mkdir(into, { recursive: true, mode: 0o711 }); // servers may run as another user
    await found.local.checkpoint(join(into, DATA), watch);
    const own = this.folderOf(found.tier);
    for (const name of await passwordsIn(own)) await copyFile(join(own, name), join(into, name));
  }

  /** Copies the data of all databases while they run: caches, of whichever kind, fill again. @param into - a folder that does not exist yet */
  async keep(into: string, watch: Watch): Promise<readonly KeptTier[]> {
    const kept: KeptTier[] = [];
    for (const { tier, local } of this.standing.values()) {
      if (tier.kind === 'cache' || tier.kind === 'storage') continue;
      const file = inPath(tier.name);
      await watch.span(`keep ${tier.name}`, () => this.copy(tier, join(into, file), watch));
      kept.push({ tier: tier.name, engine: local.state().engine, file });
    }
    return kept;
  }

  async up(watch: Watch): Promise<void> {
    await this.inParallel(watch, 'start', ({ local }) => local.up(watch));
  }

  async checkpoint(name: string, watch: Watch): Promise<void> {
    await this.inParallel(watch, 'copy', ({ tier, local }) =>
      local.checkpoint(this.checkpointOf(name, tier.name), watch),
    );
  }

  /** @throws TwinError `checkpoint` where there is none of every tier */
  checkCheckpoint(name: string): void {
    if ([...this.standing.keys()].some((tier) => !existsSync(this.checkpointOf(name, tier))))
      throw noCheckpoint(name);
  }

  async restore(name: string, watch: Watch): Promise<void> {
    await this.inParallel(watch, 'restore', ({ tier, local }) =>
      local.restore(this.checkpointOf(name, tier.name), watch),
    );
  }

  /** Notes which of them a release defines otherwise, or not at all: those count as skipped. */
  noteChanges({ tiers }: Blueprint, release: string): void {
    for (const [name, { tier }] of this.standing) {
      const next = tiers.find((it) => it.name === name);
      this.changed.delete(name);
      if (next && equalJson(next as unknown as Json, tier as unknown as Json)) continue;
      const change = next ? 'changes this tier' : 'removes this tier';
      this.changed.set(name, `${release} ${change}, which stays here as it was stood up`);
    }
  }

  states(): readonly TierState[] {
    return [...this.standing.values()].map(({ tier, local }): TierState => {
      const { name, kind } = tier;
      const because = this.changed.get(name);
      if (because !== undefined) return { tier: name, kind, skipped: true, because };
      return { ...local.state(), standsFor: engineOnAws(tier) } satisfies RehearsedTier;
    });
  }

  databases(): readonly ProbeDatabase[] {
    return [...this.standing.values()].flatMap(({ local }) => local.databases?.() ?? []);
  }

  /** What tasks get for them. */
  variables(): Readonly<Record<string, string>> {
    const each = [...this.standing.values()].map(({ local }) => local.variables?.() ?? {});
    return Object.assign({}, ...each) as Record<string, string>;
  }

  /** What each gives another environment that uses its data. */
  offered(): OfferedData['tiers'] {
    return [...this.standing.values()].map(({ tier, local }) => offered(tier, local));
  }

  private folderOf({ name }: DataTier): string {
    return join(this.folder, 'data', inPath(name));
  }

  private checkpointOf(name: string, tier: string): string {
    return join(this.folder, 'checkpoints', name, inPath(tier));
  }

  private async inParallel(
    watch: Watch,
    verb: string,
    work: (standing: Standing) => Promise<void>,
  ): Promise<void> {
    await Promise.all(
      [...this.standing.values()].map((it) => watch.span(`${verb} ${it.tier.name}`, () => work(it))),
    );
  }
}

const passwordsIn = async (folder: string): Promise<string[]> =>
  existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.password')) : [];

const inPath = (tier: string): string => tier.replaceAll('/', '-');
