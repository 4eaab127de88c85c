import type { ZodType } from 'zod';
import type { GatesConfig } from '../../config/types';
import type { Zod } from '../../field';
import { ANSWERS } from './answers';
import { CAPACITY } from './capacity';
import { CONNECTIONS } from './connections';
import { COST } from './cost';
import { ERROR_RATE } from './error-rate';
import { FAILED_CHECKS } from './failed-checks';
import { FAILED_REQUESTS } from './failed-requests';
import { fieldsOf, type AnyGate } from './gate';
import { LOCKS } from './locks';
import { MEMORY_GROWTH } from './memory-growth';
import { OPEN_FILES_GROWTH } from './open-files-growth';
import { OPEN_TRANSACTIONS } from './open-transactions';
import { P95 } from './p95';
import { RECOVERY } from './recovery';
import { DATA_LOSS, RECREATION } from './recreation';
import { SKIPPED } from './skipped';
import { STALE_READS } from './stale-reads';
import { TASK_FAILURES } from './task-failures';
import { TIME } from './time';

/** Those of what can leak. */
export const LEAK_GATES = [MEMORY_GROWTH, OPEN_FILES_GROWTH];

/** Every gate that a config can set, in the order of the reports. */
export const GATES: readonly AnyGate[] = [
  FAILED_CHECKS,
  STALE_READS,
  FAILED_REQUESTS,
  LOCKS,
  OPEN_TRANSACTIONS,
  CONNECTIONS,
  TASK_FAILURES,
  ...LEAK_GATES,
  P95,
  ERROR_RATE,
  CAPACITY,
  ANSWERS,
  RECOVERY,
  COST,
  TIME,
  RECREATION,
  DATA_LOSS,
  SKIPPED,
];

/** The schema of `gates`. */
export const gatesSchema = (z: Zod): ZodType<GatesConfig, GatesConfig> =>
  z
    .strictObject(Object.fromEntries(GATES.flatMap((gate) => Object.entries(fieldsOf<GatesConfig>(gate, z)))))
    .meta({
      name: 'GatesConfig',
      about:
        'The rules for GO. A gate that is left out judges by its default, or not at all where it has none; one whose figure was not measured fails. That the candidate is what ran is judged whatever a config says.',
    });
