import type { Blueprint } from '../blueprint/blueprint';
import type { CostReport } from '../cost/cost';
import type { CodeState, Drawn, Evidence } from '../evidence/evidence';
import type { Deployed } from '../parity/deployed';
import type { ParityReport } from '../parity/report';
import type { Target } from '../targets/target';
import type { FindCode } from './release-code';
import type { SynthesisProps } from './synthesize';

/** The parts of a rehearsal, each of which can be replaced. */
export interface RehearsalParts {
  readonly target: Target;
  /** Finds the code of a release. */
  readonly findCode: FindCode;
  /** What the repository of a folder holds; undefined where it is in none. */
  codeState(folder: string | undefined, signal: AbortSignal): Promise<CodeState | undefined>;
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
  /** What would be deployed of them. */
  deployed(): { readonly prod: Deployed; readonly staging: Deployed };
  /** What its environments cost, and a rehearsal of so many hours. @default - 4 hours */
  cost(hours: number | undefined): CostReport;
}
