/** What a check saw. */
export interface CheckResult {
  /** What the plan calls it. */
  readonly name: string;
  readonly kind: CheckKind;
  readonly outcome: 'passed' | 'failed' | 'not rehearsed';
  /** The tier that it asks; absent when it asks no tier by itself. */
  readonly tier?: string;
  /** One line: what was seen, and where it failed what was allowed. */
  readonly detail: string;
  /** When it began: ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: number;
  /** Figures that gates judge. Those that a check does not take are absent. */
  readonly measures?: Measures;
  /** The end of what a command wrote. */
  readonly output?: string;
}

/** The kinds of check. */
export type CheckKind = 'smoke' | 'read-your-writes' | 'replica-lag' | 'command' | 'load';

/** Figures of a check. */
export interface Measures {
  readonly reads?: number;
  /** Reads that did not see the write before them. */
  readonly staleReads?: number;
  readonly requests?: number;
  /** Answers of 4xx and 5xx, broken connections and time-outs. */
  readonly errors?: number;
  /** `errors` in `requests`, 0 to 1. */
  readonly errorRate?: number;
  readonly requestsPerSecond?: number;
  /** Milliseconds below which so many percent of the answers came. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Milliseconds until the slowest replica showed a write. */
  readonly lagMs?: number;
}
