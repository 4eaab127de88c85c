import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clients } from '../../../lib/targets/aws/clients';
import { observe } from '../../../lib/targets/aws/observe';
import type { Question, RunningEnvironment, RunningResource } from '../../../lib/targets/observe';
import { FakeService, refusal, type Answer } from './service';

const SERVICE = 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web';
const TASK = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7';
const RESOURCES = {
  Orders: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', Port: 5432 } },
  Writer: {
    Type: 'AWS::RDS::DBInstance',
    Properties: { DBClusterIdentifier: { Ref: 'Orders' }, DBInstanceClass: 'db.r7g.large' },
  },
  Parameters: {
    Type: 'AWS::RDS::DBClusterParameterGroup',
    Properties: { Parameters: { 'rds.force_ssl': '1', work_mem: '64', timezone: 'Europe/Paris' } },
  },
  Web: {
    Type: 'AWS::ECS::Service',
    Properties: { TaskDefinition: { Ref: 'Task' }, DesiredCount: 2 },
  },
  Task: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: { Cpu: '1 vCPU', Memory: '2048', ContainerDefinitions: [{ Name: 'web', Image: 'shop:1' }] },
  },
  Pages: {
    Type: 'AWS::ElastiCache::ReplicationGroup',
    Properties: { NumNodeGroups: 2, ReplicasPerNodeGroup: 1 },
  },
};
const PHYSICAL: Readonly<Record<string, string>> = { Web: SERVICE, Task: TASK };

const list = (name: string, items: readonly string[], of: string): string =>
  `<${name}>${items.map((it) => `<${of}>${it}</${of}>`).join('')}</${name}>`;

const CLUSTER = [
  '<DBClusterIdentifier>orders</DBClusterIdentifier><DBClusterArn>arn:orders</DBClusterArn>',
  '<Engine>aurora-postgresql</Engine><EngineVersion>17.9</EngineVersion><Status>available</Status><Port>5432</Port>',
  '<DBClusterParameterGroup>parameters</DBClusterParameterGroup><DeletionProtection>true</DeletionProtection>',
  '<PendingModifiedValues><MasterUserPassword>s3cret</MasterUserPassword><EngineVersion>17.10</EngineVersion></PendingModifiedValues>',
  list(
    'DBClusterMembers',
    ['<DBInstanceIdentifier>Writer</DBInstanceIdentifier><IsClusterWriter>true</IsClusterWriter>'],
    'DBClusterMember',
  ),
].join('');
const instance = (name: string, zone: string): string =>
  `<DBInstanceIdentifier>${name}</DBInstanceIdentifier><DBInstanceClass>db.r7g.large</DBInstanceClass><AvailabilityZone>${zone}</AvailabilityZone><DBClusterIdentifier>orders</DBClusterIdentifier><DBInstanceStatus>available</DBInstanceStatus>`;

const nodes = (...ids: readonly string[]): string =>
  list(
    'NodeGroupMembers',
    ids.map(
      (id) =>
        `<CacheClusterId>pages-${id}</CacheClusterId><PreferredAvailabilityZone>eu-west-1a</PreferredAvailabilityZone>`,
    ),
    'NodeGroupMember',
  );

/** What is answered otherwise in a test. */
let otherwise: Record<string, () => Answer>;

/** The answers by the name of the call; the rest is refused, as by a role that may not. */
const ANSWERS: Readonly<Record<string, string | object>> = {
  GetCallerIdentity: '<Account>111122223333</Account>',
  DescribeStacks: list(
    'Stacks',
    [
      '<StackName>Prod</StackName><StackId>arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/1</StackId><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-28T00:00:00Z</CreationTime>' +
        list(
          'Parameters',
          [
            '<ParameterKey>Level</ParameterKey><ParameterValue>info</ParameterValue>',
            '<ParameterKey>Secret</ParameterKey><ParameterValue>****</ParameterValue>',
          ],
          'member',
        ) +
        '<DriftInformation><StackDriftStatus>DRIFTED</StackDriftStatus><LastCheckTimestamp>2026-11-27T00:00:00Z</LastCheckTimestamp></DriftInformation>',
    ],
    'member',
  ),
  GetTemplate: `<TemplateBody>${JSON.stringify({ Resources: RESOURCES })}</TemplateBody>`,
  ListStackResources: list(
    'StackResourceSummaries',
    Object.entries(RESOURCES).map(
      ([id, { Type }]) =>
        `<LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${PHYSICAL[id] ?? id.toLowerCase()}</PhysicalResourceId><ResourceType>${Type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-28T00:00:00Z</LastUpdatedTimestamp>`,
    ),
    'member',
  ),
  DescribeDBClusters: list('DBClusters', [CLUSTER], 'DBCluster'),
  DescribeDBInstances: list(
    'DBInstances',
    [instance('writer', 'eu-west-1a'), instance('by-hand', 'eu-west-1b')],
    'DBInstance',
  ),
  DescribePendingMaintenanceActions: list(
    'PendingMaintenanceActions',
    [
      '<ResourceIdentifier>arn:orders</ResourceIdentifier>' +
        list(
          'PendingMaintenanceActionDetails',
          ['<Action>system-update</Action><Description>New Operating System update</Description>'],
          'PendingMaintenanceAction',
        ),
    ],
    'ResourcePendingMaintenanceActions',
  ),
  DescribeDBClusterParameters: list(
    'Parameters',
    [
      '<ParameterName>rds.force_ssl</ParameterName><ParameterValue>0</ParameterValue><Source>user</Source>',
      '<ParameterName>autovacuum</ParameterName><ParameterValue>off</ParameterValue><Source>user</Source>',
      '<ParameterName>timezone</ParameterName><ParameterValue>UTC</ParameterValue><Source>engine-default</Source>',
    ],
    'Parameter',
  ),
  DescribeReplicationGroups: list(
    'ReplicationGroups',
    [
      `<ReplicationGroupId>pages</ReplicationGroupId><Status>available</Status><AutomaticFailover>enabled</AutomaticFailover><MultiAZ>disabled</MultiAZ><CacheNodeType>cache.r7g.large</CacheNodeType>${list('MemberClusters', ['pages-1', 'pages-2', 'pages-3'], 'ClusterId')}${list('NodeGroups', [nodes('1', '2'), nodes('3')], 'NodeGroup')}`,
    ],
    'ReplicationGroup',
  ),
  DescribeCacheClusters: list(
    'CacheClusters',
    [
      '<CacheClusterId>pages-1</CacheClusterId><Engine>valkey</Engine><EngineVersion>8.0.1</EngineVersion><CacheParameterGroup><CacheParameterGroupName>default.valkey8</CacheParameterGroupName><ParameterApplyStatus>in-sync</ParameterApplyStatus></CacheParameterGroup>',
    ],
    'CacheCluster',
  ),
  DescribeUpdateActions: list(
    'UpdateActions',
    [
      '<ServiceUpdateName>valkey-2026-11</ServiceUpdateName><UpdateActionStatus>not-applied</UpdateActionStatus>',
    ],
    'UpdateAction',
  ),
  DescribeServices: {
    services: [
      {
        serviceArn: SERVICE,
        status: 'ACTIVE',
        desiredCount: 3,
        runningCount: 3,
        taskDefinition: TASK,
        deployments: [{}],
      },
    ],
  },
  DescribeTaskDefinition: {
    taskDefinition: { cpu: '1024', memory: '2048', containerDefinitions: [{ name: 'web', image: 'shop:1' }] },
  },
  ListTasks: { taskArns: ['arn:task/1', 'arn:task/2'] },
  DescribeTasks: {
    tasks: ['b', 'a'].map((digest) => ({
      lastStatus: 'RUNNING',
      availabilityZone: `eu-west-1${digest}`,
      platformVersion: '1.4.0',
      containers: [{ name: 'web', imageDigest: `sha256:${digest}` }],
    })),
  },
  DescribeScalableTargets: { ScalableTargets: [] },
};

let service: FakeService;
beforeEach(async () => {
  otherwise = {};
  service = await FakeService.start((call) => {
    const known = otherwise[call];
    if (known) return known();
    const answer = ANSWERS[call];
    if (answer === undefined) return refusal(403, 'AccessDenied', `not authorized to perform ${call}`);
    if (typeof answer === 'object') return { status: 200, json: answer };
    return {
      status: 200,
      xml: `<${call}Response><${call}Result>${answer}</${call}Result></${call}Response>`,
    };
  });
});
afterEach(() => service.close());

const question = (more: Partial<Question['stacks'][number]> = {}): Question => ({
  stacks: [{ path: '', name: 'Prod', ...more }],
  flags: { profile: '--prod-profile', region: '--region', stack: '--prod-stack' },
  signal: new AbortController().signal,
});

const resourceOf = ({ stacks }: RunningEnvironment, id: string): RunningResource =>
  stacks[0]!.resources.find(({ logicalId }) => logicalId === id)!;
const propertiesOf = (it: RunningResource): Record<string, unknown> =>
  Object.fromEntries(it.properties.map(({ path, value }) => [path.slice(1).join('.'), value]));
const statesOf = (it: RunningResource): Record<string, unknown> =>
  Object.fromEntries(it.states.map(({ name, value }) => [name, value]));

/** As CloudFormation's API Reference shows it. */
const FOUND = list(
  'StackResourceDrifts',
  [
    '<LogicalResourceId>Topic</LogicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType><StackResourceDriftStatus>MODIFIED</StackResourceDriftStatus><Timestamp>2026-11-27T00:00:00Z</Timestamp>' +
      list(
        'PropertyDifferences',
        [
          '<PropertyPath>/DisplayName</PropertyPath><ExpectedValue>orders</ExpectedValue><ActualValue>Orders</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType>',
          '<PropertyPath>/Tags/1</PropertyPath><ExpectedValue>null</ExpectedValue><ActualValue>{"Key":"by","Value":"hand"}</ActualValue><DifferenceType>ADD</DifferenceType>',
          '<PropertyPath>/FifoTopic</PropertyPath><ExpectedValue>true</ExpectedValue><ActualValue>null</ActualValue><DifferenceType>REMOVE</DifferenceType>',
        ],
        'member',
      ),
    '<LogicalResourceId>Role</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><StackResourceDriftStatus>DELETED</StackResourceDriftStatus><Timestamp>2026-11-27T00:00:00Z</Timestamp>',
  ],
  'member',
);

it('reads what CloudFormation found when it last looked for drift, unless that is of the deployment before', async () => {
  otherwise['DescribeStackResourceDrifts'] = () => ({
    status: 200,
    xml: `<DescribeStackResourceDriftsResponse><DescribeStackResourceDriftsResult>${FOUND}</DescribeStackResourceDriftsResult></DescribeStackResourceDriftsResponse>`,
  });
  const found = async () => (await observe(question())).stacks[0]!.drift?.found;
  expect(await found()).toEqual([
    {
      logicalId: 'Topic',
      type: 'AWS::SNS::Topic',
      changes: [
        { path: ['Properties', 'DisplayName'], deployed: 'orders', running: 'Orders' },
        { path: ['Properties', 'Tags', '1'], running: { Key: 'by', Value: 'hand' } },
        { path: ['Properties', 'FifoTopic'], deployed: true },
      ],
    },
    { logicalId: 'Role', type: 'AWS::IAM::Role', changes: [] },
  ]);
  const stacks = ANSWERS['DescribeStacks'] as string;
  otherwise['DescribeStacks'] = () => ({
    status: 200,
    xml: `<DescribeStacksResponse><DescribeStacksResult>${stacks.replace('</CreationTime>', '</CreationTime><LastUpdatedTime>2026-11-28T00:00:00Z</LastUpdatedTime>')}</DescribeStacksResult></DescribeStacksResponse>`,
  });
  expect(await found()).toEqual([]);
  expect(service.asked.filter((it) => it === 'DescribeStackResourceDrifts')).toHaveLength(1);
});

it('describes a cluster: what waits for it, whom no stack made, and no secret', async () => {
  const running = await observe(question());
  expect(running.account).toBe('111122223333');
  expect(running.stacks[0]).toMatchObject({
    name: 'Prod',
    region: 'eu-west-1',
    status: 'UPDATE_COMPLETE',
    drift: { status: 'DRIFTED', at: '2026-11-27T00:00:00.000Z', found: [] },
  });
  expect(running.unseen).toContainEqual(
    expect.stringContaining('the drift that CloudFormation found of Prod: '),
  );
  expect([...running.stacks[0]!.parameters]).toEqual([
    ['Level', 'info'],
    ['Secret', undefined],
  ]);
  const orders = resourceOf(running, 'Orders');
  expect(propertiesOf(orders)).toMatchObject({
    EngineVersion: '17.9',
    Port: 5432,
    DeletionProtection: true,
    DBClusterParameterGroupName: { Ref: 'Parameters' },
  });
  expect(statesOf(orders)).toMatchObject({
    members: 2,
    writer: 'Writer',
    zones: 2,
    'pending change': 'EngineVersion 17.10, MasterUserPassword',
    'pending maintenance': 'system-update (New Operating System update)',
  });
  expect(orders.strays).toEqual([
    'the instance by-hand is a member, and no stack of the environment made it',
  ]);
  expect(JSON.stringify(running.stacks[0]!.resources)).not.toContain('s3cret');
});

it('describes an instance that is in no cluster with its standby, and its read replicas with their lag', async () => {
  const plain = (name: string, more: string): string =>
    `<DBInstanceIdentifier>${name}</DBInstanceIdentifier><AvailabilityZone>eu-west-1a</AvailabilityZone>${more}`;
  const copies = list(
    'ReadReplicaDBInstanceIdentifiers',
    ['writer', 'by-hand', 'arn:aws:rds:us-east-1:1:db:far'],
    'ReadReplicaDBInstanceIdentifier',
  );
  const answer = (it: string) => (): Answer => ({
    status: 200,
    xml: `<DescribeDBInstancesResponse><DescribeDBInstancesResult>${list('DBInstances', [it], 'DBInstance')}</DescribeDBInstancesResult></DescribeDBInstancesResponse>`,
  });
  const standby = '<SecondaryAvailabilityZone>eu-west-1b</SecondaryAvailabilityZone>';
  otherwise['DescribeDBInstances'] = answer(plain('ledger', standby + copies));
  const primary = resourceOf(await observe(question()), 'Writer');
  expect(statesOf(primary)).toMatchObject({ zone: 'eu-west-1a', standby: 'eu-west-1b', 'read replicas': 3 });
  expect(primary.strays).toEqual([
    'the instance by-hand is a read replica, and no stack of the environment made it',
    'the instance arn:aws:rds:us-east-1:1:db:far is a read replica, and no stack of the environment made it',
  ]);

  const source = '<ReadReplicaSourceDBInstanceIdentifier>ledger</ReadReplicaSourceDBInstanceIdentifier>';
  otherwise['DescribeDBInstances'] = answer(plain('copy', source));
  otherwise['GetMetricData'] = () => ({
    status: 200,
    json: {
      MetricDataResults: [{ Id: 'r0', Values: [1.24, 0.5], Timestamps: [1_800_000_060, 1_800_000_000] }],
    },
  });
  const copy = statesOf(resourceOf(await observe(question()), 'Writer'));
  expect(copy).not.toHaveProperty('read replicas');
  expect(copy).toMatchObject({ 'replica lag': '1.2 s at most in 15 min' });
});

it('describes a cache by the shard that has the fewest replicas', async () => {
  const pages = resourceOf(await observe(question()), 'Pages');
  expect(propertiesOf(pages)).toMatchObject({
    CacheNodeType: 'cache.r7g.large',
    EngineVersion: '8.0.1',
    NumNodeGroups: 2,
    ReplicasPerNodeGroup: 0,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: false,
    CacheParameterGroupName: 'default.valkey8',
  });
  expect(statesOf(pages)).toMatchObject({ members: 3, zones: 1, 'pending maintenance': 'valkey-2026-11' });
});

it('describes the parameters that were set, and those that the template sets and nobody has', async () => {
  expect(propertiesOf(resourceOf(await observe(question()), 'Parameters'))).toEqual({
    'Parameters.rds.force_ssl': '0',
    'Parameters.work_mem': null,
    'Parameters.timezone': 'UTC',
    'Parameters.autovacuum': 'off',
  });
});

it('describes a service with the digests that its tasks run, and sizes as the template writes them', async () => {
  const running = await observe(question());
  expect(propertiesOf(resourceOf(running, 'Web'))).toMatchObject({
    DesiredCount: 3,
    TaskDefinition: { Ref: 'Task' },
  });
  const task = resourceOf(running, 'Task');
  expect(task.usedBy).toBe('Web');
  expect(propertiesOf(task)).toEqual({
    Cpu: '1 vCPU',
    Memory: '2048',
    'ContainerDefinitions.0.Image': 'shop:1',
  });
  expect(statesOf(task)).toEqual({ 'image of web': 'sha256:a, sha256:b' });
});

it('does not take what CodeDeploy deploys for a change by hand', async () => {
  const { services } = ANSWERS['DescribeServices'] as { services: object[] };
  otherwise['DescribeServices'] = () => ({
    status: 200,
    json: {
      services: services.map((it) => ({ ...it, deploymentController: { type: 'CODE_DEPLOY' } })),
    },
  });
  const running = await observe(question());
  expect(propertiesOf(resourceOf(running, 'Web'))).not.toHaveProperty('TaskDefinition');
  expect(resourceOf(running, 'Task')).toBeUndefined();
});

it('takes what its service does not know for gone, and what it may not look at for not looked at', async () => {
  otherwise['DescribeReplicationGroups'] = () =>
    refusal(404, 'ReplicationGroupNotFoundFault', 'ReplicationGroup pages not found');
  otherwise['DescribePendingMaintenanceActions'] = () => refusal(403, 'AccessDenied', 'not yours');
  const running = await observe(question());
  expect(resourceOf(running, 'Pages')).toMatchObject({ exists: false, properties: [] });
  expect(running.unseen).toEqual([
    'pending maintenance of databases: rds:DescribePendingMaintenanceActions failed: not yours',
    expect.stringMatching(/^AuroraReplicaLag of replicas: cloudwatch:GetMetricData failed: /),
    expect.stringMatching(
      /^the drift that CloudFormation found of Prod: cloudformation:DescribeStackResourceDrifts on .* failed: /,
    ),
  ]);
  otherwise['DescribeDBClusters'] = () => refusal(403, 'AccessDenied', 'not yours');
  await expect(observe(question())).rejects.toMatchObject({
    code: 'aws',
    message: 'rds:DescribeDBClusters on orders failed: not yours',
    fix: 'Allow rds:DescribeDBClusters for the role of these credentials.',
  });
});

it('is told by credentials of another account, and by a stack that is not there', async () => {
  await expect(observe(question({ account: '999900001111' }))).rejects.toMatchObject({
    code: 'elsewhere',
    message: 'the stack Prod is in the account 999900001111, and the credentials are for 111122223333',
    fix: 'Name a profile of that account with --prod-profile.',
  });
  otherwise['DescribeStacks'] = () => refusal(400, 'ValidationError', 'Stack with id Prod does not exist');
  await expect(observe(question())).rejects.toMatchObject({
    code: 'no-stack',
    message: 'there is no stack "Prod" in eu-west-1 of the account 111122223333: there is nothing to compare',
  });
});

describe('it only reads', () => {
  it('asks nothing that is no read', async () => {
    await observe(question());
    expect(service.asked.length).toBeGreaterThan(10);
    expect(service.asked.filter((call) => !/^(Describe|Get|List)[A-Z]/.test(call))).toEqual([]);
  });

  it('cannot send anything else: its clients refuse that before', () => {
    const { signal } = new AbortController();
    const clients = new Clients({ isReadOnly: true });
    const refused = [
      ['rds', 'deleteDBCluster'],
      ['cloudformation', 'detectStackDrift'],
      ['ecs', 'updateService'],
      ['ecs', 'send'],
    ] as const;
    for (const [name, call] of refused)
      expect(() => Reflect.get(clients.for(name, signal), call) as unknown).toThrow(
        `${name}:${call} is no read`,
      );
    expect(Reflect.get(clients.for('rds', signal), 'describeDBClusters')).toBeInstanceOf(Function);
    expect(service.asked).toEqual([]);
  });

  it('has no other clients, and calls them by what they read alone', () => {
    const folder = 'lib/targets/aws';
    const files = readdirSync(folder).filter((file) => file.startsWith('observe'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect({ file, calls: text.match(/\.for\(|new Clients\(/g) }).toEqual({ file, calls: null });
      for (const [place] of text.matchAll(/new AwsPlace\([^)]*\)/g))
        expect(place).toContain('isReadOnly: true');
    }
  });
});
