import { LOAD } from '../../probes/load';
import type { Gate } from './gate';
import { loadsOf, type Load } from './load';

/** Errors under load, judged by the worst round of each release. */
export const ERROR_RATE: Gate<'maxErrorRateIncrease', readonly Load[]> = {
  name: 'error rate',
  key: 'maxErrorRateIncrease',
  schema: (z) =>
    z
      .number()
      .min(0)
      .max(1)
      .describe("By how much the candidate's error rate under load may exceed the baseline's, 0 to 1."),
  needs: [['checks', LOAD.key]],
  rule: (most) => `at most ${percent(most)} over the baseline's`,
  measure: (measured) => [{ figure: loadsOf(measured, 'errorRate') }],
  passes: (loads, most) => loads.every(({ now, before }) => Math.max(...now) - Math.max(...before) <= most),
  show: (loads) =>
    loads
      .map(({ now, before }) => `${percent(Math.max(...now))}, the baseline ${percent(Math.max(...before))}`)
      .join('; '),
};

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
