import type { Json } from '../../lib/json';
import { LIFE_SETTINGS, RESTORES } from '../../lib/aws/life';
import { explainLifecycle, isDeletedByDefault } from '../../lib/parity/lifecycle';
import { get, keysOf, model, type Tree } from './small-shop';

/** What the list says of a place where a resource differs; below the resource, or the resource itself. */
function of(type: string, place: string, prod: unknown, staging: unknown, id = 'A'): string | undefined {
  const [p, s] = [prod, staging].map((it) =>
    model(it === undefined ? {} : { [id]: { Type: type, ...(it as object) } }),
  );
  const path = ['Resources', id, ...(place === '' ? [] : keysOf(place))];
  const at = (side: unknown): Json | undefined => {
    try {
      return get(side as Tree, path) as Json | undefined;
    } catch {
      return undefined;
    }
  };
  return explainLifecycle({ path, prod: at(p), staging: at(s) }, p!, s!);
}

/** What the list says of a property. */
const property = (type: string, name: string, prod: unknown, staging: unknown, more: object = {}) =>
  of(
    type,
    `Properties.${name}`,
    { Properties: { ...more, ...(prod !== undefined && { [name]: prod }) } },
    { Properties: { ...more, ...(staging !== undefined && { [name]: staging }) } },
  );

const CLUSTER = 'AWS::RDS::DBCluster';
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

describe('deletion policies', () => {
  it.each(['DeletionPolicy', 'UpdateReplacePolicy'])('%s may become Delete, and nothing else', (policy) => {
    const from = (before: object, after: unknown) => of('T::T', policy, before, { [policy]: after });
    expect(from({ [policy]: 'Retain' }, 'Delete')).toBe('deletion policy');
    expect(from({}, 'Delete')).toBe('deletion policy');
    expect(from({ [policy]: 'Delete' }, 'Retain')).toBeUndefined();
    expect(from({ [policy]: 'Retain' }, 'Snapshot')).toBeUndefined();
    expect(of('T::T', policy, { [policy]: 'Retain' }, {})).toBeUndefined();
    expect(property('T::T', policy, 'Retain', 'Delete')).toBeUndefined();
  });
});

describe('a deletion policy that a stack of another making leaves out', () => {
  const keeps = (type: string, policy: string, prod: unknown, staging: unknown, Properties: object = {}) => {
    const side = (value: unknown) => ({
      A: { Type: type, Properties, ...(value !== undefined && { [policy]: value }) },
    });
    const difference = {
      path: ['Resources', 'A', policy],
      prod: prod as Json | undefined,
      staging: staging as Json | undefined,
    };
    return !isDeletedByDefault(difference, model(side(staging)));
  };
  const INSTANCE = 'AWS::RDS::DBInstance';

  it.each(['Retain', 'RetainExceptOnCreate', 'Snapshot', 'Delete'])(
    'is a deletion: %s -> nothing',
    (prod) => {
      expect(keeps('AWS::SQS::Queue', 'DeletionPolicy', prod, undefined)).toBe(false);
      expect(keeps('AWS::SQS::Queue', 'UpdateReplacePolicy', prod, undefined)).toBe(false);
    },
  );

  it('is a snapshot of what CloudFormation takes one of by default', () => {
    expect(keeps(CLUSTER, 'DeletionPolicy', 'Retain', undefined)).toBe(true);
    expect(keeps(INSTANCE, 'DeletionPolicy', 'Retain', undefined)).toBe(true);
    expect(keeps(INSTANCE, 'DeletionPolicy', 'Retain', undefined, { DBClusterIdentifier: 'c' })).toBe(false);
    expect(keeps('AWS::DocDB::DBCluster', 'DeletionPolicy', 'Retain', undefined)).toBe(false);
    expect(keeps(CLUSTER, 'UpdateReplacePolicy', 'Snapshot', undefined)).toBe(false);
  });

  it('is nothing else', () => {
    expect(keeps('AWS::SQS::Queue', 'DeletionPolicy', undefined, 'Retain')).toBe(true);
    expect(keeps('AWS::SQS::Queue', 'DeletionPolicy', 'Delete', 'Retain')).toBe(true);
    expect(keeps('AWS::SQS::Queue', 'Condition', 'IsProd', undefined)).toBe(true);
    const below = {
      path: ['Resources', 'A', 'Properties', 'DeletionPolicy'],
      prod: 'Retain',
      staging: undefined,
    };
    expect(isDeletedByDefault(below, model({ A: { Type: 'T::T' } }))).toBe(false);
    const output = { path: ['Outputs', 'A', 'DeletionPolicy'], prod: 'Retain', staging: undefined };
    expect(isDeletedByDefault(output, model({}))).toBe(false);
  });
});

describe('what being ephemeral sets', () => {
  const all = Object.entries(LIFE_SETTINGS).flatMap(([type, of_]) =>
    of_.flatMap(({ property: name, set, isFor }) => (isFor ? [] : [[type, name, set] as const])),
  );
  const settings = all.filter(([, , set]) => set !== null);

  it.each(all.filter(([, , set]) => set === null))('%s: %s may be left out, and not be set', (type, name) => {
    expect(property(type, name, 'last', undefined)).toBe('backup retention');
    expect(property(type, name, 'last', 'other')).toBeUndefined();
    expect(property(type, name, undefined, 'last')).toBeUndefined();
  });

  it.each(settings)('%s: %s may become %j, and nothing else', (type, name, value) => {
    const other = typeof value === 'number' ? 7 : typeof value === 'boolean' ? !value : 'ACTIVE';
    expect(property(type, name, other, value)).toMatch(
      /^(deletion protection|backup retention|emptying before deletion)$/,
    );
    expect(property(type, name, undefined, value)).toBeDefined();
    expect(property(type, name, value, other)).toBeUndefined();
    expect(property(type, name, value, undefined)).toBeUndefined();
    expect(
      property(type, name, other, JSON.stringify(value).replaceAll('"', '').toLowerCase()),
    ).toBeUndefined();
    expect(property('AWS::Other::Type', name, other, value)).toBeUndefined();
    expect(property(type, 'Nested', { [name]: other }, { [name]: value })).toBeUndefined();
    expect(of(type, name, { [name]: other }, { [name]: value })).toBeUndefined();
    expect(
      of(type, `Other.${name}`, { Other: { [name]: other } }, { Other: { [name]: value } }),
    ).toBeUndefined();
  });

  it('is no backup for a file system in one zone, which says nothing of it', () => {
    const off = { Status: 'DISABLED' };
    const oneZone = (prod: object, staging: object) =>
      of(
        'AWS::EFS::FileSystem',
        'Properties.BackupPolicy',
        { Properties: { AvailabilityZoneName: 'a', ...prod } },
        { Properties: { AvailabilityZoneName: 'a', ...staging } },
      );
    expect(oneZone({}, { BackupPolicy: off })).toBe('backup retention');
    expect(oneZone({}, { BackupPolicy: { Status: 'ENABLED' } })).toBeUndefined();
    expect(property('AWS::EFS::FileSystem', 'BackupPolicy', undefined, off)).toBeUndefined();
  });

  it('is nothing for a type that objects inherit', () => {
    expect(property('constructor', 'DeletionProtection', true, false)).toBeUndefined();
    expect(property('toString', 'SnapshotIdentifier', undefined, 'x')).toBeUndefined();
  });
});

describe('a physical name that production gives too', () => {
  const QUEUE = 'AWS::SQS::Queue';
  const BUS = 'AWS::Events::EventBus';
  it('may be left out where one is generated, and end with more where none is', () => {
    expect(property(QUEUE, 'QueueName', 'orders', undefined)).toBe('physical name');
    expect(property(BUS, 'Name', 'orders', 'orders-staging-1')).toBe('physical name');
  });

  it('may be nothing else', () => {
    expect(property(QUEUE, 'QueueName', 'orders', 'orders-staging')).toBeUndefined();
    expect(property(QUEUE, 'QueueName', undefined, 'orders')).toBeUndefined();
    expect(property(QUEUE, 'QueueName', { 'Fn::Sub': '${AWS::StackName}-a' }, undefined)).toBeUndefined();
    expect(property(QUEUE, 'DelaySeconds', 5, undefined)).toBeUndefined();
    expect(property(BUS, 'Name', 'orders', undefined)).toBeUndefined();
    expect(property(BUS, 'Name', 'orders', 'bookings')).toBeUndefined();
    expect(property(BUS, 'Name', 'orders', 'orders-${AWS::Region}')).toBeUndefined();
  });
});

describe('what keeps a resource in production', () => {
  const TABLE = 'AWS::DynamoDB::GlobalTable';
  const replica = (more: object) => ({ Properties: { Replicas: [{ Region: 'a' }, more] } });
  const at = 'Properties.Replicas.1.DeletionProtectionEnabled';

  it('may be lifted in staging, at whatever depth, and is set by nothing else', () => {
    const [on, off] = [true, false].map((it) => replica({ DeletionProtectionEnabled: it }));
    expect(of(TABLE, at, on, off)).toBe('deletion protection');
    expect(of(TABLE, at, off, on)).toBeUndefined();
    expect(of(TABLE, at, replica({}), off)).toBeUndefined();
    expect(of(TABLE, at, on, replica({}))).toBeUndefined();
    expect(of('AWS::SQS::Queue', at, on, off)).toBeUndefined();
    expect(property('AWS::Cognito::UserPool', 'DeletionProtection', 'ACTIVE', 'INACTIVE')).toBe(
      'deletion protection',
    );
    expect(property('AWS::Cognito::UserPool', 'DeletionProtection', 'ACTIVE', 'OFF')).toBeUndefined();
  });

  it('is a backup too', () => {
    const table = (it: boolean) => ({
      Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: it } },
    });
    const place = 'Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled';
    expect(of('AWS::DynamoDB::Table', place, table(true), table(false))).toBe('backup retention');
    expect(of('AWS::DynamoDB::Table', place, table(false), table(true))).toBeUndefined();
  });
});

describe('logs of its own', () => {
  const GROUP = 'ApiStagingLogs1A2B3C4D';
  const lambda = (config?: object) => ({ Properties: config === undefined ? {} : { LoggingConfig: config } });
  const FUNCTION = 'AWS::Lambda::Function';

  it('are what a function gets that names none', () => {
    const own = { LogGroup: { Ref: GROUP } };
    expect(of(FUNCTION, 'Properties.LoggingConfig', lambda(), lambda(own))).toBe('logs of its own');
    const [json, both] = [{ LogFormat: 'JSON' }, { LogFormat: 'JSON', ...own }];
    const place = 'Properties.LoggingConfig.LogGroup';
    expect(of(FUNCTION, place, lambda(json), lambda(both))).toBe('logs of its own');
    expect(of(FUNCTION, place, lambda({ LogGroup: 'mine' }), lambda(own))).toBeUndefined();
    expect(of(FUNCTION, 'Properties.LoggingConfig', lambda(), lambda(both))).toBeUndefined();
    const other = { LogGroup: { Ref: 'Other' } };
    expect(of(FUNCTION, 'Properties.LoggingConfig', lambda(), lambda(other))).toBeUndefined();
    expect(of('AWS::Other::Function', 'Properties.LoggingConfig', lambda(), lambda(own))).toBeUndefined();
  });

  it.each([
    [true, 'AWS::EKS::Cluster', 'Name', { Logging: { ClusterLogging: { EnabledTypes: [{ Type: 'api' }] } } }],
    [false, 'AWS::EKS::Cluster', 'Name', {}],
    [
      false,
      'AWS::MSK::Cluster',
      'Name',
      { Logging: { ClusterLogging: { EnabledTypes: [{ Type: 'api' }] } } },
    ],
    [true, 'AWS::DocDB::DBCluster', 'DBClusterIdentifier', { EnableCloudwatchLogsExports: ['audit'] }],
    [false, 'AWS::DocDB::DBCluster', 'DBClusterIdentifier', {}],
  ])('may name what makes log groups: %j for %s, %s, with %j', (may, type, name, logging) => {
    const named = (given: string, prod: object = {}): string | undefined =>
      of(
        type,
        `Properties.${name}`,
        { Properties: { ...logging, ...prod } },
        { Properties: { ...logging, [name]: given } },
      );
    expect(named('staging-1a2b3c4d')).toBe(may ? 'logs of its own' : undefined);
    expect(named('staging')).toBeUndefined();
    expect(named('staging-1a2b3c4d', { [name]: 'prod' })).toBeUndefined();
  });

  it.each<[boolean, string, object]>([
    [true, GROUP, { RetentionInDays: 1 }],
    [true, GROUP, { RetentionInDays: 1, LogGroupName: '/aws/eks/staging-1a2b3c4d/cluster' }],
    [true, GROUP, { RetentionInDays: 1, Tags: [{ Key: 'team', Value: 'shop' }] }],
    [
      true,
      GROUP,
      { RetentionInDays: 1, LogGroupName: { 'Fn::Join': ['/', ['/aws/codebuild', { Ref: 'B' }]] } },
    ],
    [false, 'Other1A2B3C4D', { RetentionInDays: 1 }],
    [false, GROUP, { RetentionInDays: 7 }],
    [false, GROUP, { RetentionInDays: 1, KmsKeyId: 'key' }],
    [false, GROUP, { RetentionInDays: 1, LogGroupName: 'mine' }],
  ])('are a log group: %j for %s with %j', (isOwn, id, properties) => {
    const found = of('AWS::Logs::LogGroup', '', undefined, { Properties: properties }, id);
    expect(found).toBe(isOwn ? 'logs of its own' : undefined);
  });
});

describe("a load balancer's protection", () => {
  const attributes = (key: string, value: string) => ({
    Properties: {
      LoadBalancerAttributes: [
        { Key: 'a', Value: '1' },
        { Key: key, Value: value },
      ],
    },
  });
  const lifted = (key: string, before: string, after: string, type = BALANCER) =>
    of(type, 'Properties.LoadBalancerAttributes.1.Value', attributes(key, before), attributes(key, after));

  it('may be lifted', () => {
    expect(lifted('deletion_protection.enabled', 'true', 'false')).toBe('deletion protection');
  });

  it('may not be set, nor any other attribute be changed', () => {
    expect(lifted('deletion_protection.enabled', 'false', 'true')).toBeUndefined();
    expect(lifted('deletion_protection.enabled', 'true', 'no')).toBeUndefined();
    expect(lifted('routing.http.drop_invalid_header_fields.enabled', 'true', 'false')).toBeUndefined();
    expect(lifted('deletion_protection.enabled', 'true', 'false', 'AWS::Other::Balancer')).toBeUndefined();
    expect(
      of(
        BALANCER,
        'Properties.LoadBalancerAttributes.1.Value',
        attributes('a.enabled', 'true'),
        attributes('deletion_protection.enabled', 'false'),
      ),
    ).toBeUndefined();
  });
});

describe('the data that a tier is restored from', () => {
  const SEEDS = [
    [CLUSTER, 'SnapshotIdentifier', 'snap'],
    ['AWS::DocDB::DBCluster', 'SnapshotIdentifier', 'snap'],
    ['AWS::ElastiCache::ReplicationGroup', 'SnapshotName', 'snap'],
    ['AWS::ElastiCache::ReplicationGroup', 'SnapshotArns', ['arn']],
  ] as const;

  it.each(SEEDS)('%s: %s may be added, with a key of its own', (type, name, value) => {
    expect(property(type, name, undefined, value)).toBe('seed');
    expect(property(type, name, 'other', value)).toBe('seed');
    expect(property(type, 'KmsKeyId', undefined, 'arn', { [name]: value })).toBe('seed');
    expect(property(type, 'KmsKeyId', { Ref: 'Key' }, 'arn', { [name]: value })).toBe('seed');
  });

  it.each(SEEDS)('%s: without %s nothing of it may differ', (type, name, value) => {
    expect(property(type, name, value, undefined)).toBeUndefined();
    expect(property(type, 'KmsKeyId', undefined, 'arn')).toBeUndefined();
    expect(property(type, 'MasterUsername', 'shop', undefined)).toBeUndefined();
    expect(property('AWS::Other::Type', name, undefined, value)).toBeUndefined();
    expect(property(type, 'KmsKeyId', 'arn', undefined, { [name]: value })).toBeUndefined();
  });

  it('an RDS instance takes no key beside its snapshot: it stays under that of the snapshot', () => {
    const [type, beside] = ['AWS::RDS::DBInstance', { DBSnapshotIdentifier: 'snap' }] as const;
    expect(property(type, 'DBSnapshotIdentifier', undefined, 'snap')).toBe('seed');
    expect(property(type, 'KmsKeyId', undefined, 'arn', beside)).toBeUndefined();
    expect(property(type, 'KmsKeyId', 'arn', undefined, beside)).toBe('seed');
    expect(property(type, 'KmsKeyId', 'arn', undefined)).toBeUndefined();
  });

  const LEFT_OUT = Object.entries(RESTORES).flatMap(([type, { leaveOut = [] }]) =>
    leaveOut.map((name) => [type, name] as const),
  );
  it.each(LEFT_OUT)('%s: %s may be left out beside it, not be changed', (type, name) => {
    const beside = { [RESTORES[type]!.from[0]!]: 'snap' };
    expect(property(type, name, 'x', undefined, beside)).toBe('seed');
    expect(property(type, name, 'x', 'y', beside)).toBeUndefined();
    expect(property(type, name, undefined, 'y', beside)).toBeUndefined();
    expect(property(type, 'EngineVersion', '17', undefined, beside)).toBeUndefined();
  });
});

const THIS_STACK = { Ref: 'AWS::StackId' };
const trust = (service: string, more: object = {}) => ({
  AssumeRolePolicyDocument: {
    Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service }, ...more }],
  },
});
const ONLY_HERE = { Condition: { StringEquals: { 'aws:SourceAccount': 'a', 'aws:SourceArn': 'b' } } };
const role = (more: object = {}, statement: object = {}) => ({
  Properties: {
    ...trust('scheduler.amazonaws.com', ONLY_HERE),
    Policies: [
      {
        PolicyDocument: {
          Statement: [
            { Action: 'cloudformation:DeleteStack', Effect: 'Allow', Resource: THIS_STACK, ...statement },
          ],
        },
      },
    ],
    ...more,
  },
});
const schedule = (api: string, stack: unknown, more: object = {}) => ({
  Properties: {
    ScheduleExpression: 'at(2026-12-01T18:00:00)',
    Target: {
      Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:scheduler:::aws-sdk:${api}`]] },
      Input: { 'Fn::Join': ['', ['{"StackName":"', stack, '"}']] },
    },
    ...more,
  },
});

describe('the self-destruct', () => {
  const added = (type: string, id: string, entry: unknown) => of(type, '', undefined, entry, id);
  const ROLE = ['AWS::IAM::Role', 'SelfDestructRole0FCA5863'] as const;
  const SCHEDULE = ['AWS::Scheduler::Schedule', 'SelfDestructSchedule17495170'] as const;
  const DELETE = 'cloudformation:deleteStack';

  it('is added: a schedule that deletes this stack, and a role that may do nothing else', () => {
    expect(added(...ROLE, role())).toBe('self-destruct');
    expect(added(...SCHEDULE, schedule(DELETE, THIS_STACK))).toBe('self-destruct');
  });

  it.each<[string, string, string, unknown]>([
    ['a role that may do more', ...ROLE, role({}, { Action: '*' })],
    ['a role that may do more to others', ...ROLE, role({}, { Resource: '*' })],
    ['a role with more than this policy', ...ROLE, role({ ManagedPolicyArns: ['arn'] })],
    [
      'a role with a policy of another form',
      ...ROLE,
      role({ Policies: [{ PolicyDocument: { Statement: {} } }] }),
    ],
    ['a role that another service takes on', ...ROLE, role(trust('lambda.amazonaws.com', ONLY_HERE))],
    ['a role that any account takes on', ...ROLE, role(trust('scheduler.amazonaws.com'))],
    ['a role that anybody takes on', ...ROLE, role(trust('', { Principal: { AWS: '*' }, ...ONLY_HERE }))],
    ['a schedule that is off', ...SCHEDULE, schedule(DELETE, THIS_STACK, { State: 'DISABLED' })],
    ['a schedule that ends before', ...SCHEDULE, schedule(DELETE, THIS_STACK, { EndDate: '2026-01-01' })],
    [
      'a schedule without a time',
      ...SCHEDULE,
      schedule(DELETE, THIS_STACK, { ScheduleExpression: 'rate(1 day)' }),
    ],
    ['a schedule that does something else', ...SCHEDULE, schedule('ecs:runTask', THIS_STACK)],
    ['a schedule that deletes another stack', ...SCHEDULE, schedule(DELETE, { Ref: 'Other' })],
    ['a schedule without a target', ...SCHEDULE, {}],
    ['another type', 'AWS::Lambda::Function', 'SelfDestructRole0FCA5863', {}],
    ['a policy', 'AWS::IAM::Policy', 'SelfDestructPolicy0FCA5863', {}],
    ['another id', 'AWS::IAM::Role', 'SelfDestructiveWorkerRole0FCA5863', role()],
    ['an id without its hash', 'AWS::IAM::Role', 'SelfDestructRole', role()],
  ])('is not %s', (_, type, id, entry) => {
    expect(added(type, id, entry)).toBeUndefined();
  });

  it('is nothing that production has', () => {
    expect(of(ROLE[0], '', role(), undefined, ROLE[1])).toBeUndefined();
  });

  it('trusts one service alone, in one statement', () => {
    const [scheduler] = trust('scheduler.amazonaws.com', ONLY_HERE).AssumeRolePolicyDocument.Statement;
    const trusting = (...Statement: unknown[]) => role({ AssumeRolePolicyDocument: { Statement } });
    expect(added(...ROLE, trusting(scheduler))).toBe('self-destruct');
    expect(added(...ROLE, trusting(scheduler, { ...scheduler!, Principal: { AWS: '*' } }))).toBeUndefined();
    expect(added(...ROLE, trusting(scheduler, scheduler))).toBeUndefined();
    expect(added(...ROLE, trusting())).toBeUndefined();
  });

  const waits = (before: unknown, after: unknown) =>
    of('T::T', 'DependsOn', before === undefined ? {} : { DependsOn: before }, { DependsOn: after });

  it('is waited for', () => {
    expect(waits(undefined, SCHEDULE[1])).toBe('self-destruct');
    expect(waits(['Z', 'B'], ['B', SCHEDULE[1], 'Z'])).toBe('self-destruct');
  });

  it('is waited for beside what empties a bucket', () => {
    const emptier = 'AssetsAutoDeleteObjectsCustomResource8F40509F';
    expect(waits(['B'], ['B', emptier, SCHEDULE[1]])).toBe('emptying before deletion');
    expect(waits(['B'], ['B', emptier])).toBe('emptying before deletion');
    expect(waits(['B', emptier], ['B', emptier, SCHEDULE[1]])).toBe('self-destruct');
  });

  it.each<[string, unknown, unknown]>([
    ['something else is waited for', undefined, 'Other'],
    ['something else is waited for too', ['B'], ['B', 'C', SCHEDULE[1]]],
    ['something is not waited for any more', ['B', 'C'], ['B', SCHEDULE[1]]],
    ['the role is waited for', undefined, ROLE[1]],
    ['only the beginning is the same', undefined, 'SelfDestructScheduler'],
  ])('may not be waited for when %s', (_, before, after) => {
    expect(waits(before, after)).toBeUndefined();
  });

  it('is not waited for in properties, nor under another key', () => {
    expect(of('T::T', 'Other', { Other: [] }, { Other: [SCHEDULE[1]] })).toBeUndefined();
    expect(property('T::T', 'DependsOn', undefined, [SCHEDULE[1]])).toBeUndefined();
  });
});

const EMPTIER = 'CustomS3AutoDeleteObjectsCustomResourceProvider';
const emptierStatement = (more: object = {}) => ({
  Action: ['s3:DeleteObject*', 's3:GetBucket*', 's3:List*', 's3:PutBucketPolicy'],
  Effect: 'Allow',
  Principal: { AWS: { 'Fn::GetAtt': [`${EMPTIER}Role3B1BD092`, 'Arn'] } },
  Resource: ['arn'],
  ...more,
});
const TAG = { Key: 'aws-cdk:auto-delete-objects', Value: 'true' };

describe('emptying a bucket before it is deleted', () => {
  const EMPTYING = 'emptying before deletion';
  const basic = {
    'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  };
  const token = (id: string) => ({ Properties: { ServiceToken: { 'Fn::GetAtt': [id, 'Arn'] } } });
  const runsAs = (id: string) => ({ Properties: { Role: { 'Fn::GetAtt': [id, 'Arn'] } } });
  const HANDLER = `${EMPTIER}Handler9D90184F`;
  const ROLE = `${EMPTIER}Role3B1BD092`;
  const CUSTOM = 'AssetsBucketAutoDeleteObjectsCustomResource8F40509F';
  const policy = (...statements: unknown[]) => ({
    Properties: { PolicyDocument: { Statement: statements } },
  });

  it.each<[string, string, unknown]>([
    ['Custom::S3AutoDeleteObjects', CUSTOM, token(HANDLER)],
    ['AWS::Lambda::Function', HANDLER, runsAs(ROLE)],
    [
      'AWS::IAM::Role',
      ROLE,
      { Properties: { ...trust('lambda.amazonaws.com'), ManagedPolicyArns: [basic] } },
    ],
    ['AWS::S3::BucketPolicy', 'AssetsPolicy', policy(emptierStatement())],
  ])('adds a %s', (type, id, entry) => {
    expect(of(type, '', undefined, entry, id)).toBe(EMPTYING);
    expect(of(type, '', entry, undefined, id)).toBeUndefined();
  });

  it.each<[string, string, string, unknown]>([
    ['a custom resource of another handler', 'Custom::S3AutoDeleteObjects', CUSTOM, token('Other')],
    ['a custom resource of another type', 'Custom::Other', CUSTOM, token(HANDLER)],
    ['a function of another role', 'AWS::Lambda::Function', HANDLER, runsAs('Admin')],
    ['a function of another name', 'AWS::Lambda::Function', 'MyAutoDeleteObjects', runsAs(ROLE)],
    [
      'a role that may do more',
      'AWS::IAM::Role',
      ROLE,
      { Properties: { ManagedPolicyArns: [basic, 'admin'] } },
    ],
    ['a role with a policy', 'AWS::IAM::Role', ROLE, { Properties: { Policies: [] } }],
    ['a role of another name', 'AWS::IAM::Role', 'AutoDeleteObjectsAdmin', {}],
    ['a policy with more', 'AWS::S3::BucketPolicy', 'P', policy(emptierStatement(), emptierStatement())],
    ['an empty policy', 'AWS::S3::BucketPolicy', 'P', policy()],
    ['a queue', 'AWS::SQS::Queue', CUSTOM, {}],
  ])('does not add %s', (_, type, id, entry) => {
    expect(of(type, '', undefined, entry, id)).toBeUndefined();
  });

  const statement = (before: unknown[], after: unknown[]) =>
    of('AWS::S3::BucketPolicy', 'Properties.PolicyDocument.Statement', policy(...before), policy(...after));
  const DENY = { Effect: 'Deny' };

  it("adds a statement after production's", () => {
    expect(statement([DENY], [DENY, emptierStatement()])).toBe(EMPTYING);
  });

  it("adds a statement after production's where these differ too", () => {
    const added = (before: unknown, after: unknown) =>
      of(
        'AWS::S3::BucketPolicy',
        'Properties.PolicyDocument.Statement.1',
        policy({ Resource: 'a' }, ...(before === undefined ? [] : [before])),
        policy({ Resource: 'b' }, after),
      );
    expect(added(undefined, emptierStatement())).toBe(EMPTYING);
    expect(added(undefined, emptierStatement({ Principal: '*' }))).toBeUndefined();
    expect(added(DENY, emptierStatement())).toBeUndefined();
  });

  it.each<[string, object]>([
    ['any action', { Action: 's3:*' }],
    ['an action more', { Action: ['s3:List*', 's3:GetObject'] }],
    ['an action that only begins alike', { Action: ['s3:List*Evil'] }],
    ['everybody', { Principal: '*' }],
    ['everybody beside the emptier', { Principal: { AWS: [emptierStatement().Principal.AWS, '*'] } }],
    ['all but one', { NotPrincipal: 'x' }],
    ['a denial', { Effect: 'Deny' }],
  ])('adds no statement for %s', (_, more) => {
    expect(statement([DENY], [DENY, emptierStatement(more)])).toBeUndefined();
  });

  it('takes no statement away and changes none', () => {
    expect(statement([DENY], [emptierStatement()])).toBeUndefined();
    expect(statement([DENY], [{ Effect: 'Allow' }, emptierStatement()])).toBeUndefined();
    expect(statement([], [emptierStatement(), DENY])).toBeUndefined();
  });

  it('tags the bucket, wherever the tag comes among others', () => {
    expect(property('AWS::S3::Bucket', 'Tags', undefined, [TAG])).toBe(EMPTYING);
    const tagged = (index: number, before: unknown[], after: unknown[]) =>
      explainLifecycle(
        {
          path: ['Resources', 'A', 'Properties', 'Tags', index],
          prod: undefined,
          staging: after[index] as Json,
        },
        model({ A: { Type: 'AWS::S3::Bucket', Properties: { Tags: before } } }),
        model({ A: { Type: 'AWS::S3::Bucket', Properties: { Tags: after } } }),
      );
    const team = { Key: 'Team', Value: 'x' };
    expect(tagged(0, [team], [TAG, team])).toBe(EMPTYING);
    expect(tagged(1, [team], [team, TAG])).toBe(EMPTYING);
    expect(tagged(1, [team], [team, { ...TAG, Value: 'false' }])).toBeUndefined();
    expect(property('AWS::S3::Bucket', 'Tags', undefined, [team, TAG])).toBeUndefined();
    expect(property('AWS::SQS::Queue', 'Tags', undefined, [TAG])).toBeUndefined();
  });
});

it('explains nothing outside of resources', () => {
  const it = model({});
  expect(
    explainLifecycle({ path: ['Outputs', 'A', 'DeletionPolicy'], prod: 'Retain', staging: 'Delete' }, it, it),
  ).toBe(undefined);
  expect(explainLifecycle({ path: ['Description'], prod: 'a', staging: 'Delete' }, it, it)).toBeUndefined();
});
