import type { Tier } from '../../blueprint/blueprint';
import type { Names } from './names/names';
import type { Machine } from './process/machine';
import type { LocalTier } from './tier';
import type { Authority } from './tls/authority';

/**
 * Something that data tiers run on here: one folder, and one line in `technologies.ts`.
 *
 * @typeParam T - the tiers that it stands up
 */
export interface Technology<T extends Tier = Tier> {
  /** Whether a tier is one of these. The first technology that says so has it. */
  matches(tier: Tier): tier is T;
  /** Why a tier cannot be stood up on this machine, and what would make it possible, in one sentence; undefined when it can. */
  whyNot(tier: T): string | undefined;
  /** What is different here than the config asks for, in one sentence; it is said before anything stands. @default - nothing */
  warning?(tier: T, settings: Pick<Place, 'replicationDelayMs'>): string | undefined;
  /**
   * Checks, before anything stands, that a tier can be seeded from a path on this machine.
   *
   * @throws TwinError `seed`
   */
  checkSeed(tier: T, path: string): Promise<void>;
  /** Whether the lag of its replicas can be measured here. */
  readonly measuresLag: boolean;
  /** Why a tier cannot begin with the data of another one that runs. @default - it can */
  readonly whyNoCopy?: string;
  /** Makes a tier that can be stood up. Starts nothing. */
  stand(tier: T, place: Place): LocalTier;
}

/** Where a tier is stood up. */
export interface Place {
  /** The tier's folder, which does not exist yet. */
  readonly folder: string;
  readonly machine: Machine;
  /** The values of the template. */
  readonly names: Names;
  /** Who signs the certificates of the environment's servers. */
  readonly authority: Authority;
  /** How long every replica delays each write. */
  readonly replicationDelayMs: number;
}
