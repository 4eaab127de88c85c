import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as docdb from 'aws-cdk-lib/aws-docdb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { GUARDED_PORT } from './closed-group';
import { GeneratedSecret } from './generated-secret';
import { SourceLogs } from './logs';
import type { Network } from './network';
import { physicalName } from './physical-name';
import { CATALOG_POOL_SIZE } from './pools';
import type { ShopScale } from './scale';
import type { Backend, TierProps } from './tier';

/**
 * The catalog: DocumentDB, one primary and its replicas. L1: the L2 makes all members at once, so that any may become the
 * primary, and cannot be restored from a snapshot (https://github.com/aws/aws-cdk/issues/27188).
 */
export class Catalog extends Construct implements Backend {
  /** The primary with its replicas. */
  readonly cluster: docdb.CfnDBCluster;
  /** The replicas' identifiers, in order: as many as `scale.catalogReplicas` says. */
  readonly replicas: readonly string[];
  readonly connections: ec2.Connections;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
  readonly ready: readonly docdb.CfnDBInstance[];

  constructor(scope: Construct, id: string, { network, scale }: TierProps) {
    super(scope, id);
    const group = network.closedGroup('CatalogGroup', 'Catalog database');
    this.connections = new ec2.Connections({
      securityGroups: [group],
      defaultPort: ec2.Port.tcp(PORT),
    });
    const secret = new GeneratedSecret(this, 'Secret', {
      description: 'The catalog database',
      username: 'catalog',
    });
    this.cluster = this.makeCluster(network, group, secret);
    const primary = this.makeMember('Primary', scale);
    const replicas = this.makeReplicas(primary, scale);
    this.ready = [primary, ...replicas];
    this.replicas = replicas.map(({ ref }) => ref);
    this.environment = {
      CATALOG_HOST: this.cluster.attrEndpoint,
      CATALOG_READER_HOST: this.cluster.attrReadEndpoint,
      CATALOG_PORT: String(PORT),
      CATALOG_OPTIONS: DRIVER_OPTIONS,
    };
    const attached = secret.attach(asTarget(this.cluster));
    this.secrets = {
      CATALOG_USERNAME: ecs.Secret.fromSecretsManager(attached, 'username'),
      CATALOG_PASSWORD: ecs.Secret.fromSecretsManager(attached, 'password'),
    };
  }

  private makeCluster(
    network: Network,
    group: ec2.SecurityGroup,
    secret: secretsmanager.Secret,
  ): docdb.CfnDBCluster {
    const dbClusterIdentifier = physicalName(this, 'catalog');
    const cluster = new docdb.CfnDBCluster(this, 'Cluster', {
      dbClusterIdentifier,
      engineVersion: '5.0.0',
      dbClusterParameterGroupName: this.makeParameters().ref,
      dbSubnetGroupName: this.makeSubnetGroup(network).ref,
      vpcSecurityGroupIds: [group.securityGroupId],
      port: PORT,
      masterUsername: secret.secretValueFromJson('username').unsafeUnwrap(),
      masterUserPassword: secret.secretValueFromJson('password').unsafeUnwrap(),
      storageEncrypted: true,
      backupRetentionPeriod: 14,
      copyTagsToSnapshot: true,
      deletionProtection: true,
      enableCloudwatchLogsExports: Object.keys(EXPORTED_LOGS),
    });
    cluster.applyRemovalPolicy(RemovalPolicy.RETAIN);
    for (const [log, id] of Object.entries(EXPORTED_LOGS)) {
      const logGroupName = `/aws/docdb/${dbClusterIdentifier}/${log}`;
      // Otherwise DocumentDB makes the group itself, outside the stack, and it stays behind.
      cluster.node.addDependency(new SourceLogs(this, id, { logGroupName }));
    }
    acknowledgeFindings(cluster);
    return cluster;
  }

  private makeMember(id: string, scale: ShopScale): docdb.CfnDBInstance {
    const instance = new docdb.CfnDBInstance(this, id, {
      dbClusterIdentifier: this.cluster.ref,
      dbInstanceClass: `db.${scale.catalogInstance}`,
      enablePerformanceInsights: true,
    });
    instance.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return instance;
  }

  private makeReplicas(primary: docdb.CfnDBInstance, scale: ShopScale): docdb.CfnDBInstance[] {
    return Array.from({ length: scale.catalogReplicas }, (_, i) => {
      const replica = this.makeMember(`CatalogReplica${i + 1}`, scale);
      // The instance that exists first becomes the primary: CloudFormation has no PromotionTier for DocumentDB.
      replica.addResourceDependency(primary);
      return replica;
    });
  }

  private makeParameters(): docdb.CfnDBClusterParameterGroup {
    return new docdb.CfnDBClusterParameterGroup(this, 'Parameters', {
      family: 'docdb5.0',
      description: 'TLS only, with audit and profiler logs',
      parameters: {
        tls: 'enabled',
        audit_logs: 'enabled',
        profiler: 'enabled',
        profiler_threshold_ms: '100',
      },
    });
  }

  private makeSubnetGroup({ vpc }: Network): docdb.CfnDBSubnetGroup {
    const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED });
    return new docdb.CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: 'Isolated subnets',
      subnetIds,
    });
  }
}

const PORT = 27017;

const EXPORTED_LOGS = { audit: 'AuditLogs', profiler: 'ProfilerLogs' };

/** With `replicaSet` set, the driver knows every member and keeps a pool for each. */
const DRIVER_OPTIONS = `tls=true&replicaSet=rs0&readPreference=secondaryPreferred&retryWrites=false&maxPoolSize=${CATALOG_POOL_SIZE}`;

function asTarget(cluster: docdb.CfnDBCluster): secretsmanager.ISecretAttachmentTarget {
  return {
    asSecretAttachmentTarget: () => ({
      targetId: cluster.ref,
      targetType: secretsmanager.AttachmentTargetType.DOCDB_DB_CLUSTER,
    }),
  };
}

function acknowledgeFindings(cluster: docdb.CfnDBCluster): void {
  Validations.of(cluster).acknowledge(
    {
      id: 'AwsSolutions-DOC2',
      reason: GUARDED_PORT,
    },
    {
      id: 'AwsSolutions-DOC3',
      reason:
        'User and password are dynamic references to a secret of this stack, which the rule cannot read.',
    },
    ...['authenticate', 'createIndex', 'dropCollection'].map((event) => ({
      id: `AwsSolutions-DOC5[LogExport::${event}]`,
      reason: 'An event of the audit log, which is exported whole; DocumentDB knows no export of this name.',
    })),
  );
}
