import { isObject, listOf, own, type JsonObject } from '../json';

/** How a resource is billed that has no price per hour here. */
export type Billing = 'free' | 'by use' | 'no price';

/**
 * How a resource is billed by its type: `no price` for a type that is in no table, so that nothing counts as zero
 * because nobody thought of it.
 */
export function billingOf(type: string, properties: JsonObject): Billing {
  return own(DEPENDS, type)?.(properties) ?? own(BY_TYPE, type) ?? 'no price';
}

/** Cost nothing themselves, by service. What they lead to is billed where it stands. */
const FREE: Readonly<Record<string, string>> = {
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
  // of the CDK's own: what costs something is the function behind them
  Custom: 'LogRetention S3AutoDeleteObjects VpcRestrictDefaultSG',
};

/** Billed by what is stored, sent, asked for or kept: no template tells how much. */
const BY_USE: Readonly<Record<string, string>> = {
  'AWS::ApiGateway': 'RestApi',
  'AWS::ApiGatewayV2': 'Api',
  'AWS::CloudFront': 'Distribution',
  'AWS::CloudWatch': 'Alarm CompositeAlarm Dashboard',
  'AWS::EC2': 'FlowLog',
  'AWS::ECR': 'Repository',
  'AWS::EFS': 'FileSystem',
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

/** Where a property decides. */
const DEPENDS: Readonly<Record<string, (properties: JsonObject) => Billing>> = {
  // one for a cluster's readers adds instances
  'AWS::ApplicationAutoScaling::ScalableTarget': ({ ScalableDimension: dimension }) =>
    dimension === 'ecs:service:DesiredCount' ? 'free' : 'by use',
  'AWS::CertificateManager::Certificate': ({ CertificateAuthorityArn: authority }) =>
    authority === undefined ? 'free' : 'no price',
  'AWS::DynamoDB::Table': ({ BillingMode: mode }) => (mode === 'PAY_PER_REQUEST' ? 'by use' : 'no price'),
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType: type = 'Gateway' }) =>
    type === 'Gateway' ? 'free' : 'no price',
  'AWS::ECS::Cluster': ({ ClusterSettings: settings }) => (hasInsights(settings) ? 'by use' : 'free'),
  'AWS::EFS::FileSystem': ({ ThroughputMode: mode }) => (mode === 'provisioned' ? 'no price' : 'by use'),
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

const BY_TYPE: Readonly<Record<string, Billing>> = { ...all(FREE, 'free'), ...all(BY_USE, 'by use') };

function all(table: Readonly<Record<string, string>>, billing: Billing): Record<string, Billing> {
  const types = Object.entries(table).flatMap(([service, names]) =>
    names.split(' ').map((name) => `${service}::${name}`),
  );
  return Object.fromEntries(types.map((type) => [type, billing]));
}
