import { errorRatesOf, type ComparedTime } from '../../evidence/verification-times';
import { percent, type Gate } from './gate';

/** By how much more requests fail than before the release. */
export const ERROR_RATE_INCREASE: Gate<'maxErrorRateIncrease', readonly ComparedTime[]> = {
  name: 'error rate increase',
  key: 'maxErrorRateIncrease',
  schema: (z) =>
    z
      .number()
      .min(0)
      .max(1)
      .describe("By how much a check's error rate may exceed that before the release, 0 to 1."),
  comparesWith: ['baseline'],
  rule: (most) => `at most ${percent(most)} over that before the release`,
  measure: (measured) => {
    const rates = errorRatesOf(measured);
    const isMeasured =
      rates.length > 0 && rates.every(({ now, before }) => now !== undefined && before !== undefined);
    return [{ figure: isMeasured ? rates : undefined }];
  },
  passes: (rates, most) => rates.every((it) => increaseOf(it) <= most),
  show: (rates) => {
    const [worst] = rates.toSorted((a, b) => increaseOf(b) - increaseOf(a));
    const { name, now = 0, before = 0 } = worst!;
    return `${percent(now)} of ${name}, before ${percent(before)}`;
  },
};

const increaseOf = ({ now = 0, before = 0 }: ComparedTime): number => now - before;
