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

/** The parts of a rehearsal, each of which can be replaced. */
export interface RehearsalParts {
  readonly target: Target;
  /** Writes the cloud assembly of a release. */
  synthesize(props: SynthesisProps): Promise<void>;
  /**
   * Proves that a staging is a twin, and reads its tiers and its cost, from the assembly alone.
   *
   * @param environment - the staging; undefined for the only one
   */
  prove(assembly: string, environment: string | undefined): Proof;
  /**
   * Compares the tiers that the config names with those of staging.
   *
   * @throws TwinError when the config names a tier that staging does not have
   */
  checkConfig(staging: Blueprint): void;
  /** The folder of the config, in which the team's commands run. */
  readonly folder: string;
  /** The environment variables by which the target finds processes that a command leaves running. */
  markOf(handle: Handle): Readonly<Record<string, string>>;
  /** Runs checks, all of them whatever fails. */
  runChecks(checks: ChecksConfig, context: ProbeContext): Promise<readonly CheckResult[]>;
  /** Repeats a request while something is broken, until it is answered reliably again. */
  watchRecovery(
    request: RequestPlan,
    context: ProbeContext,
    breakIt: () => Promise<void>,
  ): Promise<RecoverySeen>;
  writeEvidence(folder: string, evidence: Evidence): void;
  now(): Date;
}

/** What the assembly of a release contains. */
export interface Proof {
  /** The staging's name. */
  readonly environment: string;
  readonly parity: ParityReport;
  readonly staging: Blueprint;
  readonly environments: { readonly prod: Drawn; readonly staging: Drawn };
  /** What its environments cost, and a rehearsal of so many hours. @default - 4 hours */
  cost(hours: number | undefined): CostReport;
}

/** How something that was broken recovered. */
export interface RecoverySeen {
  /** How long requests failed; undefined when they still failed at the limit. */
  readonly recoveryMs: number | undefined;
  /** What was observed, in one line. */
  readonly detail: string;
}
