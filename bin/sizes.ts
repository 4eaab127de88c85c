import type { ScaleValues } from '../lib/scale/definition';
import type { shopScale } from '../lib/shop';

type ShopValues = ScaleValues<(typeof shopScale)['factors']>;

/** What the shop runs on in production. */
export const production: ShopValues = {
  webTasks: { min: 4, max: 20 },
  webSize: { cpu: 2048, memoryMiB: 4096 },
  workerTasks: { min: 3, max: 10 },
  workerSize: { cpu: 1024, memoryMiB: 4096 },
  ordersInstance: 'r7g.2xlarge',
  ordersReaders: 3,
  catalogInstance: 'r6g.2xlarge',
  catalogReplicas: 3,
  sessionsNode: 'cache.r7g.2xlarge',
  sessionsReplicas: 2,
  pagesNode: 'cache.r7g.xlarge',
  pagesShards: 3,
  pagesReplicas: 2,
};

/** The fewest and the smallest that keep production's shape and its proportions. */
export const staging: ShopValues = {
  webTasks: { min: 2, max: 5 },
  webSize: { cpu: 512, memoryMiB: 1024 },
  workerTasks: { min: 2, max: 4 },
  workerSize: { cpu: 256, memoryMiB: 1024 },
  ordersInstance: 'r7g.large',
  ordersReaders: 2,
  catalogInstance: 'r6g.large',
  catalogReplicas: 2,
  sessionsNode: 'cache.r7g.large',
  sessionsReplicas: 2,
  pagesNode: 'cache.r7g.large',
  pagesShards: 2,
  pagesReplicas: 2,
};
