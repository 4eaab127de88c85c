import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { boundsOf, readData, type DataState } from '../../lib/probes/data';
import { compareData, type DataDifferences } from '../../lib/probes/data-differences';
import type { DatabaseFigures } from '../../lib/probes/database-figures';
import { watchDatabases } from '../../lib/probes/database-watch';
import { replicaLag } from '../../lib/probes/replica-lag';
import type { MysqlTier } from '../../lib/targets/local/mysql/tier';
import { connectTo, databaseOf, WATCH, Workshop } from './real-tier';
import { servers } from './servers';

const TABLES = [
  'drop database if exists sales',
  'drop view if exists of_tokens',
  'drop table if exists orders, purchases, tokens, carts, old_engine, no_key',
  'create table orders (id int auto_increment primary key, customer text not null, cents int, note text)',
  `insert into orders (customer, cents, note) with recursive n as (select 1 as n union all select n + 1 from n where n < 100)
    select concat('customer-', n), n, if(n > 50, 'x', null) from n`,
  `create table tokens (id varchar(40) primary key, owner text)`,
  `insert into tokens with recursive n as (select 1 as n union all select n + 1 from n where n < 40) select uuid(), concat('o', n) from n`,
  'create table carts (id int primary key)',
  'create database sales',
  "create table sales.`we``ird'; --` (`se``lect` int primary key, v text)",
  "insert into sales.`we``ird'; --` values (1, 'a'), (2, null)",
];

describe.each(servers().map((it) => [it.engine, it] as const))('on %s', (engine, programs) => {
  const workshop = new Workshop(programs);
  let tier: MysqlTier;
  let client: Connection;
  beforeAll(async () => {
    await workshop.open();
    tier = workshop.tier('Orders', { members: 2 });
    await tier.seed(undefined, WATCH);
    await tier.up(WATCH);
    client = await connect();
  });
  beforeEach(() => run(...TABLES));
  afterAll(() => workshop.remove());

  const connect = (): Promise<Connection> => connectTo(databaseOf(tier).writer);
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const sql of statements) await client.query(sql);
  };
  const read = async (since?: DataState): Promise<DataState> =>
    (await readData([databaseOf(tier)], since ? boundsOf([since]) : {}, WATCH.signal))[0]!;
  const after = async (...statements: readonly string[]): Promise<DataDifferences> => {
    const before = await read();
    await run(...statements);
    return compareData(before, await read(before));
  };
  const during = async (work: () => Promise<unknown>): Promise<DatabaseFigures> => {
    const watch = watchDatabases([databaseOf(tier)], WATCH.signal);
    await sleep(800);
    await work();
    return (await watch.stop())[0]!;
  };

  it('counts each table once, whatever it is called', async () => {
    const { tables, unread } = await read();
    expect(unread).toBeUndefined();
    expect(
      tables.map(({ schema, name, count }) => `${schema}.${name} ${count?.rows} ${count?.values.join()}`),
    ).toEqual([
      "sales.we`ird'; -- 2 2,1",
      'public.carts 0 0',
      'public.orders 100 100,100,100,50',
      'public.tokens 40 40,40',
    ]);
  });

  it('sees rows that are lost, however many are added meanwhile, in a table that is rewritten too', async () => {
    const { losses } = await after(
      'delete from orders where id % 10 = 0',
      'alter table orders add column total int, algorithm = copy',
      `insert into orders (customer) select 'new' from orders`,
      `delete from tokens where owner < 'o2'`,
      "delete from sales.`we``ird'; --` where `se``lect` = 1",
    );
    expect(losses).toEqual([
      { of: "sales.we`ird'; --", detail: `sales."we\`ird'; --": 2 rows became 1` },
      { of: 'orders', detail: 'orders: 100 rows became 90' },
      { of: 'tokens', detail: 'tokens: 40 rows became 29' },
    ]);
  });

  it('sees a table that is gone, and follows one that is renamed', async () => {
    const { losses } = await after(
      'rename table orders to purchases',
      'delete from purchases where id = 100',
      'drop table tokens',
    );
    expect(losses).toEqual([
      { of: 'orders', detail: 'orders: 100 rows became 99' },
      { of: 'tokens', detail: 'tokens is gone, with 40 rows' },
    ]);
  });

  it('sees what a backfill missed, and values that are lost, and no renamed column for one that is new', async () => {
    const { losses, advice } = await after(
      'alter table orders add column total int',
      'update orders set total = cents where id <> 42',
      'update orders set cents = null where id < 3',
      'alter table orders change column note remark text',
    );
    expect(losses).toEqual([
      { of: 'orders.cents', detail: 'orders.cents is null in 2 of 100 rows that existed; it was in none' },
      {
        of: 'orders.total',
        detail: 'orders.total, which is new, is null in 1 of 100 rows that existed: all others have a value',
      },
    ]);
    expect(advice).toContain('orders.note is gone, with 50 values');
  });

  it('advises on what a migration leaves in the schema', async () => {
    const { advice } = await after(
      'create table no_key (a int)',
      'create table old_engine (a int primary key) engine = MyISAM',
      'create view of_tokens as select owner from tokens',
      'drop table tokens',
    );
    expect(advice).toEqual(
      expect.arrayContaining([
        'the table no_key has no primary key: a replica reads the whole table for every row that is changed',
        'the table old_engine is of the engine MyISAM: a crash or a failover can lose its rows, and no transaction includes them',
        // MariaDB does not say so
        ...(engine === 'MySQL'
          ? ['the view of_tokens is broken: it reads a table, a column or a function that is not there']
          : []),
      ]),
    );
  });

  it('does not wait for long for a table that is locked', async () => {
    const holder = await connect();
    await holder.query('lock tables orders write');
    const locked = (await read()).tables.find(({ name }) => name === 'orders')!;
    await holder.query('unlock tables');
    expect(locked.notCounted).toMatch(/Lock wait timeout exceeded/);
    expect(locked.count).toBeUndefined();
  });

  it('measures the lag of replicas, and says where there is none', async () => {
    const database = databaseOf(tier);
    const context = { databases: [database], signal: WATCH.signal } as unknown as Parameters<
      typeof replicaLag
    >[1];
    const check = { name: 'lag', tier: 'Orders', maxMs: 5_000 };
    expect(await replicaLag(check, context)).toMatchObject({ outcome: 'passed' });
    const astray = { ...database, reader: database.writer };
    expect(await replicaLag(check, { ...context, databases: [astray] })).toMatchObject({
      outcome: 'failed',
      detail: 'the reader endpoint of Orders leads to the writer: read-your-writes proves nothing here',
    });
  });

  it('sees rows that are locked, with the statement that holds them and the one that waits, without their texts', async () => {
    const [holder, writer] = await Promise.all([connect(), connect()]);
    const { locks, idle, longestTransaction } = await during(async () => {
      await holder.query('begin');
      await holder.query(`update orders set note = "for Mrs. Smith" where id = 5`);
      const waiting = writer.query('update orders set cents = 4711 where id = 5');
      await sleep(2_000);
      await holder.query('commit');
      await waiting;
    });
    expect(locks).toMatchObject([
      {
        table: 'orders',
        statement: 'update orders set note = ? where id = ?',
        isIdle: true,
        waiter: 'update orders set cents = ? where id = ?',
        waiters: 1,
      },
    ]);
    expect(locks[0]!.ms).toBeGreaterThan(1_200);
    expect(locks[0]!.ms).toBeLessThan(4_000);
    expect(locks[0]!.longestWaitMs).toBeGreaterThan(1_200);
    expect(idle![0]).toMatchObject({ statement: 'update orders set note = ? where id = ?' });
    expect(idle![0]!.ms).toBeGreaterThan(1_200);
    expect(longestTransaction!.ms).toBeGreaterThan(1_200);
  });

  it('names the statement that an ALTER TABLE waits for while all others wait behind it', async () => {
    const [reader, migration, service] = await Promise.all([connect(), connect(), connect()]);
    const { locks } = await during(async () => {
      await reader.query('begin');
      await reader.query('select count(*) from carts');
      const altered = migration.query('alter table carts add column note text');
      await sleep(400);
      const selected = service.query('select id from carts');
      await sleep(1_500);
      await reader.query('commit');
      await Promise.all([altered, selected]);
    });
    expect(locks.map(({ statement, waiters, behind }) => ({ statement, waiters, behind }))).toContainEqual({
      statement: 'alter table carts add column note text',
      waiters: 1,
      behind: 'select count(*) from carts',
    });
  });

  it('sees a lock that nobody waits for, and none of those that only read', async () => {
    const [holder, reader] = await Promise.all([connect(), connect()]);
    const { locks } = await during(async () => {
      await reader.query('begin');
      await reader.query('select count(*) from orders');
      await holder.query('lock tables carts write');
      await sleep(1_200);
      await holder.query('unlock tables');
      await reader.query('commit');
    });
    expect(locks).toMatchObject([{ table: 'carts', waiters: 0 }]);
  });

  it('counts the connections of others, and survives a failover', async () => {
    const figures = await during(async () => {
      const clients = await Promise.all(Array.from({ length: 12 }, connect));
      await sleep(800);
      for (const it of clients) it.destroy();
      await tier.failover(WATCH);
      await sleep(1_000);
    });
    client = await connect();
    expect(figures.looks).toBeGreaterThan(2);
    expect(figures.connections!.most).toBeGreaterThanOrEqual(12);
    expect(figures.connections!.most).toBeLessThan(60);
    expect(figures.connections!.limit).toBe(1000);
    expect(figures.unseen!.ms).toBeGreaterThan(100);
  });
});
