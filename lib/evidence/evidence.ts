import type { Blueprint } from '../blueprint/blueprint';
import type { CostReport } from '../cost/cost';
import type { Deployed } from '../parity/deployed';
import type { ParityReport } from '../parity/report';
import type { CheckResult } from '../probes/check';
import type { DatabaseFigures } from '../probes/database-figures';
import type { TrafficFigures } from '../probes/traffic-figures';
import type { RanReleases } from './ran';
import type { Leftover, TierState } from '../targets/target';

/** The record of a rehearsal: `.twin/<rehearsal>/evidence.json`. Holds no secret. */
export interface Evidence {
  readonly version: 2;
  /** The version of cdk-twin. */
  readonly tool: string;
  /** Such as `20261121-0412-1.42.0`; its folder in `.twin`. */
  readonly rehearsal: string;
  readonly target: string;
  /** The release that production runs, and the one that is judged. */
  readonly from: string;
  readonly to: string;
  /** What ran as each of them. */
  readonly ran: RanReleases;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: Verdict;
  /** Why it is not GO, the most important first; empty for GO. */
  readonly reasons: readonly string[];
  /** What it is a part of: then its verdict is not all of it. @default - it is all there is */
  readonly group?: Group;
  /** Independent of the verdict: neither masks the other. */
  readonly tearDown: TearDown;
  /** The attempts before this one, from the same checkpoint; the oldest first. */
  readonly attempts: readonly Attempt[];
  /** The timed parts of the rehearsal. Those without a parent are the steps. */
  readonly spans: readonly Span[];
  /** What it is about: another machine finds out from this whether it has the same. */
  readonly subject: Subject;
  /** The SHA-256 of the gates, as they were fixed before the rehearsal. */
  readonly gatesDigest: string;
  readonly gates: readonly GateResult[];
  /** The checks and drills that were left out because a gate had failed, by name. @default - none */
  readonly notRun?: readonly string[];
  /** The proof that staging is a twin, from the candidate's assembly. */
  readonly parity: ParityReport;
  /** Both environments, without their templates. */
  readonly environments: { readonly prod: Drawn; readonly staging: Drawn };
  /** The tiers that ran, and those that were skipped. */
  readonly tiers: readonly TierState[];
  /** The checks on the release that production runs. */
  readonly baseline: readonly CheckResult[];
  /** The checks on the candidate. */
  readonly checks: readonly CheckResult[];
  readonly drills: readonly DrillResult[];
  /** Load of both releases in turns, after the roll back and after the way forward. @default - none */
  readonly rounds?: readonly Round[];
  /** What was replayed of access logs. @default - nothing */
  readonly replayed?: readonly Replayed[];
  /** The largest load of each release. @default - it was not looked for */
  readonly capacity?: Capacity;
  /** The answers of both releases to the same requests. @default - they were not compared */
  readonly darkLaunch?: DarkLaunch;
  /** What was watched, in the order of the steps. */
  readonly watched: readonly Watched[];
  /** Which factors had their turn at production's size. @default - none was asked for */
  readonly rotation?: Rotation;
  /** What is worth knowing of the candidate and decides nothing, in a sentence each. @default - nothing */
  readonly advice?: readonly string[];
  readonly cost: CostReport;
  /** Files in the evidence's folder, such as `logs/Web-1.log`. */
  readonly files: readonly string[];
  /** The SHA-256 of all of the above: what was changed afterwards does not have it. */
  readonly seal: string;
}

/** Whose turn it was at production's size. */
export interface Rotation {
  /** The factor, and those that have to grow with it. */
  readonly factors: readonly string[];
  /** Those that are due after it, the most urgent first. */
  readonly due: readonly string[];
}

/** The rehearsals of one release that are one: in several stagings, or beside several releases that run. */
export interface Group {
  /** The same for all of them. */
  readonly name: string;
  /** The stagings. */
  readonly stagings: readonly string[];
  /** The releases that run there first. */
  readonly beside: readonly string[];
}

/** What a rehearsal is about. */
export interface Subject {
  /** What would be deployed of production with the candidate, entry by entry. */
  readonly prod: Deployed;
  /** The SHA-256 of what was deployed of staging with it. */
  readonly stagingDigest: string;
  /** The code that the candidate was synthesised from. @default - it is in no git repository */
  readonly code?: CodeState;
  /** The SHA-256 of the checks, drills, traffic, capacity and dark launch. */
  readonly scriptDigest: string;
}

/** What a repository of code held. */
export interface CodeState {
  /** The id of the tree that git would commit: the same for the same files. */
  readonly digest: string;
  /** The commit that was checked out. @default - there is none yet */
  readonly commit?: string;
  /** When that was made; ISO 8601, UTC. */
  readonly committedAt?: string;
  /** Whether that is all of it; otherwise there are changes that are in no commit. */
  readonly isCommitted?: boolean;
}

/**
 * The verdict of a rehearsal. `BASELINE FAILED`: staging did not work before the candidate was released, so it
 * was not tested. `UNDECIDED`: the machine, AWS or cdk-twin failed, which says nothing of a release.
 */
export type Verdict = 'GO' | 'NO-GO' | 'BASELINE FAILED' | 'UNDECIDED';

/** How the tear-down ended. */
export interface TearDown {
  /** `kept` when that was asked for; `left` when there are leftovers, or may be. */
  readonly outcome: 'gone' | 'kept' | 'left';
  readonly leftovers: readonly Leftover[];
  /** What was looked for afterwards; absent when nothing was. */
  readonly looked?: readonly string[];
  /** Why the tear-down failed; absent when it succeeded. */
  readonly error?: string;
  /** The command that finishes the tear-down; absent when the environment is gone. */
  readonly finish?: string;
  /** The command that retries from the checkpoint; absent when there is none. */
  readonly retry?: string;
}

/** An earlier attempt on the same environment. */
export interface Attempt {
  readonly to: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly endedAt: string;
  /** The folder of its evidence, relative to this one, such as `attempts/1`. @default - it has none */
  readonly folder?: string;
}

/** A timed part of the rehearsal. */
export interface Span {
  readonly id: number;
  /** The span around it; null for a step. */
  readonly parent: number | null;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: number;
  readonly outcome: 'done' | 'failed' | 'stopped';
}

/** A gate with its measurement. */
export interface GateResult {
  /** Such as `stale reads`. */
  readonly gate: string;
  /** Such as `at most 0`. */
  readonly rule: string;
  /** Such as `37`; `not measured` fails. */
  readonly measured: string;
  readonly passed: boolean;
}

/** What was done to the candidate on purpose, and what came of it. */
export interface DrillResult {
  /** Such as `failover of Orders`. */
  readonly name: string;
  /** Such as `failover`. */
  readonly kind: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was observed: one line for each fact. */
  readonly detail: string;
  readonly startedAt: string;
  readonly ms: number;
  /** How long requests failed; absent when the drill did not measure it. */
  readonly recoveryMs?: number;
  /** Reads afterwards that missed the write before them; absent when none was made. */
  readonly staleReads?: number;
  /** Whether programs that ended by themselves meanwhile did so again when it was done once more; absent when none ended. */
  readonly endsWithIt?: boolean;
}

/** The load checks of a release, once more. */
export interface Round {
  readonly release: string;
  readonly results: readonly CheckResult[];
}

/** What a replay check sends of its log. It holds nothing that stands in the log, but figures and when it was written. */
export interface Replayed {
  /** The name of the check. */
  readonly check: string;
  readonly files: number;
  /** Requests in the log. */
  readonly entries: number;
  /** Lines that are no request. */
  readonly wrong: number;
  /** Requests without a route, by what they are called, such as `POST /carts/*`. */
  readonly leftOut: readonly { readonly what: string; readonly requests: number }[];
  /** The beginning of the busiest time; ISO 8601, UTC. */
  readonly from: string;
  /** How long that is. */
  readonly seconds: number;
  /** Requests with a route in that time, and how many of them were sent each time. */
  readonly requests: number;
  readonly sent: number;
  /** Staging's size over production's, and where that is from. */
  readonly ratio: number;
  readonly because: string;
}

/** The largest load of each release. */
export interface Capacity {
  /** The check whose requests were sent. */
  readonly of: string;
  readonly maxP95Ms: number;
  readonly maxErrorRate: number;
  /** How near the load that was carried and the one that was not had to be. */
  readonly precision: number;
  /** Staging's size over production's, and where that is from. */
  readonly ratio: number;
  readonly because: string;
  /** What it ran on where that is not what production runs on. @default - the same kind */
  readonly hardware?: string;
  /** In their order. */
  readonly rounds: readonly CapacityRound[];
  /** Why it was not measured to its end. @default - it was */
  readonly problem?: string;
}

/** One measurement of a release, in requests a second. */
export interface CapacityRound {
  readonly release: string;
  /** The largest load that was carried; 0 where none was. */
  readonly carried: number;
  /** The smallest that was not. @default - it was not reached */
  readonly broken?: number;
  /** What broke then, such as `p95 612 ms`. */
  readonly because?: string;
  /** What kept more from being tried. @default - the release itself */
  readonly limit?: 'maxRequestsPerSecond' | 'this machine sends no more';
}

/** The answers of both releases to the same requests. */
export interface DarkLaunch {
  /** How many requests both were sent. */
  readonly requests: number;
  /** Requests of the load that were not sent because they may write, by what they are called. */
  readonly leftOut: readonly { readonly what: string; readonly requests: number }[];
  readonly compared: number;
  readonly differing: number;
  /** Not compared, because the baseline did not answer. */
  readonly unanswered: number;
  /** The most frequent first. */
  readonly differences: readonly AnswerDifference[];
  /** What differs between two answers of the baseline. */
  readonly varying: readonly VaryingPlace[];
  /** Why nothing was compared. @default - it was */
  readonly problem?: string;
}

/** A place in which answers to requests of one kind differ. */
export interface AnswerDifference {
  /** Such as `GET /orders/{id}`. */
  readonly route: string;
  /** `HTTP status`, `whole body`, or a field such as `items[].id`. */
  readonly where: string;
  /** Such as `200 -> 500`, `nothing -> number`, `another text`. */
  readonly what: string;
  /** Both values. @default - the config does not have them shown */
  readonly example?: string;
  /** In how many answers. */
  readonly answers: number;
}

/** A place in which answers differ by themselves. */
export type VaryingPlace = Pick<AnswerDifference, 'route' | 'where'>;

/** What was watched while something happened. */
export interface Watched {
  /** Such as `baseline`, `release`, `roll back`, or the name of a drill. */
  readonly during: string;
  /** The release that ran, or that was being brought. */
  readonly release: string;
  readonly startedAt: string;
  readonly ms: number;
  /** The requests that were sent. */
  readonly traffic: TrafficFigures;
  /** The databases that could be looked at. */
  readonly databases: readonly DatabaseFigures[];
  /** What share of this machine's processors others used meanwhile: 0 to 1. @default - not known */
  readonly othersShare?: number;
  /** What was seen the first time, where it was done once more because others used so much. @default - it was done once */
  readonly disturbed?: Disturbed;
}

/** What requests saw of a step that was done once more. */
export interface Disturbed extends Pick<TrafficFigures, 'requests' | 'failures'> {
  readonly startedAt: string;
  readonly othersShare: number;
}

/** An environment as it is drawn. */
export type Drawn = Omit<Blueprint, 'stacks'>;
