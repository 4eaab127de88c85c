import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { connectionsOf } from '../../../../lib/targets/local/postgres/connections';

const tier = (classes: readonly string[], maxConnections?: number): SqlTier =>
  ({
    members: classes.map((it) => ({ class: it })),
    ...(maxConnections !== undefined && { parameters: { max_connections: maxConnections } }),
  }) as unknown as SqlTier;

it.each([
  ['its class', tier(['db.r7g.large', 'db.r7g.large']), 1802, 'as db.r7g.large does'],
  [
    'the largest class',
    tier(['db.r7g.large', 'db.r7g.xlarge', 'db.r7g.large']),
    3604,
    'as db.r7g.xlarge does',
  ],
  ['no more than 5000', tier(['db.r7g.16xlarge']), 5000, 'as db.r7g.16xlarge does'],
  ['its parameter group', tier(['db.r7g.large'], 64), 64, 'as its parameter group says'],
])('offers the connections of %s', (_, it, max, why) => {
  const offered = connectionsOf(it);
  expect(offered.max).toBe(max);
  expect(offered.why).toBe(`every member offers ${max} connections, ${why}`);
});

it.each([
  [['db.serverless'], 200, 'db.serverless'],
  [['db.r7g.large', 'db.serverless'], 1802, 'db.serverless'],
  [[], 200, 'no class'],
])('says what it does not know of %j', (classes, max, unknown) => {
  expect(connectionsOf(tier(classes))).toEqual({
    max,
    why: `every member offers ${max} connections: what ${unknown} offers is not known here`,
  });
});
