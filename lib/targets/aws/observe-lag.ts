import type { Sight } from './observe-sight';

/** ElastiCache, and the read replicas of RDS instances, count seconds. */
const SECONDS = new Set(['ReplicationLag', 'ReplicaLag']);

/** How far back the lag is looked at. */
const MINUTES = 15;

/**
 * The largest lag of replicas in the last quarter of an hour, in words; undefined where there are none, or CloudWatch has no figure.
 *
 * @param dimension - that names a replica
 */
export function lagOf(
  { namespace, metric }: { readonly namespace: string; readonly metric: string },
  dimension: string,
  replicas: readonly string[],
  sight: Sight,
): Promise<string | undefined> {
  return sight.mayFail(`${metric} of replicas`, undefined, async () => {
    if (replicas.length === 0) return undefined;
    const now = Date.now();
    const { MetricDataResults: results = [] } = await sight.ask('cloudwatch').getMetricData({
      StartTime: new Date(now - MINUTES * 60_000),
      EndTime: new Date(now),
      MetricDataQueries: replicas.slice(0, MOST_QUERIES).map((name, i) => ({
        Id: `r${i}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: metric,
            Dimensions: [{ Name: dimension, Value: name }],
          },
          Period: 60,
          Stat: 'Maximum',
        },
      })),
    });
    const figures = results.flatMap(({ Values = [] }) => Values);
    if (figures.length === 0) return undefined;
    const unit = SECONDS.has(metric) ? 's' : 'ms';
    return `${Math.round(Math.max(...figures) * 10) / 10} ${unit} at most in ${MINUTES} min`;
  });
}

/** CloudWatch answers 500 at once. */
const MOST_QUERIES = 500;
