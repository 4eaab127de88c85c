import { errorRatesOf, type ComparedTime } from '../../evidence/verification-times';
import { percent, type Gate } from './gate';

/** The share of requests that failed, whatever it was before: of each check by itself, so that none hides behind the others. */
export const ERROR_RATE: Gate<'maxErrorRate', readonly ComparedTime[]> = {
  name: 'error rate',
  key: 'maxErrorRate',
  schema: (z) => z.number().min(0).max(1).describe('What share of the requests of a check may fail, 0 to 1.'),
  default: 0.01,
  rule: (most) => `at most ${percent(most)} of each`,
  measure: (measured) => {
    const rates = errorRatesOf(measured).filter(({ now }) => now !== undefined);
    return [{ figure: rates.length === 0 ? undefined : rates }];
  },
  passes: (rates, most) => rates.every(({ now = 0 }) => now <= most),
  show: (rates) => {
    const [worst] = rates.toSorted((a, b) => b.now! - a.now!);
    return worst!.now === 0 ? '0 %' : `${percent(worst!.now!)} of ${worst!.name}`;
  },
};
