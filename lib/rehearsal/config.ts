import type { ChecksPlan } from '../probes/plan';
import type { VersionsConfig } from '../probes/version';
import type { TargetsConfig } from '../targets/registry';

/** What `twin.config.ts` holds: how a release is rehearsed, where, and the rules it is judged by. */
export interface RehearsalConfig extends TargetsConfig {
  /** The release that production runs now. */
  readonly baseline: string;
  /** Where services say which release they are. @default - they are not asked: something else has to show what runs */
  readonly version?: VersionsConfig;
  /** Where the code of each release is. @default - in the folder of the config, which has that of every release */
  readonly releases?: ReleasesConfig;
  /** The staging to stand up. @default - the only staging that the app has */
  readonly environment?: string;
  /** How the app is synthesised. @default - `cdk synth --quiet -c release=<release> -c rehearsal=<name>` */
  readonly synth?: SynthConfig;
  /** What is checked, on the baseline first and then on the candidate. */
  readonly checks: ChecksConfig;
  /** How the requests of the checks are sent in the background, while a release is brought and while things are broken. */
  readonly traffic?: TrafficConfig;
  /** What is broken on purpose once the checks have run. @default - nothing */
  readonly drills?: DrillsConfig;
  /** The rules for GO. */
  readonly gates: GatesConfig;
}

/** Where the code of a release is: there it is synthesised, and there its commands run. */
export type ReleasesConfig = GitReleases | FolderReleases;

/** The code of a release in the git repository of the config's folder. */
export interface GitReleases {
  /** The tag, branch or commit of a release, such as `v{release}`. It is checked out into `.twin/releases`, once a commit. */
  readonly git: string;
  /** Run once by the shell where it is checked out, such as `npm ci`. @default - nothing */
  readonly build?: string;
}

/** The code of a release in a folder that is there already. */
export interface FolderReleases {
  /** Relative to the config's folder, such as `../checkouts/{release}`. */
  readonly folder: string;
}

/** How the app is synthesised. */
export interface SynthConfig {
  /** Run by the shell in the folder of the release's code; ` --output <folder>` and the two values below are added to it. @default 'cdk synth --quiet' */
  readonly command?: string;
  /** The context key from which the app reads the release. @default 'release' */
  readonly releaseContext?: string;
  /** The context key from which the app reads the stack's suffix. @default 'rehearsal' */
  readonly nameContext?: string;
}

/** What is checked. */
export type ChecksConfig = ChecksPlan;

/** How requests are sent in the background. */
export interface TrafficConfig {
  /** How many requests of each check are under way at once: fewer where all checks together would send more than 16. @default 4 */
  readonly connections?: number;
  /** How often each of these sends one, at the most. @default 100 */
  readonly everyMs?: number;
}

/** What is broken on purpose. */
export interface DrillsConfig {
  /** Data tiers whose primary is killed, so that a replica takes over. @default - none */
  readonly failover?: readonly string[];
  /** Whether to roll back to the baseline and forward again. @default false */
  readonly rollBack?: boolean;
  /** Services of which one task is killed with SIGKILL. @default - none */
  readonly killTask?: readonly string[];
  /**
   * How old the candidate's tasks are to be when they are checked for the last time: some faults come with age. 0 leaves that out.
   * @default 10
   */
  readonly soakSeconds?: number;
}

/** The rules for GO. A gate that is left out does not judge; one whose figure was not measured fails. */
export interface GatesConfig {
  /** How many checks and drills may fail. @default 0 */
  readonly maxFailedChecks?: number;
  /** How many reads may miss the write before them, over all read-your-writes checks. @default 0 */
  readonly maxStaleReads?: number;
  /**
   * How many requests in the background may fail in each step, but for failovers and killed tasks, where `maxRecoverySeconds`
   * decides. @default 0
   */
  readonly maxFailedRequests?: number;
  /** How long a transaction may keep statements of others waiting for a table or its rows, but in a failover. @default 5 */
  readonly maxLockSeconds?: number;
  /**
   * For how long a session may do nothing in its transaction, but in a failover, unless the baseline leaves the same one open.
   * @default 5
   */
  readonly maxIdleTransactionSeconds?: number;
  /** How many of a database's connections may be open, 0 to 1. @default 0.9 */
  readonly maxConnectionShare?: number;
  /**
   * By how much a task's memory may grow with each request, in KiB, over what it does with the baseline: once it is warm, and as far as
   * it goes on. A cache that fills for as long as it is watched looks the same. @default 16
   */
  readonly maxMemoryGrowthKiB?: number;
  /** How many files and sockets a task may leave open with each request, over what it does with the baseline. @default 0.02 */
  readonly maxOpenFilesGrowth?: number;
  /** How many tasks may end or be replaced by themselves, but where something is broken on purpose. @default 0 */
  readonly maxTaskFailures?: number;
  /** The candidate's 95th percentile under load. @default - not judged */
  readonly p95?: P95Gate;
  /** By how much the candidate's error rate under load may exceed the baseline's, 0 to 1. @default - not judged */
  readonly maxErrorRateIncrease?: number;
  /** How long requests may fail in a failover, and when a task is killed. @default - not judged */
  readonly maxRecoverySeconds?: number;
  /** What this staging may cost on AWS for `costHours`, in USD. @default - not judged */
  readonly maxCostUsd?: number;
  /** How long the staging of one rehearsal exists on AWS, stand-up and tear-down included. @default 4 */
  readonly costHours?: number;
  /** How long the rehearsal may take. @default - not judged */
  readonly maxMinutes?: number;
  /** Tiers that may be skipped where they cannot be stood up, or whose checks cannot run there. @default - none */
  readonly allowSkipped?: readonly string[];
}

/** The candidate's 95th percentile, compared with the baseline's. */
export interface P95Gate {
  /** The candidate's over the baseline's at the most; 1.5 is half as slow again. */
  readonly maxRatio: number;
  /** Below this the ratio is ignored. @default 0 */
  readonly ignoreBelowMs?: number;
}

/** The hours that are estimated where the gates do not set `costHours`. */
export const DEFAULT_COST_HOURS = 4;

/** The defaults of the gates that watch databases. */
export const DEFAULT_LOCK_SECONDS = 5;
/** Longer than a request takes. Timeouts of PostgreSQL that end such sessions are minutes: no rehearsal lasts so long. */
export const DEFAULT_IDLE_TRANSACTION_SECONDS = 5;
export const DEFAULT_CONNECTION_SHARE = 0.9;

/**
 * The defaults of the gates that look for leaks. Forty-eight tasks of a sound Node.js service grew by 2 to 11 KiB a request, and left 0.005
 * files open at the most; one with a bounded cache of 40 KiB an entry grew by 14 KiB, and one that keeps 50 KiB of each request by 55 KiB.
 */
export const DEFAULT_MEMORY_GROWTH_KIB = 16;
export const DEFAULT_OPEN_FILES_GROWTH = 0.02;

/** How old tasks are checked for the last time where the drills do not set `soakSeconds`. */
export const DEFAULT_SOAK_SECONDS = 10;

/** Types the config: `export default defineRehearsal({ ... })` in `twin.config.ts`. */
export const defineRehearsal = (config: RehearsalConfig): RehearsalConfig => config;
