import { blueprintOf, blueprintOfTemplates } from '../../lib/blueprint/read-blueprint';
import type { CostReport, EnvironmentCost } from '../../lib/cost/cost';
import { costOf, costReport } from '../../lib/cost/cost-report';
import { renderCost } from '../../lib/cost/report-text';
import type { Json } from '../../lib/json';
import { shopAssembly } from '../blueprint/shop-assembly';

type Resources = Readonly<Record<string, { readonly Type: string; readonly [key: string]: Json }>>;

const blueprintWith = (resources: Resources) =>
  blueprintOfTemplates('Prod', [{ path: '', name: 'Prod', template: { Resources: resources } }]);
const costWith = (resources: Resources): EnvironmentCost => costOf(blueprintWith(resources));

/** Items without a known price. */
const noPrice = ({ unknown }: EnvironmentCost): string[] =>
  unknown.filter(({ because }) => because === 'no price').map(({ what, count }) => `${count} ${what}`);

describe('the shop', () => {
  let report: CostReport;
  beforeAll(() => {
    const assembly = shopAssembly();
    const [prod, staging] = [
      blueprintOf(assembly.folder, 'Prod'),
      blueprintOf(assembly.folder, 'StagingEphemeral'),
    ];
    report = costReport({ prod, staging, hours: 4 });
    assembly.remove();
  });

  it('costs what its parts cost by the list, computed by hand', () => {
    const usdOf = ({ items }: EnvironmentCost, tier: string): number =>
      items.reduce((sum, it) => sum + (it.tier === tier ? it.count * it.hourUsd : 0), 0);
    // a writer and 3 readers of db.r7g.2xlarge at 1.106; a writer and 2 readers of db.r7g.large at 0.276
    expect(usdOf(report.prod, 'Orders')).toBeCloseTo(4.424, 9);
    expect(usdOf(report.staging, 'Orders')).toBeCloseTo(0.828, 9);
    // orders 4.424, sessions 3 x 0.6984, pages 9 x 0.3496, web 4 x (2 x 0.03238 + 4 x 0.00356),
    // worker 3 x (0.03238 + 4 x 0.00356), NAT 3 x 0.045, ALB 0.0225, addresses 6 x 0.005, endpoints 4 in 3 zones x 0.01; there is no known price for the catalog's 4
    expect(report.prod.hourUsd).toBe(10.42896); // 4.424 + 2.0952 + 3.1464 + 0.316 + 0.13986 + 0.135 + 0.0225 + 0.03 + 0.12
    // orders 0.828, catalog 3 x 0.26315, sessions 3 x 0.1752, pages 6 x 0.1752, web 2 x (0.03238 / 2 + 0.00356),
    // worker 2 x (0.03238 / 4 + 0.00356), the network as in production
    expect(report.staging.hourUsd).toBe(3.56456); // .828 + .78945 + .5256 + 1.0512 + .0395 + .02331 + .135 + .0225 + .03 + .12
    expect(report).toMatchObject({
      region: 'us-east-1',
      pricesAsOf: '2024-02',
      prod: { environment: 'Prod', monthUsd: 7613.1408 }, // x 730
      staging: { environment: 'StagingEphemeral', monthUsd: 2602.1288 },
      hours: 4,
      rehearsalUsd: 14.25824, // 3.56456 x 4
      stagingMonthUsd: 2602.1288,
      fullSizeMonthUsd: 7613.1408,
    });
  });

  it('has no resource whose forgotten type counts as zero', () => {
    expect(noPrice(report.prod)).toEqual(['4 AWS::DocDB::DBInstance db.r6g.2xlarge']);
    expect(noPrice(report.staging)).toEqual(noPrice(report.prod).filter((it) => !it.includes('DocDB')));
  });

  it('is shown with the answers first, in 80 columns', () => {
    const text = renderCost(report, { color: false, width: 120 });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toMatchInlineSnapshot(`
     "Prod              at least $10.43 an hour  $7,613.14 a month
     StagingEphemeral            $3.56 an hour  $2,602.13 a month

     Staging for a rehearsal of 4 hours              $14.26
     Staging kept around the clock                $2,602.13  a month
     A staging of full size, kept        at least $7,613.14  a month
     By these prices, full size for a month costs as much as 533 rehearsals.

     USD an hour
                                          production          staging
       Orders    db.r7g.2xlarge                    4   4.424        -
                 db.r7g.large                      -                3  0.828
       Pages     cache.r7g.xlarge                  9   3.146        -
                 cache.r7g.large                   -                6  1.051
       Sessions  cache.r7g.2xlarge                 3   2.095        -
                 cache.r7g.large                   -                3  0.526
       Catalog   db.r6g.large                      -                3  0.789
       Network   public IPv4 address               3   0.015        3  0.015
                 NAT gateway                       3   0.135        3  0.135
                 interface endpoint               12   0.120       12  0.120
       Web       task 2 vCPU 4 GB ARM              4   0.316        -
                 load balancer                     1   0.022        1  0.022
                 public IPv4 address               3   0.015        3  0.015
                 task 0.5 vCPU 1 GB ARM            -                2  0.040
       Worker    task 1 vCPU 4 GB ARM              3   0.140        -
                 task 0.25 vCPU 1 GB ARM           -                2  0.023
       total                                          10.429           3.565

     No known price: not counted
                                                  production  staging
       Catalog  DocDB::DBInstance db.r6g.2xlarge           4        -

     Usage-based: not counted
                                                  production  staging
       EC2::NatGateway traffic                             3        3
       EC2::FlowLog                                        1        1
       EC2::VPCEndpoint traffic                            4        4
       Logs::LogGroup                                      9       10
       SecretsManager::Secret                              4        4
       RDS::DBCluster storage and backups                  1        1
       DocDB::DBCluster storage and backups                1        1
       ElastiCache::ReplicationGroup backups               1        -
       S3::Bucket                                          1        1
       ECS::Cluster                                        1        1
       ElasticLoadBalancingV2::LoadBalancer LCUs           1        1
       SNS::Topic                                          1        1
       CloudWatch::Alarm                                  18       16
       CloudWatch::Dashboard                               1        1
       Scheduler::Schedule                                 -        1
       Lambda::Function                                    -        1

     Prices on demand in us-east-1, as of 2024-02 or later.
     "
    `);
  });
});

describe('a rehearsal', () => {
  it('pays for 10 minutes of a database at the least, and by the second for all else', () => {
    const database = blueprintWith({
      Db: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql' } },
      Writer: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBClusterIdentifier: { Ref: 'Db' }, DBInstanceClass: 'db.r6g.large' },
      },
      Nat: { Type: 'AWS::EC2::NatGateway' },
    });
    const ofHours = (hours: number): number =>
      costReport({ prod: database, staging: database, hours }).rehearsalUsd;
    expect(ofHours(0.05)).toBeCloseTo(0.26 / 6 + 0.045 * 0.05, 6);
    expect(ofHours(0.5)).toBeCloseTo((0.26 + 0.045) / 2, 6);
  });
});

describe('a price is unknown, never nothing', () => {
  const aurora = (cluster: Json, instance: Record<string, Json> = {}) =>
    costWith({
      Db: { Type: 'AWS::RDS::DBCluster', Properties: cluster },
      Writer: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBClusterIdentifier: { Ref: 'Db' }, DBInstanceClass: 'db.r7g.large', ...instance },
      },
    });
  const large = '1 AWS::RDS::DBInstance db.r7g.large';

  it.each<[string, EnvironmentCost, string[]]>([
    ['another engine', aurora({ Engine: 'aurora-mysql' }), [large]],
    ['I/O-Optimized storage', aurora({ Engine: 'aurora-postgresql', StorageType: 'aurora-iopt1' }), [large]],
    [
      'a class that is not in the list',
      aurora({ Engine: 'aurora-postgresql' }, { DBInstanceClass: 'db.serverless' }),
      ['1 AWS::RDS::DBInstance db.serverless'],
    ],
    [
      'a class that a parameter sets',
      aurora({ Engine: 'aurora-postgresql' }, { DBInstanceClass: { Ref: 'Class' } }),
      ['1 AWS::RDS::DBInstance of unknown class'],
    ],
    [
      'instances that RDS makes',
      costWith({
        Db: {
          Type: 'AWS::RDS::DBCluster',
          Properties: { Engine: 'postgres', DBClusterInstanceClass: 'db.r6gd.large' },
        },
      }),
      ['3 AWS::RDS::DBCluster db.r6gd.large'],
    ],
  ])('of a database with %s', (_, cost, expected) => {
    expect(noPrice(cost)).toEqual(expected);
    expect(cost.hourUsd).toBe(0);
  });

  it('of an instance whose cluster is elsewhere, unless it says what it is', () => {
    const instance = (Engine: string) => ({
      Type: 'AWS::RDS::DBInstance',
      Properties: { DBClusterIdentifier: 'elsewhere', DBInstanceClass: 'db.r7g.large', Engine },
    });
    const cost = costWith({ A: instance('aurora-postgresql'), B: instance('postgres') });
    expect(noPrice(cost)).toEqual([large]);
    expect(cost.hourUsd).toBe(0.276);
  });

  it('of a cache that is not Valkey, with all of its nodes', () => {
    const Properties = { CacheNodeType: 'cache.r7g.large', NumNodeGroups: 2, ReplicasPerNodeGroup: 1 };
    expect(noPrice(costWith({ Cache: { Type: 'AWS::ElastiCache::ReplicationGroup', Properties } }))).toEqual([
      '4 AWS::ElastiCache::ReplicationGroup cache.r7g.large',
    ]);
  });

  it.each<[string, Record<string, Json>, string[]]>([
    ['on EC2', {}, ['2 AWS::ECS::Service not on Fargate']],
    [
      'partly on Fargate Spot',
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE' }, { CapacityProvider: 'FARGATE_SPOT' }] },
      ['2 AWS::ECS::Service not on Fargate'],
    ],
    ['of a task of unknown size', { LaunchType: 'FARGATE' }, ['2 AWS::ECS::Service of unknown size']],
    ['without tasks', { LaunchType: 'FARGATE', DesiredCount: 0 }, []],
  ])('of a service %s', (_, properties, expected) => {
    const Web = { Type: 'AWS::ECS::Service', Properties: { DesiredCount: 2, ...properties } };
    expect(noPrice(costWith({ Web }))).toEqual(expected);
  });

  it('of a load balancer that is not an application one; one inside has no public address', () => {
    const balancer = (Properties: Json) => ({
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties,
    });
    const cost = costWith({
      Network: balancer({ Type: 'network' }),
      Inside: balancer({ Scheme: 'internal', Subnets: ['a', 'b'] }),
    });
    expect(noPrice(cost)).toEqual(['1 AWS::ElasticLoadBalancingV2::LoadBalancer network']);
    expect(cost.hourUsd).toBe(0.0225);
  });
});

describe('a task on Fargate', () => {
  it('costs its vCPU and its memory, on x86 more than on ARM', () => {
    const service = (architecture: string) =>
      costWith({
        Web: {
          Type: 'AWS::ECS::Service',
          Properties: { LaunchType: 'FARGATE', TaskDefinition: { Ref: 'Task' }, DesiredCount: 2 },
        },
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: { Cpu: '1024', Memory: '2048', RuntimePlatform: { CpuArchitecture: architecture } },
        },
      }).items;
    expect(service('X86_64')).toEqual([
      { tier: 'Web', what: 'task 1 vCPU 2 GB x86', count: 2, hourUsd: 0.04937, asOf: '2026-03' }, // 0.04048 + 2 x 0.004445
    ]);
    expect(service('ARM64')).toMatchObject([{ what: 'task 1 vCPU 2 GB ARM', hourUsd: 0.0395 }]); // 0.03238 + 2 x 0.00356
  });
});

it('lists a read replica with the instance that it is made of', () => {
  const instance = (more: Readonly<Record<string, Json>>) => ({
    Type: 'AWS::RDS::DBInstance',
    Properties: { DBInstanceClass: 'db.r7g.large', ...more },
  });
  const { unknown } = costWith({
    Ledger: instance({ Engine: 'postgres' }),
    Copy: instance({ SourceDBInstanceIdentifier: { Ref: 'Ledger' } }),
  });
  expect(unknown).toMatchObject([
    { tier: 'Ledger', what: 'AWS::RDS::DBInstance db.r7g.large', count: 2, because: 'no price' },
  ]);
});
