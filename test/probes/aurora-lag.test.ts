import { replicaLag } from '../../lib/probes/replica-lag';
import { auroraStatus } from './aurora';
import { contextOf } from './loopback';
import { standUp, type RealDatabase } from './real-database';

let real: RealDatabase;
beforeAll(async () => {
  real = await standUp(3, 'select 1');
}, 60_000);
afterEach(() => real.run('drop function if exists aurora_replica_status()'));
afterAll(() => real.remove());

const seen = () =>
  replicaLag({ name: 'lag', tier: 'Orders', maxMs: 2000 }, contextOf({ databases: [real.database()] }));

const MEASURED = String.raw`the slowest of 2 replicas of Orders showed a write after \d+ ms, expected 2000 ms`;

it('says what Aurora says of its readers, beside what was measured', async () => {
  await real.run(auroraStatus({ 'orders-2': 14.4, 'orders-3': 31.6 }));
  const { outcome, detail } = await seen();
  expect(outcome).toBe('passed');
  expect(detail).toMatch(
    new RegExp(`^${MEASURED}; aurora_replica_status\\(\\) says that orders-3 is 32 ms behind, the slowest$`),
  );
});

it('judges what was measured alone, and leaves readers out of which Aurora knows nothing', async () => {
  await real.run(auroraStatus({ 'orders-2': null, 'orders-3': 90_000 }));
  expect(await seen()).toMatchObject({
    outcome: 'passed',
    detail: expect.stringMatching(
      /; aurora_replica_status\(\) says that orders-3 is 90000 ms behind$/,
    ) as string,
  });
  await real.run(auroraStatus({ 'orders-2': null }));
  expect((await seen()).detail).toMatch(/; aurora_replica_status\(\) knows no replica$/);
});

it('passes where Aurora refuses to say it, and says why', async () => {
  await real.run(
    `create function aurora_replica_status() returns table (server_id text, session_id text, replica_lag_in_msec int)
     language plpgsql as $$ begin raise insufficient_privilege using message = 'not allowed'; end $$`,
  );
  expect(await seen()).toMatchObject({
    outcome: 'passed',
    detail: expect.stringMatching(/; its own figure is not known: not allowed$/) as string,
  });
});

it('says nothing of that of any other PostgreSQL', async () => {
  expect((await seen()).detail).toMatch(new RegExp(`^${MEASURED}$`));
});
