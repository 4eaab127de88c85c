import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { connectionsOf } from '../../../../lib/targets/local/postgres/connections';

const tier = (classes: readonly string[], more: Partial<SqlTier> = {}): SqlTier =>
  ({ members: classes.map((it) => ({ class: it })), ...more }) as unknown as SqlTier;

const saying = (max: string) => ({ max_connections: max });

it.each([
  ['its class', tier(['db.r7g.large', 'db.r7g.large']), [], 1802, 'as db.r7g.large does'],
  [
    'the largest class',
    tier(['db.r7g.large', 'db.r7g.xlarge', 'db.r7g.large']),
    [],
    3604,
    'as db.r7g.xlarge does',
  ],
  ['an instance class of RDS', tier(['db.m7g.large']), [], 901, 'as db.m7g.large does'],
  ['a burstable class', tier(['db.t4g.micro']), [], 112, 'as db.t4g.micro does'],
  ['no more than 5000', tier(['db.r7g.16xlarge']), [], 5000, 'as db.r7g.16xlarge does'],
  [
    'as many capacity units as it has at most',
    tier(['db.serverless'], { serverless: { maxUnits: 8 } }),
    [],
    1669,
    'as db.serverless does',
  ],
  ['its parameter group', tier(['db.r7g.large']), [saying('64')], 64, 'as its parameter group says'],
  [
    'the parameter group of one member, and the class of another',
    tier(['db.r7g.large', 'db.r7g.large']),
    [saying('4000'), {}],
    4000,
    'as its parameter group says',
  ],
  [
    'a formula of its parameter group',
    tier(['db.m7g.large']),
    [saying('GREATEST({DBInstanceClassMemory/19063000},100)')],
    450,
    'as its parameter group says',
  ],
])('offers the connections of %s', (_, it, said, max, why) => {
  const offered = connectionsOf(it, said);
  expect(offered.max).toBe(max);
  expect(offered.why).toBe(`every member offers ${max} connections, ${why}`);
});

it.each([
  // as the guide of Aurora lists them
  [1, 1, 189],
  [1, 4, 823],
  [1, 8, 1669],
  [1, 16, 3360],
  [1, 32, 5000],
  [1, 256, 5000],
  // and what its note on small minimums says
  [0.5, 16, 2000],
  [0, 256, 2000],
  [0, 4, 823],
])('offers what Aurora does from %d to %d capacity units: %d', (minUnits, maxUnits, max) => {
  expect(connectionsOf(tier(['db.serverless'], { serverless: { minUnits, maxUnits } }), []).max).toBe(max);
});

it.each([
  [['db.serverless'], [], 200, 'db.serverless'],
  [['db.r7g.large', 'db.serverless'], [], 1802, 'db.serverless'],
  [['db.r7g.large'], [saying('{AllocatedStorage/1000}')], 200, 'db.r7g.large'],
  [[], [], 200, 'no class'],
])('says what it does not know of %j', (classes, said, max, unknown) => {
  expect(connectionsOf(tier(classes), said)).toEqual({
    max,
    why: `every member offers ${max} connections: what ${unknown} offers is not known here`,
  });
});
