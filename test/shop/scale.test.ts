import { production, staging } from '../../bin/sizes';
import { shopScale } from '../../lib/shop/scale';

const bind = (values: Partial<typeof staging>): unknown =>
  shopScale.bindScaled('Staging', production, values);

test('staging keeps production’s shape and its proportions', () => {
  expect(() => bind(staging)).not.toThrow();
});

test('staging is as small as the shape allows', () => {
  const smaller: Partial<typeof staging>[] = [
    { ordersReaders: 1 },
    { catalogReplicas: 1 },
    { sessionsReplicas: 1 },
    { pagesShards: 1 },
    { pagesReplicas: 1 },
    { workerTasks: { min: 1, max: 4 } },
    { webTasks: { min: 1, max: 5 } },
  ];
  for (const values of smaller) expect(() => bind({ ...staging, ...values })).toThrow(/allowed is 2 or more/);
});

test.each([
  ['orders connections to the writer', { ordersInstance: 'r7g.xlarge' }],
  ['orders connections to each reader', { ordersInstance: 'r7g.xlarge' }],
  ['catalog connections to each member', { catalogInstance: 'r6g.xlarge' }],
  ['sessions working set in memory', { sessionsNode: 'cache.r7g.2xlarge' }],
  ['pages working set in memory', { pagesNode: 'cache.r7g.xlarge' }],
])('%s are not to be had more cheaply than in production', (name, values) => {
  expect(() => bind({ ...staging, ...values })).toThrow(new RegExp(`${name}: asked / offered`));
});
