import { lagPoints, MINUTE, type LagMetric } from './lag-metrics';
import type { Sight } from './observe-sight';

/** How far back the lag is looked at. */
const MINUTES = 15;

/** The largest lag of replicas in the last quarter of an hour, in words; undefined where there are none, or CloudWatch has no figure. */
export function lagOf(
  metric: LagMetric,
  replicas: readonly string[],
  sight: Sight,
): Promise<string | undefined> {
  return sight.mayFail(`${metric.metric} of replicas`, undefined, async () => {
    const since = Date.now() - MINUTES * MINUTE;
    const points = await lagPoints(metric, replicas, since, sight.ask('cloudwatch'));
    if (points.length === 0) return undefined;
    const most = Math.max(...points.map(({ value }) => value));
    return `${Math.round(most * 10) / 10} ${metric.unit} at most in ${MINUTES} min`;
  });
}
