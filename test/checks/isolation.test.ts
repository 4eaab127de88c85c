import { isolationFindings, isolationOf, resourceNames } from '../../lib/checks/isolation';
import type { IsolationContext } from '../../lib/checks/leaf';
import { givenNames, type StackEnv } from '../../lib/checks/names';
import { checkStaging } from '../../lib/checks/staging';
import { textOf } from '../../lib/template/text';
import type { Json, JsonObject } from '../../lib/json';

const CONTEXT: IsolationContext = { stackNames: ['Staging', 'Staging-Us'] };
const OTHER = '111122223333';

/** A stack with a topic, a secret, a bucket and one resource more. */
const templateOf = (type: string, properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic' },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'staging-pictures' } },
    It: { Type: type, Properties: properties },
  },
  ...rest,
});

const found = (template: Json, context: Partial<IsolationContext> = {}): string[] =>
  isolationFindings(template, { ...CONTEXT, ...context }).map(({ rule }) => rule);

/** What is found when a value stands somewhere in a function's environment. */
const foundIn = (value: Json, context: Partial<IsolationContext> = {}, name = 'IT'): string[] =>
  found(templateOf('AWS::Lambda::Function', { Environment: { Variables: { [name]: value } } }), context);

const ref = (name: string): JsonObject => ({ Ref: name });
const join = (...parts: Json[]): JsonObject => ({ 'Fn::Join': ['', parts] });
const sub = (text: string): JsonObject => ({ 'Fn::Sub': text });

function secrets(valueFrom: Json): JsonObject {
  return { ContainerDefinitions: [{ Secrets: [{ Name: 'PASSWORD', ValueFrom: valueFrom }] }] };
}

const parameter = (name: string, type: string, initial?: string): JsonObject =>
  templateOf(
    'AWS::SQS::Queue',
    {},
    { Parameters: { [name]: { Type: type, ...(initial && { Default: initial }) } } },
  );

describe('what stands at the same place of several resources', () => {
  const topic = { Type: 'AWS::SNS::Topic', Properties: { DisplayName: `arn:aws:sqs:eu-west-1:${OTHER}:a` } };
  const named = { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'https://pay.example.com' } };

  it('is found in each of them', () => {
    const findings = isolationFindings({ Resources: { One: topic, Other: topic } }, CONTEXT);
    expect(findings.map(({ logicalId, rule }) => `${logicalId} ${rule}`)).toEqual([
      'One literal-arn',
      'Other literal-arn',
    ]);
  });

  it('is reached by each of them', () => {
    const { reaches } = isolationOf({ Resources: { One: named, Other: named } }, CONTEXT);
    expect(reaches).toEqual([{ text: 'pay.example.com', in: ['One', 'Other'] }]);
  });

  it('is judged anew at another place', () => {
    const outside = { ...named, Properties: { Description: named.Properties.DisplayName } };
    const { reaches } = isolationOf({ Resources: { One: outside, Other: named } }, CONTEXT);
    expect(reaches).toEqual([{ text: 'pay.example.com', in: ['Other'] }]);
  });

  it('is judged anew in a statement that allows, and for a variable of another name', () => {
    const policy = (effect: string) => ({
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: {
          Statement: [
            {
              Effect: effect,
              Action: 'sns:Publish',
              Resource: sub('arn:aws:sns:${AWS::Region}:${AWS::AccountId}:orders'),
            },
          ],
        },
      },
    });
    const task = (name: string) => ({
      Type: 'AWS::ECS::TaskDefinition',
      Properties: { ContainerDefinitions: [{ Environment: [{ Name: name, Value: 'orders-archive' }] }] },
    });
    const findings = isolationFindings(
      {
        Resources: {
          Denies: policy('Deny'),
          Allows: policy('Allow'),
          Titled: task('TITLE'),
          Named: task('ARCHIVE_BUCKET'),
        },
      },
      CONTEXT,
    );
    expect(findings.map(({ logicalId, rule }) => `${logicalId} ${rule}`)).toEqual([
      'Allows outside-resource',
      'Named literal-bucket',
    ]);
  });
});

describe('a value inside of a resource', () => {
  it.each<[rule: string, value: Json]>([
    ['import', { 'Fn::ImportValue': 'Prod:ExportsOutputRefVpc' }],
    ['import', { 'Fn::ImportValue': sub('${NetworkStack}-VpcId') }],
    ['import', join('a', { 'Fn::ImportValue': 'StagingB:Vpc' })],
    ['import', { 'Fn::ImportValue': ref('NetworkExport') }],
    ['stack-output', { 'Fn::GetStackOutput': { StackName: 'Prod', OutputName: 'Vpc' } }],
    ['dynamic-reference', '{{resolve:secretsmanager:prod/db:SecretString:password::}}'],
    ['dynamic-reference', join('{{resolve:secretsmanager:prod/', ref('AWS::Region'), ':SecretString:a}}')],
    ['dynamic-reference', '{{resolve:ssm:/prod/host:3}}'],
    ['dynamic-reference', join('{{resolve:ssm:/prod/host:', ref('Version'), '}}')],
    ['dynamic-reference', '{{resolve:ssm-secure:/prod/password}}'],
    ['dynamic-reference', '{{resolve:ssm:/cdk/exports/Staging/Produseast1RefCert}}'],
    ['literal-arn', `arn:aws:sns:us-east-1:${OTHER}:orders`],
    ['literal-arn', join('arn:', ref('AWS::Partition'), ':sns:', ref('AWS::Region'), `:${OTHER}:orders`)],
    ['literal-arn', sub('arn:${AWS::Partition}:sns:${AWS::Region}:111122223333:${Topic}')],
    ['literal-arn', `{"topic":"arn:aws:sns:us-east-1:${OTHER}:orders"}`],
    ['literal-arn', { 'Fn::If': ['Big', `arn:aws:sns:us-east-1:${OTHER}:orders`, ref('Topic')] }],
    ['outside-resource', sub('arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:orders')],
    ['outside-resource', sub('arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders/index/*')],
    ['outside-resource', sub('arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:db-??????')],
    ['outside-resource', sub('arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:charge-card')],
    ['dynamic-reference', join('{{resolve:ssm:/', ref('AWS::StackName'), '/host}}')],
    ['literal-account', `${OTHER}.dkr.ecr.us-east-1.amazonaws.com/shop:1`],
    ['literal-account', `https://sqs.us-east-1.amazonaws.com/${OTHER}/orders`],
    ['literal-account', `{"aws:SourceAccount":"${OTHER}"}`],
    ['literal-id', 'vpc-0123456789abcdef0'],
    ['literal-id', 'subnet-01234567,subnet-89abcdef'],
    ['literal-id', 'sg-0123456789abcdef0'],
    ['literal-id', 'pcx-0123456789abcdef0'],
    ['literal-id', 'tgw-0123456789abcdef0'],
    ['literal-id', 'vpce-0123456789abcdef0'],
    ['literal-id', 'rtb-0123456789abcdef0'],
    ['literal-id', 'eni-0123456789abcdef0'],
    ['hosted-zone', 'arn:aws:route53:::hostedzone/Z0123456789ABC'],
    ['literal-bucket', 'arn:aws:s3:::pictures/*'],
    ['literal-bucket', join('arn:', ref('AWS::Partition'), ':s3:::pictures-', ref('AWS::Region'), '/*')],
    ['literal-bucket', 's3://pictures/logo.png'],
    ['literal-bucket', 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-west-1'],
    ['literal-endpoint', 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com'],
    ['literal-endpoint', 'master.sessions.abc123.euw1.cache.amazonaws.com'],
    ['literal-endpoint', 'catalog.cluster-abc123.eu-west-1.docdb.amazonaws.com'],
    ['literal-endpoint', 'https://abc123.execute-api.eu-west-1.amazonaws.com/live'],
    ['literal-endpoint', sub('abc123.elb.${AWS::Region}.amazonaws.com')],
    ['literal-endpoint', 'd111111abcdef8.cloudfront.net'],
    ['prod-domain', 'https://api.prod.example.com/v1'],
    ['prod-domain', 'shop-production.example.io'],
  ])('is a finding "%s": %j', (rule, value) => {
    expect(foundIn(value)).toEqual(expect.arrayContaining([rule]));
    expect(new Set(foundIn(value))).toEqual(new Set([rule]));
  });

  it.each<[what: string, value: Json]>([
    ['an export of an own stack', { 'Fn::ImportValue': 'Staging:ExportsOutputRefVpc' }],
    ['an output of an own stack', { 'Fn::GetStackOutput': { StackName: 'Staging-Us', OutputName: 'Vpc' } }],
    ['an own secret', join('{{resolve:secretsmanager:', ref('Secret'), ':SecretString:password::}}')],
    ['an own parameter', sub('{{resolve:ssm:${Parameter}}}')],
    ['a parameter of AWS', '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023}}'],
    ['what the CDK copied from an own stack', '{{resolve:ssm:/cdk/exports/Staging/StagingUsuseast1RefCert}}'],
    ['an ARN of AWS', 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    [
      'an account that publishes for AWS',
      'arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38',
    ],
    ['an account that access logs come from', 'arn:aws:iam::127311923021:root'],
    ['an ARN with the pseudo account', sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root')],
    ["every table's ARN", sub('arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*')],
    ['an ARN of the service', sub('arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/a:*')],
    ['an own ARN by its name', sub('arn:aws:sns:${AWS::Region}:${AWS::AccountId}:${Topic.TopicName}')],
    [
      "what is called by the stack's name",
      sub('arn:aws:sns:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-a'),
    ],
    ['what is no resource', sub('arn:aws:iot:${AWS::Region}:${AWS::AccountId}:topic/orders')],
    ['an ARN without account', 'arn:aws:apigateway:eu-west-1::/restapis/abc'],
    ['an image of the pseudo account', sub('${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:1')],
    ['a number of bytes', 113609865216],
    ['a hash', '0123456789abcdef01234567-sg-0123456789abcdef0'],
    ['an own bucket', join('arn:aws:s3:::', ref('Bucket'), '/*')],
    ['an own bucket by its name', 'arn:aws:s3:::staging-pictures/*'],
    ['a bucket of the CDK', sub('arn:aws:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/*')],
    ['the bucket of ECR', 'arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*'],
    ['all buckets', 'arn:aws:s3:::*'],
    ['an own endpoint', sub('${Api}.execute-api.${AWS::Region}.amazonaws.com')],
    ['an endpoint of a service', 'rds.eu-west-1.amazonaws.com'],
    ['a service principal', 'monitoring.rds.amazonaws.com'],
    ['a VPC endpoint service', 'com.amazonaws.eu-west-1.execute-api'],
    ['a word with prod in it', sub('https://products.${Domain}')],
    ['a host of AWS', 'https://sts.eu-west-1.amazonaws.com'],
    ['the machine itself', 'http://localhost:8080/orders'],
    ['a file', 'bundle.production.min.js'],
    ['nothing', ref('AWS::NoValue')],
  ])('may be %s', (_, value) => expect(foundIn(value)).toEqual([]));

  it('is told once, however many rules it breaks at the same place', () => {
    expect(
      foundIn(
        `{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:${OTHER}:secret:prod:SecretString}}`,
      ),
    ).toEqual(['dynamic-reference']);
  });

  it('is no host of production that says so', () => {
    expect(foundIn('https://api.non-prod.example.com')).toEqual(['outside-host']);
    expect(foundIn('https://api.anon-prod.example.com')).toEqual(['prod-domain']);
  });

  it('is told twice when it breaks two rules at two places', () => {
    expect(foundIn('vpc-0123456789abcdef0 and db.prod.example.com')).toEqual(['literal-id', 'prod-domain']);
  });

  it('counts when it is the name of a property, too', () => {
    const condition = { StringLike: { 'auth.prod.example.com:sub': 'x' } };
    expect(found(templateOf('AWS::IAM::Role', { Condition: condition }))).toEqual(['prod-domain']);
  });

  it('counts inside of an intrinsic inside of a text', () => {
    const choice = { 'Fn::If': ['Big', 'vpc-0123456789abcdef0', 'b'] };
    expect(foundIn(join('a', choice))).toEqual(['literal-id']);
  });
});

describe('a value whose property says what it is', () => {
  it.each<[rule: string, type: string, properties: JsonObject]>([
    ['container-secret', 'AWS::ECS::TaskDefinition', secrets('/prod/password')],
    [
      'container-secret',
      'AWS::ECS::TaskDefinition',
      secrets(sub('arn:aws:ssm:eu-west-1:${AWS::AccountId}:parameter/a')),
    ],
    [
      'container-secret',
      'AWS::ECS::TaskDefinition',
      { C: { CredentialsParameter: `arn:aws:x:r:${OTHER}:secret:a` } },
    ],
    ['literal-account', 'AWS::IAM::Role', { Statement: [{ Principal: { AWS: OTHER } }] }],
    [
      'literal-account',
      'AWS::SNS::TopicPolicy',
      { Condition: { StringEquals: { 'aws:SourceAccount': [OTHER] } } },
    ],
    ['literal-account', 'AWS::ECS::TaskDefinition', { Environment: [{ Name: 'ACCOUNT_ID', Value: OTHER }] }],
    ['zone-association', 'AWS::Route53::HostedZone', { VPCs: [{ VPCId: 'vpc-0123456789abcdef0' }] }],
    ['hosted-zone', 'AWS::Route53::RecordSet', { HostedZoneId: 'Z0123456789ABC' }],
    [
      'hosted-zone',
      'AWS::Route53::RecordSet',
      {
        HostedZoneId: { 'Fn::If': ['Is', ref('Zone'), { 'Fn::If': ['Is', 'Z0123456789ABC', ref('Zone')] }] },
      },
    ],
    ['hosted-zone', 'AWS::Route53::RecordSet', { HostedZoneName: 'example.com.' }],
    ['literal-bucket', 'AWS::S3::BucketPolicy', { Bucket: 'pictures' }],
    ['literal-bucket', 'AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: 'logs' } }],
    ['literal-bucket', 'AWS::Lambda::Function', { Variables: { ASSETS_BUCKET: 'pictures' } }],
    [
      'literal-bucket',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      { A: [{ Key: 'access_logs.s3.bucket', Value: 'logs' }] },
    ],
    ['outside-source', 'AWS::RDS::DBCluster', { GlobalClusterIdentifier: 'orders' }],
    ['outside-source', 'AWS::RDS::DBCluster', { ReplicationSourceIdentifier: 'orders' }],
    ['outside-source', 'AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: 'orders' }],
    ['outside-source', 'AWS::ElastiCache::ReplicationGroup', { GlobalReplicationGroupId: 'sessions' }],
  ])('is a finding "%s" in %s: %j', (rule, type, properties) => {
    expect(found(templateOf(type, properties))).toEqual([rule]);
  });

  it.each<[type: string, properties: JsonObject]>([
    ['AWS::ECS::TaskDefinition', secrets(ref('Secret'))],
    ['AWS::ECS::TaskDefinition', secrets(join(ref('Secret'), ':password::'))],
    [
      'AWS::ECS::TaskDefinition',
      secrets(join({ 'Fn::Select': [0, { 'Fn::Split': ['-', ref('Secret')] }] }, ':a::')),
    ],
    ['AWS::IAM::Role', { Statement: [{ Principal: { AWS: sub('arn:aws:iam::${AWS::AccountId}:root') } }] }],
    [
      'AWS::SNS::TopicPolicy',
      { Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } } },
    ],
    ['AWS::Route53::HostedZone', { VPCs: [{ VPCId: ref('Vpc') }] }],
    [
      'AWS::Route53::RecordSet',
      { HostedZoneId: ref('Zone'), AliasTarget: { HostedZoneId: 'Z2FDTNDATAQYW2' } },
    ],
    ['AWS::S3::BucketPolicy', { Bucket: ref('Bucket') }],
    ['AWS::S3::Bucket', { BucketName: 'more-pictures' }],
    [
      'AWS::Lambda::Function',
      { Code: { S3Bucket: sub('cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}') } },
    ],
    ['AWS::RDS::DBCluster', { GlobalClusterIdentifier: ref('Global') }],
  ])('is fine as a reference, or as an own name, in %s: %j', (type, properties) => {
    expect(found(templateOf(type, properties))).toEqual([]);
  });
});

describe('a property that names another resource', () => {
  const here = (rest: string): Json => sub(`arn:\${AWS::Partition}:${rest}`);

  it.each<[type: string, property: string, outside: Json, own: Json]>([
    ['AWS::Events::Rule', 'EventBusName', 'orders', ref('Bus')],
    ['AWS::Events::Rule', 'EventBusName', 'orders', 'default'],
    ['AWS::Cognito::UserPoolClient', 'UserPoolId', 'us-east-1_AbCdEfGhI', ref('Pool')],
    ['AWS::SQS::Queue', 'KmsMasterKeyId', 'alias/orders', 'alias/aws/sqs'],
    [
      'AWS::SQS::Queue',
      'KmsMasterKeyId',
      here('kms:${AWS::Region}:${AWS::AccountId}:alias/orders'),
      here('kms:${AWS::Region}:${AWS::AccountId}:alias/aws/sqs'),
    ],
    ['AWS::RDS::DBCluster', 'DBSubnetGroupName', 'shop-subnets', ref('Subnets')],
    ['AWS::RDS::DBCluster', 'DBClusterParameterGroupName', 'shop', 'default.aurora-postgresql17'],
    ['AWS::Lambda::Permission', 'FunctionName', sub('${AWS::StackName}-charge'), sub('${Charge}')],
    ['AWS::IAM::ManagedPolicy', 'Roles', ['deployer'], [ref('Role')]],
    [
      'AWS::IAM::Role',
      'ManagedPolicyArns',
      [here('iam::${AWS::AccountId}:policy/x')],
      [here('iam::aws:policy/x')],
    ],
    ['AWS::EC2::Instance', 'SubnetId', 'my-subnet', { 'Fn::If': ['Is', ref('A'), ref('B')] }],
    ['AWS::EC2::Instance', 'SubnetId', { 'Fn::If': ['Is', ref('A'), 'my-subnet'] }, ref('Parameter')],
    ['AWS::ApplicationAutoScaling::ScalableTarget', 'ResourceId', 'table/orders', sub('table/${Orders}')],
    ['AWS::SNS::Subscription', 'Endpoint', here('sqs:eu-west-1:${AWS::AccountId}:jobs'), ref('Queue')],
    [
      'AWS::ECS::Service',
      'CapacityProviderStrategy',
      [{ CapacityProvider: 'shop' }],
      [{ CapacityProvider: 'FARGATE' }],
    ],
    ['AWS::ECS::TaskDefinition', 'TaskRoleArn', here('iam::${AWS::AccountId}:role/shop'), ref('Role')],
    [
      'AWS::ECS::Service',
      'Role',
      'ecs',
      here('iam::${AWS::AccountId}:role/aws-service-role/ecs/AWSServiceRoleForECS'),
    ],
  ])('%s.%s may not be %j, and may be %j', (type, property, outside, own) => {
    expect(found(templateOf(type, { [property]: outside }))).toEqual(['outside-resource']);
    expect(found(templateOf(type, { [property]: own }))).toEqual([]);
  });

  it('may be the name of a resource of the environment, whichever of its stacks makes it', () => {
    const rule = templateOf('AWS::Events::Rule', { EventBusName: 'orders' });
    const bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } };
    expect(found({ Resources: { ...(rule['Resources'] as JsonObject), Bus: bus } })).toEqual([]);
    const names = resourceNames({ Resources: { Bus: bus } });
    expect(names).toEqual(['AWS::Events::EventBus orders']);
    expect(found(rule, { resourceNames: names })).toEqual([]);
    expect(found(rule, { resourceNames: ['AWS::SQS::Queue orders'] })).toEqual(['outside-resource']);
    const source = { Type: 'AWS::AppSync::DataSource', Properties: { ApiId: ref('Api'), Name: 'Items' } };
    const resolver = templateOf('AWS::AppSync::Resolver', { DataSourceName: 'Items' });
    expect(found(resolver)).toEqual(['outside-resource']);
    expect(found({ Resources: { ...(resolver['Resources'] as JsonObject), Source: source } })).toEqual([]);
    const queue = templateOf('AWS::SQS::Queue', {
      KmsMasterKeyId: here('kms:${AWS::Region}:x:alias/orders'),
    });
    expect(found(queue, { resourceNames: ['AWS::KMS::Alias alias/orders'] })).toEqual([]);
    expect(found(queue, { resourceNames: ['AWS::KMS::Alias s/orders'] })).toEqual(['outside-resource']);
    const target = templateOf('AWS::ApplicationAutoScaling::ScalableTarget', { ResourceId: 'table/orders' });
    expect(found(target, { resourceNames: ['AWS::DynamoDB::Table orders'] })).toEqual([]);
  });

  it.each<[string, string, JsonObject]>([
    ['what it is called itself', 'AWS::Logs::LogGroup', { LogGroupName: '/shop/orders' }],
    [
      'what is a name within it',
      'AWS::CloudFront::Distribution',
      { DistributionConfig: { Origins: [{ Id: 'site' }] } },
    ],
    [
      'who may call it',
      'AWS::Lambda::Permission',
      { FunctionName: ref('F'), Principal: 'events.amazonaws.com' },
    ],
    [
      'the most that it may do',
      'AWS::IAM::Role',
      { PermissionsBoundary: here('iam::${AWS::AccountId}:policy/x') },
    ],
  ])('is not %s', (_, type, properties) => {
    expect(found(templateOf(type, properties))).toEqual([]);
  });
});

describe('the types that reach out', () => {
  it.each([
    'AWS::EC2::VPCPeeringConnection',
    'AWS::EC2::VPNConnection',
    'AWS::EC2::TransitGatewayAttachment',
    'AWS::EC2::TransitGatewayVpcAttachment',
    'AWS::EC2::TransitGatewayPeeringAttachment',
    'AWS::RAM::ResourceShare',
    'AWS::Route53Resolver::ResolverRuleAssociation',
    'AWS::NetworkManager::VpcAttachment',
    'AWS::VpcLattice::ServiceNetworkVpcAssociation',
  ])('may not be there, however they are set: %s', (type) => {
    expect(isolationFindings(templateOf(type, {}), CONTEXT)).toEqual([
      {
        check: 'isolation',
        id: 'TWIN-ISO-017',
        rule: 'forbidden-type',
        logicalId: 'It',
        type,
        path: ['Type'],
        value: type,
        message: `got ${type}, which ties the environment to a network or an account outside of it; none is allowed`,
        fix: 'Leave it out of the topology, or make the other side part of the environment.',
      },
    ]);
  });

  it.each(['AWS::EC2::VPC', 'AWS::EC2::VPCGatewayAttachment', 'AWS::Route53Resolver::ResolverRule'])(
    'leave others alone: %s',
    (type) => expect(found(templateOf(type, {}))).toEqual([]),
  );
});

it.each<[what: string, template: Json, rules: string[]]>([
  [
    'secrets of jobs',
    templateOf('AWS::Batch::JobDefinition', {
      ContainerProperties: { Secrets: [{ Name: 'PASSWORD', ValueFrom: '/prod/password' }] },
    }),
    ['container-secret'],
  ],
  [
    'secrets of App Runner',
    templateOf('AWS::AppRunner::Service', {
      SourceConfiguration: { RuntimeEnvironmentSecrets: [{ Name: 'PASSWORD', Value: '/prod/password' }] },
    }),
    ['container-secret'],
  ],
  [
    'parameters that a build reads',
    templateOf('AWS::CodeBuild::Project', {
      Environment: { EnvironmentVariables: [{ Name: 'A', Type: 'PARAMETER_STORE', Value: '/prod/a' }] },
    }),
    ['container-secret'],
  ],
  [
    'plain variables of a build',
    templateOf('AWS::CodeBuild::Project', {
      Environment: { EnvironmentVariables: [{ Name: 'A', Type: 'PLAINTEXT', Value: 'a' }] },
    }),
    [],
  ],
  [
    'a network that a parameter of SSM names, once',
    {
      ...templateOf('AWS::EC2::SecurityGroup', { VpcId: ref('Vpc') }),
      Parameters: { Vpc: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>', Default: '/network/vpc' } },
    },
    ['ssm-parameter'],
  ],
  [
    'a name of a parameter, which is not read',
    parameter('Name', 'AWS::SSM::Parameter::Name', '/shop/mode'),
    [],
  ],
  [
    'a peering of networks of the stack',
    templateOf('AWS::EC2::VPCPeeringConnection', { VpcId: ref('Topic'), PeerVpcId: ref('Bucket') }),
    [],
  ],
  [
    'a peering with a network outside',
    templateOf('AWS::EC2::VPCPeeringConnection', {
      VpcId: ref('A'),
      PeerVpcId: ref('B'),
      PeerOwnerId: ref('Owner'),
    }),
    ['forbidden-type'],
  ],
])('of %s finds what it should', (_, template, rules) => expect(found(template)).toEqual(rules));

it('permits an import and an output that are named with a reason', () => {
  const outside = (id: string) => ({ outside: [{ id, reason: 'the network of all' }] });
  expect(foundIn({ 'Fn::ImportValue': 'Network:Vpc' }, outside('Network:Vpc'))).toEqual([]);
  const output = { 'Fn::GetStackOutput': { StackName: 'Network', OutputName: 'Vpc' } };
  expect(foundIn(output, outside('Network'))).toEqual([]);
});

it('takes no document for the name of a resource', () => {
  const definition = '{"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":1,"End":true}}}';
  expect(found(templateOf('AWS::StepFunctions::StateMachine', { DefinitionString: definition }))).toEqual([]);
});

it.each<[type: string, property: string, address: Json]>([
  ['AWS::SNS::Subscription', 'Endpoint', 'night@acme.io'],
  ['AWS::SNS::Subscription', 'Endpoint', 'https://events.example.com/page'],
  ['AWS::SNS::Subscription', 'Endpoint', '+491701234567'],
  ['AWS::SNS::Topic', 'Subscription', [{ Protocol: 'email', Endpoint: 'night@acme.io' }]],
  ['AWS::Events::ApiDestination', 'InvocationEndpoint', 'https://hooks.example.com/services/T0/B0'],
  ['AWS::Budgets::Budget', 'Subscribers', [{ SubscriptionType: 'EMAIL', Address: 'money@acme.io' }]],
  ['AWS::Chatbot::SlackChannelConfiguration', 'SlackChannelId', 'C0123456789'],
])('what %s sends to people by its %s is found, unless it is named: %j', (type, property, address) => {
  const template = templateOf(type, { [property]: address });
  expect(found(template)).toEqual(['outside-address']);
  const text = /[\w.+-]+@[\w.]+|https:[^"]+|\+\d+|C\d+/.exec(JSON.stringify(address))![0];
  const named = text.startsWith('C') ? { id: text, reason: '' } : { address: text, reason: '' };
  expect(found(template, { outside: [named] })).toEqual([]);
});

it("finds names of production's that the environment has none of, in whole and inside texts", () => {
  const prodNames = givenNames({
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'prod-orders-v2' } },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
      Own: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'staging-pictures' } },
    },
  });
  const context = { prodNames };
  expect(foundIn('prod-orders-v2', context)).toEqual(['production-name']);
  expect(foundIn('{"table":"prod-orders-v2"}', context)).toEqual(['production-name']);
  expect(foundIn('orders', context)).toEqual(['production-name']);
  expect(foundIn('staging-pictures', context)).toEqual([]);
  expect(foundIn('my-prod-orders-v2', context)).toEqual([]);
  const described = (key: string) => found(templateOf('AWS::SQS::Queue', { [key]: 'orders' }), context);
  expect(described('Note')).toEqual([]); // an ordinary word, where no program reads it
});

describe("a wildcard in an ARN of the environment's own account", () => {
  const named = (type: string, property: string, name: string): JsonObject => ({
    Resources: { It: { Type: type, Properties: { [property]: name } } },
  });
  const tables = (name: string) => named('AWS::DynamoDB::Table', 'TableName', name);
  const prod = {
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders-live' } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'acme-orders-live' } },
      Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/shop/live/host' } },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'payments' } },
      Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'shop-web' } },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/orders' } },
    },
  };
  const arn = (service: string, last: string): string =>
    `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${last}`;
  const policy = (resource: Json, statement: JsonObject = {}, beside: JsonObject = {}): JsonObject => {
    const Statement = [{ Effect: 'Allow', Action: '*', Resource: resource, ...statement }];
    const Properties = { PolicyDocument: { Statement } };
    return { Resources: { Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties }, ...beside } };
  };
  /** What is found in a staging's template beside this production, in accounts and regions. */
  const beside = (template: Json, envs: readonly [StackEnv, StackEnv] = [{}, {}]) =>
    checkStaging(
      { stackNames: ['Staging'], outside: [], acknowledged: [] },
      [{ template, env: envs[0], path: '' }],
      [{ template: prod, env: envs[1] }],
    ).isolation.findings.map(({ rule }) => rule);

  it.each([
    arn('dynamodb', 'table/orders*'),
    arn('dynamodb', 'table/orders-*/index/*'),
    arn('dynamodb', 'table/*-live'),
    arn('dynamodb', 'table/orders-liv?'),
    'arn:aws:dynamodb:*:*:table/orders*',
    'arn:aws:s3:::*-live/*',
    arn('ssm', 'parameter/shop/*/host'),
    arn('secretsmanager', 'secret:payments-*'),
    arn('secretsmanager', 'secret:pay*'),
  ])('is found where it covers a name of production and nothing of its own: %s', (text) => {
    expect(beside(policy(sub(text)))).toEqual(['production-name']);
  });

  it('is found with the names that it covers', () => {
    const { findings } = checkStaging(
      { stackNames: ['Staging'], outside: [], acknowledged: [] },
      [{ template: policy(sub(arn('dynamodb', 'table/orders*'))), env: {}, path: '' }],
      [
        { template: prod, env: {} },
        { template: tables('orders-archive'), env: {} },
      ],
    ).isolation;
    expect(findings.map(({ message }) => message)).toEqual([
      `got "${arn('dynamodb', 'table/orders*')}", which matches "orders-live" and 1 more of production and no resource of the environment; allowed are wildcards that match its own, and those over everything`,
    ]);
  });

  it.each<[string, string, JsonObject]>([
    ['everything', arn('dynamodb', 'table/*'), {}],
    ['all parts of everything', arn('dynamodb', 'table/*/index/*'), {}],
    ['everything of a region', arn('dynamodb', 'table/*-${AWS::Region}'), {}],
    ['other names', arn('dynamodb', 'table/carts*'), {}],
    ['names of another type', arn('sqs', 'orders*'), {}],
    ['the ends of names, where those of secrets have more', arn('secretsmanager', 'secret:*ments'), {}],
    [
      'its own secret',
      arn('secretsmanager', 'secret:payments-*'),
      named('AWS::SecretsManager::Secret', 'Name', 'payments-test')['Resources'] as JsonObject,
    ],
    ['names in other letters', arn('dynamodb', 'table/ORDERS*'), {}],
    ['what the stack is called', arn('dynamodb', 'table/${AWS::StackName}-*'), {}],
    ['what is behind a reference', arn('dynamodb', 'table/${It}*'), {}],
    ['images, which releases come from', arn('ecr', 'repository/shop-*'), {}],
    ['the logs of all functions', arn('logs', 'log-group:/aws/lambda/*'), {}],
    [
      'its own by its name',
      arn('dynamodb', 'table/orders*'),
      tables('orders-test')['Resources'] as JsonObject,
    ],
    [
      'its own by a name that CloudFormation generates',
      arn('dynamodb', 'table/*r*e*'),
      { Orders: { Type: 'AWS::DynamoDB::Table' } },
    ],
    [
      'its own bucket by a name that CloudFormation generates, in lower case',
      'arn:aws:s3:::*orders*',
      { Orders: { Type: 'AWS::S3::Bucket', Properties: {} } },
    ],
  ])('may cover %s', (_, text, own) => {
    expect(beside(policy(sub(text), {}, own))).toEqual([]);
  });

  it('may be denied, or say who may come in', () => {
    const resource = sub(arn('dynamodb', 'table/orders*'));
    expect(beside(policy(resource, { Effect: 'Deny' }))).toEqual([]);
    expect(beside(policy('*', { NotResource: resource }))).toEqual([]);
    const who = { ArnLike: { 'aws:PrincipalArn': sub(arn('dynamodb', 'table/orders*')) } };
    expect(beside(policy('*', { Condition: who }))).toEqual([]);
    expect(beside(policy(sub(arn('dynamodb', 'table/orders')), { Effect: 'Deny' }))).toEqual([]);
  });

  it('means production where it is in the same place, and a bucket of production everywhere', () => {
    const text = sub(arn('dynamodb', 'table/orders*'));
    const [here, there] = [{ account: OTHER }, { account: '444455556666' }];
    expect(beside(policy(text), [here, here])).toEqual(['production-name']);
    expect(beside(policy(text), [here, there])).toEqual([]);
    const regions = [{ region: 'eu-west-1' }, { region: 'us-east-1' }] as const;
    expect(beside(policy(text), regions)).toEqual([]);
    expect(beside(policy('arn:aws:s3:::*-live/*'), [here, there])).toEqual(['production-name']);
  });
});

describe('a restore', () => {
  const KEY = `arn:aws:kms:eu-west-1:${OTHER}:key/7c3f2a1e-0000-4000-8000-000000000000`;

  it.each([
    ['AWS::RDS::DBCluster', { SnapshotIdentifier: `arn:aws:rds:eu-west-1:${OTHER}:cluster-snapshot:a` }],
    ['AWS::RDS::DBCluster', { SourceDBClusterIdentifier: `arn:aws:rds:eu-west-1:${OTHER}:cluster:prod` }],
    ['AWS::DocDB::DBCluster', { SnapshotIdentifier: `arn:aws:rds:eu-west-1:${OTHER}:cluster-snapshot:a` }],
  ])("of %s from another account is allowed under staging's own key, and only then: %j", (type, from) => {
    expect(found(templateOf(type, { ...from, KmsKeyId: KEY }))).toEqual([]);
    expect(found(templateOf(type, from))).toEqual(['restore-key']);
  });

  it.each<[JsonObject]>([
    [{ SnapshotName: 'sessions' }],
    [{ SnapshotArns: ['arn:aws:s3:::backups/sessions.rdb'] }],
  ])('of ElastiCache needs no key: %j', (from) =>
    expect(found(templateOf('AWS::ElastiCache::ReplicationGroup', from))).toEqual([]),
  );

  it("may not use production's key", () => {
    const properties = { SnapshotIdentifier: 'a', KmsKeyId: KEY };
    expect(found(templateOf('AWS::RDS::DBCluster', properties), { prodAccount: OTHER })).toEqual([
      'prod-account',
    ]);
  });

  describe('under a key of production', () => {
    const ID = '7c3f2a1e-0000-4000-8000-000000000000';
    const [here, there] = [
      { account: OTHER, region: 'eu-west-1' },
      { account: '444455556666', region: 'eu-west-1' },
    ];
    const of = (key: string): JsonObject => ({
      Resources: { Db: { Type: 'AWS::DocDB::DBCluster', Properties: { KmsKeyId: key } } },
    });
    const beside = (key: Json, prod: Json, envs: Case[3]): string[] =>
      checkStaging(
        { stackNames: ['Staging'], outside: [], acknowledged: [] },
        [
          {
            template: templateOf('AWS::RDS::DBCluster', { SnapshotIdentifier: 'a', KmsKeyId: key }),
            env: envs[0],
            path: '',
          },
        ],
        [{ template: prod, env: envs[1] }],
      ).isolation.findings.map(({ rule }) => rule);

    type Case = [what: string, key: Json, prod: Json, envs: readonly [staging: StackEnv, prod: StackEnv]];
    const NOWHERE = [{}, {}] as const;

    it.each<Case>([
      ['that says so', 'alias/production', {}, NOWHERE],
      ['that says so behind another word', 'alias/anon-prod', {}, NOWHERE],
      [
        'that says so in its ARN',
        sub('arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/shop/prod'),
        {},
        NOWHERE,
      ],
      ["by the alias that production's data is under", 'alias/shop', of('alias/shop'), NOWHERE],
      ['by its ARN', `arn:aws:kms:eu-west-1:${OTHER}:alias/shop`, of('alias/shop'), [here, here]],
      ['by an id', `arn:aws:kms:eu-west-1:${OTHER}:key/${ID}`, of(ID), [here, here]],
      [
        "of everybody's",
        sub('arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/rds'),
        {},
        NOWHERE,
      ],
    ])('%s is found', (_, key, prod, envs) => {
      expect(beside(key, prod, envs)).toEqual(['restore-key']);
    });

    it.each<Case>([
      ['of its own', 'alias/staging', of('alias/shop'), NOWHERE],
      ['that is called like it in its own account', 'alias/shop', of('alias/shop'), [here, there]],
      ['that only sounds like it', 'alias/products', of('alias/shop'), NOWHERE],
      ['that says it is not', 'alias/non-prod/orders', of('alias/shop'), NOWHERE],
      ['that says it comes before', 'alias/orders-pre-prod', of('alias/shop'), NOWHERE],
      ['that comes as a parameter', ref('Key'), of('alias/shop'), NOWHERE],
    ])('is no key %s', (_, key, prod, envs) => {
      expect(beside(key, prod, envs)).toEqual([]);
    });
  });

  it('does not make a key elsewhere allowed', () => {
    expect(found(templateOf('AWS::SQS::Queue', { KmsMasterKeyId: KEY }))).toEqual(['literal-arn']);
  });
});

describe('a parameter', () => {
  it('may not be read from SSM', () => {
    const type = 'AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>';
    expect(isolationFindings(parameter('VpcId', type, '/network/vpc'), CONTEXT)).toEqual([
      expect.objectContaining({
        rule: 'ssm-parameter',
        logicalId: 'VpcId',
        type: 'Parameters',
        message: `got a parameter of type ${type}, which is read from outside the stack; allowed are plain types, and the names that AWS publishes under /aws/service/`,
      }),
    ]);
  });

  it.each([
    ['BootstrapVersion', 'AWS::SSM::Parameter::Value<String>', '/cdk-bootstrap/hnb659fds/version'],
    [
      'Image',
      'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      '/aws/service/ami-amazon-linux-latest/al2023',
    ],
    ['CertificateArn', 'String', ''],
  ])('may be the CDK’s own, of AWS, or plain: %s', (...args) =>
    expect(found(parameter(...args))).toEqual([]),
  );

  it('may not be called like the CDK’s and read something else', () => {
    expect(found(parameter('BootstrapVersion', 'AWS::SSM::Parameter::Value<String>', '/prod/x'))).toEqual([
      'ssm-parameter',
    ]);
  });

  it('does not hide a literal in its default', () => {
    const template = {
      ...templateOf('AWS::ECS::TaskDefinition', { Secrets: [{ ValueFrom: ref('Password') }] }),
      Parameters: { Password: { Type: 'String', Default: '/prod/password' } },
    };
    expect(found(template)).toEqual(['container-secret']);
  });
});

describe('what is known of the accounts and names', () => {
  const ARN = `arn:aws:iam::${OTHER}:root`;

  it("lets the staging's own account stand", () => {
    const own = { account: OTHER };
    expect(foundIn(ARN, own)).toEqual([]);
    expect(foundIn(`${OTHER}.dkr.ecr.us-east-1.amazonaws.com/shop:1`, own)).toEqual([]);
    expect(foundIn(`cdk-hnb659fds-assets-${OTHER}-eu-west-1`, own, 'S3Bucket')).toEqual([]);
    expect(foundIn('arn:aws:sns:us-east-1:444455556666:orders', own)).toEqual(['literal-arn']);
    expect(foundIn(`arn:aws:sns:us-east-1:${OTHER}:orders`, own)).toEqual(['outside-resource']);
  });

  it("finds production's account wherever it stands", () => {
    expect(foundIn(`user-${OTHER}`, { prodAccount: OTHER })).toEqual(['prod-account']);
    expect(foundIn(ARN, { prodAccount: OTHER })).toEqual(['prod-account']);
    expect(found({ Outputs: { A: { Value: OTHER } } }, { prodAccount: OTHER })).toEqual(['prod-account']);
    expect(foundIn(`9${OTHER}`, { prodAccount: OTHER })).toEqual([]);
  });

  it('does not tell the accounts apart when they are the same', () => {
    expect(foundIn(ARN, { account: OTHER, prodAccount: OTHER })).toEqual([]);
  });

  it("knows production's hosts by what it makes", () => {
    const context = { prodHosts: ['shop.example.com'] };
    expect(foundIn('https://Shop.example.com/', context)).toEqual(['prod-domain']);
    expect(foundIn('https://staging.shop.example.com/', context)).toEqual(['outside-host']);
  });

  it("knows an own export that does not begin with its stack's name", () => {
    expect(foundIn({ 'Fn::ImportValue': 'vpc' }, { exportNames: ['vpc'] })).toEqual([]);
    expect(foundIn({ 'Fn::ImportValue': 'vpc' })).toEqual(['import']);
  });
});

it('looks into outputs, mappings and conditions, too', () => {
  const value = 'vpc-0123456789abcdef0';
  const template = {
    Outputs: { O: { Value: value } },
    Mappings: { M: { a: { b: value } } },
    Conditions: { C: { 'Fn::Equals': [value, 'a'] } },
  };
  expect(
    isolationFindings(template, CONTEXT).map(({ type, logicalId, path }) => [type, logicalId, ...path]),
  ).toEqual([
    ['Outputs', 'O', 'Value'],
    ['Conditions', 'C', 'Fn::Equals', 0],
    ['Mappings', 'M', 'a', 'b'],
  ]);
});

it('leaves the CDK’s metadata alone, and what is no template', () => {
  expect(
    found({
      Resources: { A: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'a.prod.example.com' } } },
    }),
  ).toEqual([]);
  expect(
    found({
      Resources: { A: { Type: 'AWS::SNS::Topic', Metadata: { 'aws:cdk:path': 'a.prod.example.com' } } },
    }),
  ).toEqual([]);
  expect(found(null)).toEqual([]);
  expect(found([])).toEqual([]);
});

it('does not change the template', () => {
  const template = templateOf('AWS::Lambda::Function', { A: join('a', ref('AWS::AccountId')) });
  const before = structuredClone(template);
  isolationFindings(template, CONTEXT);
  expect(template).toEqual(before);
});

it('says where, what it got, what is allowed and what to do', () => {
  const all = isolationFindings(templateOf('AWS::Lambda::Function', EVERY_RULE), {
    ...CONTEXT,
    prodAccount: '999988887777',
  });
  expect(all[0]).toMatchObject({
    check: 'isolation',
    logicalId: 'It',
    type: 'AWS::Lambda::Function',
    path: ['Properties', 'A', 'Fn::ImportValue'],
    value: 'Prod:Vpc',
  });
  const other = [
    ...isolationFindings(templateOf('AWS::ECS::TaskDefinition', { ValueFrom: '/a' }), CONTEXT),
    ...isolationFindings(templateOf('AWS::Route53::HostedZone', { VPCId: 'vpc-01234567' }), CONTEXT),
    ...isolationFindings(templateOf('AWS::RDS::DBCluster', { SnapshotIdentifier: 'a' }), CONTEXT),
  ];
  expect([...all, ...other].map(({ rule, message, fix }) => `${rule}: ${message}. ${fix}`))
    .toMatchInlineSnapshot(`
   [
     "import: got "Prod:Vpc", an export of a stack outside the environment; allowed are exports of the environment's own stacks. Make what is imported part of the environment.",
     "stack-output: got "Prod", a stack outside the environment; allowed are outputs of the environment's own stacks. Make what is read part of the environment.",
     "dynamic-reference: got "{{resolve:ssm:/prod/host}}", which reads from outside the stack; allowed are secrets and parameters of the stack, by reference. Create the secret or parameter in the stack and refer to it.",
     "prod-account: got "999988887777", production's account; allowed are \${AWS::AccountId} and the account of the staging. Refer to a resource of the stack, or to \${AWS::AccountId}.",
     "literal-arn: got "arn:aws:sns:us-east-1:111122223333:orders", an ARN in a fixed account; allowed are references to resources of the stack, ARNs with \${AWS::AccountId} or the account of the staging, and AWS's own. Create the resource in the stack and refer to it.",
     "literal-account: got "111122223333", a fixed account; allowed are \${AWS::AccountId}, the account of the staging and AWS's own. Refer to \${AWS::AccountId}.",
     "literal-id: got "sg-01234567", a network resource outside the stack; allowed are references to resources of the stack. Create the network in the stack and refer to it, without a look-up.",
     "hosted-zone: got "Z0123456789ABC", a hosted zone outside the stack; allowed are references to hosted zones of the stack. Create a private hosted zone in the stack and refer to it.",
     "literal-bucket: got "pictures", a bucket outside the stack; allowed are buckets of the stack, those with \${AWS::AccountId} in their name, and AWS's own. Create the bucket in the stack and refer to it.",
     "outside-source: got "orders", a database outside the stack that this one would replicate; allowed are those of the stack, and snapshots. Seed the staging from a snapshot instead.",
     "literal-endpoint: got "orders.cluster-abc.eu-west-1.rds.amazonaws.com", the address of a resource outside the stack; allowed are attributes of resources of the stack. Take the address from the resource's attribute.",
     "prod-domain: got "db.prod.example.com", a host of production's; allowed are names of the environment's own. Take the host name from the stack, or give the environment a name of its own.",
     "container-secret: got "/a", a secret outside the stack; allowed are references to secrets and parameters of the stack. Create the secret in the stack, with a value of staging's own.",
     "zone-association: got "vpc-01234567", a VPC outside the stack that would resolve names of the staging; allowed are VPCs of the stack. Associate the hosted zone with the VPC of the stack only.",
     "restore-key: got SnapshotIdentifier without KmsKeyId, which leaves the data under production's key; allowed is a key of staging's own. Set KmsKeyId to staging's own long-lived key.",
   ]
  `);
});

const EVERY_RULE: JsonObject = {
  A: { 'Fn::ImportValue': 'Prod:Vpc' },
  B: { 'Fn::GetStackOutput': { StackName: 'Prod', OutputName: 'Vpc' } },
  C: '{{resolve:ssm:/prod/host}}',
  D: '999988887777',
  E: `arn:aws:sns:us-east-1:${OTHER}:orders`,
  F: `${OTHER}.dkr.ecr.us-east-1.amazonaws.com/shop`,
  G: 'sg-01234567',
  H: { HostedZoneId: 'Z0123456789ABC' },
  I: 'arn:aws:s3:::pictures',
  J: { GlobalClusterIdentifier: 'orders' },
  K: 'orders.cluster-abc.eu-west-1.rds.amazonaws.com',
  L: 'db.prod.example.com',
};

describe('textOf', () => {
  it.each<[Json, string | undefined]>([
    ['a ${literal}', 'a ${!literal}'],
    [7, '7'],
    [ref('Topic'), '${Topic}'],
    [ref('AWS::NoValue'), undefined],
    [{ 'Fn::GetAtt': ['Topic', 'TopicName'] }, '${Topic.TopicName}'],
    [{ 'Fn::GetAtt': 'Topic.TopicName' }, '${Topic.TopicName}'],
    [{ 'Fn::Join': ['/', ['', 'aws', ref('Topic')]] }, '/aws/${Topic}'],
    [join('a', { 'Fn::If': ['C', 'b', 'c'] }), 'a${Fn::If}'],
    [{ 'Fn::Sub': ['${a}-${!b}-${Topic.Arn}', { a: ref('Bucket') }] }, '${Bucket}-${!b}-${Topic.Arn}'],
    [{ 'Fn::If': ['C', 'b', 'c'] }, undefined],
    [true, undefined],
  ])('%j is %j', (value, text) => expect(textOf(value)).toBe(text));
});
