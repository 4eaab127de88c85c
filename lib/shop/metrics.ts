import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Catalog } from './catalog';
import type { Orders } from './orders';
import type { Pages } from './pages';
import type { ShopScale } from './scale';
import type { Service } from './service';
import type { Sessions } from './sessions';
import type { Valkey } from './valkey';
import type { Web } from './web';
import type { Worker } from './worker';

/** The tiers that alarms and dashboard watch. */
export interface WatchedTiers {
  /** How much there is of each. */
  readonly scale: ShopScale;
  readonly web: Web;
  readonly worker: Worker;
  readonly orders: Orders;
  readonly catalog: Catalog;
  readonly sessions: Sessions;
  readonly pages: Pages;
}

const PERIOD = Duration.minutes(1);

/** A metric of the whole orders cluster. */
export function ordersMetric({ cluster }: Orders, metricName: string, statistic: string): cloudwatch.Metric {
  return cluster.metric(metricName, { statistic, period: PERIOD });
}

/** How far one reader is behind the writer, in milliseconds. */
export function ordersReaderLag(reader: string, label?: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/RDS',
    metricName: 'AuroraReplicaLag',
    dimensionsMap: { DBInstanceIdentifier: reader },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: PERIOD,
    label,
  });
}

/** A metric of the whole catalog cluster. */
export function catalogMetric(
  { cluster }: Catalog,
  metricName: string,
  statistic: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/DocDB',
    metricName,
    dimensionsMap: { DBClusterIdentifier: cluster.ref },
    statistic,
    period: PERIOD,
  });
}

/** How far one replica is behind the primary, in milliseconds. */
export function catalogReplicaLag(replica: string, label?: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/DocDB',
    metricName: 'DBInstanceReplicaLag',
    dimensionsMap: { DBInstanceIdentifier: replica },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: PERIOD,
    label,
  });
}

/**
 * The first node's share of memory in use, in percent. ElastiCache has metrics of nodes only, and names them itself;
 * within a shard all nodes hold the same keys, and shards share the keys evenly.
 *
 * @param node - the suffix that ElastiCache gives the first node: `001`, or `0001-001` in cluster mode
 */
export function valkeyMemoryInUse({ group }: Valkey, node: '001' | '0001-001'): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ElastiCache',
    metricName: 'DatabaseMemoryUsagePercentage',
    dimensionsMap: { CacheClusterId: `${group.ref}-${node}` },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: PERIOD,
  });
}

/**
 * A metric of every node of a Valkey group: for a graph only, an alarm cannot search. The group's id is not quoted,
 * so that it matches as a part of its nodes' ids.
 */
export function valkeyNodes({ group }: Valkey, metricName: string): cloudwatch.SearchExpression {
  return new cloudwatch.SearchExpression({
    expression: `SEARCH('{AWS/ElastiCache,CacheClusterId} MetricName="${metricName}" AND ${group.ref}', 'Maximum')`,
    label: '',
    period: PERIOD,
  });
}

/** How many tasks of a service run. */
export function runningTasks({ service }: Service): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'ECS/ContainerInsights',
    metricName: 'RunningTaskCount',
    dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
    statistic: cloudwatch.Stats.MINIMUM,
    period: PERIOD,
  });
}
