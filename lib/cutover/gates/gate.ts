import type { CutoverGates } from '../../config/types';
import type { GateOf } from '../../rehearsal/gates/gate';
import type { ClientFigures } from '../../targets/traffic';

/** What clients have seen while a share of their requests went to the new production. */
export interface MeasuredClients {
  readonly gates: CutoverGates;
  /** Of the new production, with this share. */
  readonly to: ClientFigures;
  /** Of the old one, before the first request went elsewhere. */
  readonly before: ClientFigures;
}

/** A gate of a step. @typeParam K - its key in `cutover.gates` @typeParam F - its figure */
export type Gate<K extends keyof CutoverGates, F> = GateOf<CutoverGates, K, F, MeasuredClients>;

/** Any gate. */
export type AnyGate = Gate<keyof CutoverGates, unknown>;
