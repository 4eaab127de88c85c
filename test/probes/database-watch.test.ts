import { setTimeout as sleep } from 'node:timers/promises';
import { figureLines, type DatabaseFigures } from '../../lib/probes/database-figures';
import { watchDatabases } from '../../lib/probes/database-watch';
import { deadUrl } from './loopback';
import { standUp, WATCH, type RealDatabase } from './real-database';

const SEED = `
create table orders (id int primary key, customer text, cents int);
insert into orders select n, 'customer-' || n, n from generate_series(1, 100) n;
create table carts (id int primary key);`;

let real: RealDatabase;
beforeAll(async () => {
  real = await standUp(2, SEED);
}, 60_000);
afterAll(() => real.remove());

/** What is seen while something happens. */
async function during(work: () => Promise<unknown>): Promise<DatabaseFigures> {
  const watch = watchDatabases([real.database()], WATCH.signal);
  await sleep(600);
  await work();
  const [figures] = await watch.stop();
  return figures!;
}

it('sees a lock with the statement that holds it and those that wait, without what they say of customers', async () => {
  const [holder, one, other] = await Promise.all([real.connect(), real.connect(), real.connect()]);
  const { locks, longestTransaction, idle } = await during(async () => {
    await holder.query('begin');
    await holder.query(`alter table orders add column note text default 'for Mrs. Smith'`);
    const waiting = [
      one.query(`select cents from orders where customer = 'customer-7'`),
      other.query('update orders set cents = 4711 where id = 1'),
    ];
    await sleep(2_000);
    await holder.query('commit');
    await Promise.all(waiting);
  });
  expect(locks).toMatchObject([
    {
      table: 'orders',
      statement: 'alter table orders add column note text default ?',
      isIdle: true,
      waiters: 2,
    },
  ]);
  const [{ ms, longestWaitMs, waiter }] = locks as [(typeof locks)[number]];
  expect(ms).toBeGreaterThan(1_400);
  expect(ms).toBeLessThan(3_000);
  expect(longestWaitMs).toBeGreaterThan(1_400);
  expect([
    'select cents from orders where customer = ?',
    'update orders set cents = ? where id = ?',
  ]).toContain(waiter);
  expect(longestTransaction!.ms).toBeGreaterThan(1_400);
  expect(idle![0]!.ms).toBeGreaterThan(1_400);
});

it('sees a transaction that is left open, by whom and after what, and none that works or has ended', async () => {
  const [open, handedOn, busy, reading] = await Promise.all(Array.from({ length: 4 }, () => real.connect()));
  const { idle } = await during(async () => {
    await open!.query(`set application_name to 'Web-3'`);
    await open!.query(`begin; update carts set id = 7 where id = 7`);
    await handedOn!.query('begin');
    await busy!.query('begin');
    const works = busy!.query('select pg_sleep(1.9)');
    for (let i = 0; i < 4; i++) {
      await handedOn!.query(`insert into carts values (${90_000 + i})`);
      await reading!.query('begin; select 1; commit');
      await sleep(450);
    }
    await works;
    await Promise.all([open, handedOn, busy].map((client) => client!.query('rollback')));
  });
  expect(idle).toHaveLength(2); // in the order of how long they were open, which is nearly the same
  expect(Object.fromEntries(idle!.map(({ statement, application }) => [statement, application]))).toEqual({
    'begin; update carts set id = ? where id = ?': 'Web-3',
    'insert into carts values (?)': undefined,
  });
  for (const { ms } of idle!) expect(ms).toBeGreaterThan(1_200);
});

it('sees a lock that nobody waits for, but none on a table that the same transaction has made', async () => {
  const holder = await real.connect();
  const { locks } = await during(async () => {
    await holder.query('begin; create table fresh (id int); insert into fresh values (1)');
    await sleep(600);
    await holder.query('lock table carts in exclusive mode');
    await sleep(1_000);
    await holder.query('commit');
  });
  expect(locks).toMatchObject([{ table: 'carts', waiters: 0 }]);
  expect(locks[0]!.ms).toBeLessThan(1_600);
});

it('names the statement that an ALTER TABLE waits for while all others wait behind it', async () => {
  const [reader, migration, service] = await Promise.all([real.connect(), real.connect(), real.connect()]);
  const { locks } = await during(async () => {
    await reader.query('begin; select count(*) from carts');
    const altered = migration.query('alter table carts add column note text');
    await sleep(300);
    const read = service.query('select id from carts');
    await sleep(1_500);
    await reader.query('commit');
    await Promise.all([altered, read]);
  });
  expect(locks.map(({ statement, waiters, behind }) => ({ statement, waiters, behind }))).toContainEqual({
    statement: 'alter table carts add column note text',
    waiters: 1,
    behind: 'begin; select count(*) from carts',
  });
});

it('sees rows that are locked, and neither advisory locks nor an index that is built concurrently', async () => {
  const [holder, writer, leader, follower] = await Promise.all(
    Array.from({ length: 4 }, () => real.connect()),
  );
  const { locks } = await during(async () => {
    await leader!.query('select pg_advisory_lock(7)');
    const follows = follower!.query('select pg_advisory_lock(7)');
    await holder!.query('begin; update orders set cents = 1 where id = 5');
    const writes = writer!.query('update orders set cents = 2 where id = 5');
    await sleep(1_200);
    await holder!.query('commit');
    await writes;
    await leader!.query('begin; select 1');
    const index = writer!.query('create index concurrently on orders (customer)');
    await sleep(800);
    await leader!.query('commit; select pg_advisory_unlock(7)');
    await Promise.all([index, follows]);
  });
  expect(locks).toMatchObject([
    {
      table: 'orders',
      statement: 'begin; update orders set cents = ? where id = ?',
      waiter: 'update orders set cents = ? where id = ?',
      waiters: 1,
    },
  ]);
});

it('counts the connections of others, and reads the lag of replicas', async () => {
  const { connections, lag, looks } = await during(async () => {
    const clients = await Promise.all(Array.from({ length: 12 }, () => real.connect()));
    await real.run('insert into carts select generate_series(1, 10000)');
    await sleep(800);
    await Promise.all(clients.map((client) => client.end()));
  });
  expect(looks).toBeGreaterThan(2);
  expect(connections!.most).toBeGreaterThanOrEqual(12);
  expect(connections!.limit).toBeGreaterThan(connections!.most);
  expect(lag).toMatchObject({ replica: expect.stringMatching(/^Orders-[12]$/) as string });
});

it('survives a failover, and says for how long it saw nothing', async () => {
  const figures = await during(async () => {
    const { looks } = await during(() => real.tier.failover(WATCH));
    expect(looks).toBeGreaterThan(0);
    const holder = await real.connect();
    await holder.query('begin; lock table carts in access exclusive mode');
    await sleep(1_500);
    await holder.query('commit');
  });
  expect(figures.locks).toMatchObject([{ table: 'carts' }]);
  expect(figures.unseen!.ms).toBeGreaterThan(100);
  expect(figures.unseen!.because).toMatch(
    /^the writer of Orders \(127\..*\) (does not answer|cannot be reached)/,
  );
}, 60_000);

it('stops at once, whatever the writer does', async () => {
  const port = Number(new URL(await deadUrl()).port);
  const dead = { ...real.database(), writer: { host: '127.0.0.1', port } };
  const watch = watchDatabases([dead, real.database()], WATCH.signal);
  await sleep(2_500); // time for a first look, on a busy machine too
  const start = performance.now();
  const [gone, there] = await watch.stop();
  expect(performance.now() - start).toBeLessThan(600);
  expect(there!.looks).toBeGreaterThan(0);
  expect(gone).toMatchObject({ looks: 0, locks: [] });
  expect(figureLines(gone!)).toEqual([
    expect.stringMatching(/^Orders could not be looked at for .* cannot be reached: connect ECONNREFUSED/),
  ]);
  await sleep(300);
  const client = await real.connect();
  const { rows } = await client.query(`select from pg_stat_activity where application_name = 'cdk-twin'`);
  expect(rows).toEqual([]);
});
