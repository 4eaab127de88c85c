import type { Activity, Transaction } from '../../lib/probes/database-activity';
import { figureLines, type DatabaseFigures } from '../../lib/probes/database-figures';
import { FigureKeeper } from '../../lib/probes/figure-keeper';

const nothing: DatabaseFigures = { tier: 'Orders', looks: 3, locks: [] };

it('writes one line for each fact', () => {
  const figures: DatabaseFigures = {
    ...nothing,
    locks: [
      {
        table: 'orders',
        ms: 19_800,
        statement: 'alter table orders add column total integer',
        waiters: 24,
        longestWaitMs: 2_000,
        waiter: 'select ?',
      },
      { ms: 400, statement: 'update a', isIdle: true, behind: 'update b', waiters: 1, longestWaitMs: 300 },
      { table: 'carts', ms: 200, statement: '', waiters: 0, longestWaitMs: 0 },
    ],
    longestTransaction: { ms: 20_100, statement: 'alter table orders add column total integer' },
    idle: [
      { ms: 12_000, statement: 'insert into carts values (?)', application: 'Web-3' },
      { ms: 1_000, statement: 'begin' },
    ],
    connections: { most: 12, limit: 197 },
    lag: { replica: 'Orders-2', ms: 120 },
    unseen: { ms: 2_000, because: 'it does not answer' },
  };
  expect(figureLines(figures)).toEqual([
    'orders was locked for 20 s by "alter table orders add column total integer"; 24 statements waited, for up to 2.0 s ("select ?")',
    'a row was locked for 400 ms by an idle transaction after "update a", which waited for "update b"; 1 statement waited',
    'carts was locked for 200 ms by a statement that is not shown; no statement waited',
    'the longest transaction took 20 s: "alter table orders add column total integer"',
    'a transaction of Web-3 was idle for 12 s after "insert into carts values (?)"',
    'at most 12 of 197 connections were open',
    'Orders-2 was 120 ms behind at most',
    'Orders could not be looked at for 2.0 s: it does not answer',
  ]);
});

const quiet: Activity = {
  holds: [],
  waits: [],
  transactions: [],
  connections: { open: 0, limit: 10 },
  replicas: [],
};

it('counts a lock from when the first statement began to wait for it, and each statement once', () => {
  const by = { id: '7/1', statement: 'update carts', isIdle: false, behind: undefined };
  const wait = (id: string, ms: number | undefined) => ({
    id,
    statement: id,
    on: 'carts',
    ms,
    blockers: [by],
  });
  const keeper = new FigureKeeper('Orders', 0);
  keeper.add({ ...quiet, waits: [wait('a', 1_500)] }, 2_000);
  keeper.add({ ...quiet, waits: [wait('a', 1_700), wait('b', undefined)] }, 2_200);
  keeper.add(quiet, 2_400);
  keeper.add({ ...quiet, holds: [{ by, on: 'carts' }] }, 5_000);
  expect(keeper.figures(5_100).locks).toEqual([
    { table: 'carts', ms: 1_700, statement: 'update carts', waiters: 2, longestWaitMs: 1_700, waiter: 'a' },
  ]);
});

describe('transactions that are left open', () => {
  const transaction = (it: Partial<Transaction>): Activity => ({
    ...quiet,
    transactions: [
      { id: '7/1', application: '', statement: 'update carts', ms: 0, idleMs: 0, hasWritten: false, ...it },
    ],
  });
  const idleAfter = (looks: number, at: (ms: number) => Partial<Transaction>) => {
    const keeper = new FigureKeeper('Orders', 0);
    for (let i = 1; i <= looks; i++) keeper.add(transaction({ ms: i * 200, ...at(i * 200) }), i * 200);
    return keeper.figures(looks * 200).idle;
  };

  it('count from the last statement', () => {
    expect(idleAfter(30, (ms) => ({ idleMs: ms - 100, application: 'Web-3' }))).toEqual([
      { ms: 5_900, statement: 'update carts', application: 'Web-3' },
    ]);
  });

  it('count as a whole where a pool hands them on with what they have changed', () => {
    const usedEverySecond = (ms: number) => ({ idleMs: ms % 1_000 === 0 ? 0 : 200 });
    const [longest] = idleAfter(30, (ms) => ({ ...usedEverySecond(ms), hasWritten: true }))!;
    expect(longest!.ms).toBeGreaterThanOrEqual(4_800);
    expect(idleAfter(30, usedEverySecond)).toBeUndefined(); // a long report, read in parts
    const halfOfIt = (ms: number) => ({ idleMs: ms % 400 === 0 ? 0 : 200, hasWritten: true });
    expect(idleAfter(30, halfOfIt)).toBeUndefined();
    expect(idleAfter(30, () => ({ idleMs: 2, hasWritten: true }))).toBeUndefined(); // a migration, row by row
  });

  it('are none while a statement runs, however long', () => {
    expect(idleAfter(60, () => ({ hasWritten: true }))).toBeUndefined();
  });

  it('are known to have begun before they were watched', () => {
    expect(idleAfter(30, (ms) => ({ ms: ms + 3_000, idleMs: ms }))).toMatchObject([{ isOlder: true }]);
  });

  it('are one for each statement, the longest first', () => {
    const keeper = new FigureKeeper('Orders', 0);
    const idle = (id: string, statement: string, idleMs: number) =>
      transaction({ id, statement, ms: idleMs, idleMs }).transactions;
    keeper.add({ ...quiet, transactions: [...idle('1', 'a', 900), ...idle('2', 'a', 1_200)] }, 2_000);
    keeper.add({ ...quiet, transactions: [...idle('3', 'b', 3_000), ...idle('4', 'c', 300)] }, 2_200);
    expect(keeper.figures(2_300).idle!.map(({ ms, statement }) => [ms, statement])).toEqual([
      [3_000, 'b'],
      [1_200, 'a'],
    ]);
  });
});

it('says so where nothing was seen', () => {
  expect(figureLines({ ...nothing, looks: 0 })).toEqual(['Orders was not looked at']);
});
