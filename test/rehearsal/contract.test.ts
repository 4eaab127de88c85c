import type { DataState } from '../../lib/probes/data';
import { CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.world.contracts = true;
  const { maxRecoverySeconds: _, ...gates } = CONFIG.gates; // nothing is broken here
  bench.config = { ...CONFIG, gates, drills: { rollBack: true, soakSeconds: 1 } };
});
afterEach(() => bench.remove());

const rehearse = async () => {
  const { evidence } = ended(await bench.rehearse(GOOD));
  const { verdict, reasons, drills, watched, advice } = evidence!;
  const contract = drills.find(({ kind }) => kind === 'contract');
  return { verdict, reasons, drills, contract, watched, advice };
};

const orders = (rows: number): DataState => ({
  tier: 'Orders',
  tables: [
    {
      oid: 'orders',
      schema: 'public',
      name: 'orders',
      columns: [{ name: 'id', number: 1 }],
      count: { rows, values: [rows] },
    },
  ],
  faults: [],
});

it('contracts the schema after the way back, under requests, and checks the candidate after it', async () => {
  const { verdict, drills, contract, watched } = await rehearse();
  expect(verdict).toBe('GO');
  expect(drills.map(({ kind }) => kind)).toEqual(['roll back', 'contract', 'soak']);
  expect(contract).toMatchObject({
    name: 'contract the schema',
    outcome: 'passed',
    detail:
      '1.43.0 runs on the contracted schema.\nAfter it, 2 checks passed.\n1.43.0 reads what 1.43.0 wrote (2 of 2).',
  });
  expect(watched.map(({ during, release }) => `${during} ${release}`)).toContain('contract 1.43.0');
  // the candidate's, once, and no release comes after it
  const calls = bench.world.calls.filter((it) => it === 'release' || it === 'contract');
  expect(calls).toEqual(['release', 'release', 'release', 'contract']);
});

it('is NO-GO for a candidate that still needs what goes', async () => {
  bench.world.onContract = (release) => (bench.world.failing = [release]);
  const { verdict, contract, reasons } = await rehearse();
  expect([verdict, contract?.outcome]).toEqual(['NO-GO', 'failed']);
  expect(reasons[0]).toContain('contract the schema');
});

it('is NO-GO where rows go that nobody named, and says so where they are named', async () => {
  const { world } = bench;
  world.data.set('seed', [orders(1050)]);
  world.data.set(`migrated by ${GOOD}`, [orders(1050)]);
  world.data.set('migrated by 1.41.0', [orders(1050)]);
  world.data.set(`contracted by ${GOOD}`, [orders(10)]);
  const { verdict, contract } = await rehearse();
  expect([verdict, contract?.outcome]).toEqual(['NO-GO', 'failed']);
  expect(contract?.detail).toContain('rows of Orders: orders: 1,050 rows became 10');

  world.removes = ['orders'];
  const named = await rehearse();
  expect([named.verdict, named.contract?.outcome]).toEqual(['GO', 'passed']);
  expect(named.advice).toContain('Orders: orders: 1,050 rows became 10, as migrate.removes has it');
});

it('is NO-GO for a second part that fails', async () => {
  bench.world.mishaps.push({ call: 'contract', does: 'fails' });
  const { verdict, contract } = await rehearse();
  expect([verdict, contract?.outcome]).toEqual(['NO-GO', 'failed']);
});

it.each([
  ['there is no second part', false, true],
  ['the config leaves it out', true, false],
])('does nothing where %s', async (_, contracts, contract) => {
  bench.world.contracts = contracts;
  bench.config = { ...bench.config, drills: { contract, soakSeconds: 0 } };
  expect((await rehearse()).contract).toBeUndefined();
  expect(bench.world.calls).not.toContain('contract');
});
