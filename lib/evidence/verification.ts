import type { CheckResult } from '../probes/check';
import type { TrafficFigures } from '../probes/traffic-figures';
import type { TierClients } from '../targets/production';
import type { TierState } from '../targets/target';
import type { GateResult, Span, Verdict } from './evidence';
import type { Ran } from './ran';

/** The record of a verification: `.twin/<verification>/verification.json`. Holds no secret. */
export interface Verification {
  readonly kind: 'verification';
  readonly version: 1;
  /** The version of cdk-twin. */
  readonly tool: string;
  /** Such as `20261121-0412-verify-1.43.0`; its folder in `.twin`. */
  readonly verification: string;
  readonly target: string;
  /** The production. */
  readonly environment: string;
  /** Whether it was looked at before a release, for the comparison, or after it, to be judged. */
  readonly moment: 'before' | 'after';
  /** What was to run. */
  readonly release: string;
  /** What ran. */
  readonly ran: Ran;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: VerificationVerdict;
  /** Why it is not GO ON, the most important first. */
  readonly reasons: readonly string[];
  /** The timed parts. Those without a parent are the steps. */
  readonly spans: readonly Span[];
  /** The SHA-256 of what would be deployed, by the assembly. @default - it was not read */
  readonly assemblyDigest?: string;
  /** The SHA-256 of the checks and of how they are sent: figures of other ones are not compared. */
  readonly watchDigest: string;
  /** The SHA-256 of the gates, as they were fixed before. */
  readonly gatesDigest: string;
  readonly gates: readonly GateResult[];
  readonly tiers: readonly TierState[];
  readonly checks: readonly CheckResult[];
  /** The checks that were not run, because the config does not declare them safe in production. */
  readonly skipped: readonly string[];
  /** What requests saw while it was watched. @default - it was not */
  readonly watched?: WatchedProduction;
  /** What clients saw meanwhile, as a service counts them. @default - nothing counts them */
  readonly clients?: readonly TierClients[];
  /** What ran otherwise than it was deployed. @default - it was not looked at */
  readonly drifts?: readonly SeenDrift[];
  /** Before the release. @default - it is this one, or was not recorded */
  readonly baseline?: Baseline;
  /** What a rehearsal of the release had seen. @default - none is on record */
  readonly forecast?: Forecast;
  /** What is worth knowing and decides nothing, in a sentence each. */
  readonly notes: readonly string[];
  /** The SHA-256 of all of the above. */
  readonly seal: string;
}

/**
 * `RECORDED` and `BASELINE FAILED` before a release; the others after it. `UNDECIDED`: it was stopped, cdk-twin or the machine failed, or
 * something that a gate judges was not measured.
 */
export type VerificationVerdict = 'RECORDED' | 'BASELINE FAILED' | 'GO ON' | 'ROLL BACK' | 'UNDECIDED';

/** Something that ran otherwise than the template of its stack says. */
export interface SeenDrift {
  /** Such as `Orders EngineVersion`. */
  readonly what: string;
  /** As JSON; `not there` for what the template does not have, or is gone. */
  readonly deployed: string;
  readonly running: string;
  readonly why: string;
}

/** What requests saw. */
export interface WatchedProduction {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: number;
  readonly traffic: TrafficFigures;
}

/** A production before a release, as another verification recorded it. */
export interface Baseline extends Pick<
  Verification,
  'verification' | 'release' | 'ran' | 'startedAt' | 'checks' | 'clients' | 'seal'
> {
  readonly watched: WatchedProduction;
}

/** How a release did beside its baseline when it was rehearsed. */
export interface Forecast {
  /** Its evidence: the rehearsal, and its seal. */
  readonly rehearsal: string;
  readonly seal: string;
  readonly verdict: Verdict;
  readonly from: string;
  readonly target: string;
  /** The candidate's 95th percentile over the baseline's, by what was sent. */
  readonly ratios: readonly ForecastRatio[];
  /** What the services of the candidate ran there, images by their digests. */
  readonly code: readonly { readonly service: string; readonly code: readonly string[] }[];
}

/** One ratio. */
export interface ForecastRatio {
  /** As `name` of the figures. */
  readonly name: string;
  readonly ratio: number;
}
