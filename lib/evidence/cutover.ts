import type { CheckResult } from '../probes/check';
import type { ClientFigures } from '../targets/traffic';
import type { GateResult, Span } from './evidence';
import type { VerificationVerdict, WatchedProduction } from './verification';

/** The record of a cutover: `.twin/<cutover>/cutover.json`. Holds no secret. */
export interface Cutover {
  readonly kind: 'cutover';
  readonly version: 1;
  /** The version of cdk-twin. */
  readonly tool: string;
  /** Such as `20261121-041200-cutover-1.43.0`; its folder in `.twin`. */
  readonly cutover: string;
  readonly target: string;
  readonly from: CutoverSide;
  readonly to: CutoverSide;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: CutoverVerdict;
  /** Why not all traffic was moved, the most important first. */
  readonly reasons: readonly string[];
  /** How the data of tiers got to the new production. @default - both use the same */
  readonly data?: readonly CutoverData[];
  /** In their order, the one that ended it last. */
  readonly steps: readonly CutoverStep[];
  /** What share of clients' requests goes to the new production now, in per cent. @default - it could not be read */
  readonly percent?: number;
  /** Whether the share stays where it is when the process ends that moves it. @default - it goes back */
  readonly stays?: true;
  /** The SHA-256 of the gates of clients, and of those of the verification. */
  readonly gatesDigest: string;
  /** The timed parts. */
  readonly spans: readonly Span[];
  /** The SHA-256 of all of the above. */
  readonly seal: string;
}

/** How the data of a tier get from one production to the other, and what does not get there. */
export interface CutoverData {
  readonly tier: string;
  /** `seed`: as a copy. `team`: by the team. `none`: not at all. */
  readonly way: 'seed' | 'team' | 'none';
  /** How the team brings them or stops what writes, or why nothing is needed. @default - a loss is allowed */
  readonly because?: string;
  /** Whose copy the second production began with: that production, or a snapshot. */
  readonly copyOf?: string;
  /** When that was made: ISO 8601, UTC. */
  readonly copiedAt?: string;
  /** Whether the rows of the old one were counted, and none changed while clients moved. @default - that writes are stopped is the word of the team */
  readonly unwritten?: true;
  /** From when on what is written to the old one is not in the new one: ISO 8601, UTC. @default - nothing is */
  readonly since?: string;
  /**
   * How many minutes of writes are not where clients are now: those to the old production after `since`; where the traffic went back
   * those to the new one meanwhile. @default - none
   */
  readonly lossMinutes?: number;
}

/** A production, and what it runs. */
export interface CutoverSide {
  readonly environment: string;
  readonly release: string;
  /** The SHA-256 of what would be deployed, by the assembly. */
  readonly assemblyDigest: string;
}

/**
 * `MOVED`: all of it. `MOVED BACK`: some of it was moved, and came back. `NOT MOVED`: the new production did not pass before any was.
 * `UNDECIDED`: that could not be said of it. `NOT MOVED BACK`: some may still go to the new production.
 */
export type CutoverVerdict = 'MOVED' | 'MOVED BACK' | 'NOT MOVED' | 'UNDECIDED' | 'NOT MOVED BACK';

/** One step. */
export interface CutoverStep {
  /** Such as `record Prod`, `verify ProdB`, `25 %`. */
  readonly name: string;
  /** What share of clients' requests went to the new production, in per cent. */
  readonly percent: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: number;
  readonly outcome: 'passed' | 'failed' | 'stopped';
  readonly reasons: readonly string[];
  /** What the checks said, of the old production where it is recorded and of the new one everywhere else. @default - it did not get so far */
  readonly verification?: StepVerification;
  /** What clients saw of each. @default - it could not be read */
  readonly clients?: { readonly from: ClientFigures; readonly to: ClientFigures };
  /** The gates that clients decide. */
  readonly gates: readonly GateResult[];
}

/** What the checks of a step said. */
export interface StepVerification {
  readonly verdict: VerificationVerdict;
  readonly gates: readonly GateResult[];
  readonly checks: readonly CheckResult[];
  readonly watched?: WatchedProduction;
}
