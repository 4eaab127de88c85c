import { CfnResource, Stack, type App } from 'aws-cdk-lib';
import { instanceClass, replicas, shards, Twins } from '../../lib';
import { costReport } from '../../lib/cost/cost-report';
import { FULL_SIZE } from '../../lib/full-size';
import type { CostReport } from '../../lib/cost/cost';
import { proveTwin } from '../../lib/rehearsal/proof';
import { blueprintOf } from '../../lib/blueprint/read-blueprint';
import { assemblyOf, shopAssembly } from '../blueprint/shop-assembly';

const HOURS = 4;

it('is what the parts of the shop cost by the list, computed by hand', () => {
  const assembly = shopAssembly();
  const { fullSize = [] } = proveTwin(assembly.folder, undefined).cost(HOURS);
  assembly.remove();
  const adds = new Map(fullSize.map(({ factor, addsUsd }) => [factor, addsUsd]));
  expect(adds.get('ordersReaders')).toBeCloseTo(HOURS * 0.276, 6); // a reader of staging's class
  expect(adds.get('catalogReplicas')).toBeCloseTo(HOURS * 0.26315, 6);
  expect(adds.get('workerSize')).toBeCloseTo(HOURS * 2 * (0.75 * 0.03238 + 3 * 0.00356), 6);
  // the connections that all tasks ask for have to be offered
  const webTasks = fullSize.find(({ factor }) => factor === 'webTasks');
  expect(webTasks?.growing).toContain('ordersInstance');
  expect(webTasks?.unpriced).toEqual(['AWS::DocDB::DBInstance db.r6g.2xlarge']);
  expect(adds.has('sessionsReplicas')).toBe(false); // as in production
});

/** Two clusters that production has alike and staging does not, and a cache that has to grow with the readers of one. */
function build(app: App): void {
  const reason = 'fewer';
  const twins = new Twins(app, {
    scale: {
      orders: instanceClass({ reason }),
      orderReaders: replicas({ reason, max: 15 }),
      stock: instanceClass({ reason }),
      stockReaders: replicas({ reason, max: 15 }),
      parts: shards({ reason, max: 9 }),
    },
    proportions: [
      {
        name: 'parts for readers',
        asked: ({ stockReaders }) => stockReaders,
        offered: ({ parts }) => parts,
        tolerance: 0.1,
      },
    ],
    environment: (scope, id, { orders, orderReaders, stock, stockReaders, parts }, options) => {
      const stack = new Stack(scope, id, options);
      const databases = [
        ['Orders', orders, orderReaders],
        ['Stock', stock, stockReaders],
      ] as const;
      for (const [name, size, readers] of databases) {
        const engine = { Engine: 'aurora-postgresql' };
        const cluster = new CfnResource(stack, name, {
          type: 'AWS::RDS::DBCluster',
          properties: { ...engine, EngineVersion: '16.4', DatabaseName: 'shop' },
        });
        for (let i = 0; i <= readers; i++)
          new CfnResource(stack, `${name}${i}`, {
            type: 'AWS::RDS::DBInstance',
            properties: { ...engine, DBClusterIdentifier: cluster.ref, DBInstanceClass: `db.${size}` },
          });
      }
      new CfnResource(stack, 'Pages', {
        type: 'AWS::ElastiCache::ReplicationGroup',
        properties: {
          ReplicationGroupDescription: 'pages',
          Engine: 'valkey',
          CacheNodeType: 'cache.r7g.large',
          NumNodeGroups: parts,
          ReplicasPerNodeGroup: 1,
        },
      });
      return stack;
    },
  });
  twins.prod('Prod', {
    scale: { orders: 'r7g.2xlarge', orderReaders: 6, stock: 'r7g.2xlarge', stockReaders: 6, parts: 6 },
  });
  twins.staging('Staging', {
    scale: { orders: 'r7g.large', orderReaders: 2, stock: 'r7g.xlarge', stockReaders: 2, parts: 2 },
    expires: '2099-12-01T18:00:00',
  });
}

function costWith(context: Record<string, unknown>): CostReport {
  const assembly = assemblyOf(build, context);
  const [prod, staging] = [blueprintOf(assembly.folder, 'Prod'), blueprintOf(assembly.folder, 'Staging')];
  assembly.remove();
  return costReport({ prod, staging, hours: HOURS });
}

it('is what each costs when it is synthesised at that size', () => {
  const assembly = assemblyOf(build);
  const { fullSize = [], rehearsalUsd } = proveTwin(assembly.folder, undefined).cost(HOURS);
  assembly.remove();
  expect(fullSize.map(({ factor, growing }) => [factor, growing])).toEqual([
    ['orders', undefined],
    ['orderReaders', undefined],
    ['stock', undefined],
    ['stockReaders', ['parts']],
    ['parts', ['stockReaders']],
  ]);
  const synthesized = fullSize.map(({ factor }) => costWith({ [FULL_SIZE]: factor }).rehearsalUsd - rehearsalUsd); // prettier-ignore
  expect(Math.min(...synthesized)).toBeGreaterThan(1);
  expect(fullSize.map(({ addsUsd }) => addsUsd)).toEqual(synthesized.map((it) => expect.closeTo(it, 5) as number)); // prettier-ignore
});
