import { Athena } from '@aws-sdk/client-athena';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DocDB } from '@aws-sdk/client-docdb';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { ECR } from '@aws-sdk/client-ecr';
import { EFS } from '@aws-sdk/client-efs';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import { Firehose } from '@aws-sdk/client-firehose';
import { Glue } from '@aws-sdk/client-glue';
import { Kinesis } from '@aws-sdk/client-kinesis';
import { OpenSearch } from '@aws-sdk/client-opensearch';
import { RDS } from '@aws-sdk/client-rds';
import { S3 } from '@aws-sdk/client-s3';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import type { Use } from './emulator';
import { each, notDefault, orNone, policyStatements, type Lists, type List, type Names } from './list';

const fileSystems: List = async (use) =>
  (await use(EFS).describeFileSystems({})).FileSystems?.map((it) => it.FileSystemId);
const databases = async (use: Use) => (await use(Glue).getDatabases({})).DatabaseList?.map((it) => it.Name);
const groups: List = async (use) =>
  (await use(CloudWatchLogs).describeLogGroups({})).logGroups?.map((it) => it.logGroupName);
const ofGroups =
  (ask: (logs: CloudWatchLogs, logGroupName: string) => Promise<Names>): List =>
  async (use) =>
    each(await groups(use), async (name) =>
      (await ask(use(CloudWatchLogs), name!))?.map((it) => `${name}/${it}`),
    );
const topics: List = async (use) => (await use(SNS).listTopics({})).Topics?.map((it) => it.TopicArn);
const queues: List = async (use) => (await use(SQS).listQueues({})).QueueUrls;
const buckets: List = async (use) => (await use(S3).listBuckets({})).Buckets?.map((it) => it.Name);
const tables: List = async (use) => (await use(DynamoDB).listTables({})).TableNames;
const engine = (...Values: string[]) => ({ Filters: [{ Name: 'engine', Values }] });

/** What holds, carries and keeps data. */
export const DATA_CENSUS: Lists = {
  'AWS::Athena::WorkGroup': async (use) =>
    (await use(Athena).listWorkGroups({})).WorkGroups?.map((it) => it.Name).filter((it) => it !== 'primary'),
  'AWS::DocDB::DBCluster': async (use) =>
    (await use(DocDB).describeDBClusters(engine('docdb'))).DBClusters?.filter(
      (it) => it.Engine === 'docdb',
    ).map((it) => it.DBClusterIdentifier),
  'AWS::DocDB::DBInstance': async (use) =>
    (await use(DocDB).describeDBInstances(engine('docdb'))).DBInstances?.filter(
      (it) => it.Engine === 'docdb',
    ).map((it) => it.DBInstanceIdentifier),
  'AWS::DocDB::DBSubnetGroup': async (use) =>
    (await use(DocDB).describeDBSubnetGroups({})).DBSubnetGroups?.map((it) => it.DBSubnetGroupName),
  'AWS::DocDB::DBClusterParameterGroup': async (use) =>
    (await use(DocDB).describeDBClusterParameterGroups({})).DBClusterParameterGroups?.map(
      (it) => it.DBClusterParameterGroupName,
    ).filter(notDefault),
  'AWS::DynamoDB::Table': tables,
  'AWS::DynamoDB::GlobalTable': tables,
  'AWS::ECR::Repository': async (use) =>
    (await use(ECR).describeRepositories({})).repositories?.map((it) => it.repositoryName),
  'AWS::EFS::FileSystem': fileSystems,
  'AWS::EFS::AccessPoint': async (use) =>
    (await use(EFS).describeAccessPoints({})).AccessPoints?.map((it) => it.AccessPointId),
  'AWS::EFS::MountTarget': async (use) =>
    each(await fileSystems(use), async (FileSystemId) =>
      (await use(EFS).describeMountTargets({ FileSystemId })).MountTargets?.map((it) => it.MountTargetId),
    ),
  'AWS::ElastiCache::ReplicationGroup': async (use) =>
    (await use(ElastiCache).describeReplicationGroups({})).ReplicationGroups?.map(
      (it) => it.ReplicationGroupId,
    ),
  'AWS::ElastiCache::CacheCluster': async (use) =>
    (
      await use(ElastiCache).describeCacheClusters({ ShowCacheClustersNotInReplicationGroups: true })
    ).CacheClusters?.map((it) => it.CacheClusterId),
  'AWS::ElastiCache::SubnetGroup': async (use) =>
    (await use(ElastiCache).describeCacheSubnetGroups({})).CacheSubnetGroups?.map(
      (it) => it.CacheSubnetGroupName,
    ).filter(notDefault),
  'AWS::ElastiCache::ParameterGroup': async (use) =>
    (await use(ElastiCache).describeCacheParameterGroups({})).CacheParameterGroups?.map(
      (it) => it.CacheParameterGroupName,
    ).filter(notDefault),
  'AWS::ElastiCache::User': async (use) =>
    (await use(ElastiCache).describeUsers({})).Users?.map((it) => it.UserId).filter(notDefault),
  'AWS::ElastiCache::UserGroup': async (use) =>
    (await use(ElastiCache).describeUserGroups({})).UserGroups?.map((it) => it.UserGroupId),
  'AWS::Glue::Database': databases,
  'AWS::Glue::Table': async (use) =>
    each(await databases(use), async (DatabaseName) =>
      (await use(Glue).getTables({ DatabaseName })).TableList?.map((it) => `${DatabaseName}.${it.Name}`),
    ),
  'AWS::Glue::Connection': async (use) =>
    (await use(Glue).getConnections({})).ConnectionList?.map((it) => it.Name),
  'AWS::Glue::Crawler': async (use) => (await use(Glue).getCrawlers({})).Crawlers?.map((it) => it.Name),
  'AWS::Glue::Job': async (use) => (await use(Glue).getJobs({})).Jobs?.map((it) => it.Name),
  'AWS::Glue::Trigger': async (use) => (await use(Glue).getTriggers({})).Triggers?.map((it) => it.Name),
  'AWS::Kinesis::Stream': async (use) => (await use(Kinesis).listStreams({})).StreamNames,
  'AWS::KinesisFirehose::DeliveryStream': async (use) =>
    (await use(Firehose).listDeliveryStreams({})).DeliveryStreamNames,
  'AWS::Logs::LogGroup': groups,
  'AWS::Logs::LogStream': ofGroups(async (logs, logGroupName) =>
    (await logs.describeLogStreams({ logGroupName })).logStreams?.map((it) => it.logStreamName),
  ),
  'AWS::Logs::MetricFilter': async (use) =>
    (await use(CloudWatchLogs).describeMetricFilters({})).metricFilters?.map(
      (it) => `${it.logGroupName}/${it.filterName}`,
    ),
  'AWS::Logs::SubscriptionFilter': ofGroups(async (logs, logGroupName) =>
    (await logs.describeSubscriptionFilters({ logGroupName })).subscriptionFilters?.map(
      (it) => it.filterName,
    ),
  ),
  'AWS::Logs::ResourcePolicy': async (use) =>
    (await use(CloudWatchLogs).describeResourcePolicies({})).resourcePolicies?.map((it) => it.policyName),
  'AWS::OpenSearchService::Domain': async (use) =>
    (await use(OpenSearch).listDomainNames({})).DomainNames?.map((it) => it.DomainName),
  'AWS::RDS::DBCluster': async (use) =>
    (await use(RDS).describeDBClusters({})).DBClusters?.filter((it) => it.Engine !== 'docdb').map(
      (it) => it.DBClusterIdentifier,
    ),
  'AWS::RDS::DBInstance': async (use) =>
    (await use(RDS).describeDBInstances({})).DBInstances?.filter((it) => it.Engine !== 'docdb').map(
      (it) => it.DBInstanceIdentifier,
    ),
  'AWS::RDS::DBSubnetGroup': async (use) =>
    (await use(RDS).describeDBSubnetGroups({})).DBSubnetGroups?.map((it) => it.DBSubnetGroupName),
  'AWS::RDS::DBParameterGroup': async (use) =>
    (await use(RDS).describeDBParameterGroups({})).DBParameterGroups?.map(
      (it) => it.DBParameterGroupName,
    ).filter(notDefault),
  'AWS::RDS::DBClusterParameterGroup': async (use) =>
    (await use(RDS).describeDBClusterParameterGroups({})).DBClusterParameterGroups?.map(
      (it) => it.DBClusterParameterGroupName,
    ).filter(notDefault),
  'AWS::S3::Bucket': buckets,
  'AWS::S3::BucketPolicy': async (use) =>
    each(await buckets(use), async (Bucket) =>
      (await orNone(use(S3).getBucketPolicy({ Bucket }))) === undefined ? [] : [Bucket],
    ),
  'AWS::SecretsManager::Secret': async (use) =>
    (await use(SecretsManager).listSecrets({ IncludePlannedDeletion: true })).SecretList?.map(
      (it) => it.Name,
    ),
  'AWS::SNS::Topic': topics,
  'AWS::SNS::Subscription': async (use) =>
    (await use(SNS).listSubscriptions({})).Subscriptions?.map((it) => it.SubscriptionArn),
  'AWS::SNS::TopicPolicy': async (use) =>
    each(await topics(use), async (TopicArn) => {
      const policy = (await use(SNS).getTopicAttributes({ TopicArn })).Attributes?.['Policy'];
      return policyStatements(policy).some((sid) => sid !== '__default_statement_ID') ? [TopicArn] : [];
    }),
  'AWS::SQS::Queue': queues,
  'AWS::SQS::QueuePolicy': async (use) =>
    each(await queues(use), async (QueueUrl) =>
      (await use(SQS).getQueueAttributes({ QueueUrl, AttributeNames: ['Policy'] })).Attributes?.['Policy'] ===
      undefined
        ? []
        : [QueueUrl],
    ),
  'AWS::SSM::Parameter': async (use) =>
    (await use(SSM).describeParameters({ MaxResults: 50 })).Parameters?.map((it) => it.Name),
  'AWS::SSM::Document': async (use) =>
    (
      await use(SSM).listDocuments({ Filters: [{ Key: 'Owner', Values: ['Self'] }] })
    ).DocumentIdentifiers?.map((it) => it.Name),
  'a backup of a table': async (use) =>
    (await use(DynamoDB).listBackups({})).BackupSummaries?.map((it) => it.BackupArn),
  'a snapshot of a cluster': async (use) =>
    (await use(RDS).describeDBClusterSnapshots({})).DBClusterSnapshots?.map(
      (it) => it.DBClusterSnapshotIdentifier,
    ),
  'a snapshot of a database': async (use) =>
    (await use(RDS).describeDBSnapshots({})).DBSnapshots?.map((it) => it.DBSnapshotIdentifier),
  'a snapshot of a cache': async (use) =>
    (await use(ElastiCache).describeSnapshots({})).Snapshots?.map((it) => it.SnapshotName),
};
