import { Duration, SecretValue } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { DatabaseCluster as DocumentCluster } from 'aws-cdk-lib/aws-docdb';
import { AttributeType, Billing, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Domain, EngineVersion } from 'aws-cdk-lib/aws-opensearchservice';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Athena } from '@aws-sdk/client-athena';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { S3 } from '@aws-sdk/client-s3';
import type { Stack } from 'aws-cdk-lib';
import type { Cases, Filled } from './case';

/** A network without what this emulator's CloudFormation lacks: NAT gateways, and rules between security groups. */
export const network = (stack: Stack): Vpc =>
  new Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2, restrictDefaultSecurityGroup: false });

const inNetwork = (stack: Stack) => ({
  vpc: network(stack),
  vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
});

const partitionKey = { name: 'id', type: AttributeType.STRING };
const pointInTimeRecoverySpecification = { pointInTimeRecoveryEnabled: true };

const putItem =
  (type: string) =>
  async ({ use, idOf }: Filled): Promise<void> => {
    await use(DynamoDB).putItem({ TableName: idOf(type), Item: { id: { S: 'order-1' } } });
  };

const users = (stack: Stack): elasticache.CfnUser =>
  new elasticache.CfnUser(stack, 'User', {
    engine: 'redis',
    userId: `${stack.stackName.toLowerCase()}-shop`,
    userName: 'default',
    passwords: ['a-long-enough-password'],
    accessString: 'on ~* +@all',
  });

/** What holds data: retained, protected, backed up, with something in it. */
export const DATA_CASES: Cases = {
  bucket: {
    make: (stack) => void new Bucket(stack, 'Uploads', { versioned: true, enforceSSL: true }),
    fill: async ({ use, idOf }) => {
      const uploads = { Bucket: idOf('AWS::S3::Bucket') };
      for (const Body of ['first', 'second']) await use(S3).putObject({ ...uploads, Key: 'picture', Body });
      await use(S3).putObject({ ...uploads, Key: 'gone', Body: 'deleted' });
      await use(S3).deleteObject({ ...uploads, Key: 'gone' });
    },
    danger: { what: 'objects, old versions and delete markers in a bucket', isEmulated: true },
  },
  table: {
    make: (stack) =>
      void new Table(stack, 'Orders', {
        partitionKey,
        pointInTimeRecoverySpecification,
        deletionProtection: true,
      }),
    fill: putItem('AWS::DynamoDB::Table'),
    danger: { what: 'the deletion protection of a table', isEmulated: true },
  },
  tableBackups: {
    make: (stack) => void new Table(stack, 'Orders', { partitionKey, pointInTimeRecoverySpecification }),
    fill: putItem('AWS::DynamoDB::Table'),
    danger: { what: 'the backup of a table with point-in-time recovery', isEmulated: false },
  },
  globalTable: {
    make: (stack) =>
      void new TableV2(stack, 'Orders', {
        partitionKey,
        pointInTimeRecoverySpecification,
        deletionProtection: true,
        billing: Billing.onDemand(),
      }),
    fill: putItem('AWS::DynamoDB::GlobalTable'),
    danger: { what: 'the deletion protection of a global table', isEmulated: false },
  },
  aurora: {
    make: (stack) => {
      new rds.DatabaseCluster(stack, 'Orders', {
        engine: rds.DatabaseClusterEngine.auroraPostgres({
          version: rds.AuroraPostgresEngineVersion.VER_16_4,
        }),
        ...inNetwork(stack),
        writer: rds.ClusterInstance.provisioned('Writer'),
        readers: [rds.ClusterInstance.provisioned('Reader')],
        parameters: { max_connections: '100' },
        backup: { retention: Duration.days(14) },
        deletionProtection: true,
      });
    },
    danger: { what: 'the deletion protection of an Aurora cluster', isEmulated: true },
  },
  auroraSnapshot: {
    make: (stack) => {
      new rds.DatabaseCluster(stack, 'Orders', {
        engine: rds.DatabaseClusterEngine.auroraPostgres({
          version: rds.AuroraPostgresEngineVersion.VER_16_4,
        }),
        ...inNetwork(stack),
        writer: rds.ClusterInstance.provisioned('Writer'),
        backup: { retention: Duration.days(14) },
      });
    },
    danger: { what: 'the snapshot of a cluster that is deleted', isEmulated: true, removal: 'snapshot' },
  },
  postgres: {
    make: (stack) => {
      const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });
      new rds.DatabaseInstance(stack, 'Orders', {
        engine,
        ...inNetwork(stack),
        instanceType: new InstanceType('t4g.medium'),
        parameterGroup: new rds.ParameterGroup(stack, 'Parameters', {
          engine,
          parameters: { max_connections: '100' },
        }),
        backupRetention: Duration.days(14),
        deleteAutomatedBackups: false,
        deletionProtection: true,
      });
    },
    danger: { what: 'the deletion protection of a database', isEmulated: true },
  },
  documents: {
    make: (stack) => {
      new DocumentCluster(stack, 'Catalog', {
        vpc: network(stack),
        masterUser: { username: 'shop', password: SecretValue.unsafePlainText('a-long-password') },
        instanceType: new InstanceType('r6g.large'),
        engineVersion: '5.0.0',
        backup: { retention: Duration.days(14) },
        deletionProtection: true,
        storageEncrypted: true,
      });
    },
    danger: { what: 'the deletion protection of a DocumentDB cluster', isEmulated: true },
  },
  cache: {
    make: (stack) => {
      const subnets = new elasticache.CfnSubnetGroup(stack, 'Subnets', {
        description: 'of the cache',
        subnetIds: network(stack).publicSubnets.map((it) => it.subnetId),
      });
      const parameters = new elasticache.CfnParameterGroup(stack, 'Parameters', {
        cacheParameterGroupFamily: 'redis7',
        description: 'of the cache',
        properties: { 'maxmemory-policy': 'noeviction' },
      });
      new elasticache.CfnReplicationGroup(stack, 'Sessions', {
        replicationGroupDescription: 'sessions',
        engine: 'redis',
        cacheNodeType: 'cache.t4g.small',
        numCacheClusters: 2,
        snapshotRetentionLimit: 7,
        cacheSubnetGroupName: subnets.ref,
        cacheParameterGroupName: parameters.ref,
      });
    },
    danger: { what: 'the automatic snapshots of a cache', isEmulated: false },
  },
  cacheNode: {
    make: (stack) =>
      void new elasticache.CfnCacheCluster(stack, 'Pages', {
        engine: 'memcached',
        cacheNodeType: 'cache.t4g.small',
        numCacheNodes: 1,
      }),
  },
  cacheUsers: {
    make: (stack) => {
      const user = users(stack);
      new elasticache.CfnUserGroup(stack, 'Users', {
        engine: 'redis',
        userGroupId: `${stack.stackName.toLowerCase()}-users`,
        userIds: [user.ref],
      });
    },
  },
  fileSystem: {
    make: (stack) =>
      void new FileSystem(stack, 'Files', {
        vpc: network(stack),
        enableAutomaticBackups: true,
      }).addAccessPoint('Data', {
        path: '/data',
      }),
  },
  search: {
    make: (stack) => void new Domain(stack, 'Search', { version: EngineVersion.OPENSEARCH_2_19 }),
  },
  lake: {
    make: (stack) => {
      const catalogId = stack.account;
      const database = new glue.CfnDatabase(stack, 'Lake', {
        catalogId,
        databaseInput: { name: `${stack.stackName.toLowerCase()}_lake` },
      });
      new glue.CfnTable(stack, 'Sales', {
        catalogId,
        databaseName: database.ref,
        tableInput: { name: 'sales', storageDescriptor: { columns: [{ name: 'id', type: 'string' }] } },
      });
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('glue.amazonaws.com') }).roleArn;
      new glue.CfnConnection(stack, 'Connection', {
        catalogId,
        connectionInput: {
          name: `${stack.stackName}-connection`,
          connectionType: 'JDBC',
          connectionProperties: { JDBC_CONNECTION_URL: 'jdbc:postgresql://orders:5432/orders' },
        },
      });
      new glue.CfnCrawler(stack, 'Crawler', { role, databaseName: database.ref, targets: {} });
      const job = new glue.CfnJob(stack, 'Job', { role, command: { name: 'pythonshell' } });
      new glue.CfnTrigger(stack, 'Trigger', {
        type: 'SCHEDULED',
        schedule: 'cron(0 6 * * ? *)',
        actions: [{ jobName: job.ref }],
      });
    },
  },
  queries: {
    make: (stack) =>
      void new CfnWorkGroup(stack, 'Queries', {
        name: `${stack.stackName}-queries`,
        workGroupConfiguration: {
          resultConfiguration: { outputLocation: new Bucket(stack, 'Results').s3UrlForObject('/') },
        },
      }),
    fill: async ({ use, idOf }) => {
      await use(Athena).startQueryExecution({
        QueryString: 'SELECT 1',
        WorkGroup: idOf('AWS::Athena::WorkGroup'),
      });
    },
    danger: { what: 'the results of queries in a bucket', isEmulated: true },
  },
};
