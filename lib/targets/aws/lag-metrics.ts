import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { Reads } from './clients';
import { allPages } from './pages';

/** The metric by which a service says how far its replicas are behind. */
export interface LagMetric {
  readonly namespace: string;
  readonly metric: string;
  /** What names a replica. */
  readonly dimension: string;
  readonly unit: 'ms' | 's';
}

/** Of read replicas of RDS instances, and of Multi-AZ clusters: both replicate as their engines do. */
export const INSTANCE_LAG: LagMetric = {
  namespace: 'AWS/RDS',
  metric: 'ReplicaLag',
  dimension: 'DBInstanceIdentifier',
  unit: 's',
};

/** Of a database of Amazon RDS, by its engine. */
export const rdsLag = (engine: string): LagMetric =>
  engine.startsWith('aurora')
    ? { namespace: 'AWS/RDS', metric: 'AuroraReplicaLag', dimension: 'DBInstanceIdentifier', unit: 'ms' }
    : INSTANCE_LAG;

/** Of Amazon DocumentDB. */
export const DOCUMENT_LAG: LagMetric = {
  namespace: 'AWS/DocDB',
  metric: 'DBInstanceReplicaLag',
  dimension: 'DBInstanceIdentifier',
  unit: 'ms',
};

/** Of Amazon ElastiCache. */
export const CACHE_LAG: LagMetric = {
  namespace: 'AWS/ElastiCache',
  metric: 'ReplicationLag',
  dimension: 'CacheClusterId',
  unit: 's',
};

/** The largest lag of a replica in a minute. */
export interface LagPoint {
  readonly replica: string;
  readonly value: number;
  /** When the minute began: milliseconds since 1970. */
  readonly at: number;
}

/** What CloudWatch has of the lag of replicas since a time, minute by minute. */
export async function lagPoints(
  { namespace: Namespace, metric: MetricName, dimension: Name }: LagMetric,
  replicas: readonly string[],
  since: number,
  cloudWatch: Pick<Reads<CloudWatch>, 'getMetricData'>,
): Promise<LagPoint[]> {
  const points: LagPoint[] = [];
  for (let first = 0; first < replicas.length; first += MOST_QUERIES) {
    const some = replicas.slice(first, first + MOST_QUERIES);
    const results = await allPages(async (NextToken) => {
      const page = await cloudWatch.getMetricData({
        StartTime: new Date(since),
        EndTime: new Date(Date.now() + MINUTE),
        MetricDataQueries: some.map((Value, i) => ({
          Id: `r${i}`,
          MetricStat: {
            Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] },
            Period: 60,
            Stat: 'Maximum',
          },
        })),
        NextToken,
      });
      return { items: page.MetricDataResults, next: page.NextToken };
    });
    for (const { Id = '', Values = [], Timestamps = [] } of results)
      for (const [i, value] of Values.entries())
        points.push({ replica: some[Number(Id.slice(1))]!, value, at: Timestamps[i]!.getTime() });
  }
  return points;
}

/** The resolution of these metrics, in milliseconds. */
export const MINUTE = 60_000;

/** CloudWatch answers 500 at once. */
const MOST_QUERIES = 500;
