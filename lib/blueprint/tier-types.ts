import type { ReadTier, StorageTier, Tier } from './blueprint';
import { cacheTier } from './caches';
import { documentTier, isMember, sqlTier } from './databases';
import type { Resource, Resources } from './resources';
import { serviceTier } from './services';

/** Reads the tier that a resource is; undefined for a resource that is not a tier. */
export function tierOf(resource: Resource, resources: Resources): ReadTier<Tier> | undefined {
  const read = Object.hasOwn(READERS, resource.type) ? READERS[resource.type] : undefined;
  return read?.(resource, resources);
}

type Reader = (resource: Resource, resources: Resources) => ReadTier<Tier> | undefined;

const storageTier = ({ type }: Resource): ReadTier<StorageTier> => ({ kind: 'storage', type });

/** Types that store data, except Aurora and DocumentDB clusters and replication groups. */
const STORAGE: Readonly<Record<string, string>> = {
  'AWS::AmazonMQ': 'Broker',
  'AWS::Cassandra': 'Table',
  'AWS::DAX': 'Cluster',
  'AWS::DynamoDB': 'GlobalTable Table',
  'AWS::EFS': 'FileSystem',
  'AWS::ElastiCache': 'CacheCluster ServerlessCache',
  'AWS::Elasticsearch': 'Domain',
  'AWS::Events': 'EventBus',
  'AWS::FSx': 'FileSystem',
  'AWS::Kinesis': 'Stream',
  'AWS::KinesisFirehose': 'DeliveryStream',
  'AWS::MSK': 'Cluster ServerlessCluster',
  'AWS::MemoryDB': 'Cluster',
  'AWS::Neptune': 'DBCluster',
  'AWS::OpenSearchServerless': 'Collection',
  'AWS::OpenSearchService': 'Domain',
  'AWS::Redshift': 'Cluster',
  'AWS::RedshiftServerless': 'Namespace',
  'AWS::S3': 'Bucket',
  'AWS::S3Express': 'DirectoryBucket',
  'AWS::SNS': 'Topic',
  'AWS::SQS': 'Queue',
  'AWS::Timestream': 'Database',
};

const READERS: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    Object.entries(STORAGE).flatMap(([service, types]) =>
      types.split(' ').map((type) => [`${service}::${type}`, storageTier]),
    ),
  ),
  'AWS::RDS::DBCluster': (cluster, resources) => sqlTier(cluster, resources) ?? storageTier(cluster),
  'AWS::RDS::DBInstance': (instance) => (isMember(instance) ? undefined : storageTier(instance)),
  'AWS::DocDB::DBCluster': documentTier,
  'AWS::ElastiCache::ReplicationGroup': cacheTier,
  'AWS::ECS::Service': serviceTier,
};
