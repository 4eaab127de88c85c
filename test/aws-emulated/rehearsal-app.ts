import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { join } from 'node:path';
import type { JsonObject } from '../../lib/json';
import type { Deployment } from '../../lib/targets/target';
import { catalogIn, pagesIn, vpcIn, vpcSubnets } from './shop-tiers';
import { synthesizeTwins, type TopologyProps } from './twins-app';

/** Two databases with a reader each, a cache of three shards, and a service behind a load balancer. */
export class Shop extends Construct {
  constructor(scope: Construct, id: string, { tasks, release }: TopologyProps) {
    super(scope, id);
    const vpc = vpcIn(this);
    const orders = new rds.DatabaseCluster(this, 'Orders', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_9 }),
      writer: rds.ClusterInstance.provisioned('Writer'),
      readers: [rds.ClusterInstance.provisioned('Reader')],
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
      vpc,
      vpcSubnets,
    });
    catalogIn(this, vpc);
    pagesIn(this, vpc);
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry(`shop:${release}`),
      portMappings: [{ containerPort: 8080 }],
      secrets: { ORDERS_PASSWORD: ecs.Secret.fromSecretsManager(orders.secret!, 'password') },
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'web', logGroup: new LogGroup(this, 'Logs') }),
    });
    const service = new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: tasks,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      assignPublicIp: true,
      vpcSubnets,
    });
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    const listener = balancer.addListener('Http', { port: 80, protocol: elb.ApplicationProtocol.HTTP });
    listener.addTargets('Web', { port: 8080, protocol: elb.ApplicationProtocol.HTTP, targets: [service] });
  }
}

/**
 * Writes the assembly of a release, as `cdk synth` does.
 *
 * @param rehearsal - in the name of staging's stack
 * @param more - of the context
 */
export function synthesize(outdir: string, release: string, rehearsal: string, more: JsonObject = {}): void {
  synthesizeTwins({ topology: Shop, outdir, release, rehearsal, context: more });
}

/** A deployment of a release, in a folder. */
export function deploymentIn(
  folder: string,
  release: string,
  rehearsal: string,
  context: JsonObject = {},
): Deployment {
  const assembly = join(folder, `${release}-${rehearsal}`);
  synthesize(assembly, release, rehearsal, context);
  return { release, assembly, environment: 'Staging' };
}
