import type { Blueprint } from '../blueprint/blueprint';
import type { CostReport } from '../cost/cost';
import type { ParityReport } from '../parity/report';
import type { CheckResult } from '../probes/check';
import type { Residue, TierState } from '../targets/target';

/** Everything that a rehearsal leaves on record: `.twin/<rehearsal>/evidence.json`. Holds no secret. */
export interface Evidence {
  readonly version: 1;
  /** The version of cdk-twin. */
  readonly tool: string;
  /** Such as `20261121-0412-1.42.0`; its folder in `.twin`. */
  readonly rehearsal: string;
  readonly target: string;
  /** The release that production runs, and the one that is judged. */
  readonly from: string;
  readonly to: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: Verdict;
  /** Why it is not GO, the most telling first; empty for GO. */
  readonly reasons: readonly string[];
  /** Independent of the verdict: neither hides the other. */
  readonly tearDown: TearDown;
  /** What was judged before, when this is a retry from the checkpoint; the oldest first. */
  readonly attempts: readonly Attempt[];
  /** What took how long. Those without a parent are the steps. */
  readonly spans: readonly Span[];
  /** The gates as they were written before, and the SHA-256 of them. */
  readonly gatesDigest: string;
  readonly gates: readonly GateResult[];
  /** The proof that staging is a twin, from the candidate's assembly. */
  readonly parity: ParityReport;
  /** Both environments, without their templates. */
  readonly environments: { readonly prod: Drawn; readonly staging: Drawn };
  /** What stood there, and what did not. */
  readonly tiers: readonly TierState[];
  /** On the release that production runs. */
  readonly baseline: readonly CheckResult[];
  /** On the candidate. */
  readonly checks: readonly CheckResult[];
  readonly drills: readonly DrillResult[];
  readonly cost: CostReport;
  /** Files in the evidence's folder, such as `logs/Web-1.log`. */
  readonly files: readonly string[];
}

/**
 * What a rehearsal comes to. `BASELINE BROKEN`: staging did not work before the candidate came, so nothing is said about
 * it.
 */
export type Verdict = 'GO' | 'NO-GO' | 'BASELINE BROKEN';

/** What became of the environment. */
export interface TearDown {
  /** `kept` when that was asked for; `left` when something is, or may be. */
  readonly outcome: 'gone' | 'kept' | 'left';
  readonly residue: readonly Residue[];
  /** What went wrong; absent when nothing did. */
  readonly error?: string;
  /** The command that finishes; absent when it is gone. */
  readonly finish?: string;
  /** The command that tries again from the checkpoint; absent when nothing is kept for that. */
  readonly retry?: string;
}

/** An earlier try on the same environment. */
export interface Attempt {
  readonly to: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly endedAt: string;
}

/** A part of the rehearsal's time. */
export interface Span {
  readonly id: number;
  /** The span that it is part of; null for a step. */
  readonly parent: number | null;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: number;
  readonly outcome: 'done' | 'failed' | 'stopped';
}

/** A gate, and what it saw. */
export interface GateResult {
  /** Such as `stale reads`. */
  readonly gate: string;
  /** Such as `at most 0`. */
  readonly rule: string;
  /** Such as `37`; `not measured` fails. */
  readonly measured: string;
  readonly passed: boolean;
}

/** Something broken on purpose, and how it was overcome. */
export interface DrillResult {
  /** Such as `failover of Orders`. */
  readonly name: string;
  readonly kind: 'failover' | 'roll back' | 'stop task';
  readonly outcome: 'passed' | 'failed' | 'not rehearsed';
  readonly detail: string;
  readonly startedAt: string;
  readonly ms: number;
  /** How long requests failed; undefined when that is not what the drill measures. */
  readonly recoveryMs?: number;
  /** Reads afterwards that did not see the write before them; absent when none was made. */
  readonly staleReads?: number;
}

/** An environment as it is drawn. */
export type Drawn = Omit<Blueprint, 'stacks'>;
