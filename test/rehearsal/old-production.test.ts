import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import { prune } from '../../lib/history/prune';
import { unfinishedIn } from '../../lib/history/unfinished';
import {
  endDown,
  goOnDown,
  readDown,
  startDown,
  unfinishedDowns,
  type ProductionDown,
} from '../../lib/rehearsal/old-production';
import { Rehearsals } from '../../lib/rehearsal/rehearsals';
import type { FinalCopy, OldProduction } from '../../lib/targets/old-production';

const NOW = new Date('2026-11-30T20:00:00Z');
const DATABASES = ['Orders', 'Shop Catalog of all that is sold'].map((tier) => ({
  tier,
  engine: 'aurora-postgresql 17.9',
  id: `prod-${tier.length}`,
  service: 'rds',
  region: 'eu-west-1',
}));
const STACKS = ['Data', 'Web'].map((name) => ({ name, id: `arn:${name}`, region: 'eu-west-1' }));

const copy = (name: string): FinalCopy => ({ name, arn: `arn:${name}`, takenAt: NOW.toISOString() });

let folder: string;
let rehearsals: Rehearsals;
/** What was called, each with the state that was on record then. */
let calls: string[];
let stop: AbortController;
let production: { -readonly [K in keyof OldProduction]: OldProduction[K] };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-down-'));
  rehearsals = new Rehearsals(folder);
  calls = [];
  stop = new AbortController();
  const called = (what: string): void => void calls.push(`${what} (${onRecord().state})`);
  production = {
    look: () => Promise.reject(new Error('it is on record what stands')),
    keep: (_, name) => (called(`keep ${name}`), Promise.resolve(copy(name))),
    copiesOf: () => Promise.resolve([]),
    remove: ({ name }) => (called(`remove ${name}`), Promise.resolve(name === 'Data' ? ['a bucket'] : [])),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (): string[] => rehearsals.having('production-down.json');
const onRecord = (): ProductionDown => readDown(rehearsals.folderOf(names().at(-1)!));

const start = (keepsData = true): ProductionDown =>
  startDown(
    rehearsals,
    {
      target: 'aws',
      environment: 'Prod',
      release: '1.41.0',
      stands: { stacks: STACKS, databases: DATABASES, without: [] },
      keepsData,
    },
    NOW,
  );
const go = (down: ProductionDown, checkFree = () => Promise.resolve()) =>
  goOnDown(down, {
    production,
    rehearsals,
    checkFree,
    watch: { signal: stop.signal, log: () => {}, span: (_, work) => work() },
  });

const ORDERS = 'prod-orders-final-20261130200000-1';
const CATALOG = 'prod-shop-catalog-of-al-final-20261130200000-2';

it('takes the final snapshots, then deletes the stacks, the last first, each written down before', async () => {
  const first = start();
  expect(onRecord()).toEqual(first);
  expect(first.databases.map(({ snapshot }) => snapshot)).toEqual([ORDERS, CATALOG]);
  const ofCloudFormation = copy('prod-snapshot-of-the-deletion-policy');
  production.copiesOf = ({ tier }) =>
    Promise.resolve(tier === 'Orders' ? [copy(ORDERS), ofCloudFormation] : [copy(CATALOG)]);
  const { down, error } = await go(first);
  expect(error).toBeUndefined();
  expect(calls).toEqual([
    `keep ${ORDERS} (keeping)`,
    `keep ${CATALOG} (keeping)`,
    'remove Web (removing)',
    'remove Data (removing)',
  ]);
  expect(onRecord()).toEqual(down);
  expect(down).toMatchObject({
    state: 'gone',
    stacks: [{ leaves: ['a bucket'] }, { leaves: [] }],
    databases: [{ copies: [copy(ORDERS), ofCloudFormation] }, { copies: [copy(CATALOG)] }],
  });
  expect(unfinishedDowns(rehearsals, 'aws')).toEqual([]);
  expect(unfinishedIn(rehearsals.folderOf(down.down))).toMatchObject({
    state: 'torn down',
    snapshots: { Orders: `${ORDERS}, prod-snapshot-of-the-deletion-policy` },
  });
});

it('takes none where that is asked for, and lists what there is in spite of it', async () => {
  production.copiesOf = () => Promise.resolve([copy('of-the-deletion-policy')]);
  const { down } = await go(start(false));
  expect(calls).toEqual(['remove Web (removing)', 'remove Data (removing)']);
  expect(down.databases[0]!.copies).toEqual([copy('of-the-deletion-policy')]);
});

it.each<[string, () => void, () => Promise<void>, object]>([
  [
    'where a snapshot cannot be taken',
    () => (production.keep = () => Promise.reject(new TwinError({ code: 'aws', message: 'no', fix: '' }))),
    () => Promise.resolve(),
    { code: 'not-kept', message: expect.stringContaining('Orders of Prod could not be kept') as string },
  ],
  [
    'where clients have come back meanwhile',
    () => {},
    () => Promise.reject(new TwinError({ code: 'in-use', message: 'there they are', fix: '' })),
    { code: 'in-use' },
  ],
  [
    'where it is stopped',
    () => (production.keep = () => (stop.abort(new Error('Ctrl-C')), Promise.reject(new Error('aborted')))),
    () => Promise.resolve(),
    { message: 'Ctrl-C' },
  ],
  [
    'where it is stopped when all is kept',
    () => (production.keep = (_, name) => (stop.abort(new Error('Ctrl-C')), Promise.resolve(copy(name)))),
    () => Promise.resolve(),
    { message: 'Ctrl-C' },
  ],
])('removes nothing %s, does not go on, and names what may be there', async (_, change, checkFree, error) => {
  change();
  await expect(go(start(), checkFree)).rejects.toMatchObject(error);
  expect(calls.filter((it) => it.startsWith('remove'))).toEqual([]);
  expect(unfinishedDowns(rehearsals, 'aws')).toEqual([]);
  expect(unfinishedIn(rehearsals.folderOf(names()[0]!))).toMatchObject({
    state: 'stopped',
    snapshots: { Orders: ORDERS },
  });
});

it('goes on with the stacks that are not gone, and keeps no data a second time', async () => {
  const failure = new TwinError({ code: 'not-deleted', message: 'a bucket is not empty', fix: '' });
  const { remove } = production;
  production.remove = (stack, watch) =>
    stack.name === 'Data' ? Promise.reject(failure) : remove(stack, watch);
  const { error } = await go(start());
  expect(error).toBe(failure);
  const [open] = unfinishedDowns(rehearsals, 'aws');
  expect(unfinishedDowns(rehearsals, 'local')).toEqual([]);
  expect(unfinishedIn(rehearsals.folderOf(open!.down))).toMatchObject({ state: 'interrupted' });
  const root = join(folder, '.twin');
  expect(prune(root, { keep: 0 }, NOW, false).pruned[0]).toMatchObject({
    outcome: 'left',
    why: 'Prod may not be gone: finish with twin production down',
  });
  calls = [];
  production.remove = remove;
  const { down } = await go(open!);
  expect(calls).toEqual(['remove Data (removing)']);
  expect(down.state).toBe('gone');
  expect(prune(root, { keep: 0 }, NOW, false).pruned[0]!.why).toBe(
    'it names the final snapshots of Prod: remove the folder by hand',
  );
});

it('ends one whose process was killed before anything was removed', () => {
  endDown(rehearsals, start());
  expect(onRecord().state).toBe('stopped');
});

it('refuses a file of another version', () => {
  const { down } = start();
  rmSync(join(rehearsals.folderOf(down), 'production-down.json'));
  expect(() => readDown(rehearsals.folderOf(down))).toThrow('is not what this version of twin wrote');
});
