import { typesIn, type ByService } from '../aws/by-service';
import { LIFE_SETTINGS, lifeSettingsOf, type LifeSetting } from '../aws/life';
import { own, type Json, type JsonObject } from '../json';

/** A property that decides whether a resource vanishes with its stack. */
export interface Setting {
  readonly rule: string;
  /** Below `Properties`; `*` is every item of a list. */
  readonly path: readonly string[];
  /** The values that are allowed; `undefined` is for having none. */
  readonly allowed: readonly (Json | undefined)[];
  /** What any other value does: goes on from "got X, which". */
  readonly does: string;
  readonly fix: string;
}

/** What may not be in an ephemeral stack, however it is set. */
export const FORBIDDEN_TYPES: Readonly<Record<string, { readonly does: string; readonly fix: string }>> = {
  ...entriesFor(['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'], {
    does: 'stays for 7 to 30 days after its deletion',
    fix: 'Use one long-lived staging key from outside.',
  }),
  'AWS::ApiGateway::Account': {
    does: 'sets the one logging role of all APIs in the region and leaves it pointing at a deleted role',
    fix: 'Set cloudWatchRole to false.',
  },
  // Their identifiers do not say so; from the services' user guides.
  ...entriesFor(
    [
      'AWS::Config::ConfigurationRecorder',
      'AWS::Config::DeliveryChannel',
      'AWS::Detective::Graph',
      'AWS::GuardDuty::Detector',
      'AWS::SecurityHub::Hub',
    ],
    {
      does: "a region of an account has one of, which is not the staging environment's",
      fix: 'Make it once for each account and region, outside the environment.',
    },
  ),
  'AWS::EKS::Cluster': {
    does: 'leaves the load balancers and volumes that are made from within it',
    fix: 'Delete them in a custom resource before the cluster, and acknowledge cdk-twin-staging::TWIN-TD-001 on it with that reason.',
  },
  'AWS::IAM::ServiceLinkedRole': {
    does: 'an account has one of, shared with everything else in it',
    fix: 'Create the service-linked role once, outside the environment.',
  },
};

function entriesFor<T>(types: readonly string[], entry: T): Record<string, T> {
  return Object.fromEntries(types.map((type) => [type, entry]));
}

/** Types that vanish with their stack whatever their properties say, by service. */
const CLEAN: ByService = {
  'AWS::ApiGateway':
    'ApiKey Authorizer BasePathMapping Deployment DocumentationPart DocumentationVersion DomainName GatewayResponse Method Model RequestValidator Resource RestApi UsagePlan UsagePlanKey VpcLink',
  'AWS::ApiGatewayV2':
    'Api ApiMapping Authorizer Deployment DomainName Integration IntegrationResponse Model Route RouteResponse VpcLink',
  'AWS::AppSync': 'ApiKey DataSource FunctionConfiguration GraphQLSchema Resolver',
  'AWS::ApplicationAutoScaling': 'ScalableTarget ScalingPolicy',
  'AWS::Athena': 'NamedQuery PreparedStatement',
  'AWS::AutoScaling':
    'AutoScalingGroup LaunchConfiguration LifecycleHook ScalingPolicy ScheduledAction WarmPool',
  'AWS::Backup': 'BackupPlan BackupVault',
  'AWS::CDK': 'Metadata',
  'AWS::CloudFormation': 'Stack WaitCondition WaitConditionHandle',
  'AWS::CloudFront':
    'CachePolicy CloudFrontOriginAccessIdentity Function KeyGroup KeyValueStore MonitoringSubscription OriginAccessControl OriginRequestPolicy PublicKey ResponseHeadersPolicy',
  'AWS::CloudWatch': 'Alarm AnomalyDetector CompositeAlarm Dashboard InsightRule MetricStream',
  'AWS::CodeDeploy': 'Application DeploymentConfig DeploymentGroup',
  'AWS::Cognito':
    'IdentityPool IdentityPoolRoleAttachment ManagedLoginBranding UserPool UserPoolClient UserPoolDomain UserPoolGroup UserPoolIdentityProvider UserPoolResourceServer UserPoolRiskConfigurationAttachment UserPoolUICustomizationAttachment UserPoolUser UserPoolUserToGroupAttachment',
  'AWS::DocDB': 'DBClusterParameterGroup DBInstance DBSubnetGroup EventSubscription GlobalCluster',
  'AWS::DynamoDB': 'GlobalTable Table',
  'AWS::EC2':
    'DHCPOptions EIP EIPAssociation EgressOnlyInternetGateway FlowLog Instance InstanceConnectEndpoint InternetGateway KeyPair LaunchTemplate NatGateway NetworkAcl NetworkAclEntry NetworkInterface NetworkInterfaceAttachment PlacementGroup PrefixList Route RouteTable SecurityGroup SecurityGroupEgress SecurityGroupIngress Subnet SubnetCidrBlock SubnetNetworkAclAssociation SubnetRouteTableAssociation VPC VPCCidrBlock VPCDHCPOptionsAssociation VPCEndpoint VPCEndpointService VPCEndpointServicePermissions VPCGatewayAttachment Volume VolumeAttachment',
  'AWS::ECS':
    'CapacityProvider ClusterCapacityProviderAssociations PrimaryTaskSet Service TaskDefinition TaskSet',
  'AWS::EFS': 'AccessPoint FileSystem MountTarget',
  'AWS::ElastiCache': 'ParameterGroup SubnetGroup User UserGroup',
  'AWS::ElasticLoadBalancingV2': 'Listener ListenerCertificate ListenerRule TargetGroup TrustStore',
  'AWS::Events': 'ApiDestination Archive Connection EventBus EventBusPolicy Rule',
  'AWS::Glue': 'Connection Database Partition Registry Schema SchemaVersion SecurityConfiguration Table',
  'AWS::IAM':
    'AccessKey Group GroupPolicy InstanceProfile ManagedPolicy Policy Role RolePolicy User UserPolicy UserToGroupAddition',
  'AWS::KMS': 'Alias',
  'AWS::Kinesis': 'ResourcePolicy Stream StreamConsumer',
  'AWS::KinesisFirehose': 'DeliveryStream',
  'AWS::Lambda':
    'Alias EventInvokeConfig EventSourceMapping LayerVersion LayerVersionPermission Permission Url Version',
  'AWS::Logs':
    'Delivery DeliveryDestination DeliverySource LogGroup LogStream MetricFilter QueryDefinition ResourcePolicy SubscriptionFilter',
  'AWS::MSK': 'BatchScramSecret Cluster ClusterPolicy Configuration ServerlessCluster',
  'AWS::MemoryDB': 'ACL ParameterGroup SubnetGroup User',
  'AWS::Neptune': 'DBClusterParameterGroup DBInstance DBParameterGroup DBSubnetGroup EventSubscription',
  'AWS::OpenSearchService': 'Domain',
  'AWS::Pipes': 'Pipe',
  'AWS::RDS':
    'DBClusterParameterGroup DBParameterGroup DBProxyEndpoint DBProxyTargetGroup DBSubnetGroup EventSubscription GlobalCluster OptionGroup',
  'AWS::ResourceGroups': 'Group',
  'AWS::Route53': 'HealthCheck RecordSet RecordSetGroup',
  'AWS::S3': 'AccessPoint BucketPolicy',
  'AWS::SNS': 'Subscription TopicInlinePolicy TopicPolicy',
  'AWS::SQS': 'Queue QueueInlinePolicy QueuePolicy',
  'AWS::SSM': 'Document Parameter',
  'AWS::Scheduler': 'Schedule ScheduleGroup',
  'AWS::SecretsManager': 'ResourcePolicy Secret SecretTargetAttachment',
  'AWS::ServiceDiscovery': 'HttpNamespace Instance PrivateDnsNamespace Service',
  'AWS::StepFunctions': 'Activity StateMachine StateMachineAlias StateMachineVersion',
  'AWS::WAFv2': 'IPSet LoggingConfiguration RegexPatternSet RuleGroup WebACL WebACLAssociation',
  // The CDK's own: their handlers are functions of the template, which are checked as such.
  Custom:
    'CDKBucketDeployment CrossRegionExportReader CrossRegionExportWriter S3AutoDeleteObjects S3BucketNotifications VpcRestrictDefaultSG',
};

/** Types that vanish with their stack, unless {@link SETTINGS} or a log group that a service leaves behind has something against it. */
export const CLEAN_TYPES: ReadonlySet<string> = new Set(typesIn(CLEAN));

const OFF: readonly (Json | undefined)[] = [undefined, false, 'false'];
const lambdaAtEdge = (path: readonly string[]): Setting => ({
  rule: 'lambda-at-edge',
  path: [...path, 'LambdaFunctionAssociations', '*'],
  allowed: [],
  does: 'keeps replicas of the function for hours, which stop it from being deleted',
  fix: 'Use a CloudFront function.',
});

/** What must be set, by type, and no lifecycle can set. */
const BESIDE_LIFE: Readonly<Record<string, readonly Setting[]>> = {
  'AWS::RDS::DBInstance': [
    {
      rule: 'log-group',
      path: ['MonitoringInterval'],
      allowed: [undefined, 0, '0'],
      does: 'writes to the log group RDSOSMetrics, which all databases of the account share and which stays',
      fix: 'Leave enhanced monitoring out, or acknowledge cdk-twin-staging::TWIN-TD-013 on it, with the reason that production writes to the same group.',
    },
  ],
  'AWS::S3::Bucket': [
    {
      rule: 'object-lock',
      path: ['ObjectLockEnabled'],
      allowed: OFF,
      does: 'keeps objects from being deleted',
      fix: 'Turn ObjectLockEnabled off.',
    },
  ],
  'AWS::SecretsManager::RotationSchedule': [
    {
      rule: 'lambda-in-vpc',
      path: ['HostedRotationLambda'],
      allowed: [undefined],
      does: 'has Secrets Manager make a function outside the template, whose log group stays and whose network interfaces block the VPC',
      fix: 'Rotate the secret with a function of the stack.',
    },
  ],
  'AWS::CertificateManager::Certificate': [
    {
      rule: 'validation-record',
      path: ['DomainValidationOptions', '*', 'HostedZoneId'],
      allowed: [undefined],
      does: 'leaves its validation record in the hosted zone',
      fix: 'Pass the ARN of a long-lived certificate in as a parameter.',
    },
  ],
  'AWS::CloudFront::Distribution': [
    lambdaAtEdge(['DistributionConfig', 'DefaultCacheBehavior']),
    lambdaAtEdge(['DistributionConfig', 'CacheBehaviors', '*']),
  ],
  'AWS::ApiGatewayV2::Stage': [
    {
      rule: 'log-group',
      path: ['DefaultRouteSettings', 'LoggingLevel'],
      allowed: [undefined, 'OFF'],
      does: 'makes API Gateway create a log group outside the stack',
      fix: 'Use AccessLogSettings with a log group of the stack.',
    },
  ],
  'AWS::SNS::Topic': [
    {
      rule: 'log-group',
      path: ['DeliveryStatusLogging', '*'],
      allowed: [],
      does: 'makes SNS create a log group outside the stack',
      fix: 'Remove DeliveryStatusLogging.',
    },
  ],
  'Custom::LogRetention': [
    {
      rule: 'log-group',
      path: ['RemovalPolicy'],
      allowed: ['destroy'],
      does: 'keeps a log group that is outside the stack',
      fix: 'Give the function a log group of the stack instead of logRetention.',
    },
  ],
};

/** Whether anything must be set of a type. */
export const hasSettings = (type: string): boolean =>
  Object.hasOwn(LIFE_SETTINGS, type) || Object.hasOwn(BESIDE_LIFE, type);

/** What must be set of a resource. */
export const settingsOf = (type: string, properties: JsonObject): readonly Setting[] => [
  ...lifeSettingsOf(type, properties).flatMap(demanded),
  ...(own(BESIDE_LIFE, type) ?? []),
];

/** What the tear-down demands of what the lifecycle sets. */
function demanded({ property, set, rule, does, isOptional = false }: LifeSetting): Setting[] {
  if (rule === undefined || does === undefined) return [];
  const value = set ?? undefined;
  return [
    {
      rule,
      path: [property],
      allowed: [
        ...(isOptional ? [undefined] : []),
        value,
        ...(value === undefined || typeof value === 'object' ? [] : [String(value)]),
      ],
      does,
      fix: value === undefined ? `Remove ${property}.` : `Set ${property} to ${JSON.stringify(value)}.`,
    },
  ];
}
