import { production, staging } from '../../bin/sizes';
import type { Container, Tier } from '../../lib/blueprint/blueprint';
import { containerOf } from '../../lib/blueprint/containers';
import { targetGroupOf } from '../../lib/blueprint/target-groups';
import type { CostReport, EnvironmentCost, CostItem } from '../../lib/cost/cost';
import type { Drawn, Subject } from '../../lib/evidence/evidence';
import { blindSpotOf } from '../../lib/scale/blind-spots';
import type { FactorReport, ParityReport, Permitted } from '../../lib/parity/report';
import type { FactorKind } from '../../lib/scale/kinds';

/** The shop's environments as `blueprintOf` reads them from the templates that bin/app.ts synthesises. */

const at = (name: string, path: string) => ({ name, path, stack: '', logicalId: path.replaceAll('/', '') });

const members = (prefix: string, type: string, replicas: number) =>
  Array.from({ length: replicas + 1 }, (_, i) => ({ logicalId: `${prefix}${i}`, class: `db.${type}` }));

const container = (name: string): Container =>
  containerOf(
    {
      Name: name,
      Image: `shop-${name}`,
      Environment: [{ Name: 'ORDERS_HOST', Value: { 'Fn::GetAtt': ['OrdersCluster', 'Endpoint.Address'] } }],
      ...(name === 'web' && { PortMappings: [{ ContainerPort: 8080 }] }),
    },
    [],
  );

const DEPLOYMENT = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  onFailure: 'roll-back',
  strategy: 'ECS/ROLLING',
} as const;

function drawn(environment: string, sizes: typeof production): Drawn {
  const cache = {
    kind: 'cache',
    engine: 'valkey',
    engineVersion: '8.1',
    port: 6379,
    authToken: undefined,
  } as const;
  const service = { kind: 'service', architecture: 'ARM64', healthCheckGraceSeconds: 60 } as const;
  const tiers: readonly Tier[] = [
    {
      ...at('Web', 'Web/Web/Service'),
      ...service,
      tasks: sizes.webTasks.min,
      maxTasks: sizes.webTasks.max,
      ...sizes.webSize,
      container: container('web'),
      containers: [container('web')],
      deployment: DEPLOYMENT,
      balancer: {
        loadBalancer: { stack: '', logicalId: 'WebLoadBalancer' },
        listener: { protocol: 'https', port: 443 },
        ports: [
          {
            group: targetGroupOf({
              stack: '',
              logicalId: 'WebTargets',
              path: 'Web/Targets',
              type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
              dependsOn: [],
              properties: { HealthCheckPath: '/health', HealthCheckIntervalSeconds: 10 },
            }),
            container: 'web',
            port: 8080,
          },
        ],
      },
    },
    {
      ...at('Worker', 'Worker/Worker/Service'),
      ...service,
      tasks: sizes.workerTasks.min,
      maxTasks: sizes.workerTasks.max,
      ...sizes.workerSize,
      container: container('worker'),
      containers: [container('worker')],
      deployment: DEPLOYMENT,
      balancer: undefined,
    },
    {
      ...at('Orders', 'Orders/Cluster'),
      kind: 'sql',
      engine: 'aurora-postgresql',
      engineVersion: '17.9',
      database: 'orders',
      port: 5432,
      username: 'orders',
      password: undefined,
      members: members('Orders', sizes.ordersInstance, sizes.ordersReaders),
    },
    {
      ...at('Catalog', 'Catalog/Cluster'),
      kind: 'document',
      engineVersion: '5.0.0',
      port: 27017,
      username: 'catalog',
      password: undefined,
      members: members('Catalog', sizes.catalogInstance, sizes.catalogReplicas),
    },
    {
      ...at('Sessions', 'Sessions/Valkey/Group'),
      ...cache,
      clusterMode: false,
      shards: 1,
      replicas: sizes.sessionsReplicas,
      class: sizes.sessionsNode,
      parameters: { 'maxmemory-policy': 'noeviction' },
    },
    {
      ...at('Pages', 'Pages/Valkey/Group'),
      ...cache,
      clusterMode: true,
      shards: sizes.pagesShards,
      replicas: sizes.pagesReplicas,
      class: sizes.pagesNode,
      parameters: { 'maxmemory-policy': 'allkeys-lru' },
    },
    { ...at('Assets', 'Assets/Bucket'), kind: 'storage', type: 'AWS::S3::Bucket' },
    { ...at('Alarms', 'Alarms/Topic'), kind: 'storage', type: 'AWS::SNS::Topic' },
  ];
  return { environment, tiers };
}

/** Production and staging as they are drawn. */
export const environments = {
  prod: drawn('Prod', production),
  staging: drawn('StagingEphemeral', staging),
};

/** What each factor of the shop is, why it may differ, and a place where it does. */
const FACTORS: readonly (readonly [keyof typeof production, FactorKind, string, string, number])[] = [
  [
    'webTasks',
    'autoscalingRange',
    'Staging serves a load test, not the public: fewer tasks are enough.',
    'Web/Web/TaskCount/Target',
    5,
  ],
  [
    'webSize',
    'fargateSize',
    'A smaller task takes proportionally fewer requests before it scales out.',
    'Web/Task',
    3,
  ],
  [
    'workerTasks',
    'autoscalingRange',
    'Staging has fewer orders to work through.',
    'Worker/Worker/TaskCount/Target',
    3,
  ],
  ['workerSize', 'fargateSize', 'A smaller task works through fewer orders at once.', 'Worker/Task', 2],
  [
    'ordersInstance',
    'instanceClass',
    'Staging asks for fewer connections and less cache.',
    'Orders/Cluster/Writer',
    4,
  ],
  [
    'ordersReaders',
    'replicas',
    'Two readers already show stale reads and uneven lag; more only add throughput.',
    'Orders/Cluster/OrdersReader3',
    5,
  ],
  [
    'catalogInstance',
    'instanceClass',
    'Staging asks for fewer connections and less cache.',
    'Catalog/Primary',
    4,
  ],
  [
    'catalogReplicas',
    'replicas',
    'Two replicas already show stale reads and an election; more only add throughput.',
    'Catalog/CatalogReplica3',
    5,
  ],
  ['sessionsNode', 'cacheNode', 'Staging holds fewer sessions.', 'Sessions/Valkey/Group', 1],
  [
    'sessionsReplicas',
    'replicas',
    'Two replicas already show lag and a promotion.',
    'Sessions/Valkey/Group',
    0,
  ],
  ['pagesNode', 'cacheNode', 'Staging renders fewer distinct pages.', 'Pages/Valkey/Group', 1],
  [
    'pagesShards',
    'shards',
    'Two shards already show cross-slot commands and redirects; more only add memory.',
    'Pages/Valkey/Group',
    1,
  ],
  ['pagesReplicas', 'replicas', 'Two replicas already show lag and a promotion.', 'Pages/Valkey/Group', 0],
];

const factors: readonly FactorReport[] = FACTORS.map(([name, kind, reason, , places]) => {
  const [prod, smaller] = [production[name], staging[name]];
  const blindSpot = blindSpotOf(kind, prod, smaller);
  return {
    name,
    kind,
    reason,
    prod,
    staging: smaller,
    places,
    ...(blindSpot !== undefined && { blindSpot }),
  };
});

const permitted = (by: Permitted['by'], factor: string, construct: string, property: string): Permitted => ({
  stack: '',
  logicalId: construct.replaceAll('/', ''),
  type: 'AWS::CloudFormation::CustomResource',
  path: [property],
  prod: 'as in production',
  staging: 'as in staging',
  construct,
  by,
  factor,
});

/** What `twin parity` finds of the shop: of each rule one difference. */
export const parity: ParityReport = {
  verdict: 'twins',
  prod: 'Prod',
  staging: 'StagingEphemeral',
  role: 'staging',
  compared: 169,
  factors,
  permitted: [
    ...FACTORS.filter(([, , , , places]) => places > 0).map(([name, , , construct]) =>
      permitted('scale', name, construct, 'Properties'),
    ),
    permitted('scale', 'ordersReaders', 'Web/Web/Service', 'DependsOn'),
    permitted('scale', 'webTasks', 'Alarms/WebTasks', 'Properties'),
    permitted('lifecycle', 'deletion policy', 'Orders/Cluster', 'DeletionPolicy'),
    permitted('naming', 'name', 'Orders/Cluster', 'Properties'),
  ],
  forbidden: [],
};

/** Prices in us-east-1, each with its month. */
const PRICES: Readonly<Record<string, readonly [number, string]>> = {
  'db.r7g.2xlarge': [1.106, '2026-03'],
  'db.r7g.large': [0.276, '2026-03'],
  'db.r6g.large': [0.26315, '2026-10'],
  'cache.r7g.2xlarge': [0.6984, '2026-10'],
  'cache.r7g.xlarge': [0.3496, '2026-10'],
  'cache.r7g.large': [0.1752, '2026-10'],
  'NAT gateway': [0.045, '2026-10'],
  'load balancer': [0.0225, '2026-10'],
};

function costOf({ environment, tiers }: Drawn): EnvironmentCost {
  const of = (tier: Tier): (readonly [string, number])[] => {
    if (tier.kind === 'sql' || tier.kind === 'document')
      return [[tier.members[0]!.class, tier.members.length]];
    if (tier.kind === 'cache') return [[tier.class, tier.shards * (tier.replicas + 1)]];
    return [];
  };
  const priced = [
    ...tiers.flatMap((tier) => of(tier).map(([what, count]) => [tier.name, what, count] as const)),
    ['Network', 'NAT gateway', 3] as const,
    ['Web', 'load balancer', 1] as const,
  ];
  const items = priced.flatMap(([tier, what, count]): CostItem[] => {
    const price = PRICES[what];
    return price ? [{ tier, what, count, hourUsd: price[0], asOf: price[1] }] : [];
  });
  for (const tier of tiers) {
    if (tier.kind !== 'service') continue;
    const hourUsd = (tier.cpu! / 1024) * 0.03238 + (tier.memoryMiB! / 1024) * 0.00356;
    const what = `Fargate ARM64, ${tier.cpu! / 1024} vCPU, ${tier.memoryMiB! / 1024} GiB`;
    items.push({ tier: tier.name, what, count: tier.tasks, hourUsd, asOf: '2026-10' });
  }
  const hourUsd = items.reduce((sum, item) => sum + item.hourUsd * item.count, 0);
  return {
    environment,
    items,
    hourUsd,
    monthUsd: hourUsd * 730,
    unknown: [
      ...priced
        .filter(([, what]) => !(what in PRICES))
        .map(([tier, what, count]) => ({
          tier,
          what: `AWS::DocDB::DBInstance ${what}`,
          count,
          because: 'no price' as const,
        })),
      { tier: 'Assets', what: 'AWS::S3::Bucket', count: 1, because: 'usage-based' },
    ],
  };
}

const [prodCost, stagingCost] = [costOf(environments.prod), costOf(environments.staging)];

/** What the shop's rehearsal would cost. */
export const cost: CostReport = {
  region: 'us-east-1',
  pricesAsOf: '2026-03',
  prod: prodCost,
  staging: stagingCost,
  hours: 2,
  rehearsalUsd: stagingCost.hourUsd * 2,
  stagingMonthUsd: stagingCost.monthUsd,
  fullSizeMonthUsd: prodCost.monthUsd,
};

/** What the rehearsal was about. */
export const subject: Subject = {
  prod: {
    environment: 'Prod',
    digest: '6b1f0d2c9e8a7b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c',
    stacks: [
      {
        path: '',
        entries: [
          {
            section: 'Resources',
            id: 'OrdersCluster',
            type: 'AWS::RDS::DBCluster',
            construct: 'Orders/Cluster',
            digest: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
          },
          {
            section: 'Resources',
            id: 'WebService',
            type: 'AWS::ECS::Service',
            construct: 'Web/Service',
            digest: 'f9e8d7c6b5a493827160f5e4d3c2b1a0',
          },
        ],
      },
    ],
  },
  stagingDigest: 'c1b2a3f4e5d60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90',
  code: { digest: '8d3f1c0a7b6e5d4c3b2a19081726354453627180', commit: 'abc1234def5678', isCommitted: true },
  scriptDigest: '9d0b12e87c0b9d3251e4f7a86c3f0c9a1be7d25c64f1d8a7e90b53c2446ad1f6',
};
