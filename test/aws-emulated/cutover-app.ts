import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { count, Twins, type Snapshot } from '../../lib';
import type { Construct } from 'constructs';
import { pagesIn, vpcIn, vpcSubnets } from './shop-tiers';

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

/** The same with databases of its own. */
class ShopWithData extends Shop {
  constructor(scope: Construct, id: string, props: { tasks: number; release: string }) {
    super(scope, id, props);
    const vpc = this.node.findChild('Vpc') as ec2.Vpc;
    new rds.DatabaseCluster(this, 'Orders', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_9 }),
      writer: rds.ClusterInstance.provisioned('Writer'),
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: this.node.tryGetContext('protected') === 'true',
      vpc,
      vpcSubnets,
    });
    pagesIn(this, vpc);
  }
}

/** The snapshot of the first production's data that the second one begins with. */
export const SEED = 'prod-orders-of-today';

/** Writes the assembly of a release with two productions that have databases of their own. */
export const synthesizeWithData = (outdir: string, release: string, context: object = {}): void =>
  synthesizeBoth(outdir, release, ShopWithData, {
    context,
    restoreFrom: {
      Orders: { snapshot: SEED, kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/of-production' },
    },
  });

/** Writes the assembly of a release with two productions, as `cdk synth` does. */
export const synthesize = (outdir: string, release: string): void =>
  synthesizeBoth(outdir, release, Shop, {});

function synthesizeBoth(
  outdir: string,
  release: string,
  Topology: typeof Shop,
  {
    context = {},
    ...ofSecond
  }: { readonly context?: object; readonly restoreFrom?: Record<string, Snapshot> },
): void {
  const app = new App({
    outdir,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true, ...context },
  });
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'staging is not busy' }) },
    environment: (scope, id, { tasks }) => new Topology(scope, id, { tasks, release }),
  });
  const terminationProtection = app.node.tryGetContext('protected') === 'true';
  twins.prod('Prod', { scale: { tasks: 1 }, terminationProtection });
  twins.prod('ProdB', { scale: { tasks: 1 }, ...ofSecond });
  app.synth();
}
