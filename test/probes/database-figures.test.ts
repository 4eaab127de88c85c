import type { Activity } from '../../lib/probes/database-activity';
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
    longestIdle: { ms: 1_000, statement: 'commit' },
    connections: { most: 12, limit: 197 },
    lag: { replica: 'Orders-2', ms: 120 },
    unseen: { ms: 2_000, because: 'it does not answer' },
  };
  expect(figureLines(figures)).toEqual([
    'orders was locked for 20 s by "alter table orders add column total integer"; 24 statements waited, for up to 2.0 s ("select ?")',
    'a row was locked for 400 ms by an idle transaction after "update a", which waited for "update b"; 1 statement waited',
    'carts was locked for 200 ms by a statement that is not shown; no statement waited',
    'the longest transaction took 20 s: "alter table orders add column total integer"',
    'a transaction was idle for 1.0 s after "commit"',
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

it('says so where nothing was seen', () => {
  expect(figureLines({ ...nothing, looks: 0 })).toEqual(['Orders was not looked at']);
});
