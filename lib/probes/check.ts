import type { RequestPlan } from '../config/types';
import type { CHECKS } from './checks';

/** The result of a check. */
export interface CheckResult {
  /** The name in the plan. */
  readonly name: string;
  readonly kind: CheckKindName;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The tier that it tests; absent when it does not test a single tier. */
  readonly tier?: string;
  /** What was observed, in one line; for a failed check also what was expected. */
  readonly detail: string;
  /** When it started: ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: number;
  /** The figures that gates judge. Those that a check does not measure are absent. */
  readonly measures?: Measures;
  /** What became of the first request that failed, of a load that passes with errors. @default - none failed, or the detail says it */
  readonly firstError?: string;
  /** The last reads that showed the write before them: another release can be asked for the same. */
  readonly lastReads?: readonly RequestPlan[];
  /** The release that it shows to run; absent when it shows none. */
  readonly shows?: string;
  /** The end of a command's output. */
  readonly output?: string;
}

/** The names of the kinds of check: those of a config, and those that a rehearsal makes beside them. */
export type CheckKindName = (typeof CHECKS)[number]['kind'] | 'data' | 'written-read';

/** The figures of a check. */
export interface Measures {
  readonly reads?: number;
  /** Reads that missed the write before them. */
  readonly staleReads?: number;
  readonly requests?: number;
  /** Answers of 4xx and 5xx, broken connections and time-outs. */
  readonly errors?: number;
  /** `errors` in `requests`, 0 to 1. */
  readonly errorRate?: number;
  readonly requestsPerSecond?: number;
  /** Percentiles of the response time, in milliseconds. */
  readonly p25Ms?: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Milliseconds until the slowest replica showed a write. */
  readonly lagMs?: number;
}
