import { atMost } from '../../rehearsal/gates/gate';
import type { Gate } from './gate';

/** Checks that failed. */
export const FAILED_CHECKS: Gate<'maxFailedChecks', number> = {
  name: 'failed checks',
  key: 'maxFailedChecks',
  schema: (z) => z.int().min(0).describe('How many checks may fail.'),
  default: 0,
  ...atMost(String),
  measure: ({ checks }) => [
    {
      figure: checks.length === 0 ? undefined : checks.filter(({ outcome }) => outcome === 'failed').length,
    },
  ],
  isExplained: ({ checks }) => checks.some(({ outcome }) => outcome === 'failed'),
};
