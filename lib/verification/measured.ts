import type { VerificationGates } from '../config/types';
import type { Baseline, Forecast, Verification } from '../evidence/verification';

/** What was measured of a production. */
export interface Measured extends Pick<Verification, 'release' | 'ran' | 'tiers' | 'checks'> {
  readonly gates: VerificationGates;
  /** What clients saw, as a service counts them. @default - nothing counts them */
  readonly clients?: Verification['clients'] | undefined;
  /** What ran otherwise than it was deployed. @default - it was not looked at */
  readonly drifts?: Verification['drifts'] | undefined;
  /** @default - it was not watched */
  readonly watched?: Verification['watched'] | undefined;
  /** The same before the release. @default - nothing was recorded */
  readonly baseline?: Baseline | undefined;
  /** @default - nothing is on record */
  readonly forecast?: Forecast | undefined;
}
