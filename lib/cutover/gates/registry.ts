import type { ZodType } from 'zod';
import type { CutoverGates } from '../../config/types';
import type { GateResult } from '../../evidence/evidence';
import type { Zod } from '../../field';
import { fieldsOf, resultsBy } from '../../rehearsal/gates/gate';
import { ERROR_RATE } from './error-rate';
import type { AnyGate, MeasuredClients } from './gate';
import { P95 } from './p95';
import { REQUESTS } from './requests';

/** Every gate that a config can set, in the order of the reports. */
export const GATES = [REQUESTS, ERROR_RATE, P95] as readonly unknown[] as readonly AnyGate[];

/** Judges a step by what clients saw. */
export const judgeClients = (measured: MeasuredClients): readonly GateResult[] =>
  GATES.flatMap((gate) =>
    resultsBy<CutoverGates, keyof CutoverGates, unknown, MeasuredClients>(gate, measured),
  );

/** The schema of `cutover.gates`. */
export const gatesSchema = (z: Zod): ZodType<CutoverGates, CutoverGates> =>
  z
    .strictObject(
      Object.fromEntries(GATES.flatMap((gate) => Object.entries(fieldsOf<CutoverGates>(gate, z)))),
    )
    .meta({
      name: 'CutoverGates',
      about:
        'The rules by which clients judge a step, beside the gates of `verification`. A gate that is left out judges by its default, or not at all where it has none.',
    });
