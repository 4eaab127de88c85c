import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import {
  catalogMetric,
  catalogReplicaLag,
  ordersMetric,
  ordersReaderLag,
  runningTasks,
  valkeyNodes,
  type WatchedTiers,
} from './metrics';

/**
 * The shop at a glance: one row a tier. A member of a tier is one more line in a graph, so that more members move
 * nothing.
 */
export class Dashboard extends cloudwatch.Dashboard {
  constructor(scope: Construct, id: string, tiers: WatchedTiers) {
    super(scope, id, {
      defaultInterval: Duration.hours(3),
      widgets: [webRow(tiers), serviceRow(tiers), ordersRow(tiers), catalogRow(tiers), cacheRow(tiers)],
    });
  }
}

const { MAXIMUM } = cloudwatch.Stats;

function graph(title: string, ...left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, width: 8, height: 6 });
}

function webRow({ web }: WatchedTiers): cloudwatch.IWidget[] {
  const { metrics } = web.targets;
  return [
    graph('Requests', metrics.requestCount()),
    graph('Response time', ...['p50', 'p99'].map((statistic) => metrics.targetResponseTime({ statistic }))),
    graph('Hosts', metrics.healthyHostCount(), metrics.unhealthyHostCount()),
  ];
}

function serviceRow({ web, worker, scale }: WatchedTiers): cloudwatch.IWidget[] {
  return [
    new cloudwatch.GraphWidget({
      title: 'Web tasks',
      left: [runningTasks(web)],
      leftAnnotations: [
        { label: 'fewest', value: scale.webTasks.min },
        { label: 'most', value: scale.webTasks.max },
      ],
      width: 8,
      height: 6,
    }),
    graph('Web and worker CPU', web.service.metricCpuUtilization(), worker.service.metricCpuUtilization()),
    graph(
      'Web and worker memory',
      web.service.metricMemoryUtilization(),
      worker.service.metricMemoryUtilization(),
    ),
  ];
}

function ordersRow({ orders }: WatchedTiers): cloudwatch.IWidget[] {
  const lag = orders.readers.map((reader, i) => ordersReaderLag(reader, `OrdersReader${i + 1}`));
  return [
    graph('Orders CPU', ordersMetric(orders, 'CPUUtilization', MAXIMUM)),
    graph('Orders connections', ordersMetric(orders, 'DatabaseConnections', MAXIMUM)),
    graph('Orders replica lag', ...lag),
  ];
}

function catalogRow({ catalog }: WatchedTiers): cloudwatch.IWidget[] {
  const lag = catalog.replicas.map((replica, i) => catalogReplicaLag(replica, `CatalogReplica${i + 1}`));
  return [
    graph('Catalog CPU', catalogMetric(catalog, 'CPUUtilization', MAXIMUM)),
    graph('Catalog connections', catalogMetric(catalog, 'DatabaseConnections', MAXIMUM)),
    graph('Catalog replica lag', ...lag),
  ];
}

function cacheRow({ sessions, pages }: WatchedTiers): cloudwatch.IWidget[] {
  return [
    graph('Sessions memory', valkeyNodes(sessions.valkey, 'DatabaseMemoryUsagePercentage')),
    graph('Sessions replication lag', valkeyNodes(sessions.valkey, 'ReplicationLag')),
    graph('Pages memory', valkeyNodes(pages.valkey, 'DatabaseMemoryUsagePercentage')),
  ];
}
