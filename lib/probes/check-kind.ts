import type { ZodType } from 'zod';
import type { ChecksConfig } from '../config/types';
import type { Zod } from '../field';
import type { ProbeContext, Seen } from './context';

/** A check as it is planned. */
export type Planned<K extends keyof ChecksConfig> = NonNullable<ChecksConfig[K]>[number];

/** A kind of check: all that configs, targets and documents know of it. */
export interface CheckKind<K extends keyof ChecksConfig, N extends string> {
  /** The key of its list in `checks`. */
  readonly key: K;
  /** Its name in results. */
  readonly kind: N;
  /** What is planned of one check; its `about` is the sentence in documents. */
  schema(this: void, z: Zod): ZodType<Planned<K>, Planned<K>>;
  /** Runs one check. A finding is a result, never an exception; only an abort throws, with the signal's reason. */
  run(this: void, check: Planned<K>, context: ProbeContext): Promise<Seen>;
  /** Whether it measures a time or counts: then nothing is sent beside it. @default false */
  readonly isAlone?: true;
  /** Whether it sends its requests from where twin runs, and has to reach the load balancer from there. @default false */
  readonly isFromHere?: true;
  /** Whether it measures for gates, one of which a config has to set then. @default false */
  readonly isForGates?: true;
  /** The kinds of tier that its `tier` may name. @default - it names none */
  readonly tiers?: readonly ('sql' | 'document' | 'cache')[];
}

/** Any kind of check. */
export type AnyCheckKind = CheckKind<keyof ChecksConfig, string>;
