import { typesIn } from './by-service';

/**
 * Types that store data for the programs of an environment, whatever their properties say: tiers of it. Databases and caches of
 * which more is known are not among them. The specification's stateful types are others: topics, event buses and brokers are
 * none of those, and log groups, keys and vaults are.
 */
export const STORAGE_TYPES: ReadonlySet<string> = new Set(
  typesIn({
    'AWS::AmazonMQ': 'Broker',
    'AWS::Cassandra': 'Table',
    'AWS::DAX': 'Cluster',
    'AWS::DynamoDB': 'GlobalTable Table',
    'AWS::EFS': 'FileSystem',
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
  }),
);
