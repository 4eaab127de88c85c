import type { ZodType } from 'zod';
import type { DrillsConfig } from '../../config/types';
import type { Tier } from '../../blueprint/blueprint';
import type { DrillResult } from '../../evidence/evidence';
import type { Zod } from '../../field';
import type { Watch } from '../../targets/target';
import type { StepContext } from '../step';

/** What a config says of a kind of drill. */
export type Wanted<K extends keyof DrillsConfig> = NonNullable<DrillsConfig[K]>;

/** A kind of drill: all that configs, gates and documents know of it. */
export interface DrillKind<K extends keyof DrillsConfig> {
  /** Its key in `drills`. */
  readonly key: K;
  /** Its name in results. */
  readonly kind: string;
  /** With the sentence that documents it. */
  schema(this: void, z: Zod): ZodType<Wanted<K>, Wanted<K>>;
  /** Where the config does not say. */
  readonly default: Wanted<K>;
  /** The drills that the config asks for. */
  plan(this: void, wanted: Wanted<K>, context: StepContext): readonly Drill[];
  /** The kinds of tier that its list may name. @default - it names none */
  readonly tiers?: readonly Tier['kind'][];
  /** Whether it breaks something: then requests may fail until that has recovered. @default false */
  readonly isBreaking?: true;
}

/** Any kind of drill. */
export type AnyDrillKind = DrillKind<keyof DrillsConfig>;

/** Something to do on purpose, and what is observed then. */
export interface Drill {
  /** Such as `failover of Orders`. */
  readonly name: string;
  /** The tier that it needs. @default - none */
  readonly tier?: string;
  /** Whether it cannot be done again. @default false */
  readonly isOnce?: true;
  /** What is watched while it has tasks started, such as `roll forward`. @default - it has none started */
  readonly startsTasksDuring?: string;
  /** @param startedDuring - the same of all drills */
  perform(watch: Watch, startedDuring: readonly string[]): Promise<Seen>;
}

/** What a drill observed. */
export type Seen = Pick<DrillResult, 'detail' | 'recoveryMs' | 'staleReads' | 'endsWithIt'> & {
  readonly passed: boolean;
};
