import type { ChecksConfig, RequestPlan } from '../config/types';
import type { Recordings } from './context';

/** What is sent at once: the checks of a config, and what a rehearsal asks beside them. */
export interface ProbePlan extends ChecksConfig {
  readonly writtenReads?: readonly WrittenRead[];
  /** What replay checks send. @default - there are none */
  readonly recordings?: Recordings;
}

/** A read of what was written earlier. */
export interface WrittenRead extends RequestPlan {
  readonly name: string;
}
