import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeEvidence } from '../../lib/evidence/store';
import { prune, type PruneRule } from '../../lib/history/prune';
import { processOf } from '../../lib/rehearsal/rehearsing-process';
import { GOOD, Workbench } from '../rehearsal/workbench';
import { autumn, rehearsed, writeAll, writeLedger } from './samples';

const NOW = new Date('2026-12-01T00:00:00Z');
const DAY = 86_400_000;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'twin-prune-'));
  writeAll(root, autumn);
});
afterEach(() => rmSync(root, { recursive: true }));

const run = (rule: PruneRule, isTrial = false) => prune(root, rule, NOW, isTrial);
const removedBy = (rule: PruneRule): string[] =>
  run(rule).pruned.flatMap(({ rehearsal, outcome }) => (outcome === 'removed' ? [rehearsal] : []));
const names = autumn.map(({ rehearsal }) => rehearsal);

it('keeps the newest', () => {
  expect(removedBy({ keep: 10 })).toEqual(names.slice(0, 2));
  expect(readdirSync(root)).toEqual(names.slice(2));
  expect(removedBy({ keep: 10 })).toEqual([]);
  expect(removedBy({ keep: 0 })).toHaveLength(10);
});

it('counts a rehearsal in several stagings once', () => {
  const group = { name: 'one', stagings: ['Staging', 'StagingB', 'StagingC'], beside: ['1.40.0'] };
  for (const name of names.slice(8, 11)) writeLedger(root, name, { group });
  // the newest rehearsal, the group of three, and the one before it
  expect(removedBy({ keep: 3 })).toEqual(names.slice(0, 7));
  expect(readdirSync(root)).toEqual(names.slice(7));
});

it('leaves the final snapshots of a production', () => {
  const snapshots = [{ tier: 'Orders', engine: 'PostgreSQL', folder: 'snapshots/Orders', takenAt: '' }];
  writeLedger(root, names[0]!, { standing: 'gone', environment: 'ProdB', snapshots });
  const [left, ...others] = run({ keep: 9 }).pruned;
  expect(left).toMatchObject({
    outcome: 'left',
    why: 'it holds the final snapshots of ProdB: remove the folder by hand',
  });
  expect(others.map(({ outcome }) => outcome)).toEqual(['removed', 'removed']);
});

it('removes what ended longer ago', () => {
  expect(removedBy({ olderThanMs: 82.5 * DAY })).toEqual(names.slice(0, 3));
  expect(removedBy({ olderThanMs: 82.5 * DAY })).toEqual([]);
});

it('removes with both rules what both allow', () => {
  expect(removedBy({ keep: 11, olderThanMs: DAY })).toEqual(names.slice(0, 1));
  expect(removedBy({ keep: 1, olderThanMs: 82.5 * DAY })).toEqual(names.slice(1, 3));
});

it('only says what it would remove, and what that takes', () => {
  const { pruned, rehearsals } = run({ keep: 11 }, true);
  expect(rehearsals).toBe(12);
  expect(pruned).toEqual([{ rehearsal: names[0], outcome: 'removed', bytes: expect.any(Number) as number }]);
  expect(pruned[0]!.bytes).toBeGreaterThan(100_000);
  expect(readdirSync(root)).toEqual(names);
});

it.each(['maybe', 'kept'])(
  'leaves a rehearsal whose environment is "%s", whatever its evidence says',
  (standing) => {
    writeLedger(root, names[0]!, { standing });
    const [left, gone] = run({ keep: 10 }).pruned;
    expect(left).toMatchObject({
      outcome: 'left',
      why: 'its environment may exist: tear it down with twin down',
    });
    expect(gone).toMatchObject({ outcome: 'removed' });
    expect(existsSync(join(root, names[0]!, 'evidence.json'))).toBe(true);
  },
);

it('leaves what it knows too little of: a ledger that cannot be read, and none', () => {
  writeFileSync(join(root, names[0]!, 'ledger.json'), '{');
  rmSync(join(root, names[1]!, 'ledger.json'));
  expect(run({ keep: 10 }).pruned.map(({ outcome, why }) => [outcome, why])).toEqual([
    ['left', expect.stringMatching(/ledger\.json is not the ledger of a rehearsal: /)],
    ['left', 'it has no ledger: whether its environment exists is not known'],
  ]);
});

it('leaves what a process works on, here or on another host, and removes what a dead one had', () => {
  const claimOf = (name: string, holder: object): void =>
    writeFileSync(join(root, name, 'claim-1.json'), JSON.stringify(holder));
  claimOf(names[0]!, processOf(process.ppid));
  claimOf(names[1]!, { ...processOf(), host: 'ci-7', pid: 4711 });
  claimOf(names[2]!, { pid: 2 ** 22, host: hostname(), startedAt: 'long ago' });
  expect(run({ keep: 9 }).pruned.map(({ outcome, why }) => [outcome, why])).toEqual([
    ['left', `process ${process.ppid} is at work on ${names[0]}`],
    ['left', 'process 4711 on ci-7 may be at work on it'],
    ['removed', undefined],
  ]);
});

it('leaves checkouts of releases and whatever is no rehearsal, and removes rehearsals that never started', () => {
  for (const it of ['releases', 'releases/abc', 'mine']) mkdirSync(join(root, it));
  writeFileSync(join(root, 'releases', 'ledger.json'), '{}');
  writeLedger(root, '20250101-000000-1.0.0', {});
  writeFileSync(join(root, '20250101-000000-1.0.0', 'not-started.ndjson'), '');
  expect(removedBy({ keep: 12 })).toEqual(['20250101-000000-1.0.0']);
  expect(readdirSync(root)).toEqual([...names, 'mine', 'releases']);
});

it('takes the age of evidence that it cannot read from its files', () => {
  for (const name of names.slice(0, 2)) {
    const folder = join(root, name);
    writeFileSync(join(folder, 'evidence.json'), '{"version": 2}');
    const at = name === names[0] ? NOW : new Date(NOW.getTime() - 90 * DAY);
    for (const file of readdirSync(folder)) utimesSync(join(folder, file), at, at);
  }
  expect(removedBy({ olderThanMs: 82.5 * DAY })).toEqual(names.slice(1, 3));
});

it('never removes the rehearsal of an environment that was kept, and does once it is torn down', async () => {
  const bench = new Workbench();
  try {
    await bench.rehearse(GOOD, { keep: true });
    const folder = join(bench.folder, '.twin');
    const once = prune(folder, { keep: 0 }, NOW, false).pruned;
    expect(once).toMatchObject([{ outcome: 'left' }]);
    expect(existsSync(join(folder, bench.last, 'ledger.json'))).toBe(true);
    await bench.finish();
    expect(bench.world.standing.size).toBe(0);
    expect(prune(folder, { keep: 0 }, NOW, false).pruned).toMatchObject([{ outcome: 'removed' }]);
    expect(bench.rehearsals.names()).toEqual([]);
  } finally {
    bench.remove();
  }
});

it('goes on where one folder cannot be removed', () => {
  const [first] = names;
  // a folder where the claim is written first keeps it from being claimed
  mkdirSync(join(root, first!, `claim-1.json.${process.pid}`));
  const { pruned } = run({ keep: 10 });
  expect(pruned.map(({ outcome }) => outcome)).toEqual(['left', 'removed']);
  expect(pruned[0]!.why).toMatch(/^it could not be removed \(ERR_FS_EISDIR\)$/);
});

it('finds nothing where there is no folder', () => {
  expect(prune(join(root, 'none'), { keep: 0 }, NOW, false)).toEqual({ rehearsals: 0, pruned: [] });
});

it('reads evidence of a rehearsal without a ledger as the others, to list it', () => {
  writeEvidence(join(root, 'only-evidence'), rehearsed('GO', '2.0.0', { day: 0 }));
  expect(run({ olderThanMs: 82.5 * DAY }).pruned.at(-1)).toMatchObject({
    rehearsal: 'only-evidence',
    outcome: 'left',
  });
});
