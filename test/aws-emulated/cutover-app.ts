import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { count, Twins } from '../../lib';
import type { Construct } from 'constructs';
import { vpcIn, vpcSubnets } from './shop-tiers';

/** A service behind a load balancer. */
class Shop extends Stack {
  constructor(scope: Construct, id: string, { tasks, release }: { tasks: number; release: string }) {
    super(scope, id);
    const vpc = vpcIn(this);
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry(`shop:${release}`),
      portMappings: [{ containerPort: 8080 }],
    });
    const service = new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: tasks,
      minHealthyPercent: 100,
      assignPublicIp: true,
      vpcSubnets,
    });
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    const listener = balancer.addListener('Http', { port: 80, protocol: elb.ApplicationProtocol.HTTP });
    listener.addTargets('Web', { port: 8080, protocol: elb.ApplicationProtocol.HTTP, targets: [service] });
  }
}

/** Writes the assembly of a release with two productions, as `cdk synth` does. */
export function synthesize(outdir: string, release: string): void {
  const app = new App({
    outdir,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'staging is not busy' }) },
    environment: (scope, id, { tasks }) => new Shop(scope, id, { tasks, release }),
  });
  for (const name of ['Prod', 'ProdB']) twins.prod(name, { scale: { tasks: 1 } });
  app.synth();
}
