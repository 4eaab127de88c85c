import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct, type IDependable } from 'constructs';
import { GUARDED_PORT } from './closed-group';
import { GeneratedSecret } from './generated-secret';
import { SourceLogs } from './logs';
import { physicalName } from './physical-name';
import { ORDERS_POOL_SIZE } from './pools';
import type { Backend, TierProps } from './tier';

/** The orders: Aurora PostgreSQL, one writer and its readers. */
export class Orders extends Construct implements Backend {
  /** The writer with its readers. */
  readonly cluster: rds.DatabaseCluster;
  /** The readers' identifiers, in order: as many as `scale.ordersReaders` says. */
  readonly readers: readonly string[];
  readonly connections: ec2.Connections;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
  readonly ready: readonly IDependable[];

  constructor(scope: Construct, id: string, props: TierProps) {
    super(scope, id);
    const group = props.network.closedGroup('OrdersGroup', 'Orders database');
    // Not the cluster's own connections: their port is an attribute, which rules between groups would wait for.
    this.connections = new ec2.Connections({ securityGroups: [group], defaultPort: ec2.Port.tcp(PORT) });
    this.cluster = this.makeCluster(props, group);
    this.ready = [this.cluster];
    this.readers = this.cluster.instanceIdentifiers.slice(1);
    this.environment = {
      ORDERS_WRITER_HOST: this.cluster.clusterEndpoint.hostname,
      ORDERS_READER_HOST: this.cluster.clusterReadEndpoint.hostname,
      ORDERS_PORT: String(PORT),
      ORDERS_DATABASE: DATABASE,
      ORDERS_POOL_SIZE: String(ORDERS_POOL_SIZE),
    };
    // Attached, so that the secret is complete before a task reads it.
    const attached = this.cluster.secret!;
    this.secrets = {
      ORDERS_USERNAME: ecs.Secret.fromSecretsManager(attached, 'username'),
      ORDERS_PASSWORD: ecs.Secret.fromSecretsManager(attached, 'password'),
    };
  }

  private makeCluster({ network, scale }: TierProps, group: ec2.SecurityGroup): rds.DatabaseCluster {
    const clusterIdentifier = physicalName(this, 'orders');
    const instance = {
      instanceType: new ec2.InstanceType(scale.ordersInstance),
      enablePerformanceInsights: true,
      publiclyAccessible: false,
      // A minor upgrade would reach environments on different days: the version moves with a release instead.
      autoMinorVersionUpgrade: false,
    };
    const engineLogs = new SourceLogs(this, 'Logs', {
      logGroupName: `/aws/rds/cluster/${clusterIdentifier}/postgresql`,
    });
    // Not one of the cluster's own making: its logical id would contain the stack's name.
    const secret = new GeneratedSecret(this, 'Secret', {
      description: 'The orders database',
      username: USERNAME,
    });
    const cluster = new rds.DatabaseCluster(this, 'Cluster', {
      clusterIdentifier,
      engine: ENGINE,
      parameters: PARAMETERS,
      credentials: rds.Credentials.fromSecret(secret, USERNAME),
      defaultDatabaseName: DATABASE,
      port: PORT,
      iamAuthentication: true,
      writer: rds.ClusterInstance.provisioned('Writer', instance),
      readers: Array.from({ length: scale.ordersReaders }, (_, i) =>
        rds.ClusterInstance.provisioned(`OrdersReader${i + 1}`, instance),
      ),
      vpc: network.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [group],
      cloudwatchLogsExports: ['postgresql'],
      ...KEPT,
    });
    // Otherwise RDS makes the group itself, outside the stack, and it stays behind.
    cluster.node.addDependency(engineLogs);
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-RDS11',
      reason: GUARDED_PORT,
    });
    return cluster;
  }
}

const PORT = 5432;
const DATABASE = 'orders';
const USERNAME = 'orders';

const ENGINE = rds.DatabaseClusterEngine.auroraPostgres({
  version: rds.AuroraPostgresEngineVersion.VER_17_9,
});

const PARAMETERS = {
  'rds.force_ssl': '1',
  log_statement: 'ddl',
  log_min_duration_statement: '1000',
};

/** What keeps the data safe from loss, and from a careless delete. */
const KEPT = {
  storageEncrypted: true,
  backup: { retention: Duration.days(14) },
  deleteAutomatedBackups: false,
  copyTagsToSnapshot: true,
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};
