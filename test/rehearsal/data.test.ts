import type { DataState, TableState } from '../../lib/probes/data';
import { BAD, CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.config = { ...CONFIG, drills: { soakSeconds: 0 }, gates: { maxFailedChecks: 0, maxStaleReads: 0 } };
});
afterEach(() => bench.remove());

const BEFORE = 'seed';
const AFTER = `migrated by ${GOOD}`;

const tableOf = (name: string, rows: number): TableState => ({
  oid: name,
  schema: 'public',
  name,
  columns: [{ name: 'id', number: 1 }],
  count: { rows, values: [rows] },
});

const orders = (rows: Readonly<Record<string, number>>, faults: readonly string[] = []): DataState => ({
  tier: 'Orders',
  tables: Object.entries(rows).map(([name, count]) => tableOf(name, count)),
  faults,
});

const unread = (why: string): DataState => ({ tier: 'Orders', tables: [], faults: [], unread: why });

/** Rehearses with what is held before the release and after it. */
async function rehearse(before: DataState | undefined, after: DataState | undefined) {
  bench.world.data.set(BEFORE, before ? [before] : []);
  bench.world.data.set(AFTER, after ? [after] : []);
  const { evidence } = ended(await bench.rehearse(GOOD));
  return evidence!;
}

it('passes a release that loses no row, and says how many were counted', async () => {
  const { verdict, checks, advice } = await rehearse(
    orders({ orders: 1050, carts: 2 }),
    orders({ orders: 1060, carts: 2 }),
  );
  expect(verdict).toBe('GO');
  expect(checks[0]).toMatchObject({
    name: 'rows of Orders',
    kind: 'data',
    tier: 'Orders',
    outcome: 'passed',
    detail: 'none lost of 1,052 in 2 tables',
  });
  expect(checks.map(({ name }) => name)).toEqual(['rows of Orders', 'health', 'orders']);
  expect(advice).toBeUndefined();
});

it('fails a release that loses rows, and a table', async () => {
  const { verdict, reasons } = await rehearse(orders({ orders: 1050, carts: 2 }), orders({ orders: 1040 }));
  expect([verdict, ...reasons]).toEqual([
    'NO-GO',
    'rows of Orders: orders: 1,050 rows became 1,040; carts is gone, with 2 rows (what is meant to go is named in migrate.removes)',
  ]);
});

it('lets a migration remove what the config says, and says so', async () => {
  bench.world.removes = ['orders'];
  const { verdict, advice } = await rehearse(orders({ orders: 1050 }), orders({ orders: 1040 }));
  expect([verdict, advice]).toEqual([
    'GO',
    ['Orders: orders: 1,050 rows became 1,040, as migrate.removes has it'],
  ]);
});

it('does not blame the candidate for a table that loses rows with the baseline too', async () => {
  let readings = 0;
  bench.world.onRead = () => {
    readings++;
    if (readings === 2) bench.world.data.set(BEFORE, [orders({ jobs: 20, orders: 5 })]);
  };
  const { verdict, reasons, advice } = await rehearse(
    orders({ jobs: 50, orders: 5 }),
    orders({ jobs: 0, orders: 4 }),
  );
  expect(readings).toBe(3);
  expect([verdict, ...reasons]).toEqual([
    'NO-GO',
    'rows of Orders: orders: 5 rows became 4 (what is meant to go is named in migrate.removes)',
  ]);
  expect(advice).toEqual(['Orders: jobs: 20 rows became 0; it is not judged, since 1.41.0 loses some too']);
});

it('advises on faults of the schema that are new, and decides nothing by them', async () => {
  const { verdict, advice } = await rehearse(
    orders({ orders: 1 }, ['the table old is unlogged']),
    orders({ orders: 1 }, ['the table old is unlogged', 'the index x of orders is invalid']),
  );
  expect([verdict, advice]).toEqual(['GO', ['Orders: the index x of orders is invalid']]);
});

it('is no GO where rows can no longer be counted, and none the less where they never could', async () => {
  const lost = await rehearse(orders({ orders: 1 }), unread('connection refused'));
  expect(lost.reasons).toEqual([
    'rows of Orders: counted before the release, and not after it: connection refused',
  ]);
  const gone = await rehearse(orders({ orders: 1 }), undefined);
  expect(gone.reasons).toEqual([
    'rows of Orders: counted before the release, and not after it: Orders is gone',
  ]);
  const never = await rehearse(unread('it speaks MySQL'), unread('it speaks MySQL'));
  expect([never.verdict, never.advice]).toEqual([
    'GO',
    ['Orders: its rows were not counted: it speaks MySQL'],
  ]);
});

it('proves nothing where no other check has tested the candidate', async () => {
  bench.config = { ...bench.config, checks: {}, gates: { maxFailedChecks: 0 } };
  const { verdict, reasons } = await rehearse(orders({ orders: 1 }), orders({ orders: 1 }));
  expect([verdict, ...reasons]).toEqual(['NO-GO', 'failed checks: not measured; allowed: at most 0']);
});

it('is judged anew in a retry, which still knows what the baseline loses', async () => {
  let readings = 0;
  bench.world.onRead = () => {
    if (++readings === 2) bench.world.data.set(BEFORE, [orders({ jobs: 20 })]);
  };
  bench.world.data.set(BEFORE, [orders({ jobs: 50 })]);
  bench.world.data.set(`migrated by ${BAD}`, [orders({}, ['the table x is unlogged'])]);
  bench.world.data.set(AFTER, [orders({ jobs: 3 })]);
  const first = ended(await bench.rehearse(BAD, { keep: true })).evidence!;
  expect(first.advice).toContain('Orders: the table x is unlogged');
  const { evidence } = ended(await bench.retry(GOOD));
  expect(evidence).toMatchObject({
    verdict: 'GO',
    advice: ['Orders: jobs: 20 rows became 3; it is not judged, since 1.41.0 loses some too'],
  });
  expect(evidence!.checks.filter(({ kind }) => kind === 'data')).toHaveLength(1);
});

it('keeps no advice of the attempt before for a release that fails', async () => {
  bench.world.data.set(BEFORE, [orders({ orders: 1 })]);
  bench.world.data.set(`migrated by ${BAD}`, [orders({ orders: 1 }, ['the table x is unlogged'])]);
  await bench.rehearse(BAD, { keep: true });
  bench.world.mishaps.push({ call: 'release', does: 'fails' });
  const { evidence } = ended(await bench.retry(GOOD));
  expect(evidence!.reasons[0]).toMatch(/^release failed/);
  expect(evidence!.advice).toBeUndefined();
});
