import type { Client } from 'pg';
import { boundsOf, readData, type DataState } from '../../lib/probes/data';
import { compareData, type DataDifferences } from '../../lib/probes/data-differences';
import { deadUrl } from './loopback';
import { standUp, WATCH, type RealDatabase } from './real-database';

const HOSTILE = `we"ird'; drop table orders; --\n\${x}`;
const QUOTED = `"${HOSTILE.replaceAll('"', '""')}"`;

const SEED = `
drop schema public cascade; create schema public; drop schema if exists sales cascade;
create table orders (id serial primary key, customer text not null, cents int, note text);
insert into orders (customer, cents, note) select 'c', n, case when n > 50 then 'x' end from generate_series(1, 100) n;
create table tokens (id uuid primary key default gen_random_uuid(), owner text);
insert into tokens (owner) select 'o' || n from generate_series(1, 40) n;
create table events (at int not null, id int not null, what text, primary key (at, id)) partition by range (at);
create table events_1 partition of events for values from (0) to (10);
create table events_2 partition of events for values from (10) to (20);
insert into events select n, n, 'e' from generate_series(0, 19) n;
create table archive (id int primary key);
create table archive_1 (primary key (id)) inherits (archive);
insert into archive_1 values (1);
create table twin_probe_marker (id int primary key); -- of the lag check, which may be at work
create schema sales;
create table sales.${QUOTED} (${QUOTED} int primary key, "select" text);
insert into sales.${QUOTED} values (1, 'a'), (2, 'b');
create table hidden (id int primary key);
insert into hidden values (1), (2);
alter table hidden enable row level security, force row level security;
create table wide (id int primary key, ${Array.from({ length: 400 }, (_, i) => `c${i} int`).join(', ')});
insert into wide (id, c399) values (1, 1);`;

let real: RealDatabase;
let client: Client;
beforeAll(async () => {
  real = await standUp(1, 'select 1');
  client = await real.connect();
}, 60_000);
beforeEach(() => client.query(SEED));
afterAll(() => real.remove());

const read = async (since?: DataState): Promise<DataState> =>
  (await readData([real.database()], since ? boundsOf([since]) : {}, WATCH.signal))[0]!;

/** What a change is seen as. */
async function after(sql: string): Promise<DataDifferences> {
  const before = await read();
  await client.query(sql);
  return compareData(before, await read(before));
}

const nothing = {
  losses: [],
  advice: ['hidden was not counted: query would be affected by row-level security policy for table "hidden"'],
};

it('counts each table once, whatever it is called, and says which it could not count', async () => {
  const { tables, unread } = await read();
  expect(unread).toBeUndefined();
  expect(tables.map(({ schema, name, count }) => `${schema}.${name} ${count?.rows}`)).toEqual([
    'public.archive 0',
    'public.archive_1 1',
    'public.events 20',
    'public.hidden undefined',
    'public.orders 100',
    'public.tokens 40',
    'public.wide 1',
    `sales.${HOSTILE} 2`,
  ]);
  const wide = tables.find(({ name }) => name === 'wide')!;
  expect([wide.count!.values.at(-1), wide.count!.values.at(-2)]).toEqual([1, 0]);
  expect(compareData(await read(), await read())).toMatchObject({ ...nothing, tables: 7, rows: 164 });
});

it('sees rows that are lost, however many are added meanwhile', async () => {
  const { losses } = await after(
    `delete from orders where id % 10 = 0; insert into orders (customer) select 'new' from generate_series(1, 500);
     delete from tokens where owner < 'o2'; delete from events where at = 11;
     delete from sales.${QUOTED} where ${QUOTED} = 1`,
  );
  expect(losses).toEqual([
    { of: 'events', detail: 'events: 20 rows became 19' },
    { of: 'orders', detail: 'orders: 100 rows became 90' },
    { of: 'tokens', detail: 'tokens: 40 rows became 29' },
    { of: `sales.${HOSTILE}`, detail: `sales.${JSON.stringify(HOSTILE)}: 2 rows became 1` },
  ]);
});

it('sees a table that is gone, and follows one that is renamed', async () => {
  const { losses } = await after(
    `alter table tokens rename to keys; alter table orders rename to purchases; delete from purchases where id = 100;
     drop table wide`,
  );
  expect(losses).toEqual([
    { of: 'orders', detail: 'orders: 100 rows became 99' },
    { of: 'wide', detail: 'wide is gone, with 1 row' },
  ]);
});

const WRITE = `insert into orders (customer, cents) select 'new', 1 from generate_series(1, 30)`;

it('sees one row that a backfill missed', async () => {
  const { losses } = await after(
    `alter table orders add column total int; update orders set total = cents where id <> 42; ${WRITE}`,
  );
  const detail = 'orders.total, which is new, is null in 1 of 100 rows that existed: all others have a value';
  expect(losses).toEqual([{ of: 'orders.total', detail }]);
});

it.each(['', 'update orders set total = cents;'])(
  'takes no row that was written meanwhile for one that a backfill missed (%j)',
  async (backfill) => {
    const seen = await after(`alter table orders add column total int; ${backfill} ${WRITE}`);
    expect(seen).toMatchObject(nothing);
  },
);

it('only advises on a new column that many rows have no value for', async () => {
  const { losses, advice } = await after(
    `alter table orders add column total int; update orders set total = cents where id < 50; ${WRITE}`,
  );
  expect(losses).toEqual([]);
  expect(advice).toContain('orders.total, which is new, is null in 51 of 100 rows that existed');
});

it('sees values that are lost in a column that was full, under its new name too, and in no other', async () => {
  const { losses } = await after(
    `alter table orders rename column cents to amount; update orders set amount = null where id in (1, 2);
     update orders set note = null where id = 60; insert into orders (customer) values ('new');
     insert into tokens (owner) values (null), (null), (null)`,
  );
  expect(losses).toEqual([
    { of: 'orders.amount', detail: 'orders.amount is null in 2 of 100 rows that existed; it was in none' },
  ]);
});

it('advises on what a migration leaves in the schema, and on columns that are gone with their values', async () => {
  await client.query('create table early (at int)'); // it was there before
  const before = await read();
  await client.query(`create unlogged table carts (id int primary key); create table visits (at timestamptz);
    alter table orders add constraint small check (cents < 50) not valid; alter table orders drop column note`);
  await client.query('create unique index concurrently orders_customer on orders (customer)').catch(() => {});
  const { losses, advice } = compareData(before, await read(before));
  expect(losses).toEqual([]);
  expect(advice).toEqual([
    nothing.advice[0],
    'orders.note is gone, with 50 values',
    'the constraint small of orders is NOT VALID: rows that were there before may break it; VALIDATE CONSTRAINT checks them',
    'the index orders_customer of orders is invalid: no query uses it; drop it, or make it anew with REINDEX INDEX CONCURRENTLY',
    'the table visits has no primary key: logical replication can neither update nor delete its rows',
    'the table carts is unlogged: a crash or a failover empties it, and replicas cannot read it',
  ]);
});

it('does not wait for long: for a table that is locked, one that takes too long, and all after the limit', async () => {
  const holder = await real.connect();
  await holder.query('begin; lock table orders in access exclusive mode');
  const locked = (await read()).tables.find(({ name }) => name === 'orders')!;
  await holder.query('commit');
  expect(locked).toMatchObject({ notCounted: 'canceling statement due to lock timeout' });
  expect(locked.count).toBeUndefined();

  await client.query('create table large as select n as id from generate_series(1, 1000000) n');
  const limits = { tableMs: 10, allMs: 60_000 };
  const [slow] = await readData([real.database()], {}, WATCH.signal, limits);
  expect(slow!.tables.find(({ name }) => name === 'large')).toMatchObject({
    notCounted: 'canceling statement due to statement timeout',
  });
  await client.query('drop table large');
  const [none] = await readData([real.database()], {}, WATCH.signal, { tableMs: 1_000, allMs: 0 });
  expect(none!.tables.every(({ notCounted }) => notCounted === 'the others took 0 s')).toBe(true);
});

it('says why nothing was read, and throws the reason when it is aborted', async () => {
  const port = Number(new URL(await deadUrl()).port);
  const dead = { ...real.database(), writer: { host: '127.0.0.1', port } };
  expect(await readData([dead], {}, WATCH.signal)).toEqual([
    {
      tier: 'Orders',
      tables: [],
      faults: [],
      unread: `the writer of Orders (127.0.0.1:${port}) cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
    },
  ]);
  await expect(readData([real.database()], {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
    'enough',
  );
});
