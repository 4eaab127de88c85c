import type { Json, JsonObject } from '../../lib/json';
import { tearDownFindings, tearDownNotes } from '../../lib/checks/tear-down';
import { CLEAN_TYPES, FORBIDDEN_TYPES } from '../../lib/checks/tear-down-types';

const DELETE = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' };
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const RDS = { DeleteAutomatedBackups: true };

const ref = (name: string): JsonObject => ({ Ref: name });
const joined = (...parts: Json[]): JsonObject => ({ 'Fn::Join': ['', parts] });

/** One resource, deleted with its stack, and what stands beside it. */
function templateOf(
  type: string,
  properties: JsonObject,
  beside: JsonObject = {},
  entry: JsonObject = DELETE,
): JsonObject {
  return { Resources: { It: { Type: type, Properties: properties, ...entry }, ...beside } };
}

const group = (name: Json): JsonObject => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName: name },
});

const rulesIn = (template: Json): string[] => tearDownFindings(template).map(({ rule }) => rule);

function attributes(key: string, value: Json): JsonObject {
  return {
    LoadBalancerAttributes: [
      { Key: 'idle_timeout', Value: '60' },
      { Key: key, Value: value },
    ],
  };
}

function volume(isDeleted: boolean): JsonObject {
  return { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: isDeleted } }] };
}

function edge(): JsonObject {
  return { LambdaFunctionAssociations: [{ EventType: 'viewer-request', LambdaFunctionARN: ref('Fn') }] };
}

const emptier = (bucket: Json): JsonObject => ({
  Empty: { Type: 'Custom::S3AutoDeleteObjects', Properties: { BucketName: bucket } },
});

const bucket = (beside: JsonObject, properties: JsonObject = {}): string[] =>
  rulesIn(templateOf('AWS::S3::Bucket', properties, beside));

function awslogs(name: Json): JsonObject {
  return {
    ContainerDefinitions: [
      { LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': name } } },
    ],
  };
}

describe('a setting', () => {
  it.each<[rule: string, type: string, bad: JsonObject, good: JsonObject]>([
    ['automated-backups', 'AWS::RDS::DBCluster', {}, RDS],
    ['automated-backups', 'AWS::RDS::DBCluster', { DeleteAutomatedBackups: false }, RDS],
    ['automated-backups', 'AWS::RDS::DBInstance', { DeleteAutomatedBackups: false }, {}],
    [
      'automated-backups',
      'AWS::EFS::FileSystem',
      { BackupPolicy: { Status: 'ENABLED' } },
      { BackupPolicy: { Status: 'DISABLED' } },
    ],
    [
      'snapshots',
      'AWS::ElastiCache::ReplicationGroup',
      { SnapshotRetentionLimit: 1 },
      { SnapshotRetentionLimit: 0 },
    ],
    ['snapshots', 'AWS::ElastiCache::CacheCluster', { SnapshotRetentionLimit: 1 }, {}],
    ['snapshots', 'AWS::ElastiCache::ServerlessCache', { FinalSnapshotName: 'last' }, {}],
    ['snapshots', 'AWS::MemoryDB::Cluster', { SnapshotRetentionLimit: ref('Days') }, {}],
    [
      'protected',
      'AWS::RDS::DBCluster',
      { ...RDS, DeletionProtection: true },
      { ...RDS, DeletionProtection: false },
    ],
    ['protected', 'AWS::DocDB::DBCluster', { DeletionProtection: true }, {}],
    ['protected', 'AWS::DocDB::DBCluster', { DeletionProtection: ref('Protect') }, {}],
    ['protected', 'AWS::Neptune::DBCluster', { DeletionProtection: true }, {}],
    [
      'protected',
      'AWS::DynamoDB::Table',
      { DeletionProtectionEnabled: true },
      { DeletionProtectionEnabled: false },
    ],
    [
      'protected',
      'AWS::DynamoDB::GlobalTable',
      { Replicas: [{ DeletionProtectionEnabled: true }] },
      { Replicas: [{}] },
    ],
    [
      'protected',
      'AWS::Cognito::UserPool',
      { DeletionProtection: 'ACTIVE' },
      { DeletionProtection: 'INACTIVE' },
    ],
    ['protected', 'AWS::EC2::Instance', { DisableApiTermination: true }, { DisableApiTermination: false }],
    ['protected', 'AWS::Logs::LogGroup', { DeletionProtectionEnabled: true }, {}],
    [
      'protected',
      'AWS::AutoScaling::AutoScalingGroup',
      { DeletionProtection: 'prevent-all-deletion' },
      { DeletionProtection: 'none' },
    ],
    [
      'protected',
      'AWS::ECS::CapacityProvider',
      { AutoScalingGroupProvider: { ManagedTerminationProtection: 'ENABLED' } },
      { AutoScalingGroupProvider: { ManagedTerminationProtection: 'DISABLED' } },
    ],
    [
      'protected',
      BALANCER,
      attributes('deletion_protection.enabled', 'true'),
      attributes('deletion_protection.enabled', 'false'),
    ],
    ['protected', 'AWS::AutoScaling::AutoScalingGroup', { NewInstancesProtectedFromScaleIn: true }, {}],
    [
      'automated-backups',
      'AWS::DynamoDB::Table',
      { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
      { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } },
    ],
    [
      'automated-backups',
      'AWS::DynamoDB::GlobalTable',
      { Replicas: [{}, { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: 'true' } }] },
      { Replicas: [{}, { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: 'false' } }] },
    ],
    ['log-group', 'AWS::RDS::DBInstance', { MonitoringInterval: 60 }, { MonitoringInterval: 0 }],
    ['log-group', 'AWS::CodeBuild::Project', {}, { LogsConfig: { CloudWatchLogs: { Status: 'DISABLED' } } }],
    ['images', 'AWS::ECR::Repository', {}, { EmptyOnDelete: true }],
    ['volume', 'AWS::EC2::Instance', volume(false), volume(true)],
    [
      'volume',
      'AWS::EC2::LaunchTemplate',
      { LaunchTemplateData: volume(false) },
      { LaunchTemplateData: volume(true) },
    ],
    ['query-history', 'AWS::Athena::WorkGroup', {}, { RecursiveDeleteOption: true }],
    [
      'validation-record',
      'AWS::CertificateManager::Certificate',
      { DomainValidationOptions: [{ HostedZoneId: ref('Zone') }] },
      { DomainValidationOptions: [{}] },
    ],
    ['public-zone', 'AWS::Route53::HostedZone', {}, { VPCs: [{ VPCId: ref('Vpc') }] }],
    [
      'lambda-at-edge',
      'AWS::CloudFront::Distribution',
      { DistributionConfig: { DefaultCacheBehavior: edge() } },
      { DistributionConfig: { DefaultCacheBehavior: {} } },
    ],
    [
      'lambda-at-edge',
      'AWS::CloudFront::Distribution',
      { DistributionConfig: { CacheBehaviors: [edge()] } },
      { DistributionConfig: { CacheBehaviors: [{}] } },
    ],
    [
      'lambda-in-vpc',
      'AWS::SecretsManager::RotationSchedule',
      { HostedRotationLambda: {} },
      { RotationLambdaARN: ref('Rotate') },
    ],
    [
      'log-group',
      'AWS::ApiGatewayV2::Stage',
      { DefaultRouteSettings: { LoggingLevel: 'INFO' } },
      { DefaultRouteSettings: { LoggingLevel: 'OFF' } },
    ],
    ['log-group', 'AWS::SNS::Topic', { DeliveryStatusLogging: [{ Protocol: 'sqs' }] }, {}],
    ['log-group', 'Custom::LogRetention', {}, { RemovalPolicy: 'destroy' }],
  ])('breaks "%s" in %s as %j, and not as %j', (rule, type, bad, good) => {
    expect(rulesIn(templateOf(type, bad))).toEqual([rule]);
    expect(rulesIn(templateOf(type, good))).toEqual([]);
  });
});

describe('what is retained', () => {
  it.each(['DeletionPolicy', 'UpdateReplacePolicy'])('is found by its %s', (name) => {
    for (const policy of ['Retain', 'Snapshot', 'RetainExceptOnCreate', ref('Policy')]) {
      expect(tearDownFindings(templateOf('AWS::EC2::SecurityGroup', {}, {}, { [name]: policy }))).toEqual([
        {
          check: 'tear-down',
          id: 'TWIN-TD-003',
          rule: 'retained',
          logicalId: 'It',
          type: 'AWS::EC2::SecurityGroup',
          path: [name],
          value: policy,
          message: `got ${name} ${JSON.stringify(policy)}, which leaves something behind; allowed is "Delete"`,
          fix: 'Apply RemovalPolicy.DESTROY to it.',
        },
      ]);
    }
    expect(rulesIn(templateOf('AWS::EC2::SecurityGroup', {}, {}, { [name]: 'Delete' }))).toEqual([]);
  });

  it('is what makes a snapshot when nothing is said', () => {
    const both = ['default-snapshot', 'default-snapshot'];
    expect(rulesIn(templateOf('AWS::RDS::DBCluster', RDS, {}, {}))).toEqual(both);
    expect(rulesIn(templateOf('AWS::RDS::DBCluster', RDS, {}, { DeletionPolicy: 'Delete' }))).toEqual([
      'default-snapshot',
    ]);
    expect(rulesIn(templateOf('AWS::RDS::DBInstance', {}, {}, {}))).toEqual(both);
    expect(
      rulesIn(templateOf('AWS::RDS::DBInstance', { DBClusterIdentifier: ref('Cluster') }, {}, {})),
    ).toEqual([]);
    expect(rulesIn(templateOf('AWS::SQS::Queue', {}, {}, {}))).toEqual([]);
  });
});

describe('a type', () => {
  it.each(Object.entries(FORBIDDEN_TYPES))('may not be %s', (type, { does, fix }) => {
    expect(tearDownFindings(templateOf(type, {}))).toEqual([
      expect.objectContaining({
        rule: 'forbidden-type',
        message: `got ${type}, which ${does}; none is allowed`,
        fix,
      }),
    ]);
  });

  it.each([
    ['a job queue', 'AWS::Batch::JobQueue'],
    ['a pipeline', 'AWS::CodePipeline::Pipeline'],
    ['an app', 'AWS::Amplify::App'],
    ['a broker', 'AWS::AmazonMQ::Broker'],
  ])('of which the specification knows nothing that stays may be there: %s', (_, type) => {
    expect(rulesIn(templateOf(type, {}))).toEqual([]);
  });

  it.each(['AWS::Macie::Session', 'AWS::XRay::TransactionSearchConfig', 'AWS::Shield::DRTAccess'])(
    'of which an account has one is forbidden: %s',
    (type) => {
      expect(rulesIn(templateOf(type, {}))).toEqual(['forbidden-type']);
    },
  );

  it.each([
    'AWS::Redshift::Cluster', // holds data
    'AWS::Location::APIKey', // is deleted with ForceDelete alone
    'Custom::Mine',
    'AWS::CloudFormation::CustomResource',
    'Acme::Shop::Till',
    'toString',
  ])('that is not known is forbidden: %s', (type) => {
    expect(tearDownFindings(templateOf(type, {}))).toEqual([
      expect.objectContaining({
        rule: 'unknown-type',
        value: type,
        message: `got ${type}, of which it is not known what it leaves behind; allowed are types that are known to vanish with their stack`,
        fix: 'Keep it outside the environment, or, once it was seen to vanish with its stack, acknowledge cdk-twin-staging::TWIN-TD-002 on it with that reason.',
      }),
    ]);
  });

  it.each([...CLEAN_TYPES])('may be %s', (type) =>
    expect(rulesIn(templateOf(type, {}))).not.toContain('unknown-type'),
  );
});

describe('a bucket', () => {
  it('is emptied by the custom resource that refers to it', () => {
    expect(bucket(emptier(ref('It')))).toEqual([]);
    expect(bucket(emptier('pictures'), { BucketName: 'pictures' })).toEqual([]);
    expect(bucket(emptier(ref('Other')))).toEqual(['not-emptied']);
    expect(bucket({})).toEqual(['not-emptied']);
  });

  it('has no object lock', () => {
    expect(bucket(emptier(ref('It')), { ObjectLockEnabled: true })).toEqual(['object-lock']);
  });

  it.each(['access_logs', 'connection_logs', 'health_check_logs'])(
    'of the stack takes no %s of a load balancer',
    (kind) => {
      const balancer = (isOn: string, name: Json): string[] =>
        rulesIn({
          Resources: {
            Logs: { Type: 'AWS::S3::Bucket' },
            ...emptier(ref('Logs')),
            It: {
              Type: BALANCER,
              Properties: {
                LoadBalancerAttributes: [
                  { Key: `${kind}.s3.enabled`, Value: isOn },
                  { Key: `${kind}.s3.bucket`, Value: name },
                ],
              },
            },
          },
        });
      expect(balancer('true', ref('Logs'))).toEqual(['refilled-bucket']);
      expect(balancer('false', ref('Logs'))).toEqual([]);
      expect(balancer('true', 'logs-of-all')).toEqual([]);
    },
  );
});

describe('the log group of a service', () => {
  const NAMED: [type: string, properties: JsonObject, name: string][] = [
    [
      'AWS::RDS::DBCluster',
      { ...RDS, DBClusterIdentifier: 'Staging-Orders', EnableCloudwatchLogsExports: ['postgresql'] },
      '/aws/rds/cluster/staging-orders/postgresql',
    ],
    [
      'AWS::RDS::DBInstance',
      { DBInstanceIdentifier: 'one', EnableCloudwatchLogsExports: ['postgresql'] },
      '/aws/rds/instance/one/postgresql',
    ],
    [
      'AWS::DocDB::DBCluster',
      { DBClusterIdentifier: 'catalog', EnableCloudwatchLogsExports: ['audit'] },
      '/aws/docdb/catalog/audit',
    ],
    [
      'AWS::Neptune::DBCluster',
      { DBClusterIdentifier: 'graph', EnableCloudwatchLogsExports: ['audit'] },
      '/aws/neptune/graph/audit',
    ],
    ['AWS::RDS::DBProxy', { DBProxyName: 'proxy' }, '/aws/rds/proxy/proxy'],
  ];
  const kubernetes = (EnabledTypes: Json): JsonObject => ({
    Name: 'Main',
    Logging: { ClusterLogging: { EnabledTypes } },
  });

  it('of the control plane of a Kubernetes cluster is asked for where it logs', () => {
    const logs = (properties: JsonObject, name = '/aws/eks/Main/cluster'): string[] =>
      rulesIn(
        templateOf(
          'AWS::EKS::Cluster',
          properties,
          { Group: group(name) },
          { ...DELETE, DependsOn: ['Group'] },
        ),
      ).filter((rule) => rule !== 'forbidden-type');
    expect(logs(kubernetes([{ Type: 'api' }]))).toEqual([]);
    expect(logs(kubernetes([{ Type: 'api' }]), '/aws/eks/main/cluster')).toEqual(['log-group']);
    expect(logs(kubernetes([]), 'other')).toEqual([]);
    expect(logs({ Name: 'Main', Logging: ref('AWS::NoValue') }, 'other')).toEqual([]);
  });

  it('of a database is in lower case, as its identifier is kept, whatever the stack is called', () => {
    const sub = (text: string): JsonObject => ({ 'Fn::Sub': text });
    const logs = (name: Json, stackName?: string): string[] =>
      tearDownFindings(
        templateOf(
          'AWS::DocDB::DBCluster',
          { DBClusterIdentifier: sub('${AWS::StackName}-Catalog'), EnableCloudwatchLogsExports: ['audit'] },
          { Group: group(name) },
          { ...DELETE, DependsOn: ['Group'] },
        ),
        stackName,
      ).map(({ rule }) => rule);
    expect(logs('/aws/docdb/staging-catalog/audit', 'Staging')).toEqual([]);
    expect(logs(sub('/aws/docdb/${AWS::StackName}-catalog/audit'), 'staging')).toEqual([]);
    expect(logs(sub('/aws/docdb/${AWS::StackName}-catalog/audit'), 'Staging')).toEqual(['log-group']);
    // Nothing is known of the name of a nested stack.
    expect(logs(sub('/aws/docdb/${AWS::StackName}-catalog/audit'))).toEqual([]);
    expect(logs(sub('/aws/docdb/${AWS::StackName}-Catalog/audit'))).toEqual(['log-group']);
  });

  it.each(NAMED)('of %s is in the stack, and goes after it', (type, properties, name) => {
    const withGroup = (groupName: string, dependsOn?: Json): string[] =>
      rulesIn(
        templateOf(
          type,
          properties,
          { Group: group(groupName) },
          { ...DELETE, ...(dependsOn !== undefined && { DependsOn: dependsOn }) },
        ),
      );
    expect(withGroup(name, ['Other', 'Group'])).toEqual([]);
    expect(withGroup(name, 'Group')).toEqual([]);
    expect(withGroup(name)).toEqual(['log-group-order']);
    expect(withGroup(`${name}/other`, 'Group')).toEqual(['log-group']);
  });

  it('of a cluster goes after its services, which write to it', () => {
    const properties = { ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }] };
    const service = (more: JsonObject): JsonObject => ({
      Type: 'AWS::ECS::Service',
      Properties: { Cluster: ref('It') },
      ...more,
    });
    const name = joined('/aws/ecs/containerinsights/', ref('It'), '/performance');
    const beside = (more: JsonObject): string[] =>
      rulesIn(templateOf('AWS::ECS::Cluster', properties, { Group: group(name), Web: service(more) }));
    expect(beside({ DependsOn: ['Group'] })).toEqual([]);
    expect(beside({})).toEqual(['log-group-order']);
    expect(rulesIn(templateOf('AWS::ECS::Cluster', properties))).toEqual(['log-group']);
    expect(rulesIn(templateOf('AWS::ECS::Cluster', properties, { Group: group(name) }))).toEqual([]);
  });

  it('of each exported log is asked for', () => {
    const properties = { DBClusterIdentifier: 'catalog', EnableCloudwatchLogsExports: ['audit', 'profiler'] };
    const template = templateOf(
      'AWS::DocDB::DBCluster',
      properties,
      { Group: group('/aws/docdb/catalog/audit') },
      { ...DELETE, DependsOn: 'Group' },
    );
    expect(tearDownFindings(template)).toEqual([
      expect.objectContaining({ rule: 'log-group', path: ['Properties', 'EnableCloudwatchLogsExports', 1] }),
    ]);
  });

  it('of a cluster whose name is made by CloudFormation cannot go after it', () => {
    const properties = { ...RDS, EnableCloudwatchLogsExports: ['postgresql'] };
    const beside = { Group: group(joined('/aws/rds/cluster/', ref('It'), '/postgresql')) };
    expect(rulesIn(templateOf('AWS::RDS::DBCluster', properties, beside))).toEqual(['log-group-order']);
  });

  it('is not asked for where nothing is logged', () => {
    expect(rulesIn(templateOf('AWS::DocDB::DBCluster', { DBClusterIdentifier: 'catalog' }))).toEqual([]);
    expect(
      rulesIn(
        templateOf('AWS::ECS::Cluster', {
          ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
        }),
      ),
    ).toEqual([]);
    expect(
      rulesIn(templateOf('AWS::ApiGateway::Stage', { MethodSettings: [{ LoggingLevel: 'OFF' }] })),
    ).toEqual([]);
    expect(rulesIn(templateOf('AWS::AppSync::GraphQLApi', {}))).toEqual([]);
  });

  it.each<[type: string, properties: JsonObject, name: Json]>([
    ['AWS::Lambda::Function', {}, { 'Fn::Join': ['/', ['', 'aws', 'lambda', ref('It')]] }],
    ['AWS::Lambda::Function', {}, { 'Fn::Sub': '/aws/lambda/${It}' }],
    ['AWS::Lambda::Function', { FunctionName: 'empty' }, '/aws/lambda/empty'],
    ['AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('Group') } }, 'mine'],
    [
      'AWS::ApiGateway::Stage',
      { RestApiId: ref('Api'), StageName: 'live', MethodSettings: [{ LoggingLevel: 'INFO' }] },
      joined('API-Gateway-Execution-Logs_', ref('Api'), '/live'),
    ],
    [
      'AWS::AppSync::GraphQLApi',
      { LogConfig: { FieldLogLevel: 'ALL' } },
      joined('/aws/appsync/apis/', { 'Fn::GetAtt': ['It', 'ApiId'] }),
    ],
    ['AWS::EC2::FlowLog', { LogGroupName: ref('Group') }, 'flow'],
    ['AWS::EC2::FlowLog', { LogGroupName: 'flow' }, 'flow'],
    ['AWS::ECS::TaskDefinition', awslogs(ref('Group')), 'web'],
  ])('of %s as %j is in the stack: %j', (type, properties, name) => {
    expect(rulesIn(templateOf(type, properties, { Group: group(name) }))).toEqual([]);
    const others = { Group: { Type: 'AWS::SQS::Queue' } };
    expect(rulesIn(templateOf(type, properties, others))).toEqual(['log-group']);
  });

  it('may come from another stack of the environment, by a parameter', () => {
    expect(rulesIn(templateOf('AWS::ECS::TaskDefinition', awslogs(ref('referencetoParentLogs'))))).toEqual(
      [],
    );
  });
});

it.each<[type: string, bad: JsonObject, good: JsonObject, rule: string]>([
  [
    'AWS::EFS::FileSystem',
    { AvailabilityZoneName: 'eu-west-1a' },
    { AvailabilityZoneName: 'eu-west-1a', BackupPolicy: { Status: 'DISABLED' } },
    'automated-backups',
  ],
  ['AWS::AutoScaling::LaunchConfiguration', volume(false), volume(true), 'volume'],
  [
    'AWS::ElastiCache::CacheCluster',
    { SnapshotRetentionLimit: 1 },
    { SnapshotRetentionLimit: '0' },
    'snapshots',
  ],
])('%s as %j leaves something, and as %j nothing', (type, bad, good, rule) => {
  expect(rulesIn(templateOf(type, bad))).toEqual([rule]);
  expect(rulesIn(templateOf(type, good))).toEqual([]);
});

it('notes that functions in the VPC take their time, and the types that nobody looked at', () => {
  const inVpc = { VpcConfig: { SubnetIds: [ref('Subnet')] }, LoggingConfig: { LogGroup: ref('Group') } };
  const template = templateOf('AWS::Lambda::Function', inVpc, {
    Group: group('mine'),
    Queue: { Type: 'AWS::Batch::JobQueue' },
    Topic: { Type: 'AWS::SNS::Topic' },
  });
  expect(rulesIn(template)).toEqual([]);
  expect(tearDownNotes(template)).toEqual([
    "what AWS::Batch::JobQueue leaves behind nobody has looked at; CloudFormation's specification has nothing that would stay",
    'the deletion waits 20 to 45 minutes for the network interfaces of its functions',
  ]);
  expect(tearDownNotes(templateOf('AWS::SNS::Topic', {}))).toEqual([]);
});

describe('a call of AWS at deployment', () => {
  const call = (action: string): string => JSON.stringify({ service: 'EC2', action, parameters: {} });
  it.each<[string, boolean, JsonObject]>([
    ['that reads', true, { Create: call('describeVpcs') }],
    ['that reads each time', true, { Create: call('getParameter'), Update: call('ListTagsForResource') }],
    ['with what undoes it', true, { Create: call('enableX'), Delete: call('disableX') }],
    [
      'with parameters',
      true,
      { Create: joined('{"service":"EC2","action":"describeVpcs","p":"', ref('A'), '"}') },
    ],
    ['that changes something', false, { Create: call('enableX') }],
    ['that reads at first', false, { Create: call('getX'), Update: call('putX') }],
    ['whose name only begins like reading', false, { Create: call('getawayDriver') }],
    ['that is none', false, {}],
  ])('%s is fine: %j', (_, isFine, properties) => {
    for (const type of ['Custom::AWS', 'Custom::CloudwatchLogResourcePolicy'])
      expect(rulesIn(templateOf(type, properties))).toEqual(isFine ? [] : ['unknown-type']);
    expect(rulesIn(templateOf('Acme::Shop::Till', properties))).toEqual(['unknown-type']);
  });
});

it('finds nothing in what is no template, and does not change one', () => {
  for (const nothing of [null, [], {}, { Resources: [] }, { Resources: { A: null } }])
    expect(rulesIn(nothing as Json)).toEqual([]);
  const template = templateOf('AWS::S3::Bucket', { BucketName: joined('a', ref('AWS::AccountId')) });
  const before = structuredClone(template);
  tearDownFindings(template);
  expect(template).toEqual(before);
});

it('says what it got, what that does, what is allowed and what to do', () => {
  const all = [
    templateOf(
      'AWS::RDS::DBCluster',
      {
        DeletionProtection: true,
        DBClusterIdentifier: 'a',
        EnableCloudwatchLogsExports: ['audit', 'postgresql'],
      },
      { Group: group('/aws/rds/cluster/a/audit') },
      {},
    ),
    templateOf('AWS::RDS::DBInstance', { DeleteAutomatedBackups: false }),
    templateOf('AWS::ElastiCache::ServerlessCache', { SnapshotRetentionLimit: 1, FinalSnapshotName: 'last' }),
    templateOf('AWS::EFS::FileSystem', { BackupPolicy: { Status: 'ENABLED' } }),
    templateOf('AWS::S3::Bucket', { ObjectLockEnabled: true }),
    templateOf('AWS::ECR::Repository', {}),
    templateOf('AWS::Lambda::Function', { VpcConfig: {}, LoggingConfig: { LogGroup: 'mine' } }),
    templateOf('AWS::SecretsManager::RotationSchedule', { HostedRotationLambda: {} }),
    templateOf('AWS::AutoScaling::AutoScalingGroup', { NewInstancesProtectedFromScaleIn: true }),
    templateOf('AWS::EC2::Instance', { BlockDeviceMappings: [{ Ebs: { DeleteOnTermination: false } }] }),
    templateOf('AWS::Athena::WorkGroup', {}),
    templateOf('AWS::CertificateManager::Certificate', { DomainValidationOptions: [{ HostedZoneId: 'Z' }] }),
    templateOf('AWS::Route53::HostedZone', {}),
    templateOf('AWS::CloudFront::Distribution', {
      DistributionConfig: { DefaultCacheBehavior: { LambdaFunctionAssociations: ['a'] } },
    }),
    templateOf('AWS::ApiGatewayV2::Stage', { DefaultRouteSettings: { LoggingLevel: 'INFO' } }),
    templateOf('AWS::SNS::Topic', { DeliveryStatusLogging: ['a'] }),
    templateOf('Custom::LogRetention', {}),
    templateOf(
      BALANCER,
      {
        LoadBalancerAttributes: [
          { Key: 'deletion_protection.enabled', Value: 'true' },
          { Key: 'access_logs.s3.enabled', Value: 'true' },
          { Key: 'access_logs.s3.bucket', Value: ref('Logs') },
        ],
      },
      {
        Logs: { Type: 'AWS::S3::Bucket' },
        Empty: { Type: 'Custom::S3AutoDeleteObjects', Properties: { BucketName: ref('Logs') } },
      },
    ),
  ].flatMap((template) => tearDownFindings(template));
  expect(all.map(({ rule, message, fix }) => `${rule}: ${message}. ${fix}`)).toMatchInlineSnapshot(`
   [
     "protected: got DeletionProtection true, which stops the deletion of the stack; allowed is false. Set DeletionProtection to false.",
     "automated-backups: got no DeleteAutomatedBackups, which may leave its automated backups behind; allowed is true. Set DeleteAutomatedBackups to true.",
     "default-snapshot: got no DeletionPolicy, for which CloudFormation may take a snapshot; allowed is "Delete". Apply RemovalPolicy.DESTROY to it.",
     "default-snapshot: got no UpdateReplacePolicy, for which CloudFormation may take a snapshot; allowed is "Delete". Apply RemovalPolicy.DESTROY to it.",
     "log-group-order: got the log group "/aws/rds/cluster/a/audit" without DependsOn, so that the service makes it again after it was deleted; allowed is to wait for it. Name the resource, and let it depend on its log group.",
     "log-group: got no log group "/aws/rds/cluster/a/postgresql" in the stack, so that the service makes one and leaves it behind; allowed is a log group of the stack. Create that log group in the stack first.",
     "automated-backups: got DeleteAutomatedBackups false, which leaves its automated backups behind; allowed is nothing or true. Set DeleteAutomatedBackups to true.",
     "snapshots: got SnapshotRetentionLimit 1, which makes automatic snapshots; allowed is nothing or 0. Set SnapshotRetentionLimit to 0.",
     "snapshots: got FinalSnapshotName "last", which makes a snapshot when it is deleted; allowed is nothing. Remove FinalSnapshotName.",
     "automated-backups: got BackupPolicy.Status "ENABLED", which leaves recovery points in the account's backup vault; allowed is "DISABLED". Set BackupPolicy.Status to "DISABLED".",
     "object-lock: got ObjectLockEnabled true, which keeps objects from being deleted; allowed is nothing or false. Turn ObjectLockEnabled off.",
     "not-emptied: got a bucket that nothing empties, which is not deleted while it holds objects; allowed is one with Custom::S3AutoDeleteObjects. Set autoDeleteObjects on the bucket.",
     "images: got no EmptyOnDelete, which keeps a repository with images from being deleted; allowed is true. Set EmptyOnDelete to true.",
     "log-group: got the log group "mine", which is not in the stack and stays behind; allowed is a log group of the stack. Create that log group in the stack first.",
     "lambda-in-vpc: got HostedRotationLambda {}, which has Secrets Manager make a function outside the template, whose log group stays and whose network interfaces block the VPC; allowed is nothing. Rotate the secret with a function of the stack.",
     "protected: got NewInstancesProtectedFromScaleIn true, which stops the deletion of the stack; allowed is false. Set NewInstancesProtectedFromScaleIn to false.",
     "volume: got BlockDeviceMappings.Ebs.DeleteOnTermination false, which leaves the volume of an instance behind; allowed is true. Set BlockDeviceMappings.Ebs.DeleteOnTermination to true.",
     "query-history: got no RecursiveDeleteOption, which keeps a workgroup that was used from being deleted; allowed is true. Set RecursiveDeleteOption to true.",
     "validation-record: got DomainValidationOptions.HostedZoneId "Z", which leaves its validation record in the hosted zone; allowed is nothing. Pass the ARN of a long-lived certificate in as a parameter.",
     "public-zone: got no VPCs, which makes a public zone that is not deleted while it holds records of others; allowed is a private zone. Keep public zones outside the environment.",
     "lambda-at-edge: got DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations "a", which keeps replicas of the function for hours, which stop it from being deleted; none is allowed. Use a CloudFront function.",
     "log-group: got DefaultRouteSettings.LoggingLevel "INFO", which makes API Gateway create a log group outside the stack; allowed is nothing or OFF. Use AccessLogSettings with a log group of the stack.",
     "log-group: got DeliveryStatusLogging "a", which makes SNS create a log group outside the stack; none is allowed. Remove DeliveryStatusLogging.",
     "log-group: got no RemovalPolicy, which keeps a log group that is outside the stack; allowed is destroy. Give the function a log group of the stack instead of logRetention.",
     "refilled-bucket: got a reference to Logs without waiting for Empty, so that it may fill the bucket again after it was emptied; allowed is to wait for it. Let it depend on Empty.",
     "protected: got deletion_protection.enabled "true", which stops the deletion of the stack; allowed is "false". Turn the deletion protection of the load balancer off.",
   ]
  `);
});
