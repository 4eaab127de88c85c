import { isObject, listOf, own, type JsonObject } from '../json';
import { typesIn, type ByService } from './by-service';

/** How a resource without a price per hour is billed. */
export type Billing = 'free' | 'usage-based' | 'no price';

/**
 * How a resource is billed, by its type: `no price` for a type that no table has, so that a forgotten type does not count
 * as zero.
 */
export function billingOf(type: string, properties: JsonObject): Billing {
  return own(DEPENDS, type)?.(properties) ?? own(BY_TYPE, type) ?? 'no price';
}

/** Types that cost nothing themselves, by service. What they create or refer to is billed under its own type. */
const FREE: ByService = {
  'AWS::ApplicationAutoScaling': 'ScalingPolicy',
  'AWS::CDK': 'Metadata',
  'AWS::CloudFormation': 'Stack WaitCondition WaitConditionHandle',
  'AWS::DocDB': 'DBClusterParameterGroup DBSubnetGroup',
  'AWS::EC2':
    'DHCPOptions EgressOnlyInternetGateway InternetGateway LaunchTemplate NetworkAcl NetworkAclEntry Route RouteTable SecurityGroup SecurityGroupEgress SecurityGroupIngress Subnet SubnetNetworkAclAssociation SubnetRouteTableAssociation VPC VPCCidrBlock VPCDHCPOptionsAssociation VPCGatewayAttachment',
  'AWS::ECS': 'CapacityProvider ClusterCapacityProviderAssociations TaskDefinition',
  'AWS::EFS': 'AccessPoint MountTarget',
  'AWS::ElastiCache': 'ParameterGroup SubnetGroup User UserGroup',
  'AWS::ElasticLoadBalancingV2': 'Listener ListenerCertificate ListenerRule TargetGroup',
  'AWS::IAM': 'InstanceProfile ManagedPolicy OIDCProvider Policy Role RolePolicy ServiceLinkedRole User',
  'AWS::KMS': 'Alias',
  'AWS::Lambda': 'EventInvokeConfig EventSourceMapping LayerVersion LayerVersionPermission Permission',
  'AWS::Logs': 'LogStream MetricFilter QueryDefinition ResourcePolicy SubscriptionFilter',
  'AWS::RDS': 'DBClusterParameterGroup DBParameterGroup DBSubnetGroup EventSubscription OptionGroup',
  'AWS::Route53': 'RecordSet RecordSetGroup',
  'AWS::S3': 'BucketPolicy',
  'AWS::SNS': 'Subscription TopicPolicy',
  'AWS::SQS': 'QueueInlinePolicy QueuePolicy',
  'AWS::Scheduler': 'ScheduleGroup',
  'AWS::SecretsManager': 'ResourcePolicy RotationSchedule SecretTargetAttachment',
  // the CDK's custom resources: the functions behind them are billed
  Custom: 'LogRetention S3AutoDeleteObjects VpcRestrictDefaultSG',
};

/** Types that are billed by storage, traffic, requests or retention: a template does not declare how much. */
const USAGE_BASED: ByService = {
  'AWS::ApiGateway': 'RestApi',
  'AWS::ApiGatewayV2': 'Api',
  'AWS::CloudFront': 'Distribution',
  'AWS::CloudWatch': 'Alarm CompositeAlarm Dashboard',
  'AWS::EC2': 'FlowLog',
  'AWS::ECR': 'Repository',
  'AWS::Events': 'EventBus Rule',
  'AWS::KinesisFirehose': 'DeliveryStream',
  'AWS::Lambda': 'Function',
  'AWS::Logs': 'LogGroup',
  'AWS::S3': 'Bucket',
  'AWS::SNS': 'Topic',
  'AWS::SQS': 'Queue',
  'AWS::Scheduler': 'Schedule',
  'AWS::SecretsManager': 'Secret',
  'AWS::StepFunctions': 'StateMachine',
};

/** Types whose billing depends on a property. */
const DEPENDS: Readonly<Record<string, (properties: JsonObject) => Billing>> = {
  // a scalable target of a cluster's readers adds instances
  'AWS::ApplicationAutoScaling::ScalableTarget': ({ ScalableDimension: dimension }) =>
    dimension === 'ecs:service:DesiredCount' ? 'free' : 'usage-based',
  'AWS::CertificateManager::Certificate': ({ CertificateAuthorityArn: authority }) =>
    authority === undefined ? 'free' : 'no price',
  'AWS::DynamoDB::Table': ({ BillingMode: mode }) =>
    mode === 'PAY_PER_REQUEST' ? 'usage-based' : 'no price',
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType: type = 'Gateway' }) =>
    type === 'Gateway' ? 'free' : 'no price',
  'AWS::ECS::Cluster': ({ ClusterSettings: settings }) => (hasInsights(settings) ? 'usage-based' : 'free'),
  'AWS::EFS::FileSystem': ({ ThroughputMode: mode }) => (mode === 'provisioned' ? 'no price' : 'usage-based'),
  'AWS::Lambda::Alias': provisioned,
  'AWS::Lambda::Version': provisioned,
  'AWS::SSM::Parameter': ({ Tier: tier = 'Standard' }) => (tier === 'Standard' ? 'free' : 'no price'),
};

function provisioned({ ProvisionedConcurrencyConfig: config }: JsonObject): Billing {
  return config === undefined ? 'free' : 'no price';
}

function hasInsights(settings: JsonObject[string] | undefined): boolean {
  return listOf(settings).some(
    (it) => isObject(it) && it['Name'] === 'containerInsights' && it['Value'] !== 'disabled',
  );
}

const BY_TYPE: Readonly<Record<string, Billing>> = Object.fromEntries([
  ...typesIn(FREE).map((type) => [type, 'free'] as const),
  ...typesIn(USAGE_BASED).map((type) => [type, 'usage-based'] as const),
]);

/** The types whose billing is known. */
export const BILLED_TYPES: readonly string[] = [
  ...typesIn(FREE),
  ...typesIn(USAGE_BASED),
  ...Object.keys(DEPENDS),
];
