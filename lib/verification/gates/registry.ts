import type { ZodType } from 'zod';
import type { VerificationGates } from '../../config/types';
import type { Zod } from '../../field';
import { fieldsOf } from '../../rehearsal/gates/gate';
import { CLIENT_ERROR_RATE } from './client-error-rate';
import { CLIENT_P95 } from './client-p95';
import { DRIFTS } from './drifts';
import { ERROR_RATE } from './error-rate';
import { ERROR_RATE_INCREASE } from './error-rate-increase';
import { FAILED_CHECKS } from './failed-checks';
import { FORECAST } from './forecast';
import type { AnyGate } from './gate';
import { P95 } from './p95';
import { STALE_READS } from './stale-reads';
import { TASK_FAILURES } from './task-failures';

/** Every gate that a config can set, in the order of the reports. */
export const GATES: readonly AnyGate[] = [
  FAILED_CHECKS,
  STALE_READS,
  TASK_FAILURES,
  ERROR_RATE,
  ERROR_RATE_INCREASE,
  P95,
  FORECAST,
  CLIENT_ERROR_RATE,
  CLIENT_P95,
  DRIFTS,
];

/** The schema of `verification.gates`. */
export const gatesSchema = (z: Zod): ZodType<VerificationGates, VerificationGates> =>
  z
    .strictObject(
      Object.fromEntries(GATES.flatMap((gate) => Object.entries(fieldsOf<VerificationGates>(gate, z)))),
    )
    .meta({
      name: 'VerificationGates',
      about:
        'The rules for GO ON. A gate that is left out judges by its default, or not at all where it has none. That the release is what runs is judged whatever a config says.',
    });
