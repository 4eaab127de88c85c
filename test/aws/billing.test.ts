import { billingOf } from '../../lib/aws/billing';
import type { JsonObject } from '../../lib/json';

it.each(['AWS::IAM::Role', 'AWS::EC2::Subnet', 'AWS::ECS::TaskDefinition', 'Custom::S3AutoDeleteObjects'])(
  '%s costs nothing',
  (type) => expect(billingOf(type, {})).toBe('free'),
);

it.each(['AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::SecretsManager::Secret', 'AWS::CloudWatch::Alarm'])(
  '%s is usage-based',
  (type) => expect(billingOf(type, {})).toBe('usage-based'),
);

it.each(['AWS::EC2::Instance', 'AWS::MSK::Cluster', 'Custom::Anything', 'constructor', 'AWS::KMS::Key'])(
  '%s is in no table: its price is unknown',
  (type) => expect(billingOf(type, {})).toBe('no price'),
);

it.each<[string, JsonObject, string]>([
  ['AWS::EC2::VPCEndpoint', {}, 'free'],
  ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 'no price'],
  ['AWS::DynamoDB::Table', {}, 'no price'],
  ['AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }, 'usage-based'],
  ['AWS::ECS::Cluster', {}, 'free'],
  ['AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }] }, 'free'],
  [
    'AWS::ECS::Cluster',
    { ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }] },
    'usage-based',
  ],
  ['AWS::ApplicationAutoScaling::ScalableTarget', { ScalableDimension: 'ecs:service:DesiredCount' }, 'free'],
  [
    'AWS::ApplicationAutoScaling::ScalableTarget',
    { ScalableDimension: 'rds:cluster:ReadReplicaCount' },
    'usage-based',
  ],
  ['AWS::CertificateManager::Certificate', {}, 'free'],
  ['AWS::CertificateManager::Certificate', { CertificateAuthorityArn: 'arn' }, 'no price'],
  ['AWS::EFS::FileSystem', {}, 'usage-based'],
  ['AWS::EFS::FileSystem', { ThroughputMode: 'provisioned' }, 'no price'],
  ['AWS::Lambda::Version', {}, 'free'],
  ['AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: {} }, 'no price'],
  ['AWS::SSM::Parameter', {}, 'free'],
  ['AWS::SSM::Parameter', { Tier: 'Advanced' }, 'no price'],
])('%s with %j is %s', (type, properties, billing) => {
  expect(billingOf(type, properties)).toBe(billing);
});
