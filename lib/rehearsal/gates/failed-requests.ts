import { showTraffic } from '../../evidence/figures';
import { trafficGateOf } from '../../evidence/summary';
import type { TrafficFigures } from '../../probes/traffic-figures';
import type { Gate } from './gate';
import { quietSteps } from './quiet-steps';

/** Requests in the background: a figure for each step in which none is to fail, and nothing where no check sends any. */
export const FAILED_REQUESTS: Gate<'maxFailedRequests', TrafficFigures> = {
  name: 'requests',
  key: 'maxFailedRequests',
  schema: (z) =>
    z
      .int()
      .min(0)
      .describe(
        'How many requests in the background may fail in each step, but for failovers and killed tasks, where `maxRecoverySeconds` decides.',
      ),
  default: 0,
  rule: (most) => (most === 0 ? 'none fails' : `at most ${most} fail`),
  measure: (measured) => {
    if (measured.watched.every(({ traffic }) => traffic.requests === 0)) return [];
    return quietSteps(measured).map(({ during, traffic }) => ({
      name: trafficGateOf(during),
      figure: traffic.requests === 0 ? undefined : traffic,
    }));
  },
  passes: ({ failures }, most) => failures <= most,
  show: showTraffic,
};
