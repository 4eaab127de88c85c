import { atMost, type Gate } from './gate';

/** Checks and drills that failed. */
export const FAILED_CHECKS: Gate<'maxFailedChecks', number> = {
  name: 'failed checks',
  key: 'maxFailedChecks',
  schema: (z) => z.int().min(0).describe('How many checks and drills may fail.'),
  default: 0,
  ...atMost(String),
  measure: ({ checks, drills }) => {
    const failed = [...checks, ...drills].filter(({ outcome }) => outcome === 'failed').length;
    // drills and counts alone prove nothing about a candidate that no check has tested
    const isChecked = checks.some(({ outcome, kind }) => outcome !== 'skipped' && kind !== 'data');
    return [{ figure: isChecked ? failed : undefined }];
  },
  isExplained: ({ checks, drills }) => [...checks, ...drills].some(({ outcome }) => outcome === 'failed'),
};
