import type { Gate } from './gate';
import { LOAD_NEEDS, loadsOf, type Load, type LoadProps } from './load';

/** Errors under load, over all rounds of each release: a busy machine makes a request of one round time out now and then. */
export const ERROR_RATE: Gate<'maxErrorRateIncrease', readonly Load[], LoadProps> = {
  name: 'error rate',
  key: 'maxErrorRateIncrease',
  schema: (z) =>
    z
      .number()
      .min(0)
      .max(1)
      .describe("By how much the candidate's error rate under load may exceed the baseline's, 0 to 1."),
  needs: LOAD_NEEDS,
  mayStillPass: true,
  rule: (most) => `at most ${percent(most)} over the baseline's`,
  measure: (measured) => [{ figure: loadsOf(measured, 'errorRate') }],
  passes: (loads, most) => loads.every(({ now, before }) => mean(now) - mean(before) <= most),
  show: (loads) =>
    loads
      .map(({ now, before, firstError }) => {
        const first = firstError === undefined ? '' : ` (first: ${firstError})`;
        return `${percent(mean(now))}, the baseline ${percent(mean(before))}${first}`;
      })
      .join('; '),
};

const mean = (rates: readonly number[]): number => rates.reduce((all, it) => all + it, 0) / rates.length;

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
