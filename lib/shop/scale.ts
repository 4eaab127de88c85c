import {
  autoscalingRange,
  cacheNode,
  fargateSize,
  instanceClass,
  replicas,
  shards,
  type ValueOf,
} from '../scale/kinds';
import { defineScale, type ScaleOf } from '../scale/definition';
import { auroraMaxConnections, documentDbLimits, valkeyMemory } from '../scale/sizes';
import { CATALOG_POOL_SIZE, ORDERS_POOL_SIZE } from './pools';

/** Everything that may differ between two environments of the shop, and why. */
export const shopScale = defineScale(
  {
    webTasks: autoscalingRange({
      reason: 'Staging serves a load test, not the public: fewer tasks are enough.',
    }),
    webSize: fargateSize({
      reason: 'A smaller task takes proportionally fewer requests before it scales out.',
    }),
    workerTasks: autoscalingRange({ reason: 'Staging has fewer orders to work through.' }),
    workerSize: fargateSize({ reason: 'A smaller task works through fewer orders at once.' }),
    ordersInstance: instanceClass({ reason: 'Staging asks for fewer connections and less cache.' }),
    ordersReaders: replicas({
      max: 15,
      reason: 'Two readers already show stale reads and uneven lag; more only add throughput.',
    }),
    catalogInstance: instanceClass({ reason: 'Staging asks for fewer connections and less cache.' }),
    catalogReplicas: replicas({
      max: 15,
      reason: 'Two replicas already show stale reads and an election; more only add throughput.',
    }),
    sessionsNode: cacheNode({ reason: 'Staging holds fewer sessions.' }),
    sessionsReplicas: replicas({ max: 5, reason: 'Two replicas already show lag and a promotion.' }),
    pagesNode: cacheNode({ reason: 'Staging renders fewer distinct pages.' }),
    pagesShards: shards({
      max: 500,
      reason: 'Two shards already show cross-slot commands and redirects; more only add memory.',
    }),
    pagesReplicas: replicas({ max: 5, reason: 'Two replicas already show lag and a promotion.' }),
  },
  {
    proportions: [
      {
        name: 'orders connections to the writer',
        asked: (values) => tasks(values) * ORDERS_POOL_SIZE,
        offered: ({ ordersInstance }) => auroraMaxConnections(ordersInstance),
        tolerance: 0.3,
      },
      {
        name: 'orders connections to each reader',
        asked: (values) => (tasks(values) * ORDERS_POOL_SIZE) / values.ordersReaders,
        offered: ({ ordersInstance }) => auroraMaxConnections(ordersInstance),
        tolerance: 0.3,
      },
      {
        name: 'catalog connections to each member',
        asked: (values) => tasks(values) * CATALOG_POOL_SIZE,
        offered: ({ catalogInstance }) => documentDbLimits(catalogInstance).connections,
        tolerance: 0.3,
      },
      {
        name: 'sessions working set in memory',
        asked: ({ webTasks }) => webTasks.max * SESSION_BYTES_PER_TASK,
        offered: ({ sessionsNode }) => valkeyMemory(sessionsNode),
        tolerance: 0.3,
      },
      {
        name: 'pages working set in memory',
        asked: ({ webTasks }) => webTasks.max * PAGE_BYTES_PER_TASK,
        offered: ({ pagesNode, pagesShards }) => pagesShards * valkeyMemory(pagesNode),
        tolerance: 0.3,
      },
    ],
    derived: {
      // Where the alarms on connections go off: at four fifths of what an instance offers.
      ordersConnectionsAlarm: {
        from: ['ordersInstance'],
        value: ({ ordersInstance }) => fourFifths(auroraMaxConnections(ordersInstance)),
      },
      catalogConnectionsAlarm: {
        from: ['catalogInstance'],
        value: ({ catalogInstance }) => fourFifths(documentDbLimits(catalogInstance).connections),
      },
    },
  },
);

/** What every tier of the shop takes its sizes from. */
export type ShopScale = ScaleOf<typeof shopScale>;

/** Sessions of the shoppers that one web task serves at peak: 25,000 of 40 kB. */
const SESSION_BYTES_PER_TASK = 25_000 * 40_000;

/** Rendered pages that one web task keeps warm at peak: 20,000 of 100 kB. */
const PAGE_BYTES_PER_TASK = 20_000 * 100_000;

interface TaskCounts {
  readonly webTasks: ValueOf['autoscalingRange'];
  readonly workerTasks: ValueOf['autoscalingRange'];
}

/** The whole number below four fifths. */
const fourFifths = (n: number): number => Math.floor(n * 0.8);

/** The most tasks that hold connections at once. */
const tasks = ({ webTasks, workerTasks }: TaskCounts): number => webTasks.max + workerTasks.max;
