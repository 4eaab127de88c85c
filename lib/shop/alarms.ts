import { Aws, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  catalogMetric,
  catalogReplicaLag,
  ordersMetric,
  ordersReaderLag,
  runningTasks,
  valkeyMemoryInUse,
  type WatchedTiers,
} from './metrics';

/** What is worth waking someone for; the same in every environment. */
export class Alarms extends Construct {
  /** Where every alarm reports to. */
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, tiers: WatchedTiers) {
    super(scope, id);
    this.topic = new sns.Topic(this, 'Topic', { enforceSSL: true });
    this.allowCloudWatch();
    this.watchWeb(tiers);
    this.watchWorker(tiers);
    this.watchOrders(tiers);
    this.watchCatalog(tiers);
    this.watchCaches(tiers);
  }

  /** A topic with a policy of its own no longer has the default one, which admits the account's alarms. */
  private allowCloudWatch(): void {
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }

  private watchWeb({ web, scale }: WatchedTiers): void {
    const { metrics } = web.targets;
    this.above('WebErrors', metrics.httpCodeTarget(elb.HttpCodeTarget.TARGET_5XX_COUNT, MINUTELY), 10);
    this.above('WebLatency', metrics.targetResponseTime({ ...MINUTELY, statistic: 'p99' }), 1);
    this.above('WebUnhealthy', metrics.unhealthyHostCount(MINUTELY), 0);
    this.below('WebTasks', runningTasks(web), scale.webTasks.min);
  }

  private watchWorker({ worker, scale }: WatchedTiers): void {
    this.below('WorkerTasks', runningTasks(worker), scale.workerTasks.min);
    this.above('WorkerCpu', worker.service.metricCpuUtilization(MINUTELY), 90);
  }

  private watchOrders({ orders, scale }: WatchedTiers): void {
    this.above('OrdersCpu', ordersMetric(orders, 'CPUUtilization', cloudwatch.Stats.MAXIMUM), 80);
    this.above(
      'OrdersConnections',
      ordersMetric(orders, 'DatabaseConnections', cloudwatch.Stats.MAXIMUM),
      scale.ordersConnectionsAlarm,
    );
    for (const [i, reader] of orders.readers.entries()) {
      this.above(`OrdersReaderLag${i + 1}`, ordersReaderLag(reader), 1000);
    }
  }

  private watchCatalog({ catalog, scale }: WatchedTiers): void {
    this.above('CatalogCpu', catalogMetric(catalog, 'CPUUtilization', cloudwatch.Stats.MAXIMUM), 80);
    this.above(
      'CatalogConnections',
      catalogMetric(catalog, 'DatabaseConnections', cloudwatch.Stats.MAXIMUM),
      scale.catalogConnectionsAlarm,
    );
    for (const [i, replica] of catalog.replicas.entries()) {
      this.above(`CatalogReplicaLag${i + 1}`, catalogReplicaLag(replica), 10_000);
    }
  }

  private watchCaches({ sessions, pages }: WatchedTiers): void {
    // Sessions are never evicted: when memory is full, nobody can log in any more.
    this.above('SessionsMemory', valkeyMemoryInUse(sessions.valkey, '001'), 75);
    this.above('PagesMemory', valkeyMemoryInUse(pages.valkey, '0001-001'), 95);
  }

  private above(id: string, metric: cloudwatch.Metric, threshold: number): void {
    this.alarm(id, metric, threshold, cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD);
  }

  private below(id: string, metric: cloudwatch.Metric, threshold: number): void {
    this.alarm(id, metric, threshold, cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD);
  }

  private alarm(
    id: string,
    metric: cloudwatch.Metric,
    threshold: number,
    comparisonOperator: cloudwatch.ComparisonOperator,
  ): void {
    metric
      .createAlarm(this, id, {
        threshold,
        comparisonOperator,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new SnsAction(this.topic));
  }
}

const MINUTELY = { period: Duration.minutes(1) };
