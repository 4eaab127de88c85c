import type { VerificationGates } from '../../config/types';
import type { GateOf } from '../../rehearsal/gates/gate';
import type { Measured } from '../measured';

/** A gate of a verification. @typeParam K - its key in `verification.gates` @typeParam F - its figure */
export type Gate<K extends keyof VerificationGates, F> = GateOf<VerificationGates, K, F, Measured> & {
  /** What it compares with. @default - nothing */
  readonly comparesWith?: readonly ('baseline' | 'forecast')[];
};

/** Any gate. */
export type AnyGate = Gate<keyof VerificationGates, unknown>;

/** A share in per cent. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
