import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { SourceLogs } from './logs';
import type { Network } from './network';
import { physicalName } from './physical-name';

/** Where the services run, with Container Insights and its log group. */
export class ServiceCluster extends ecs.Cluster {
  constructor(scope: Construct, id: string, { vpc }: Network) {
    const clusterName = physicalName(scope, 'services');
    super(scope, id, { vpc, clusterName, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    const insights = new SourceLogs(this, 'Insights', {
      logGroupName: `/aws/ecs/containerinsights/${clusterName}/performance`,
    });
    // Otherwise ECS makes the group itself, outside the stack, and it stays behind. On the resource alone: the group
    // is below the cluster in the tree, and would wait for itself.
    this.node.defaultChild!.node.addDependency(insights);
  }
}
