import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { resolve } from 'node:path';

interface HelpDeskProps extends StackProps {
  readonly release: string;
  readonly database: string;
  readonly sessions: string;
  readonly tasks: number;
}

export class HelpDesk extends Stack {
  private readonly vpc = new ec2.Vpc(this, 'Vpc', {
    maxAzs: 2,
    natGateways: 1,
    restrictDefaultSecurityGroup: false,
  });
  private readonly cluster = new ecs.Cluster(this, 'Cluster', { vpc: this.vpc });

  constructor(scope: Construct, id: string, { release, database, sessions, tasks, ...props }: HelpDeskProps) {
    super(scope, id, props);
    const db = new rds.DatabaseCluster(this, 'Database', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_7 }),
      vpc: this.vpc,
      defaultDatabaseName: 'tickets',
      credentials: rds.Credentials.fromGeneratedSecret('tickets'),
      writer: rds.ClusterInstance.provisioned('Writer', { instanceType: new ec2.InstanceType(database) }),
      readers: [rds.ClusterInstance.provisioned('Reader', { instanceType: new ec2.InstanceType(database) })],
      storageEncrypted: true,
    });

    const token = new Secret(this, 'SessionsToken', {
      generateSecretString: { excludePunctuation: true, passwordLength: 40 },
    });
    const cacheGroup = new ec2.SecurityGroup(this, 'SessionsSecurityGroup', { vpc: this.vpc });
    const subnets = new elasticache.CfnSubnetGroup(this, 'SessionsSubnets', {
      description: 'Sessions',
      subnetIds: this.vpc.privateSubnets.map(({ subnetId }) => subnetId),
    });
    const cache = new elasticache.CfnReplicationGroup(this, 'Sessions', {
      replicationGroupDescription: 'Sessions of the help desk',
      engine: 'valkey',
      engineVersion: '8.0',
      cacheNodeType: sessions,
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      authToken: token.secretValue.unsafeUnwrap(),
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [cacheGroup.securityGroupId],
    });

    const image = ecs.ContainerImage.fromAsset(resolve(import.meta.dirname, '..'));
    const container = {
      image,
      environment: {
        RELEASE: release,
        DATABASE_CA: '/etc/ssl/rds/global-bundle.pem',
        SESSIONS_HOST: cache.attrPrimaryEndPointAddress,
        SESSIONS_PORT: cache.attrPrimaryEndPointPort,
      },
      secrets: {
        DATABASE_SECRET: ecs.Secret.fromSecretsManager(db.secret!),
        SESSIONS_TOKEN: ecs.Secret.fromSecretsManager(token),
        SESSION_KEY: ecs.Secret.fromSecretsManager(new Secret(this, 'SessionKey')),
      },
    };
    const web = this.service('Web', tasks, container);
    const admin = this.service('Admin', 1, {
      ...container,
      command: ['bin/admin'],
    });
    for (const { connections } of [web, admin]) {
      db.connections.allowDefaultPortFrom(connections);
      cacheGroup.connections.allowFrom(connections, ec2.Port.tcp(6379));
    }

    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', {
      vpc: this.vpc,
      internetFacing: true,
    });
    const listener = balancer.addListener('Http', { port: 80, protocol: elb.ApplicationProtocol.HTTP });
    const target = {
      port: 8000,
      protocol: elb.ApplicationProtocol.HTTP,
      deregistrationDelay: Duration.seconds(30),
    };
    listener.addTargets('Web', { ...target, targets: [web], healthCheck: { path: '/health' } });
    listener.addTargets('Admin', {
      ...target,
      targets: [admin],
      healthCheck: { path: '/admin/health' },
      priority: 10,
      conditions: [elb.ListenerCondition.pathPatterns(['/admin', '/admin/*'])],
    });
  }

  private service(
    id: string,
    desiredCount: number,
    container: ecs.ContainerDefinitionOptions,
  ): ecs.FargateService {
    const taskDefinition = new ecs.FargateTaskDefinition(this, `${id}Task`, {
      cpu: 512,
      memoryLimitMiB: 1024,
    });
    taskDefinition.addContainer(id.toLowerCase(), {
      ...container,
      portMappings: [{ containerPort: 8000 }],
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: id.toLowerCase(),
        logGroup: new LogGroup(this, `${id}Logs`, { retention: RetentionDays.ONE_MONTH }),
      }),
    });
    return new ecs.FargateService(this, id, {
      cluster: this.cluster,
      taskDefinition,
      desiredCount,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
  }
}
