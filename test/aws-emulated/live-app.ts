import { App, CfnParameter, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { autoscalingRange, instanceClass, replicas, Twins } from '../../lib';
import { catalogIn, pagesIn, vpcIn, vpcSubnets } from './shop-tiers';

interface ShopProps extends StackProps {
  readonly readers: number;
  readonly dbClass: string;
  readonly web: { readonly min: number; readonly max: number };
}

/** Two databases with readers and parameters, a cache, and a service that is scaled. */
class Shop extends Stack {
  constructor(scope: Construct, id: string, { readers, dbClass, web, ...props }: ShopProps) {
    super(scope, id, props);
    const vpc = vpcIn(this);
    const instanceType = new ec2.InstanceType(dbClass);
    const member = (name: string) => rds.ClusterInstance.provisioned(name, { instanceType });
    const engine = rds.DatabaseClusterEngine.auroraPostgres({
      version: rds.AuroraPostgresEngineVersion.VER_17_7,
    });
    new rds.DatabaseCluster(this, 'Orders', {
      engine,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        parameters: { log_min_duration_statement: '500' },
      }),
      writer: member('Writer'),
      readers: Array.from({ length: readers }, (_, i) => member(`Reader${i + 1}`)),
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
      vpc,
      vpcSubnets,
    });
    catalogIn(this, vpc);
    pagesIn(this, vpc);
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    const level = new CfnParameter(this, 'LogLevel', { default: 'info' });
    taskDefinition.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry('shop:1.41.0'),
      environment: { LOG_LEVEL: level.valueAsString },
    });
    new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      minHealthyPercent: 100,
      assignPublicIp: true,
      vpcSubnets,
    })
      .autoScaleTaskCount({ minCapacity: web.min, maxCapacity: web.max })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    new ecs.FargateService(this, 'Worker', {
      cluster: new ecs.Cluster(this, 'Workers', { vpc }),
      taskDefinition,
      desiredCount: 2,
      minHealthyPercent: 100,
      assignPublicIp: true,
      vpcSubnets,
    });
  }
}

/** Writes the assembly, as `cdk synth` does. */
export function synthesize(outdir: string): void {
  const app = new App({
    outdir,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  const twins = new Twins(app, {
    scale: {
      readers: replicas({ reason: 'two readers already show stale reads', max: 15 }),
      dbClass: instanceClass({ reason: 'staging asks for fewer connections' }),
      web: autoscalingRange({ reason: 'less traffic' }),
    },
    environment: (scope, id, { readers, dbClass, web }, options) =>
      new Shop(scope, id, { ...options, readers, dbClass, web }),
  });
  twins.prod('Prod', { scale: { readers: 3, dbClass: 'r7g.2xlarge', web: { min: 1, max: 20 } } });
  twins.staging('Staging', {
    scale: { readers: 2, dbClass: 'r7g.large', web: { min: 1, max: 6 } },
    expires: '2037-01-01T00:00:00',
  });
  app.synth();
}
