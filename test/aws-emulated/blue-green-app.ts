import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { join } from 'node:path';
import type { JsonObject } from '../../lib/json';
import type { Deployment } from '../../lib/targets/target';
import { vpcIn, vpcSubnets } from './shop-tiers';
import { synthesizeTwins, type TopologyProps } from './twins-app';

/** A service behind a load balancer that ECS deploys blue/green, and that waits for an answer before clients are sent to it. */
class Shop extends Construct {
  constructor(scope: Construct, id: string, { tasks, release }: TopologyProps) {
    super(scope, id);
    const vpc = vpcIn(this);
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry(`shop:${release}`),
      portMappings: [{ containerPort: 8080 }],
    });
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    const [blue, green] = ['Blue', 'Green'].map(
      (name) =>
        new elb.ApplicationTargetGroup(this, name, {
          vpc,
          port: 8080,
          protocol: elb.ApplicationProtocol.HTTP,
          targetType: elb.TargetType.IP,
        }),
    );
    const listener = balancer.addListener('Http', { port: 80, protocol: elb.ApplicationProtocol.HTTP });
    const rule = new elb.ApplicationListenerRule(this, 'Rule', {
      listener,
      priority: 1,
      conditions: [elb.ListenerCondition.pathPatterns(['/*'])],
      action: elb.ListenerAction.weightedForward([
        { targetGroup: blue!, weight: 100 },
        { targetGroup: green!, weight: 0 },
      ]),
    });
    listener.addAction('None', { action: elb.ListenerAction.fixedResponse(404) });
    const service = new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: tasks,
      assignPublicIp: true,
      vpcSubnets,
    });
    const infrastructure = new Role(this, 'Shifting', {
      assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    });
    const definition = service.node.defaultChild as ecs.CfnService;
    definition.deploymentConfiguration = {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: Number(this.node.tryGetContext('bake') ?? 5),
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      lifecycleHooks: [
        {
          targetType: 'PAUSE',
          lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
          timeoutConfiguration: { timeoutInMinutes: 60, action: 'ROLLBACK' },
        },
      ],
    };
    definition.loadBalancers = [
      {
        containerName: 'web',
        containerPort: 8080,
        targetGroupArn: blue!.targetGroupArn,
        advancedConfiguration: {
          alternateTargetGroupArn: green!.targetGroupArn,
          productionListenerRule: rule.listenerRuleArn,
          roleArn: infrastructure.roleArn,
        },
      },
    ];
    definition.node.addDependency(rule);
  }
}

/** Writes the assembly of a release, as `cdk synth` does. */
export function synthesize(outdir: string, release: string, rehearsal: string, more: JsonObject = {}): void {
  synthesizeTwins({ topology: Shop, outdir, release, rehearsal, context: more });
}

/** A deployment of a release, in a folder. */
export function deploymentIn(folder: string, release: string, rehearsal: string): Deployment {
  const assembly = join(folder, `${release}-${rehearsal}`);
  synthesize(assembly, release, rehearsal);
  return { release, assembly, environment: 'Staging' };
}
