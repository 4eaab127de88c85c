import type { Blueprint } from '../blueprint/blueprint';
import type { CostReport } from '../cost/cost';
import type { Drawn, Evidence } from '../evidence/evidence';
import type { ParityReport } from '../parity/report';
import type { CheckResult } from '../probes/check';
import type { ProbeContext } from '../probes/context';
import type { RequestPlan } from '../probes/plan';
import type { Handle, Target } from '../targets/target';
import type { ChecksConfig } from './config';
import type { SynthesisProps } from './synthesize';

/** What a rehearsal is put together from: each part can be exchanged. */
export interface RehearsalParts {
  readonly target: Target;
  /** Writes the cloud assembly of a release. */
  synthesize(props: SynthesisProps): Promise<void>;
  /**
   * Proves that a staging is a twin, and reads what it consists of and costs, from the assembly alone.
   *
   * @param environment - the staging; undefined for the only one
   */
  prove(assembly: string, environment: string | undefined): Proof;
  /**
   * Compares what the config names with what staging has.
   *
   * @throws TwinError when it names a tier that is not there
   */
  checkConfig(staging: Blueprint): void;
  /** Where the team's commands run: the folder of the config. */
  readonly folder: string;
  /** The environment variables by which the target finds again what a command leaves running. */
  markOf(handle: Handle): Readonly<Record<string, string>>;
  /** Runs checks, all of them whatever fails. */
  runChecks(checks: ChecksConfig, context: ProbeContext): Promise<readonly CheckResult[]>;
  /** Repeats a request while something is broken, until it is answered for good. */
  watchRecovery(
    request: RequestPlan,
    context: ProbeContext,
    breakIt: () => Promise<void>,
  ): Promise<RecoverySeen>;
  writeEvidence(folder: string, evidence: Evidence): void;
  now(): Date;
}

/** What an assembly tells of a release. */
export interface Proof {
  /** The staging's name. */
  readonly environment: string;
  readonly parity: ParityReport;
  readonly staging: Blueprint;
  readonly environments: { readonly prod: Drawn; readonly staging: Drawn };
  /** What it costs when a rehearsal takes so many hours; undefined for the usual. */
  cost(hours: number | undefined): CostReport;
}

/** How something that was broken came back. */
export interface RecoverySeen {
  /** How long requests failed; undefined when they did not stop failing within the limit. */
  readonly recoveryMs: number | undefined;
  /** One line: what was seen. */
  readonly detail: string;
}
