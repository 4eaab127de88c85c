import type { ServiceTier, SqlTier, Tier } from '../../lib/blueprint/blueprint';
import { blueprintOfTemplates } from '../../lib/blueprint/read-blueprint';
import type { Json, JsonObject } from '../../lib/json';

type Resources = Readonly<Record<string, { readonly Type: string; readonly [key: string]: Json }>>;

const tiersOf = (resources: Resources): readonly Tier[] =>
  blueprintOfTemplates('Prod', [{ path: '', name: 'Prod', template: { Resources: resources } }]).tiers;

/** The only tier of a template. */
function only(resources: Resources): Tier {
  const tiers = tiersOf(resources);
  expect(tiers).toHaveLength(1);
  return tiers[0]!;
}

const cluster = (properties: Json = {}) => ({ Type: 'AWS::RDS::DBCluster', Properties: properties });
const aurora = { Engine: 'aurora-postgresql' };
const instance = (properties: Record<string, Json>, more: Record<string, Json> = {}) => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: { DBClusterIdentifier: { Ref: 'Db' }, ...properties },
  ...more,
});
const membersOf = (resources: Resources): (string | undefined)[] => {
  const tier = only(resources);
  return 'members' in tier ? tier.members.map(({ logicalId }) => logicalId) : [];
};
const at = (path: string) => ({ Metadata: { 'aws:cdk:path': path } });

describe('the primary of a cluster', () => {
  it('is the instance of promotion tier 0', () => {
    const [A, B] = [instance({ PromotionTier: 1 }), instance({ PromotionTier: '0' }, { DependsOn: 'A' })];
    expect(membersOf({ Db: cluster(aurora), A, B })).toEqual(['B', 'A']);
  });

  it('is, without one, the instance that the others wait for, whatever their order', () => {
    const waiting = instance({}, { DependsOn: ['First', 'Other'] });
    const chained = instance({}, { DependsOn: 'A' });
    expect(membersOf({ Db: cluster(aurora), A: waiting, B: chained, First: instance({}) })).toEqual([
      'First',
      'A',
      'B',
    ]);
  });

  it('is otherwise the first of the template', () => {
    expect(membersOf({ Db: cluster(aurora), A: instance({}), B: instance({}) })).toEqual(['A', 'B']);
  });

  it('is found in DocumentDB too, where there is no promotion tier', () => {
    const member = { Type: 'AWS::DocDB::DBInstance', Properties: { DBClusterIdentifier: { Ref: 'Db' } } };
    const Db = { Type: 'AWS::DocDB::DBCluster' };
    expect(membersOf({ Replica: { ...member, DependsOn: ['Primary'] }, Primary: member, Db })).toEqual([
      'Primary',
      'Replica',
    ]);
  });
});

describe('a cluster', () => {
  it('has the instances that name it by its identifier, and no other', () => {
    const named = instance({ DBClusterIdentifier: 'prod-orders', DBInstanceClass: 'db.r7g.large' });
    const foreign = instance({ DBClusterIdentifier: 'other' });
    const Db = cluster({ ...aurora, DBClusterIdentifier: 'prod-orders' });
    expect(only({ Db, named, foreign })).toMatchObject({
      members: [{ logicalId: 'named', class: 'db.r7g.large' }],
    });
  });

  it('has what CloudFormation gives it where the template says nothing, or only an intrinsic', () => {
    expect(only({ Db: cluster({ Engine: 'Aurora-MySQL', Port: { Ref: 'Port' } }) })).toMatchObject({
      name: 'Db',
      path: 'Db',
      engine: 'aurora-mysql',
      engineVersion: 'default',
      database: undefined,
      port: 3306,
      username: undefined,
      members: [],
    });
    expect(only({ Db: { Type: 'AWS::DocDB::DBCluster' } })).toMatchObject({ port: 27017, members: [] });
  });

  it('has a writer and two readers without resources of their own, where it is a Multi-AZ cluster', () => {
    const multiAz = (Engine: string) => cluster({ Engine, DBClusterInstanceClass: 'db.r6gd.large' });
    const member = { class: 'db.r6gd.large' };
    const members = [member, member, member];
    expect(only({ Db: multiAz('postgres') })).toMatchObject({ kind: 'sql', port: 5432, members });
    expect(only({ Db: multiAz('MySQL') })).toMatchObject({ engine: 'mysql', port: 3306, members });
    const named = cluster({ Engine: 'mysql', DBClusterInstanceClass: { Ref: 'Class' } });
    expect(only({ Db: named })).toMatchObject({ members: [{ class: 'unknown' }, {}, {}] });
    expect(only({ Db: multiAz('mysql') })).not.toHaveProperty('instance');
  });

  it('is plain storage where its engine is no database of SQL, or nothing says what its instances are', () => {
    expect(only({ Db: cluster({ Engine: 'postgres' }) })).toMatchObject({ kind: 'storage' });
    const neptune = cluster({ Engine: 'neptune', DBClusterInstanceClass: 'db.r6gd.large' });
    expect(only({ Db: neptune })).toMatchObject({ kind: 'storage' });
  });
});

describe('an instance that is in no cluster', () => {
  const own = (properties: Record<string, Json> = {}) => ({
    Type: 'AWS::RDS::DBInstance',
    Properties: { Engine: 'postgres', ...properties },
  });
  const replicaOf = (SourceDBInstanceIdentifier: Json) => ({
    Type: 'AWS::RDS::DBInstance',
    Properties: { SourceDBInstanceIdentifier, DBInstanceClass: 'db.r7g.large' },
  });
  const arn = (name: Json): Json => ({ 'Fn::Join': ['', ['arn:aws:rds:eu-west-1:', '1', ':db:', name]] });

  it('is a database of its own', () => {
    const Db = own({
      Engine: 'Postgres',
      EngineVersion: '16.4',
      DBName: 'ledger',
      MultiAZ: true,
      DBInstanceClass: 'db.t4g.small',
    });
    expect(only({ Db })).toMatchObject({
      kind: 'sql',
      instance: { isMultiAz: true },
      engine: 'postgres',
      engineVersion: '16.4',
      database: 'ledger',
      port: 5432,
      members: [{ logicalId: 'Db', class: 'db.t4g.small' }],
    });
  });

  const group = (type: string, parameters: Record<string, Json>) => ({
    Type: `AWS::RDS::${type}`,
    Properties: { Parameters: parameters },
  });

  it('has the parameters of its group, as the template says them', () => {
    const Db = own({ DBParameterGroupName: { Ref: 'Group' } });
    const parameters = { max_connections: 'LEAST({DBInstanceClassMemory/9531392},5000)', work_mem: 4096 };
    expect(only({ Db, Group: group('DBParameterGroup', parameters) })).toMatchObject({
      members: [{ logicalId: 'Db', parameters }],
    });
    const without: Tier = only({ Db: own() });
    expect('members' in without && without.members[0]).not.toHaveProperty('parameters');
  });

  it('has the proxies in front of it, with their endpoints', () => {
    const proxy = { Type: 'AWS::RDS::DBProxy', Properties: { RequireTLS: true } };
    const targets = {
      Type: 'AWS::RDS::DBProxyTargetGroup',
      Properties: {
        DBProxyName: { Ref: 'Proxy' },
        DBInstanceIdentifiers: [{ Ref: 'Db' }],
        ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 50 },
      },
    };
    const endpoint = (TargetRole: string) => ({
      Type: 'AWS::RDS::DBProxyEndpoint',
      Properties: { DBProxyName: { Ref: 'Proxy' }, TargetRole },
    });
    const [Reads, Writes] = [endpoint('READ_ONLY'), endpoint('READ_WRITE')];
    expect(only({ Db: own(), Proxy: proxy, Other: proxy, Targets: targets, Reads, Writes })).toMatchObject({
      proxies: [
        {
          logicalId: 'Proxy',
          requiresTls: true,
          maxConnectionsPercent: 50,
          borrowTimeoutSeconds: 120,
          endpoints: [
            { logicalId: 'Reads', isReadOnly: true },
            { logicalId: 'Writes', isReadOnly: false },
          ],
        },
      ],
    });
    expect(only({ Db: own(), Proxy: proxy })).not.toHaveProperty('proxies');
  });

  it('has how the users of its proxy sign in', () => {
    const targets = {
      Type: 'AWS::RDS::DBProxyTargetGroup',
      Properties: { DBProxyName: { Ref: 'Proxy' }, DBInstanceIdentifiers: [{ Ref: 'Db' }] },
    };
    const withProxy = (Properties: JsonObject) =>
      only({ Db: own(), Targets: targets, Proxy: { Type: 'AWS::RDS::DBProxy', Properties } });
    const Auth = [
      { AuthScheme: 'SECRETS', IAMAuth: 'REQUIRED', SecretArn: { Ref: 'Web' } },
      { AuthScheme: 'SECRETS', IAMAuth: 'DISABLED', SecretArn: { Ref: 'Job' } },
    ];
    expect(withProxy({ Auth })).toMatchObject({
      proxies: [
        {
          logins: [
            { secret: { Ref: 'Web' }, byToken: true },
            { secret: { Ref: 'Job' }, byToken: false },
          ],
        },
      ],
    });
    expect(withProxy({ DefaultAuthScheme: 'IAM_AUTH' })).toMatchObject({ proxies: [{ isIamAlone: true }] });
  });

  it.each([
    [true, true],
    ['true', true],
    [false, undefined],
    [undefined, undefined],
  ])(
    'takes tokens of IAM where EnableIAMDatabaseAuthentication is %s',
    (EnableIAMDatabaseAuthentication, takesTokens) => {
      const Db = own({
        ...(EnableIAMDatabaseAuthentication !== undefined && { EnableIAMDatabaseAuthentication }),
      });
      expect((only({ Db }) as SqlTier).takesTokens).toBe(takesTokens);
    },
  );

  it('of a cluster has what the group of the cluster says, and its members what theirs say', () => {
    const Db = {
      Type: 'AWS::RDS::DBCluster',
      Properties: {
        Engine: 'aurora-postgresql',
        DBClusterParameterGroupName: { Ref: 'All' },
        ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 },
      },
    };
    const member = (properties: Record<string, Json> = {}) =>
      own({ DBClusterIdentifier: { Ref: 'Db' }, DBInstanceClass: 'db.serverless', ...properties });
    const All = group('DBClusterParameterGroup', { max_connections: 500 });
    const Own = group('DBParameterGroup', { max_connections: '800' });
    const Reader = member({ DBParameterGroupName: { Ref: 'Own' } });
    expect(only({ Db, Writer: member(), Reader, All, Own })).toMatchObject({
      parameters: { max_connections: 500 },
      serverless: { maxUnits: 8 },
      members: [
        { logicalId: 'Writer', class: 'db.serverless' },
        { logicalId: 'Reader', parameters: { max_connections: '800' } },
      ],
    });
  });

  it.each([
    ['no standby', own(), false],
    ['a standby, as a text', own({ MultiAZ: 'true' }), true],
    ['what a parameter says', own({ MultiAZ: { Ref: 'Standby' } }), undefined],
  ])('has %s', (_, Db, isMultiAz) => {
    expect(only({ Db })).toMatchObject({ instance: { isMultiAz } });
  });

  it.each([
    ['mysql', 3306],
    ['mariadb', 3306],
    ['custom-oracle-ee', 1521],
    ['sqlserver-web', 1433],
    ['db2-se', 50000],
  ])('has the port of its engine: %s', (Engine, port) => {
    expect(only({ Db: own({ Engine }) })).toMatchObject({ port });
    expect(only({ Db: own({ Engine, Port: '7000' }) })).toMatchObject({ port: 7000 });
  });

  it('has its read replicas, and theirs, as members: by a reference, an ARN or a name', () => {
    const resources = {
      Copy: replicaOf({ Ref: 'Db' }),
      OfCopy: replicaOf({ Ref: 'Copy' }),
      Db: own({ DBInstanceIdentifier: 'prod-ledger' }),
      ByArn: replicaOf(arn({ Ref: 'Db' })),
      ByName: replicaOf('prod-ledger'),
      ByWholeArn: replicaOf('arn:aws:rds:eu-west-1:1:db:prod-ledger'),
    };
    expect(membersOf(resources)).toEqual(['Db', 'Copy', 'OfCopy', 'ByArn', 'ByName', 'ByWholeArn']);
  });

  it('is no source of a replica whose source is elsewhere: that is storage', () => {
    const tiers = tiersOf({ Db: own({ DBInstanceIdentifier: 'ledger' }), Far: replicaOf('prod-ledger') });
    expect(tiers).toMatchObject([{ members: [{ logicalId: 'Db' }] }, { kind: 'storage', logicalId: 'Far' }]);
  });

  it('ends with replicas that go round in a circle', () => {
    const round = { A: replicaOf({ Ref: 'B' }), B: replicaOf({ Ref: 'A' }) };
    expect(tiersOf(round)).toMatchObject([{ kind: 'storage' }, { kind: 'storage' }]);
  });
});

describe('a replication group', () => {
  const group = (Properties: Json) =>
    only({ Group: { Type: 'AWS::ElastiCache::ReplicationGroup', Properties } });

  it('is one node of Redis when the template says nothing', () => {
    expect(group({})).toMatchObject({
      engine: 'redis',
      engineVersion: 'default',
      port: 6379,
      authToken: undefined,
      clusterMode: false,
      shards: 1,
      replicas: 0,
      parameters: {},
    });
  });

  it('encrypts connections where it says so, and requires that unless they are only preferred', () => {
    expect(group({})).not.toHaveProperty('tls');
    expect(group({ TransitEncryptionEnabled: false, TransitEncryptionMode: 'required' })).not.toHaveProperty(
      'tls',
    );
    const enabled = (more: Record<string, Json>) => group({ TransitEncryptionEnabled: true, ...more });
    expect(enabled({})).toMatchObject({ tls: 'required' });
    expect(enabled({ TransitEncryptionMode: 'required' })).toMatchObject({ tls: 'required' });
    expect(enabled({ TransitEncryptionMode: 'preferred' })).toMatchObject({ tls: 'preferred' });
  });

  it('may declare its shards one by one', () => {
    const NodeGroupConfiguration = [{ ReplicaCount: 2 }, { ReplicaCount: 2 }];
    expect(group({ NodeGroupConfiguration })).toMatchObject({ clusterMode: true, shards: 2, replicas: 2 });
  });

  it("is in cluster mode by AWS's own parameter group too, with a single shard", () => {
    const CacheParameterGroupName = 'default.valkey8.cluster.on';
    expect(group({ CacheParameterGroupName })).toMatchObject({ clusterMode: true, shards: 1 });
  });
});

describe('a cache without a replication group', () => {
  const nodes = (Properties: Json, more: Resources = {}) => {
    const Cache = { Type: 'AWS::ElastiCache::CacheCluster', Properties };
    return tiersOf({ Cache, ...more })[0];
  };
  const serverless = (Properties: Json) =>
    only({ Cache: { Type: 'AWS::ElastiCache::ServerlessCache', Properties } });

  it('is storage, of which its nodes and their parameters are read', () => {
    const group = {
      Type: 'AWS::ElastiCache::ParameterGroup',
      Properties: { Properties: { max_item_size: '2097152' } },
    };
    const properties = { Engine: 'memcached', NumCacheNodes: '3', CacheNodeType: 'cache.t4g.small' };
    const CacheParameterGroupName = { Ref: 'Group' };
    expect(nodes({ ...properties, CacheParameterGroupName }, { Group: group })).toMatchObject({
      kind: 'storage',
      type: 'AWS::ElastiCache::CacheCluster',
      cache: {
        engine: 'memcached',
        port: 11211,
        isServerless: false,
        nodes: 3,
        encrypts: false,
        class: 'cache.t4g.small',
        parameters: { max_item_size: '2097152' },
      },
    });
    expect(nodes({ Engine: 'Redis', TransitEncryptionEnabled: true })).toMatchObject({
      cache: { engine: 'redis', port: 6379, nodes: 1, encrypts: true, class: 'unknown' },
    });
    expect(nodes({ Engine: 'redis', Port: 6390 })).toMatchObject({ cache: { port: 6390 } });
  });

  it('encrypts always where it is serverless, and keeps as much as its limit says', () => {
    const CacheUsageLimits = { DataStorage: { Maximum: 5, Unit: 'GB' } };
    const given = { Engine: 'valkey', MajorEngineVersion: '8', UserGroupId: 'shop', CacheUsageLimits };
    expect(serverless(given)).toMatchObject({
      kind: 'storage',
      cache: {
        engine: 'valkey',
        engineVersion: '8',
        port: 6379,
        isServerless: true,
        nodes: 1,
        encrypts: true,
        hasUsers: true,
        maxBytes: 5 * 1024 ** 3,
      },
    });
    expect(serverless({ Engine: 'memcached' })).toMatchObject({ cache: { port: 11211, encrypts: true } });
    expect(serverless({ Engine: 'valkey' })).not.toHaveProperty('cache.maxBytes');
  });
});

describe('the users of a cache', () => {
  const User = (UserName: Json, more: Record<string, Json> = {}) => ({
    Type: 'AWS::ElastiCache::User',
    Properties: { UserId: 'app-id', UserName, AccessString: 'on ~app:* +@all', ...more },
  });
  const Group = { Type: 'AWS::ElastiCache::UserGroup', Properties: { UserIds: [{ Ref: 'User' }, 'app-id'] } };
  const cacheOf = (resources: Resources, UserGroupId: Json = { Ref: 'Group' }) => {
    const Cache = {
      Type: 'AWS::ElastiCache::ServerlessCache',
      Properties: { Engine: 'valkey', UserGroupId },
    };
    const [tier] = tiersOf({ Cache, ...resources });
    return tier?.kind === 'storage' ? tier.cache : undefined;
  };
  const password = '{{resolve:secretsmanager:app}}';

  it('are those of its group, by reference or by id, with their passwords', () => {
    const app = { stack: '', name: 'app', access: 'on ~app:* +@all', passwords: [password] };
    const AuthenticationMode = { Type: 'password', Passwords: [password] };
    const spelled: Record<string, Json>[] = [{ AuthenticationMode }, { Passwords: [password] }];
    for (const more of spelled)
      expect(cacheOf({ Group, User: User('app', more) })!.users).toEqual([app, app]);
    const iam = { AuthenticationMode: { Type: 'iam' } };
    expect(cacheOf({ Group, User: User('app', iam) })!.users![0]!.passwords).toEqual([]);
    const properties = { UserGroupIds: [{ Ref: 'Group' }] };
    const Cache = { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: properties };
    expect(tiersOf({ Cache, Group, User: User('app') })[0]).toMatchObject({ users: [{}, {}] });
  });

  it('are not known where a group or a user is elsewhere', () => {
    expect(cacheOf({ Group, User: User('app') }, 'elsewhere')).toMatchObject({ hasUsers: true });
    expect(cacheOf({ Group })).toMatchObject({ hasUsers: true });
    expect(cacheOf({ Group, User: User({ Ref: 'Name' }) })).toMatchObject({ hasUsers: true });
  });
});

describe('a service', () => {
  const task = (properties: Record<string, Json>) => ({
    Type: 'AWS::ECS::TaskDefinition',
    Properties: properties,
  });
  const service = (properties: Record<string, Json> = {}) => ({
    Type: 'AWS::ECS::Service',
    Properties: { TaskDefinition: { Ref: 'Task' }, ...properties },
  });
  const target = (ResourceId: Json, ScalableDimension = 'ecs:service:DesiredCount') => ({
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: { ResourceId, ScalableDimension, MinCapacity: 2, MaxCapacity: '6' },
  });

  it('runs one task when nothing says how many', () => {
    expect(only({ Web: service() })).toMatchObject({
      tasks: 1,
      maxTasks: 1,
      cpu: undefined,
      memoryMiB: undefined,
      healthCheckGraceSeconds: 0,
      architecture: 'X86_64',
      container: {
        name: 'unknown',
        environment: {},
        secrets: {},
        port: undefined,
        stopTimeoutSeconds: 30,
        memoryMiB: undefined,
        openFiles: { soft: 65_535, hard: 65_535 },
      },
      balancer: undefined,
    });
  });

  it.each<[string, Json]>([
    ['a reference', { 'Fn::Join': ['/', ['service', 'main', { 'Fn::GetAtt': ['Web', 'Name'] }]] }],
    ['its name', 'service/main/web'],
    ['its name, joined', { 'Fn::Join': ['', ['service/', { Ref: 'Cluster' }, '/web']] }],
  ])('is scaled by what names it by %s', (_, id) => {
    const Web = service({ ServiceName: 'web', DesiredCount: 4 });
    expect(only({ Web, Target: target(id) })).toMatchObject({ tasks: 2, maxTasks: 6 });
  });

  it('is not scaled by what scales something else', () => {
    const Web = service({ ServiceName: 'web', DesiredCount: 4 });
    const targets = {
      A: target('service/main/worker'),
      B: target('service/main/web', 'rds:cluster:ReadReplicaCount'),
    };
    expect(only({ Web, ...targets })).toMatchObject({ tasks: 4, maxTasks: 4 });
  });

  it('is in the zones of its subnets, each once, also where they are numbered or in no template', () => {
    const subnet = (AvailabilityZone: Json) => ({
      Type: 'AWS::EC2::Subnet',
      Properties: { AvailabilityZone },
    });
    const zone = (i: number): Json => ({ 'Fn::Select': [i, { 'Fn::GetAZs': '' }] });
    const zonesOf = (...Subnets: Json[]) => {
      const Web = service({ NetworkConfiguration: { AwsvpcConfiguration: { Subnets } } });
      const subnets = {
        A: subnet(zone(0)),
        A2: subnet(zone(0)),
        B: subnet(zone(1)),
        C: subnet('eu-west-1c'),
      };
      return (only({ Web, ...subnets }) as ServiceTier).zones;
    };
    const [a, a2, b, c] = ['A', 'A2', 'B', 'C'].map((Ref) => ({ Ref }));
    expect(zonesOf(a!, a2!)).toEqual(['zone 1']);
    expect(zonesOf(a!, b!, a2!, c!)).toEqual(['zone 1', 'zone 2', 'eu-west-1c']);
    expect(zonesOf('subnet-1', 'subnet-2')).toEqual(['zone 1', 'zone 2']);
    expect(zonesOf()).toBeUndefined();
    expect(only({ Web: service() })).not.toHaveProperty('zones');
  });

  it('may have its size in vCPU and GB', () => {
    expect(only({ Web: service(), Task: task({ Cpu: '.5 vCPU', Memory: '2GB' }) })).toMatchObject({
      cpu: 512,
      memoryMiB: 2048,
    });
  });

  it('has the limits of its container, and the grace of the service', () => {
    const Ulimits = [
      { Name: 'memlock', SoftLimit: 1, HardLimit: 1 },
      { Name: 'nofile', SoftLimit: 512, HardLimit: 1024 },
    ];
    const Task = task({ Memory: 2048, ContainerDefinitions: [{ Name: 'web', Memory: 1024, Ulimits }] });
    expect(only({ Web: service({ HealthCheckGracePeriodSeconds: 120 }), Task })).toMatchObject({
      memoryMiB: 2048,
      healthCheckGraceSeconds: 120,
      container: { memoryMiB: 1024, openFiles: { soft: 512, hard: 1024 } },
    });
  });

  it('is its first essential container, with its own port when the load balancer forwards to another', () => {
    const containers: Json[] = [
      { Name: 'logs', Essential: false },
      {
        Name: 'web',
        PortMappings: [{ ContainerPort: 8080 }],
        StopTimeout: 5,
        Environment: [{ Name: 'A', Value: '1' }],
      },
      { Name: 'envoy' },
    ];
    const [Web, Task] = [
      service({ LoadBalancers: [{ ContainerName: 'envoy', ContainerPort: 443 }] }),
      task({ ContainerDefinitions: containers }),
    ];
    expect(only({ Web, Task })).toMatchObject({
      container: { name: 'web', port: 8080, stopTimeoutSeconds: 5, environment: { A: '1' } },
    });
  });

  it.each<[string, Json, Json]>([
    [
      'nothing',
      {},
      { minimumHealthyPercent: 100, maximumPercent: 200, onFailure: 'try-on', strategy: 'ECS/ROLLING' },
    ],
    [
      'percentages',
      { DeploymentConfiguration: { MinimumHealthyPercent: 50, MaximumPercent: 100 } },
      { minimumHealthyPercent: 50, maximumPercent: 100 },
    ],
    [
      'a circuit breaker',
      { DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: false } } },
      { onFailure: 'give-up' },
    ],
    [
      'a circuit breaker that rolls back',
      { DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } } },
      { onFailure: 'roll-back' },
    ],
    ['a strategy', { DeploymentConfiguration: { Strategy: 'BLUE_GREEN' } }, { strategy: 'ECS/BLUE_GREEN' }],
    [
      'a bake time and a pause',
      {
        DeploymentConfiguration: {
          Strategy: 'BLUE_GREEN',
          BakeTimeInMinutes: 10,
          LifecycleHooks: [
            { TargetType: 'PAUSE', LifecycleStages: ['POST_SCALE_UP'] },
            {
              HookTargetArn: 'arn:aws:lambda:eu-west-1:111122223333:function:try',
              LifecycleStages: ['PRE_SCALE_UP', 'POST_SCALE_UP'],
              TimeoutConfiguration: { TimeoutInMinutes: 5, Action: 'CONTINUE' },
            },
          ],
        },
      },
      {
        waits: {
          bakeMinutes: 10,
          hooks: [
            { type: 'PAUSE', stages: ['POST_SCALE_UP'], timeoutMinutes: 1440, onTimeout: 'ROLLBACK' },
            {
              type: 'AWS_LAMBDA',
              stages: ['PRE_SCALE_UP', 'POST_SCALE_UP'],
              timeoutMinutes: 5,
              onTimeout: 'CONTINUE',
            },
          ],
        },
      },
    ],
    [
      'steps of a third',
      {
        DeploymentConfiguration: {
          Strategy: 'LINEAR',
          BakeTimeInMinutes: 10,
          LinearConfiguration: { StepPercent: 33, StepBakeTimeInMinutes: 2 },
        },
      },
      { waits: { bakeMinutes: 16, hooks: [] } }, // 33, 66, 99, and the rest
    ],
    [
      "steps of ECS's own size",
      { DeploymentConfiguration: { Strategy: 'LINEAR', BakeTimeInMinutes: 0 } },
      { waits: { bakeMinutes: 54, hooks: [] } },
    ],
    [
      'a canary',
      {
        DeploymentConfiguration: {
          Strategy: 'CANARY',
          BakeTimeInMinutes: '1',
          CanaryConfiguration: { CanaryBakeTimeInMinutes: 7 },
        },
      },
      { waits: { bakeMinutes: 8, hooks: [] } },
    ],
    ['CodeDeploy', { DeploymentController: { Type: 'CODE_DEPLOY' } }, { strategy: 'CODE_DEPLOY' }],
  ])('is deployed as the template says with %s', (_, properties, deployment) => {
    expect(only({ Web: service(properties as Record<string, Json>) })).toMatchObject({ deployment });
  });

  it('waits for a time that is not known where the template does not say', () => {
    const Web = service({ DeploymentConfiguration: { Strategy: 'CANARY' } });
    expect(only({ Web })).toMatchObject({ deployment: { waits: { bakeMinutes: undefined, hooks: [] } } });
  });

  it('knows what each container runs, waits for and is checked by', () => {
    const ContainerDefinitions: Json[] = [
      {
        Name: 'web',
        DependsOn: [{ ContainerName: 'init', Condition: 'SUCCESS' }],
        HealthCheck: { Command: ['CMD-SHELL', 'curl -f localhost || exit 1'] },
        EntryPoint: ['node'],
        Command: ['server.js', { Ref: 'Mode' }],
        WorkingDirectory: '/app',
        EnvironmentFiles: [{ Type: 's3', Value: 'arn:aws:s3:::env/web.env' }],
        StartTimeout: 90,
      },
      { Name: 'init', Essential: false, HealthCheck: { Command: ['NONE'] } },
      {
        Name: 'agent',
        HealthCheck: { Command: ['CMD', 'check', '-v'], Interval: 5, Timeout: 2, Retries: 1, StartPeriod: 9 },
      },
    ];
    expect(only({ Web: service(), Task: task({ ContainerDefinitions }) })).toMatchObject({
      containers: [
        {
          name: 'web',
          isEssential: true,
          dependsOn: [{ container: 'init', condition: 'SUCCESS' }],
          healthCheck: {
            command: 'curl -f localhost || exit 1',
            intervalSeconds: 30,
            timeoutSeconds: 5,
            retries: 3,
            startPeriodSeconds: 0,
          },
          entryPoint: ['node'],
          command: ['server.js', { Ref: 'Mode' }],
          workingDirectory: '/app',
          environmentFiles: ['arn:aws:s3:::env/web.env'],
          startTimeoutSeconds: 90,
        },
        { name: 'init', isEssential: false, healthCheck: undefined, dependsOn: [], entryPoint: undefined },
        {
          name: 'agent',
          healthCheck: {
            command: ['check', '-v'],
            intervalSeconds: 5,
            timeoutSeconds: 2,
            retries: 1,
            startPeriodSeconds: 9,
          },
        },
      ],
    });
  });

  describe('behind a load balancer', () => {
    const Web = service({ LoadBalancers: [{ ContainerPort: 80, TargetGroupArn: { Ref: 'Targets' } }] });
    const targets = (Properties: Json = {}) => ({
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties,
    });

    it("has CloudFormation's health check when the template says nothing", () => {
      expect(only({ Web, Targets: targets() })).toMatchObject({
        balancer: {
          loadBalancer: undefined,
          ports: [
            {
              port: 80,
              group: {
                logicalId: 'Targets',
                protocol: 'HTTP',
                protocolVersion: 'HTTP1',
                deregistrationDelaySeconds: 300,
                algorithm: 'round_robin',
                stickiness: undefined,
                slowStartSeconds: 0,
                healthCheck: {
                  protocol: 'HTTP',
                  port: undefined,
                  path: '/',
                  intervalSeconds: 30,
                  timeoutSeconds: 5,
                  healthyThreshold: 5,
                  unhealthyThreshold: 2,
                  matcher: '200',
                },
              },
            },
          ],
        },
      });
    });

    it.each<[string, Json, object]>([
      ['TCP', { Protocol: 'TCP' }, { protocol: 'TCP', timeoutSeconds: 10 }],
      [
        'HTTP to TCP targets',
        { Protocol: 'TCP', HealthCheckProtocol: 'HTTP' },
        { protocol: 'HTTP', timeoutSeconds: 6, matcher: '200-399' },
      ],
      ['HTTP to HTTPS targets', { Protocol: 'HTTPS' }, { protocol: 'HTTP', timeoutSeconds: 5 }],
      ['a port of its own', { HealthCheckPort: '9000' }, { port: 9000 }],
      ['the port of the traffic', { HealthCheckPort: 'traffic-port' }, { port: undefined }],
      ['gRPC', { ProtocolVersion: 'GRPC' }, { path: '/AWS.ALB/healthcheck', matcher: '12' }],
      [
        'gRPC with codes',
        {
          ProtocolVersion: 'GRPC',
          Matcher: { GrpcCode: '0-5' },
          HealthCheckPath: '/grpc.health.v1.Health/Check',
        },
        { path: '/grpc.health.v1.Health/Check', matcher: '0-5' },
      ],
    ])('is checked by %s', (_, properties, healthCheck) => {
      expect(only({ Web, Targets: targets(properties) })).toMatchObject({
        balancer: { ports: [{ group: { healthCheck } }] },
      });
    });

    it.each<[Json, object]>([
      [{ 'stickiness.enabled': 'true' }, { stickiness: { by: 'lb_cookie', seconds: 86_400 } }],
      [{ 'stickiness.enabled': 'false', 'stickiness.type': 'lb_cookie' }, { stickiness: undefined }],
      [
        { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': '60' },
        { stickiness: { by: 'lb_cookie', seconds: 60 } },
      ],
      [
        {
          'stickiness.enabled': 'true',
          'stickiness.type': 'app_cookie',
          'stickiness.app_cookie.cookie_name': 'session',
          'stickiness.app_cookie.duration_seconds': '90',
        },
        { stickiness: { by: 'app_cookie', seconds: 90, cookie: 'session' } },
      ],
      [{ 'stickiness.enabled': 'true', 'stickiness.type': 'source_ip' }, { stickiness: { by: 'source_ip' } }],
      [{ 'slow_start.duration_seconds': '30' }, { slowStartSeconds: 30 }],
      [
        { 'load_balancing.algorithm.type': 'least_outstanding_requests' },
        { algorithm: 'least_outstanding_requests' },
      ],
      [{ 'deregistration_delay.timeout_seconds': '7' }, { deregistrationDelaySeconds: 7 }],
    ])('has the attributes %j of its target group', (attributes, group) => {
      const TargetGroupAttributes = Object.entries(attributes as JsonObject).map(([Key, Value]) => ({
        Key,
        Value,
      }));
      expect(only({ Web, Targets: targets({ TargetGroupAttributes }) })).toMatchObject({
        balancer: { ports: [{ group }] },
      });
    });

    it('may be in several target groups, with several containers', () => {
      const LoadBalancers = [
        { ContainerName: 'web', ContainerPort: 80, TargetGroupArn: { Ref: 'Targets' } },
        { ContainerName: 'admin', ContainerPort: 9000, TargetGroupArn: { Ref: 'Inner' } },
      ];
      expect(only({ Web: service({ LoadBalancers }), Targets: targets(), Inner: targets() })).toMatchObject({
        balancer: {
          ports: [
            { group: { logicalId: 'Targets' }, container: 'web', port: 80 },
            { group: { logicalId: 'Inner' }, container: 'admin', port: 9000 },
          ],
        },
      });
    });

    it("finds it through a listener's rule with weights", () => {
      const TargetGroups = [{ TargetGroupArn: { Ref: 'Blue' } }, { TargetGroupArn: { Ref: 'Targets' } }];
      const Rule = {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ListenerArn: { Ref: 'Http' },
          Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
        },
      };
      const Http = {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: { LoadBalancerArn: { Ref: 'Front' }, DefaultActions: [{ Type: 'fixed-response' }] },
      };
      const Front = { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' };
      expect(only({ Web, Targets: targets(), Rule, Http, Front })).toMatchObject({
        balancer: { loadBalancer: { stack: '', logicalId: 'Front' } },
      });
    });

    it('is reached by the listener that forwards to it: of several by the one with TLS', () => {
      const listener = (Port: Json, Protocol: string) => ({
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          Port,
          Protocol,
          DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Targets' } }],
        },
      });
      const [Http, Https] = [listener(8080, 'HTTP'), listener('8443', 'HTTPS')];
      expect(only({ Web, Targets: targets(), Http, Https })).toMatchObject({
        balancer: { listener: { protocol: 'https', port: 8443 } },
      });
      expect(only({ Web, Targets: targets(), Http })).toMatchObject({
        balancer: { listener: { protocol: 'http', port: 8080 } },
      });
      expect(only({ Web, Targets: targets() })).toMatchObject({ balancer: { listener: undefined } });
    });

    it('has none when its target group is not in the templates', () => {
      expect(only({ Web })).toMatchObject({ balancer: undefined });
    });
  });
});

describe('the name of a tier', () => {
  const queue = (path: string) => ({ Type: 'AWS::SQS::Queue', ...at(path) });
  const namesOf = (...paths: string[]): string[] =>
    tiersOf(Object.fromEntries(paths.map((path, i) => [`Queue${i}`, queue(path)]))).map(({ name }) => name);

  it("is the first part of its construct's path", () => {
    expect(namesOf('Prod/Default/Jobs/Queue/Resource', 'Prod/Mail/Resource')).toEqual(['Jobs', 'Mail']);
  });

  it('is as long as it takes to be unique', () => {
    expect(
      namesOf('Prod/Jobs/Queue/Resource', 'Prod/Jobs/Dead/Letters', 'Prod/Jobs/Dead/Drops', 'Prod/Mail'),
    ).toEqual(['Jobs/Queue', 'Jobs/Dead/Letters', 'Jobs/Dead/Drops', 'Mail']);
  });

  it('ends in the logical id where the paths are equal', () => {
    expect(namesOf('Prod/Jobs', 'Prod/Jobs')).toEqual(['Queue0', 'Queue1']);
  });
});

it('is no tier what keeps no data and serves nothing', () => {
  const types = [
    'AWS::IAM::Role',
    'AWS::Logs::LogGroup',
    'Custom::S3AutoDeleteObjects',
    'AWS::S3::BucketPolicy',
    'constructor',
  ];
  expect(tiersOf(Object.fromEntries(types.map((Type, i) => [`R${i}`, { Type }])))).toEqual([]);
});

it('has no tiers in a template with nothing in it', () => {
  expect(blueprintOfTemplates('Prod', [{ path: '', name: 'Prod', template: {} }]).tiers).toEqual([]);
});

it('ends with references that go round in a circle', () => {
  const round = { 'Fn::ImportValue': 'a' };
  const template = {
    Resources: { Db: cluster(aurora), A: instance({ DBClusterIdentifier: round }) },
    Outputs: { Round: { Value: round, Export: { Name: 'a' } } },
  };
  const stack = { path: '', name: 'Prod', template };
  expect(blueprintOfTemplates('Prod', [stack]).tiers).toMatchObject([{ members: [] }]);
});

it('reads an output of another stack by its name', () => {
  const data = {
    path: 'Data',
    name: 'prod-data',
    template: { Resources: { Db: cluster(aurora) }, Outputs: { Id: { Value: { Ref: 'Db' } } } },
  };
  const wanted = { 'Fn::GetStackOutput': { StackName: 'prod-data', OutputName: 'Id' } };
  const more = {
    path: 'More',
    name: 'prod-more',
    template: { Resources: { A: instance({ DBClusterIdentifier: wanted }) } },
  };
  expect(blueprintOfTemplates('Prod', [data, more]).tiers).toMatchObject([{ members: [{ logicalId: 'A' }] }]);
});

describe('a function', () => {
  const functionOf = (properties: Record<string, Json> = {}) => ({
    Type: 'AWS::Lambda::Function',
    Properties: properties,
  });
  const customOf = (token: Json) => ({ Type: 'Custom::X', Properties: { ServiceToken: token } });

  it('is a tier with its runtime', () => {
    expect(only({ Fn: functionOf({ Runtime: 'nodejs22.x' }) })).toMatchObject({
      kind: 'function',
      name: 'Fn',
      runtime: 'nodejs22.x',
    });
    expect(only({ Fn: functionOf({ PackageType: 'Image' }) })).toMatchObject({ runtime: undefined });
  });

  it('that CloudFormation calls for a custom resource is none, nor is one that it calls in turn', () => {
    const Environment = { Variables: { ON_EVENT: { 'Fn::GetAtt': ['Handler', 'Arn'] } } };
    expect(
      tiersOf({
        Handler: functionOf(),
        Framework: functionOf({ Environment }),
        Other: customOf({ 'Fn::GetAtt': ['Framework', 'Arn'] }),
        Mine: functionOf({ Environment: { Variables: { OTHER: { Ref: 'Other' } } } }),
      }).map(({ logicalId }) => logicalId),
    ).toEqual(['Mine']);
  });

  it('does not take the name of another tier, whose name stays what it was', () => {
    const Db = { ...cluster(aurora), ...at('Prod/Orders/Cluster') };
    const Fn = { ...functionOf(), ...at('Prod/Orders/Cleaner/Resource') };
    expect(tiersOf({ Fn, Db }).map(({ name }) => name)).toEqual(['Orders/Cleaner', 'Orders']);
  });
});

describe('a machine', () => {
  const machine = (properties: Record<string, Json> = {}) => ({
    Type: 'AWS::EC2::Instance',
    Properties: properties,
  });
  const group = { Type: 'AWS::AutoScaling::AutoScalingGroup' };

  it.each([
    'AWS::EC2::Instance',
    'AWS::AutoScaling::AutoScalingGroup',
    'AWS::EKS::Cluster',
    'Custom::AWSCDK-EKS-Cluster',
  ])('is a tier: %s', (Type) => {
    expect(only({ It: { Type } })).toMatchObject({ kind: 'compute', name: 'It', type: Type });
  });

  it('that is a part of the network, or that tasks of ECS run on, is none', () => {
    const Provider = {
      Type: 'AWS::ECS::CapacityProvider',
      Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: 'Group' } } },
    };
    expect(tiersOf({ Nat: machine({ SourceDestCheck: false }), Group: group, Provider })).toEqual([]);
  });
});
