import { parityOfTemplates } from '../../lib/parity/parity';
import type { Json, JsonObject } from '../../lib/json';

/** Two values of the properties of a resource. */
type Pair = readonly [what: string, type: string, prod: JsonObject, staging: JsonObject];

const verdictOf = (prod: JsonObject, staging: JsonObject) => parityOfTemplates(prod, staging).verdict;
const withResource = (type: string, Properties: JsonObject): JsonObject => ({
  Resources: {
    X: { Type: type, Properties },
    B: { Type: 'AWS::S3::Bucket' },
    Q: { Type: 'AWS::SQS::Queue' },
  },
});
const SUBNETS = ['subnet-a', 'subnet-b'];
const TURNED = ['subnet-b', 'subnet-a'];
const kv = (...keys: string[]): Json => keys.map((Key) => ({ Key, Value: `${Key}-value` }));
const nv = (...keys: string[]): Json => keys.map((Name) => ({ Name, Value: `${Name}-value` }));
const policy = (...Statement: Json[]): JsonObject => ({ Version: '2012-10-17', Statement });
const allow = (more: JsonObject): JsonObject => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: '*',
  ...more,
});
const value = (Value: Json): JsonObject => ({ Type: 'String', Value });
const SSM = 'AWS::SSM::Parameter';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const fixed = (Order?: number): JsonObject => ({ Type: 'fixed-response', ...(Order && { Order }) });
const login = (Order?: number): JsonObject => ({ Type: 'authenticate-oidc', ...(Order && { Order }) });

const SETS: readonly Pair[] = [
  [
    'subnets',
    'AWS::EKS::Cluster',
    { ResourcesVpcConfig: { SubnetIds: SUBNETS } },
    { ResourcesVpcConfig: { SubnetIds: TURNED } },
  ],
  [
    'subnets of a function',
    'AWS::Lambda::Function',
    { VpcConfig: { SubnetIds: SUBNETS } },
    { VpcConfig: { SubnetIds: TURNED } },
  ],
  ['subnets of a group', 'AWS::RDS::DBSubnetGroup', { SubnetIds: SUBNETS }, { SubnetIds: TURNED }],
  ['subnets of a broker', 'AWS::AmazonMQ::Broker', { SubnetIds: SUBNETS }, { SubnetIds: TURNED }],
  [
    'zones',
    'AWS::AutoScaling::AutoScalingGroup',
    { VPCZoneIdentifier: SUBNETS },
    { VPCZoneIdentifier: TURNED },
  ],
  [
    'groups by reference',
    'AWS::EC2::Instance',
    { SecurityGroupIds: [{ 'Fn::GetAtt': ['A', 'GroupId'] }, 'sg-1'] },
    { SecurityGroupIds: ['sg-1', { 'Fn::GetAtt': 'A.GroupId' }] },
  ],
  ['tags', 'AWS::EC2::VPC', { Tags: kv('a', 'b', 'c') }, { Tags: kv('c', 'a', 'b') }],
  [
    'tags of a type without a registry',
    'AWS::ServiceDiscovery::Service',
    { Tags: kv('a', 'b') },
    { Tags: kv('b', 'a') },
  ],
  [
    'variables of containers',
    'AWS::ECS::TaskDefinition',
    { ContainerDefinitions: [{ Name: 'a', Environment: nv('a', 'b') }] },
    { ContainerDefinitions: [{ Name: 'a', Environment: nv('b', 'a') }] },
  ],
  [
    'containers',
    'AWS::ECS::TaskDefinition',
    {
      ContainerDefinitions: [
        { Name: 'a', Image: 'x' },
        { Name: 'b', Image: 'y' },
      ],
    },
    {
      ContainerDefinitions: [
        { Name: 'b', Image: 'y' },
        { Name: 'a', Image: 'x' },
      ],
    },
  ],
  [
    'variables of builds',
    'AWS::CodeBuild::Project',
    { Environment: { EnvironmentVariables: nv('a', 'b') } },
    { Environment: { EnvironmentVariables: nv('b', 'a') } },
  ],
  [
    'filters of builds',
    'AWS::CodeBuild::Project',
    {
      Triggers: {
        FilterGroups: [
          [
            { Type: 'EVENT', Pattern: 'PUSH' },
            { Type: 'HEAD_REF', Pattern: 'main' },
          ],
          [{ Type: 'EVENT', Pattern: 'PULL' }],
        ],
      },
    },
    {
      Triggers: {
        FilterGroups: [
          [{ Type: 'EVENT', Pattern: 'PULL' }],
          [
            { Type: 'HEAD_REF', Pattern: 'main' },
            { Type: 'EVENT', Pattern: 'PUSH' },
          ],
        ],
      },
    },
  ],
  ['dimensions', 'AWS::CloudWatch::Alarm', { Dimensions: nv('a', 'b') }, { Dimensions: nv('b', 'a') }],
  [
    'metrics by id',
    'AWS::CloudWatch::Alarm',
    {
      Metrics: [
        { Id: 'm1', Expression: 'a' },
        { Id: 'm2', Expression: 'b' },
      ],
    },
    {
      Metrics: [
        { Id: 'm2', Expression: 'b' },
        { Id: 'm1', Expression: 'a' },
      ],
    },
  ],
  [
    'actions of alarms',
    'AWS::CloudWatch::Alarm',
    { AlarmActions: ['t1', 't2'] },
    { AlarmActions: ['t2', 't1'] },
  ],
  [
    'rules of a security group',
    'AWS::EC2::SecurityGroup',
    {
      SecurityGroupIngress: [
        { IpProtocol: 'tcp', FromPort: 80 },
        { IpProtocol: 'tcp', FromPort: 443 },
      ],
    },
    {
      SecurityGroupIngress: [
        { IpProtocol: 'tcp', FromPort: 443 },
        { IpProtocol: 'tcp', FromPort: 80 },
      ],
    },
  ],
  [
    'entries of a prefix list',
    'AWS::EC2::PrefixList',
    { Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '10.1.0.0/16' }] },
    { Entries: [{ Cidr: '10.1.0.0/16' }, { Cidr: '10.0.0.0/8' }] },
  ],
  [
    'devices by name',
    'AWS::EC2::LaunchTemplate',
    { LaunchTemplateData: { BlockDeviceMappings: [{ DeviceName: 'a' }, { DeviceName: 'b' }] } },
    { LaunchTemplateData: { BlockDeviceMappings: [{ DeviceName: 'b' }, { DeviceName: 'a' }] } },
  ],
  [
    'interfaces by index',
    'AWS::EC2::LaunchTemplate',
    { LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0 }, { DeviceIndex: 1 }] } },
    { LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 1 }, { DeviceIndex: 0 }] } },
  ],
  [
    'kinds of tags',
    'AWS::EC2::LaunchTemplate',
    { LaunchTemplateData: { TagSpecifications: [{ ResourceType: 'instance' }, { ResourceType: 'volume' }] } },
    { LaunchTemplateData: { TagSpecifications: [{ ResourceType: 'volume' }, { ResourceType: 'instance' }] } },
  ],
  [
    'rules of lifecycle',
    'AWS::S3::Bucket',
    {
      LifecycleConfiguration: {
        Rules: [
          { Id: 'a', Prefix: 'x' },
          { Id: 'b', Prefix: 'y' },
        ],
      },
    },
    {
      LifecycleConfiguration: {
        Rules: [
          { Id: 'b', Prefix: 'y' },
          { Id: 'a', Prefix: 'x' },
        ],
      },
    },
  ],
  [
    'notifications',
    'AWS::S3::Bucket',
    {
      NotificationConfiguration: {
        QueueConfigurations: [
          { Event: 'a', Queue: 'q' },
          { Event: 'b', Queue: 'r' },
        ],
      },
    },
    {
      NotificationConfiguration: {
        QueueConfigurations: [
          { Event: 'b', Queue: 'r' },
          { Event: 'a', Queue: 'q' },
        ],
      },
    },
  ],
  [
    'replication by priority',
    'AWS::S3::Bucket',
    {
      ReplicationConfiguration: {
        Rules: [
          { Priority: 1, Id: 'a' },
          { Priority: 2, Id: 'b' },
        ],
      },
    },
    {
      ReplicationConfiguration: {
        Rules: [
          { Priority: '2', Id: 'b' },
          { Priority: 1, Id: 'a' },
        ],
      },
    },
  ],
  [
    'origins allowed',
    'AWS::S3::Bucket',
    { CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET', 'PUT'] }] } },
    { CorsConfiguration: { CorsRules: [{ AllowedMethods: ['PUT', 'GET'] }] } },
  ],
  [
    'methods of a distribution',
    'AWS::CloudFront::Distribution',
    { DistributionConfig: { DefaultCacheBehavior: { AllowedMethods: ['GET', 'HEAD'] } } },
    { DistributionConfig: { DefaultCacheBehavior: { AllowedMethods: ['HEAD', 'GET'] } } },
  ],
  [
    'responses to errors',
    'AWS::CloudFront::Distribution',
    { DistributionConfig: { CustomErrorResponses: [{ ErrorCode: 403 }, { ErrorCode: 404 }] } },
    { DistributionConfig: { CustomErrorResponses: [{ ErrorCode: 404 }, { ErrorCode: 403 }] } },
  ],
  [
    'functions of a distribution',
    'AWS::CloudFront::Distribution',
    {
      DistributionConfig: {
        DefaultCacheBehavior: {
          FunctionAssociations: [
            { EventType: 'viewer-request', FunctionARN: 'a' },
            { EventType: 'viewer-response', FunctionARN: 'b' },
          ],
        },
      },
    },
    {
      DistributionConfig: {
        DefaultCacheBehavior: {
          FunctionAssociations: [
            { EventType: 'viewer-response', FunctionARN: 'b' },
            { EventType: 'viewer-request', FunctionARN: 'a' },
          ],
        },
      },
    },
  ],
  [
    'headers of a cache policy',
    'AWS::CloudFront::CachePolicy',
    {
      CachePolicyConfig: {
        ParametersInCacheKeyAndForwardedToOrigin: { HeadersConfig: { Headers: ['a', 'b'] } },
      },
    },
    {
      CachePolicyConfig: {
        ParametersInCacheKeyAndForwardedToOrigin: { HeadersConfig: { Headers: ['b', 'a'] } },
      },
    },
  ],
  [
    'listeners by port',
    'AWS::ElasticLoadBalancing::LoadBalancer',
    { Listeners: [{ LoadBalancerPort: 80 }, { LoadBalancerPort: 443 }] },
    { Listeners: [{ LoadBalancerPort: '443' }, { LoadBalancerPort: '80' }] },
  ],
  [
    'actions by order',
    LISTENER,
    { DefaultActions: [login(1), fixed(2)] },
    { DefaultActions: [fixed(2), login(1)] },
  ],
  [
    'target groups by weight',
    LISTENER,
    {
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: 'a', Weight: 1 },
              { TargetGroupArn: 'b', Weight: 2 },
            ],
          },
        },
      ],
    },
    {
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: 'b', Weight: 2 },
              { TargetGroupArn: 'a', Weight: 1 },
            ],
          },
        },
      ],
    },
  ],
  [
    'web rules in a group',
    'AWS::WAFv2::RuleGroup',
    {
      Rules: [
        { Name: 'a', Priority: 5 },
        { Name: 'b', Priority: 1 },
      ],
    },
    {
      Rules: [
        { Name: 'b', Priority: 1 },
        { Name: 'a', Priority: 5 },
      ],
    },
  ],
  [
    'statements joined by and',
    'AWS::WAFv2::WebACL',
    {
      Rules: [
        {
          Priority: 1,
          Statement: {
            AndStatement: {
              Statements: [
                { GeoMatchStatement: { CountryCodes: ['DE', 'FR'] } },
                { LabelMatchStatement: { Key: 'k' } },
              ],
            },
          },
        },
      ],
    },
    {
      Rules: [
        {
          Priority: 1,
          Statement: {
            AndStatement: {
              Statements: [
                { LabelMatchStatement: { Key: 'k' } },
                { GeoMatchStatement: { CountryCodes: ['FR', 'DE'] } },
              ],
            },
          },
        },
      ],
    },
  ],
  [
    'addresses',
    'AWS::WAFv2::IPSet',
    { Addresses: ['10.0.0.0/8', '11.0.0.0/8'] },
    { Addresses: ['11.0.0.0/8', '10.0.0.0/8'] },
  ],
  [
    'managed policies',
    'AWS::IAM::Role',
    { ManagedPolicyArns: ['a', 'b'] },
    { ManagedPolicyArns: ['b', 'a'] },
  ],
  [
    'inline policies',
    'AWS::IAM::Role',
    { Policies: [{ PolicyName: 'a' }, { PolicyName: 'b' }] },
    { Policies: [{ PolicyName: 'b' }, { PolicyName: 'a' }] },
  ],
  [
    'flows of a client',
    'AWS::Cognito::UserPoolClient',
    { ExplicitAuthFlows: ['ALLOW_A', 'ALLOW_B'], CallbackURLs: ['a', 'b'], AllowedOAuthScopes: ['x', 'y'] },
    { ExplicitAuthFlows: ['ALLOW_B', 'ALLOW_A'], CallbackURLs: ['b', 'a'], AllowedOAuthScopes: ['y', 'x'] },
  ],
  [
    'recovery by priority',
    'AWS::Cognito::UserPool',
    {
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Name: 'a', Priority: 1 },
          { Name: 'b', Priority: 2 },
        ],
      },
    },
    {
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Name: 'b', Priority: 2 },
          { Name: 'a', Priority: 1 },
        ],
      },
    },
  ],
  [
    'targets of a rule',
    'AWS::Events::Rule',
    {
      Targets: [
        { Id: 'a', Arn: 'x' },
        { Id: 'b', Arn: 'y' },
      ],
    },
    {
      Targets: [
        { Id: 'b', Arn: 'y' },
        { Id: 'a', Arn: 'x' },
      ],
    },
  ],
  [
    'records of a set',
    'AWS::Route53::RecordSet',
    { ResourceRecords: ['1.1.1.1', '2.2.2.2'] },
    { ResourceRecords: ['2.2.2.2', '1.1.1.1'] },
  ],
  [
    'sets of a group',
    'AWS::Route53::RecordSetGroup',
    {
      RecordSets: [
        { Name: 'a', Type: 'A' },
        { Name: 'a', Type: 'AAAA' },
      ],
    },
    {
      RecordSets: [
        { Name: 'a', Type: 'AAAA' },
        { Name: 'a', Type: 'A' },
      ],
    },
  ],
  [
    'providers by name',
    'AWS::ECS::Service',
    {
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: 1 },
        { CapacityProvider: 'FARGATE_SPOT' },
      ],
    },
    {
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE_SPOT' },
        { CapacityProvider: 'FARGATE', Base: 1 },
      ],
    },
  ],
  [
    'settings of a cluster',
    'AWS::ECS::Cluster',
    { ClusterSettings: nv('a', 'b'), CapacityProviders: ['x', 'y'] },
    { ClusterSettings: nv('b', 'a'), CapacityProviders: ['y', 'x'] },
  ],
  [
    'queues by order',
    'AWS::Batch::JobQueue',
    {
      ComputeEnvironmentOrder: [
        { Order: 1, ComputeEnvironment: 'a' },
        { Order: 2, ComputeEnvironment: 'b' },
      ],
    },
    {
      ComputeEnvironmentOrder: [
        { Order: 2, ComputeEnvironment: 'b' },
        { Order: 1, ComputeEnvironment: 'a' },
      ],
    },
  ],
  [
    'parameters of a cache',
    'AWS::ElastiCache::ReplicationGroup',
    { LogDeliveryConfigurations: [{ LogType: 'a' }, { LogType: 'b' }], SecurityGroupIds: ['x', 'y'] },
    { LogDeliveryConfigurations: [{ LogType: 'b' }, { LogType: 'a' }], SecurityGroupIds: ['y', 'x'] },
  ],
  [
    'logs of a database',
    'AWS::RDS::DBInstance',
    { EnableCloudwatchLogsExports: ['postgresql', 'upgrade'] },
    { EnableCloudwatchLogsExports: ['upgrade', 'postgresql'] },
  ],
  [
    'filters of events',
    'AWS::Lambda::EventSourceMapping',
    { FilterCriteria: { Filters: [{ Pattern: 'a' }, { Pattern: 'b' }] } },
    { FilterCriteria: { Filters: [{ Pattern: 'b' }, { Pattern: 'a' }] } },
  ],
  [
    'stages of a plan',
    'AWS::ApiGateway::UsagePlan',
    {
      ApiStages: [
        { ApiId: 'a', Stage: 'x' },
        { ApiId: 'b', Stage: 'x' },
      ],
    },
    {
      ApiStages: [
        { ApiId: 'b', Stage: 'x' },
        { ApiId: 'a', Stage: 'x' },
      ],
    },
  ],
  [
    'attributes that no index has as key',
    'AWS::DynamoDB::Table',
    { GlobalSecondaryIndexes: [{ IndexName: 'i', Projection: { NonKeyAttributes: ['a', 'b'] } }] },
    { GlobalSecondaryIndexes: [{ IndexName: 'i', Projection: { NonKeyAttributes: ['b', 'a'] } }] },
  ],
  [
    'applications of a cluster',
    'AWS::EMR::Cluster',
    { Applications: [{ Name: 'Spark' }, { Name: 'Hive' }] },
    { Applications: [{ Name: 'Hive' }, { Name: 'Spark' }] },
  ],
];

const SPELLINGS: readonly Pair[] = [
  ['a number as text', 'AWS::EC2::SecurityGroupIngress', { FromPort: '443' }, { FromPort: 443 }],
  [
    'a boolean as text',
    'AWS::RDS::DBInstance',
    { StorageEncrypted: 'true', AllocatedStorage: 100 },
    { StorageEncrypted: true, AllocatedStorage: '100' },
  ],
  ['a text as number', 'AWS::ECS::TaskDefinition', { Cpu: 256, Memory: '512' }, { Cpu: '256', Memory: 512 }],
  ['a fraction', 'AWS::CloudWatch::Alarm', { Threshold: '0.50' }, { Threshold: 0.5 }],
  [
    'values of a map',
    'AWS::Lambda::Function',
    { Environment: { Variables: { N: 1, B: false } } },
    { Environment: { Variables: { N: '1', B: 'false' } } },
  ],
  [
    'parameters of a database',
    'AWS::RDS::DBClusterParameterGroup',
    { Parameters: { max_connections: 100 } },
    { Parameters: { max_connections: '100' } },
  ],
  [
    'values of attributes',
    'AWS::ElasticLoadBalancingV2::TargetGroup',
    { TargetGroupAttributes: [{ Key: 'k', Value: 30 }] },
    { TargetGroupAttributes: [{ Key: 'k', Value: '30' }] },
  ],
  [
    'a custom resource',
    'AWS::CloudFormation::CustomResource',
    { Deep: { Flag: true, List: [1, 2.5] } },
    { Deep: { Flag: 'true', List: ['1', '2.5'] } },
  ],
  [
    'a join with literals between',
    SSM,
    value({ 'Fn::Join': ['-', ['a', 'b', { Ref: 'B' }]] }),
    value({ 'Fn::Sub': 'a-b-${B}' }),
  ],
  [
    'a join in a join',
    SSM,
    value({ 'Fn::Join': [':', ['a', { 'Fn::Join': [':', ['b', { Ref: 'B' }]] }]] }),
    value({ 'Fn::Join': ['', ['a:b:', { Ref: 'B' }]] }),
  ],
  [
    'a sub in a join',
    SSM,
    value({ 'Fn::Join': ['/', ['', { 'Fn::Sub': '${AWS::Region}/x' }]] }),
    value({ 'Fn::Sub': '/${AWS::Region}/x' }),
  ],
  [
    'a sub with a map of functions',
    SSM,
    value({ 'Fn::Sub': ['${Name}.x', { Name: { 'Fn::GetAtt': ['B', 'Arn'] } }] }),
    value({ 'Fn::Sub': '${B.Arn}.x' }),
  ],
  [
    'a sub with a name that hides a resource',
    SSM,
    value({ 'Fn::Sub': ['${B}', { B: 'literal' }] }),
    value('literal'),
  ],
  [
    'spaces around a name',
    SSM,
    value({ 'Fn::Sub': ['${ B }-${ B.Arn }-${ Name}', { Name: 'x' }] }),
    value({ 'Fn::Join': ['-', [{ Ref: 'B' }, { 'Fn::GetAtt': ['B', 'Arn'] }, 'x']] }),
  ],
  ['a literal dollar', SSM, value({ 'Fn::Sub': 'a ${!B} b' }), value('a ${B} b')],
  [
    'an import',
    SSM,
    value({ 'Fn::ImportValue': { 'Fn::Sub': 'n-${AWS::Region}' } }),
    value({ 'Fn::ImportValue': { 'Fn::Join': ['-', ['n', { Ref: 'AWS::Region' }]] } }),
  ],
  [
    'user data',
    'AWS::EC2::Instance',
    { UserData: { 'Fn::Base64': { 'Fn::Sub': '#!/bin/sh\necho ${B}' } } },
    { UserData: { 'Fn::Base64': { 'Fn::Join': ['', ['#!/bin/sh\necho ', { Ref: 'B' }]] } } },
  ],
  [
    'user data in base64',
    'AWS::EC2::Instance',
    { UserData: { 'Fn::Base64': 'echo é' } },
    { UserData: Buffer.from('echo é').toString('base64') },
  ],
  ['a selected item', SSM, value({ 'Fn::Select': ['1', ['a', { Ref: 'B' }]] }), value({ Ref: 'B' })],
  ['a piece of a text', SSM, value({ 'Fn::Select': [2, { 'Fn::Split': ['/', 'a/b/c'] }] }), value('c')],
  [
    'a split list',
    'AWS::Lambda::Function',
    { VpcConfig: { SubnetIds: { 'Fn::Split': [',', 'a,b'] } } },
    { VpcConfig: { SubnetIds: ['b', 'a'] } },
  ],
  ['a split and joined text', SSM, value({ 'Fn::Join': ['-', { 'Fn::Split': ['.', 'a.b'] }] }), value('a-b')],
  [
    'a long attribute',
    SSM,
    value({ 'Fn::GetAtt': ['N', 'Outputs', 'Name'] }),
    value({ 'Fn::GetAtt': 'N.Outputs.Name' }),
  ],
  [
    'equal branches',
    SSM,
    value({ 'Fn::If': ['C', { Ref: 'B' }, { 'Fn::Sub': '${B}' }] }),
    value({ Ref: 'B' }),
  ],
  [
    'a branch in another spelling',
    SSM,
    value({ 'Fn::If': ['C', { 'Fn::Sub': '${B}-x' }, 1] }),
    value({ 'Fn::If': ['C', { 'Fn::Join': ['-', [{ Ref: 'B' }, 'x']] }, '1'] }),
  ],
  [
    'sets in branches',
    'AWS::Lambda::Function',
    { VpcConfig: { SubnetIds: { 'Fn::If': ['C', SUBNETS, []] } } },
    { VpcConfig: { SubnetIds: { 'Fn::If': ['C', TURNED, []] } } },
  ],
  [
    'no value',
    'AWS::SQS::Queue',
    { QueueName: { Ref: 'AWS::NoValue' }, DelaySeconds: 1 },
    { DelaySeconds: '1' },
  ],
  [
    'no value in both branches',
    'AWS::SQS::Queue',
    { QueueName: { 'Fn::If': ['C', { Ref: 'AWS::NoValue' }, { Ref: 'AWS::NoValue' }] } },
    {},
  ],
  [
    'no value in a list',
    'AWS::Lambda::Function',
    { Layers: ['a', { Ref: 'AWS::NoValue' }, 'b'] },
    { Layers: ['a', 'b'] },
  ],
  [
    'a block of addresses',
    'AWS::EC2::Subnet',
    { CidrBlock: { 'Fn::Select': [0, { 'Fn::Cidr': ['10.0.0.0/16', 4, 8] }] } },
    { CidrBlock: { 'Fn::Select': ['0', { 'Fn::Cidr': ['10.0.0.0/16', '4', '8'] }] } },
  ],
  [
    'a look-up',
    SSM,
    value({ 'Fn::FindInMap': ['M', { 'Fn::Sub': '${AWS::Region}' }, 'k'] }),
    value({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] }),
  ],
  ['JSON with spaces', SSM, value('{ "b": [1, 2],\n "a": "x" }'), value('{"a":"x","b":[1,2]}')],
  [
    'JSON numbers',
    'AWS::CloudWatch::Dashboard',
    { DashboardBody: '{"a":1.0,"b":1e3}' },
    { DashboardBody: '{"b":1000,"a":1}' },
  ],
  [
    'JSON in JSON',
    SSM,
    value(JSON.stringify({ inner: '{"a": 1, "b": 2}' })),
    value(JSON.stringify({ inner: '{"b":2,"a":1}' }, undefined, 2)),
  ],
  [
    'JSON with functions',
    'AWS::StepFunctions::StateMachine',
    { DefinitionString: { 'Fn::Sub': '{"States": {"A": {"Resource": "${B.Arn}", "n": ${N}}}}' } },
    {
      DefinitionString: {
        'Fn::Join': [
          '',
          ['{"States":{"A":{"n":', { Ref: 'N' }, ',"Resource":"', { 'Fn::GetAtt': ['B', 'Arn'] }, '"}}}'],
        ],
      },
    },
  ],
  [
    'JSON of a function',
    SSM,
    value({ 'Fn::ToJsonString': { a: 1, b: [true] } }),
    value('{"b":[true],"a":1}'),
  ],
  ['JSON escapes', SSM, value('{"a":"\\u00e9"}'), value('{"a":"é"}')],
];

const POLICIES: readonly Pair[] = [
  [
    'one resource as a function',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({ Resource: { 'Fn::Sub': 'arn:x' } })) },
    { PolicyDocument: policy(allow({ Resource: ['arn:x'] })) },
  ],
  [
    'one resource by reference',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({ Resource: { Ref: 'B' } })) },
    { PolicyDocument: policy(allow({ Resource: [{ 'Fn::Sub': '${B}' }] })) },
  ],
  [
    'statements in another order',
    'AWS::S3::BucketPolicy',
    { PolicyDocument: policy(allow({ Sid: 'a' }), allow({ Sid: 'b' })) },
    { PolicyDocument: policy(allow({ Sid: 'b' }), allow({ Sid: 'a' })) },
  ],
  [
    'one statement',
    'AWS::SQS::QueuePolicy',
    { PolicyDocument: { Version: '2012-10-17', Statement: allow({}) } },
    { PolicyDocument: policy(allow({})) },
  ],
  [
    'one resource',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({ Resource: ['*'] })) },
    { PolicyDocument: policy(allow({})) },
  ],
  [
    'resources by reference',
    'AWS::IAM::ManagedPolicy',
    {
      PolicyDocument: policy(
        allow({ Resource: [{ 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::Sub': '${B.Arn}/*' }] }),
      ),
    },
    {
      PolicyDocument: policy(
        allow({
          Resource: [
            { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['B', 'Arn'] }, '/*']] },
            { 'Fn::GetAtt': ['B', 'Arn'] },
          ],
        }),
      ),
    },
  ],
  [
    'principals',
    'AWS::IAM::Role',
    {
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: ['a', 'b'] },
      }),
    },
    {
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Principal: { Service: ['b', 'a'] },
      }),
    },
  ],
  [
    'everybody',
    'AWS::SNS::TopicPolicy',
    { PolicyDocument: policy(allow({ Principal: '*' })) },
    { PolicyDocument: policy(allow({ Principal: { AWS: ['*'] } })) },
  ],
  [
    'the case of actions',
    'AWS::KMS::Key',
    { KeyPolicy: policy(allow({ Action: 'KMS:encrypt' })) },
    { KeyPolicy: policy(allow({ Action: 'kms:Encrypt' })) },
  ],
  [
    'the oldest version',
    'AWS::EC2::VPCEndpoint',
    { PolicyDocument: { Statement: [allow({})] } },
    { PolicyDocument: { Version: '2008-10-17', Statement: [allow({})] } },
  ],
  [
    'conditions',
    'AWS::SecretsManager::ResourcePolicy',
    {
      ResourcePolicy: policy(
        allow({ Condition: { Bool: { 'aws:SecureTransport': false }, StringEquals: { k: ['b', 'a'] } } }),
      ),
    },
    {
      ResourcePolicy: policy(
        allow({ Condition: { StringEquals: { k: ['a', 'b'] }, Bool: { 'aws:SecureTransport': ['false'] } } }),
      ),
    },
  ],
  [
    'a policy as a text',
    'AWS::Logs::ResourcePolicy',
    { PolicyDocument: JSON.stringify(policy(allow({ Action: ['logs:a', 'logs:b'] }))) },
    { PolicyDocument: JSON.stringify(policy(allow({ Action: ['logs:b', 'logs:a'] })), undefined, 2) },
  ],
  [
    'a policy as a text with functions',
    'AWS::Logs::ResourcePolicy',
    {
      PolicyDocument: {
        'Fn::Sub': '{"Statement":[{"Effect":"Allow","Action":"logs:x","Resource":["${B.Arn}","a"]}]}',
      },
    },
    {
      PolicyDocument: {
        'Fn::Join': [
          '',
          [
            '{"Statement": {"Action":"logs:x","Effect":"Allow","Resource":["a","',
            { 'Fn::GetAtt': ['B', 'Arn'] },
            '"]}}',
          ],
        ],
      },
    },
  ],
  [
    'policies of a user',
    'AWS::IAM::User',
    { Policies: [{ PolicyName: 'p', PolicyDocument: policy(allow({ NotAction: 'a' })) }] },
    { Policies: [{ PolicyName: 'p', PolicyDocument: policy(allow({ NotAction: ['a'] })) }] },
  ],
  [
    'a policy of an interface',
    'AWS::ApiGateway::RestApi',
    { Policy: policy(allow({}), allow({ Effect: 'Deny' })) },
    { Policy: policy(allow({ Effect: 'Deny' }), allow({})) },
  ],
  [
    'a statement that may be missing',
    'AWS::IAM::ManagedPolicy',
    {
      PolicyDocument: policy(allow({ Action: ['a', 'b'] }), {
        'Fn::If': ['C', allow({ Resource: ['x'] }), { Ref: 'AWS::NoValue' }],
      }),
    },
    {
      PolicyDocument: policy(
        { 'Fn::If': ['C', allow({ Resource: 'x' }), { Ref: 'AWS::NoValue' }] },
        allow({ Action: ['b', 'a'] }),
      ),
    },
  ],
];

const OTHERS: readonly Pair[] = [
  [
    'actions of one order',
    LISTENER,
    { DefaultActions: [login(1), fixed(1)] },
    { DefaultActions: [fixed(1), login(1)] },
  ],
  [
    'the command of a container',
    'AWS::ECS::TaskDefinition',
    { ContainerDefinitions: [{ Name: 'a', Command: ['a', 'b'] }] },
    { ContainerDefinitions: [{ Name: 'a', Command: ['b', 'a'] }] },
  ],
  [
    'the entry point of an image',
    'AWS::Lambda::Function',
    { ImageConfig: { EntryPoint: ['a', 'b'] } },
    { ImageConfig: { EntryPoint: ['b', 'a'] } },
  ],
  [
    'the command of a job',
    'AWS::Batch::JobDefinition',
    { ContainerProperties: { Command: ['a', 'b'] } },
    { ContainerProperties: { Command: ['b', 'a'] } },
  ],
  [
    'arguments of a step',
    'AWS::EMR::Step',
    { HadoopJarStep: { Args: ['a', 'b'] } },
    { HadoopJarStep: { Args: ['b', 'a'] } },
  ],
  [
    'bootstrap actions',
    'AWS::EMR::Cluster',
    { BootstrapActions: [{ Name: 'a' }, { Name: 'b' }] },
    { BootstrapActions: [{ Name: 'b' }, { Name: 'a' }] },
  ],
  ['layers', 'AWS::Lambda::Function', { Layers: ['a', 'b'] }, { Layers: ['b', 'a'] }],
  [
    'servers of names',
    'AWS::EC2::DHCPOptions',
    { DomainNameServers: ['a', 'b'] },
    { DomainNameServers: ['b', 'a'] },
  ],
  [
    'servers of names of a container',
    'AWS::ECS::TaskDefinition',
    { ContainerDefinitions: [{ Name: 'a', DnsServers: ['a', 'b'] }] },
    { ContainerDefinitions: [{ Name: 'a', DnsServers: ['b', 'a'] }] },
  ],
  [
    'behaviors',
    'AWS::CloudFront::Distribution',
    { DistributionConfig: { CacheBehaviors: [{ PathPattern: 'a' }, { PathPattern: 'b' }] } },
    { DistributionConfig: { CacheBehaviors: [{ PathPattern: 'b' }, { PathPattern: 'a' }] } },
  ],
  [
    'members of an origin group',
    'AWS::CloudFront::Distribution',
    {
      DistributionConfig: {
        OriginGroups: { Items: [{ Id: 'g', Members: { Items: [{ OriginId: 'a' }, { OriginId: 'b' }] } }] },
      },
    },
    {
      DistributionConfig: {
        OriginGroups: { Items: [{ Id: 'g', Members: { Items: [{ OriginId: 'b' }, { OriginId: 'a' }] } }] },
      },
    },
  ],
  [
    'the schema of a key',
    'AWS::DynamoDB::Table',
    {
      KeySchema: [
        { AttributeName: 'a', KeyType: 'HASH' },
        { AttributeName: 'b', KeyType: 'RANGE' },
      ],
    },
    {
      KeySchema: [
        { AttributeName: 'b', KeyType: 'RANGE' },
        { AttributeName: 'a', KeyType: 'HASH' },
      ],
    },
  ],
  [
    'partition keys',
    'AWS::Glue::Table',
    { TableInput: { PartitionKeys: [{ Name: 'a' }, { Name: 'b' }] } },
    { TableInput: { PartitionKeys: [{ Name: 'b' }, { Name: 'a' }] } },
  ],
  [
    'columns',
    'AWS::Glue::Table',
    { TableInput: { StorageDescriptor: { Columns: [{ Name: 'a' }, { Name: 'b' }] } } },
    { TableInput: { StorageDescriptor: { Columns: [{ Name: 'b' }, { Name: 'a' }] } } },
  ],
  [
    'termination policies',
    'AWS::AutoScaling::AutoScalingGroup',
    { TerminationPolicies: ['OldestInstance', 'Default'] },
    { TerminationPolicies: ['Default', 'OldestInstance'] },
  ],
  [
    'overrides',
    'AWS::AutoScaling::AutoScalingGroup',
    {
      MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: 'a' }, { InstanceType: 'b' }] } },
    },
    {
      MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: 'b' }, { InstanceType: 'a' }] } },
    },
  ],
  [
    'instance types of a node group',
    'AWS::EKS::Nodegroup',
    { InstanceTypes: ['a', 'b'] },
    { InstanceTypes: ['b', 'a'] },
  ],
  [
    'stages',
    'AWS::CodePipeline::Pipeline',
    { Stages: [{ Name: 'a' }, { Name: 'b' }] },
    { Stages: [{ Name: 'b' }, { Name: 'a' }] },
  ],
  [
    'functions of a resolver',
    'AWS::AppSync::Resolver',
    { PipelineConfig: { Functions: ['a', 'b'] } },
    { PipelineConfig: { Functions: ['b', 'a'] } },
  ],
  [
    'actions without order',
    LISTENER,
    { DefaultActions: [login(), fixed()] },
    { DefaultActions: [fixed(), login()] },
  ],
  [
    'the order of actions',
    LISTENER,
    { DefaultActions: [login(1), fixed(2)] },
    { DefaultActions: [login(2), fixed(1)] },
  ],
  [
    'the priority of rules',
    'AWS::WAFv2::WebACL',
    {
      Rules: [
        { Name: 'a', Priority: 0 },
        { Name: 'b', Priority: 1 },
      ],
    },
    {
      Rules: [
        { Name: 'a', Priority: 1 },
        { Name: 'b', Priority: 0 },
      ],
    },
  ],
  [
    'rules of CORS',
    'AWS::S3::Bucket',
    { CorsConfiguration: { CorsRules: [{ Id: 'a' }, { Id: 'b' }] } },
    { CorsConfiguration: { CorsRules: [{ Id: 'b' }, { Id: 'a' }] } },
  ],
  [
    'rules that give a role',
    'AWS::Cognito::IdentityPoolRoleAttachment',
    { RoleMappings: { m: { RulesConfiguration: { Rules: [{ Claim: 'a' }, { Claim: 'b' }] } } } },
    { RoleMappings: { m: { RulesConfiguration: { Rules: [{ Claim: 'b' }, { Claim: 'a' }] } } } },
  ],
  [
    'strategies of placement',
    'AWS::ECS::Service',
    { PlacementStrategies: [{ Type: 'spread' }, { Type: 'binpack' }] },
    { PlacementStrategies: [{ Type: 'binpack' }, { Type: 'spread' }] },
  ],
  [
    'zones of cache nodes',
    'AWS::ElastiCache::ReplicationGroup',
    { PreferredCacheClusterAZs: ['a', 'b'] },
    { PreferredCacheClusterAZs: ['b', 'a'] },
  ],
  [
    'containers of a pipeline of models',
    'AWS::SageMaker::Model',
    { Containers: [{ Image: 'a' }, { Image: 'b' }] },
    { Containers: [{ Image: 'b' }, { Image: 'a' }] },
  ],
  [
    'destinations of a queue',
    'AWS::GameLift::GameSessionQueue',
    { Destinations: [{ DestinationArn: 'a' }, { DestinationArn: 'b' }] },
    { Destinations: [{ DestinationArn: 'b' }, { DestinationArn: 'a' }] },
  ],
  [
    'one item more',
    'AWS::RDS::DBSubnetGroup',
    { SubnetIds: SUBNETS },
    { SubnetIds: [...TURNED, 'subnet-c'] },
  ],
  [
    'an item twice',
    'AWS::RDS::DBSubnetGroup',
    { SubnetIds: ['a', 'a', 'b'] },
    { SubnetIds: ['b', 'b', 'a'] },
  ],
  [
    'another value in a set',
    'AWS::EC2::VPC',
    { Tags: kv('a', 'b') },
    {
      Tags: [
        { Key: 'b', Value: 'b-value' },
        { Key: 'a', Value: 'other' },
      ],
    },
  ],
  [
    'values that changed places',
    'AWS::EC2::VPC',
    {
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    },
    {
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '1' },
      ],
    },
  ],
  [
    'a zero in front',
    'AWS::Lambda::Function',
    { Environment: { Variables: { N: '01' } } },
    { Environment: { Variables: { N: 1 } } },
  ],
  // Of a text with a zero in front no source says that a number is made of it: it is an account's id, or a mistake.
  ['a zero in front of a number', 'AWS::SQS::Queue', { DelaySeconds: '010' }, { DelaySeconds: 10 }],
  [
    'a zero in front of as many digits as an account has',
    'AWS::CloudWatch::Alarm',
    { Threshold: '012345678901' },
    { Threshold: 12345678901 },
  ],
  [
    'a capital letter',
    'AWS::Lambda::Function',
    { Environment: { Variables: { B: 'True' } } },
    { Environment: { Variables: { B: true } } },
  ],
  ['versions', 'AWS::RDS::DBInstance', { EngineVersion: '1.10' }, { EngineVersion: '1.1' }],
  [
    'digits that a number would lose',
    SSM,
    value('{"a":12345678901234567890}'),
    value('{"a":12345678901234567891}'),
  ],
  [
    'a boolean in JSON',
    'AWS::Events::Rule',
    { EventPattern: { detail: { a: [true] } } },
    { EventPattern: { detail: { a: ['true'] } } },
  ],
  [
    'a number in JSON',
    'AWS::StepFunctions::StateMachine',
    { Definition: { TimeoutSeconds: 5 } },
    { Definition: { TimeoutSeconds: '5' } },
  ],
  ['a number in a JSON text', SSM, value('{"a":1}'), value('{"a":"1"}')],
  [
    'the order in JSON',
    'AWS::Events::Rule',
    { EventPattern: { source: ['a', 'b'] } },
    { EventPattern: { source: ['b', 'a'] } },
  ],
  ['the order in a JSON text', SSM, value('["a","b"]'), value('["b", "a"]')],
  ['a text that is no JSON', SSM, value('{a: 1}'), value('{a:1}')],
  ['a range that looks like JSON', SSM, value('[0]'), value('[ 0 ]')],
  ['a key twice', SSM, value('{"a":1,"a":2}'), value('{"a":2}')],
  [
    'quotes around a reference',
    'AWS::StepFunctions::StateMachine',
    { DefinitionString: { 'Fn::Sub': '{"n":"${N}"}' } },
    { DefinitionString: { 'Fn::Sub': '{"n": ${N}}' } },
  ],
  [
    'JSON that looks like a reference',
    SSM,
    value('{"a": {"Ref": "B"}}'),
    value({ 'Fn::Sub': '{"a":"${B}"}' }),
  ],
  [
    'another delimiter',
    SSM,
    value({ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }),
    value({ 'Fn::Sub': 'a_${B}' }),
  ],
  ['another attribute', SSM, value({ 'Fn::Sub': '${B.Arn}' }), value({ 'Fn::GetAtt': ['B', 'DomainName'] })],
  ['a reference and its name', SSM, value({ 'Fn::Sub': '${B}' }), value({ 'Fn::Sub': '${!B}' })],
  ['a branch', SSM, value({ 'Fn::If': ['C', 'a', 'b'] }), value({ 'Fn::If': ['C', 'b', 'a'] })],
  [
    'a condition of a branch',
    SSM,
    value({ 'Fn::If': ['C', 'a', 'b'] }),
    value({ 'Fn::If': ['D', 'a', 'b'] }),
  ],
  [
    'no value in one branch',
    'AWS::SQS::Queue',
    { DelaySeconds: { 'Fn::If': ['C', 1, { Ref: 'AWS::NoValue' }] } },
    { DelaySeconds: 1 },
  ],
  ['an empty list', 'AWS::EC2::SecurityGroup', { SecurityGroupEgress: [] }, {}],
  [
    'an empty object',
    'AWS::S3::Bucket',
    { LoggingConfiguration: {} },
    { LoggingConfiguration: { Ref: 'AWS::NoValue' } },
  ],
  ['user data', 'AWS::EC2::Instance', { UserData: { 'Fn::Base64': 'a' } }, { UserData: 'a' }],
  [
    'an effect',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({})) },
    { PolicyDocument: policy(allow({ Effect: 'Deny' })) },
  ],
  [
    'an action more',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({})) },
    { PolicyDocument: policy(allow({ Action: ['s3:GetObject', 's3:PutObject'] })) },
  ],
  [
    'actions in other statements',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({ Action: 'a' }), allow({ Action: 'b', Resource: 'x' })) },
    { PolicyDocument: policy(allow({ Action: 'b' }), allow({ Action: 'a', Resource: 'x' })) },
  ],
  [
    'the case of resources',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({ Resource: 'arn:A' })) },
    { PolicyDocument: policy(allow({ Resource: 'arn:a' })) },
  ],
  [
    'the version of a policy',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: { Statement: [allow({})] } },
    { PolicyDocument: policy(allow({})) },
  ],
  [
    'not an action',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: policy(allow({})) },
    { PolicyDocument: policy({ Effect: 'Allow', NotAction: 's3:GetObject', Resource: '*' }) },
  ],
  [
    'a policy of an organization',
    'AWS::Organizations::Policy',
    { Content: policy(allow({ Action: ['a', 'b'] })) },
    { Content: policy(allow({ Action: ['b', 'a'] })) },
  ],
  [
    'a policy in a custom resource',
    'Custom::Policy',
    { Policy: policy(allow({ Action: ['a', 'b'] })) },
    { Policy: policy(allow({ Action: ['b', 'a'] })) },
  ],
  ['a list in a custom resource', 'Custom::List', { SubnetIds: SUBNETS }, { SubnetIds: TURNED }],
  [
    'a type that nobody knows',
    'Some::Other::Type',
    { SubnetIds: SUBNETS, N: '1' },
    { SubnetIds: SUBNETS, N: 1 },
  ],
];

it.each([...SETS, ...SPELLINGS, ...POLICIES])('%s of %s mean the same', (_, type, prod, staging) => {
  expect(parityOfTemplates(withResource(type, prod), withResource(type, staging)).forbidden).toEqual([]);
  expect(parityOfTemplates(withResource(type, staging), withResource(type, prod)).forbidden).toEqual([]);
  expect(prod).not.toEqual(staging);
});

it.each(OTHERS)('%s of %s mean something else', (_, type, prod, staging) => {
  expect(verdictOf(withResource(type, prod), withResource(type, staging))).toBe('not-twins');
  expect(verdictOf(withResource(type, staging), withResource(type, prod))).toBe('not-twins');
});
