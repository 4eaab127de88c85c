import type { ChecksPlan } from '../probes/plan';

/** What `twin.config.ts` holds: how a release is rehearsed, and the rules it is judged by. */
export interface RehearsalConfig {
  /** The release that production runs now. */
  readonly baseline: string;
  /** The staging that is stood up. @default - the only staging that the app has */
  readonly environment?: string;
  /** How the app is synthesised. @default - `cdk synth --quiet -c release=<release> -c rehearsal=<name>` */
  readonly synth?: SynthConfig;
  /** How each service starts, by tier. A service of the environment that has no command is not rehearsed. */
  readonly services: Readonly<Record<string, ServiceCommand>>;
  /** What a release does to the data before its services start. @default - nothing */
  readonly migrate?: MigrateConfig;
  /** SQL files that a database begins with, by tier. @default - empty databases */
  readonly seeds?: Readonly<Record<string, string>>;
  /** What is checked, on the baseline first and then on the candidate. */
  readonly checks: ChecksConfig;
  /** What is broken on purpose once the checks have run. @default - nothing */
  readonly drills?: DrillsConfig;
  /** The rules for GO. */
  readonly gates: GatesConfig;
  /** What only the local target does. */
  readonly local?: LocalConfig;
}

/** How the app is synthesised. */
export interface SynthConfig {
  /** The command; ` --output <folder>` and the two values below are added to it. @default 'cdk synth --quiet' */
  readonly command?: string;
  /** The context key that the app reads the release from. @default 'release' */
  readonly releaseContext?: string;
  /** The context key that the app reads the stack's suffix from. @default 'rehearsal' */
  readonly nameContext?: string;
}

/** How a service starts where there is no container. */
export interface ServiceCommand {
  /** Run by the shell in the folder of the config, with the environment variables of the container. */
  readonly command: string;
}

/** What a release does to the data before its services start. */
export interface MigrateConfig {
  /** Run by the shell in the folder of the config. */
  readonly command: string;
  /** The service whose environment variables it gets. */
  readonly as: string;
  /** @default 300 */
  readonly timeoutSeconds?: number;
}

/** What is checked. */
export type ChecksConfig = ChecksPlan;

/** What is broken on purpose. */
export interface DrillsConfig {
  /** Data tiers whose primary is taken away. @default - none */
  readonly failover?: readonly string[];
  /** Whether to go back to the baseline and forward again. @default false */
  readonly rollBack?: boolean;
  /** Services of which one task is killed. @default - none */
  readonly stopTask?: readonly string[];
}

/** The rules for GO. A rule that is left out does not judge; one whose figure was not taken fails. */
export interface GatesConfig {
  /** How many checks and drills may fail. @default 0 */
  readonly failedChecks?: number;
  /** How many reads after a write may miss it, over all read-your-writes checks. @default 0 */
  readonly staleReads?: number;
  /** The candidate's 95th percentile under load. @default - not judged */
  readonly p95?: P95Gate;
  /** How much the share of errors under load may exceed the baseline's, 0 to 1. @default - not judged */
  readonly errorRateOverBaseline?: number;
  /** How long writes may fail in a failover, and requests when a task is killed. @default - not judged */
  readonly recoverySeconds?: number;
  /** What the staging of this rehearsal may cost on AWS, in USD, at `hours`. @default - not judged */
  readonly cost?: CostGate;
  /** How long the rehearsal may take. @default - not judged */
  readonly minutes?: number;
  /** Tiers that need not be rehearsed where they cannot be stood up. @default - none: every tier is */
  readonly notRehearsed?: readonly string[];
}

/** The 95th percentile against the baseline's. */
export interface P95Gate {
  /** Such as 1.5: half as slow again. */
  readonly timesBaseline: number;
  /** Below this no ratio counts. @default 0 */
  readonly orBelowMs?: number;
}

/** What the staging may cost. */
export interface CostGate {
  readonly usd: number;
  /** How long a rehearsal's staging lives on AWS, stand-up and tear-down included. */
  readonly hours: number;
}

/** What only the local target does. */
export interface LocalConfig {
  /** How long every replica holds a write back, so that a race is certain. @default 0 */
  readonly replicationDelayMs?: number;
}

/** Gives a rehearsal its types: `export default defineRehearsal({ ... })` in `twin.config.ts`. */
export const defineRehearsal = (config: RehearsalConfig): RehearsalConfig => config;
