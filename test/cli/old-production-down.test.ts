import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeHeld } from '../../lib/cutover/ledger';
import { TwinError } from '../../lib/error';
import { holderOf } from '../../lib/rehearsal/claim';
import { readDown, startDown, type ProductionDown } from '../../lib/rehearsal/old-production';
import { processOf } from '../../lib/rehearsal/rehearsing-process';
import { Rehearsals } from '../../lib/rehearsal/rehearsals';
import type { ProbeWatch } from '../../lib/probes/probes';
import type { OldProduction } from '../../lib/targets/old-production';
import { GOOD, Workbench } from '../rehearsal/workbench';
import { FakeProcess, twinOn } from './rehearsal-command';

const STACKS = ['Data', 'Web'].map((name) => ({ name, id: `arn:${name}`, region: 'eu-west-1' }));
const ORDERS = {
  tier: 'Orders',
  engine: 'aurora-postgresql 17.9',
  id: 'prod-orders',
  service: 'rds',
  region: 'eu-west-1',
};
const FAILURE = new TwinError({ code: 'not-deleted', message: 'a bucket is not empty', fix: 'Empty it.' });

let bench: Workbench;
/** What was called. */
let calls: string[];
let production: { -readonly [K in keyof OldProduction]: OldProduction[K] };
beforeEach(() => {
  bench = new Workbench();
  calls = [];
  production = bench.oldProduction = {
    look: () => {
      calls.push('look');
      return Promise.resolve({ stacks: STACKS, databases: [ORDERS], without: ['Pages (cache)'] });
    },
    keep: (_, name) => {
      calls.push('keep');
      return Promise.resolve({ name, arn: `arn:${name}`, takenAt: '2026-11-30T20:00:00Z' });
    },
    copiesOf: () => Promise.resolve([]),
    remove: ({ name }) => {
      calls.push(`remove ${name}`);
      return Promise.resolve([]);
    },
  };
  Object.assign(bench.traffic, { productions: ['Prod', 'ProdB'].map((name) => ({ target: 'aws', name })) });
  bench.traffic.percent = 100;
});
afterEach(() => bench.remove());

const down = (...more: readonly string[]) =>
  twinOn(bench, ['production', 'down', '--target', 'aws', '--environment', 'Prod', ...more]);
const confirmed = (...more: readonly string[]) => down('--confirm', 'Prod', ...more);

/** What is on record of tear-downs. */
const records = (): ProductionDown[] =>
  new Rehearsals(bench.folder)
    .having('production-down.json')
    .map((it) => readDown(bench.rehearsals.folderOf(it)));

it('tears the one down that no client uses, and keeps what it held', async () => {
  const { remove } = production;
  production.remove = (...of) => {
    expect(holderOf(bench.rehearsals.folderOf(records()[0]!.down))?.pid).toBe(process.pid);
    return remove(...of);
  };
  const { exitCode, stdout } = await confirmed();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^Prod is torn down: Data and Web\nkept Orders prod-orders-final-\S+ \(aurora-postgresql 17\.9, eu-west-1, /,
  );
  expect(calls).toEqual(['look', 'keep', 'remove Web', 'remove Data']);
  expect(records()).toMatchObject([{ state: 'gone', environment: 'Prod', target: 'aws' }]);
});

it('keeps nothing where that is asked for', async () => {
  expect(await confirmed('--no-snapshots')).toMatchObject({ exitCode: 0 });
  expect(calls).toEqual(['look', 'remove Web', 'remove Data']);
});

it.each<[string, readonly string[], string, () => void]>([
  ['whose name was not typed', [], 'nobody has confirmed that Prod is to be torn down', () => {}],
  [
    'whose name was typed wrong',
    ['--confirm', 'prod'],
    '"prod" was typed, expected "Prod": it is not torn down',
    () => {},
  ],
  [
    'that one in a hundred clients uses',
    ['--confirm', 'Prod'],
    '1 % of the requests of clients go to Prod',
    () => (bench.traffic.percent = 99),
  ],
  [
    'that the config does not share traffic with',
    ['--confirm', 'Prod'],
    'nothing says whether clients use Prod',
    () => Object.assign(bench.traffic, { productions: undefined }),
  ],
  [
    'that a cutover may still send clients to',
    ['--confirm', 'Prod'],
    'did not come to its end: some of the traffic may go to ProdB',
    () => {
      const { rehearsals } = bench;
      const cutover = rehearsals.create(`cutover-${GOOD}`, new Date());
      const of = { cutover, target: 'aws', from: 'Prod', to: 'ProdB', startedAt: '', before: {} };
      writeHeld(rehearsals, { version: 1, ...of, isOver: false });
    },
  ],
  [
    'that is protected',
    ['--confirm', 'Prod'],
    'Prod is protected from being deleted',
    () => {
      const message = 'Prod is protected from being deleted';
      production.look = () => Promise.reject(new TwinError({ code: 'protected', message, fix: 'Lift it.' }));
    },
  ],
])('leaves one %s, and writes nothing down', async (_, argv, message, change) => {
  change();
  const { exitCode, stdout, stderr } = await down(...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
  expect(calls).toEqual(argv.length === 0 ? ['look'] : []); // who is asked reads what stands
  expect(records()).toEqual([]);
});

it('leaves one that clients come back to while its snapshots are taken', async () => {
  const { keep } = production;
  production.keep = (...of) => {
    bench.traffic.percent = 50;
    return keep(...of);
  };
  const { exitCode, stderr } = await confirmed();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('50 % of the requests of clients go to Prod');
  expect(calls).toEqual(['look', 'keep']);
  expect(records()).toMatchObject([{ state: 'stopped' }]);
});

it('leaves one whose data cannot be kept', async () => {
  production.keep = () => Promise.reject(new TwinError({ code: 'aws', message: 'the quota', fix: 'Ask.' }));
  const { exitCode, stderr } = await confirmed();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('the data of Orders of Prod could not be kept');
  expect(calls).toEqual(['look']);
});

it('begins anew where its process ended before anything was removed: the snapshots may be old', async () => {
  const stands = { stacks: STACKS, databases: [ORDERS], without: [] };
  const of = { target: 'aws', environment: 'Prod', release: '1.41.0', stands, keepsData: true };
  startDown(bench.rehearsals, of, new Date('2026-11-29T20:00:00Z'));
  expect(await confirmed()).toMatchObject({ exitCode: 0 });
  expect(calls).toEqual(['look', 'keep', 'remove Web', 'remove Data']);
  expect(records().map(({ state }) => state)).toEqual(['stopped', 'gone']);
});

it('goes on with what it began, by the same command, and asks for no second snapshot', async () => {
  const { remove } = production;
  production.remove = (stack, watch) =>
    stack.name === 'Data' ? Promise.reject(FAILURE) : remove(stack, watch);
  const broken = await confirmed();
  expect(broken.exitCode).toBe(3);
  expect(broken.stdout).toContain('Prod is not torn down, but for Web\n');
  expect(broken.stdout).toContain('finish with npx twin production down --environment Prod --target aws');
  expect(broken.stderr).toContain('a bucket is not empty');

  calls.length = 0;
  production.remove = remove;
  bench.traffic.percent = 99; // whoever moved clients back meanwhile keeps what is left
  expect(await confirmed()).toMatchObject({ exitCode: 2 });
  expect(calls).toEqual([]);
  bench.traffic.percent = 100;
  const [{ down: name }] = records() as [ProductionDown];
  const claim = join(bench.rehearsals.folderOf(name), 'claim-1.json');
  writeFileSync(claim, JSON.stringify(processOf(process.ppid)));
  expect(await confirmed()).toMatchObject({ exitCode: 2 }); // another process is at work
  expect(calls).toEqual([]);
  rmSync(claim);
  expect(await confirmed()).toMatchObject({ exitCode: 0 });
  expect(calls).toEqual(['remove Data']);
  expect(records()).toMatchObject([{ state: 'gone' }]);
});

it.each([
  ['removes nothing where it is stopped before', 1, 'stopped by SIGINT: nothing of Prod was removed'],
  ['says how to go on where it is stopped in the middle', 3, 'Prod is not torn down'],
])('%s', async (_, exitCode, said) => {
  const signals = new FakeProcess();
  const stopped = ({ signal }: ProbeWatch): Promise<never> => {
    signals.emit('SIGINT', 'SIGINT');
    return Promise.reject(signal.reason as Error);
  };
  if (exitCode === 1) production.keep = (_database, _name, watch) => stopped(watch);
  else production.remove = (_stack, watch) => stopped(watch);
  const argv = ['production', 'down', '--target', 'aws', '--environment', 'Prod', '--confirm', 'Prod'];
  const ran = await twinOn(bench, argv, { signals });
  expect(ran.exitCode).toBe(exitCode);
  expect(`${ran.stdout} ${ran.stderr}`.replaceAll(/\s+/g, ' ')).toContain(said);
  expect(calls.filter((it) => it.startsWith('remove'))).toEqual([]);
});
