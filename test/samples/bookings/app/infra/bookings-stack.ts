import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { resolve } from 'node:path';

interface BookingsProps extends StackProps {
  readonly release: string;
  readonly readers: number;
  readonly tasks: number;
  readonly instanceType: ec2.InstanceType;
}

export class BookingsStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { release, readers, tasks, instanceType, ...props }: BookingsProps,
  ) {
    super(scope, id, props);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });

    const engine = rds.DatabaseClusterEngine.auroraMysql({
      version: rds.AuroraMysqlEngineVersion.VER_3_08_0,
    });
    const database = new rds.DatabaseCluster(this, 'Database', {
      engine,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      credentials: rds.Credentials.fromGeneratedSecret('bookings'),
      defaultDatabaseName: 'bookings',
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        parameters: {
          character_set_server: 'utf8mb4',
          long_query_time: '1',
          slow_query_log: '1',
          time_zone: 'UTC',
        },
      }),
      writer: rds.ClusterInstance.provisioned('Writer', { instanceType }),
      readers: Array.from({ length: readers }, (_, i) =>
        rds.ClusterInstance.provisioned(`Reader${i + 1}`, { instanceType, promotionTier: 1 }),
      ),
      storageEncrypted: true,
      backup: { retention: Duration.days(14) },
    });

    const api = new ApplicationLoadBalancedFargateService(this, 'Api', {
      vpc,
      cpu: 1024,
      memoryLimitMiB: 2048,
      desiredCount: tasks,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.seconds(60),
      taskImageOptions: {
        image: ecs.ContainerImage.fromAsset(resolve(import.meta.dirname, '..')),
        containerPort: 3000,
        environment: {
          NODE_ENV: 'production',
          APP_VERSION: release,
          DB_HOST: database.clusterEndpoint.hostname,
          DB_READER_HOST: database.clusterReadEndpoint.hostname,
          DB_PORT: String(database.clusterEndpoint.port),
          DB_NAME: 'bookings',
        },
        secrets: { DB_SECRET: ecs.Secret.fromSecretsManager(database.secret!) },
        logDriver: ecs.LogDrivers.awsLogs({ streamPrefix: 'api', logRetention: RetentionDays.ONE_MONTH }),
      },
    });
    api.targetGroup.configureHealthCheck({ path: '/healthz', interval: Duration.seconds(10) });
    api.targetGroup.setAttribute('deregistration_delay.timeout_seconds', '30');
    database.connections.allowDefaultPortFrom(api.service);

    const scaling = api.service.autoScaleTaskCount({ minCapacity: tasks, maxCapacity: 3 * tasks });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
  }
}
