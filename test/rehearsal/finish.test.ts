import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import { readEvidence } from '../../lib/evidence/read';
import { processOf, type RehearsingProcess } from '../../lib/rehearsal/rehearsing-process';
import type { Call } from './fake-target';
import { BAD, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

/** The claim of another process on the last rehearsal. */
function claimFor(worker: RehearsingProcess): void {
  const file = join(bench.rehearsals.folderOf(bench.last), 'claim-7.json');
  writeFileSync(file, JSON.stringify(worker));
}

const BEFORE_VERDICT: readonly (readonly [Call, string])[] = [
  ['seed', 'seed'],
  ['up', 'stand up'],
  ['checkpoint', 'checkpoint'],
  ['release', 'release'],
  ['failover', 'drill'],
  ['kill task', 'drill'],
];

describe('a rehearsal whose process has ended', () => {
  it.each(BEFORE_VERDICT)('at %s is finished from its ledger, and is NO-GO', async (call, step) => {
    await bench.rehearseUntil(call, GOOD);
    expect(bench.ledger).toMatchObject({ standing: 'maybe' });
    const { evidence, folder } = ended(await bench.finish());
    expect(evidence).toMatchObject({
      verdict: 'NO-GO',
      reasons: [`the process ended during "${step}", before the rehearsal was judged`],
      tearDown: { outcome: 'gone' },
    });
    expect(readEvidence(folder).verdict).toBe('NO-GO');
    expect(bench.world.standing.size).toBe(0);
    expect(bench.ledger.standing).toBe('gone');
    expect(bench.ledger.steps.find(({ name }) => name === step)!.state).toBe('stopped');
  });

  it.each(['logs', 'down', 'inventory'] as const)('at %s keeps the verdict that it had', async (call) => {
    await bench.rehearseUntil(call, GOOD);
    const { evidence } = ended(await bench.finish());
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
    expect(bench.world.standing.size).toBe(0);
  });

  it('is not finished twice', async () => {
    await bench.rehearseUntil('up', GOOD);
    await bench.finish();
    bench.world.calls.length = 0;
    expect(await bench.finish()).toBeUndefined();
    expect(bench.world.calls).toEqual([]);
  });

  it('is finished again where finishing it failed', async () => {
    await bench.rehearseUntil('up', GOOD);
    bench.world.mishaps.push({ call: 'down', does: 'fails' });
    expect(ended(await bench.finish()).ledger).toMatchObject({
      standing: 'maybe',
      tearDown: { outcome: 'left' },
    });
    bench.world.mishaps.length = 0;
    expect(ended(await bench.finish()).ledger).toMatchObject({
      standing: 'gone',
      tearDown: { outcome: 'gone' },
    });
  });
});

it('removes what was kept, and the evidence says so', async () => {
  ended(await bench.rehearse(BAD, { keep: true }));
  const { evidence, folder } = ended(await bench.finish());
  expect(evidence).toMatchObject({ verdict: 'NO-GO', tearDown: { outcome: 'gone' } });
  expect(readEvidence(folder).tearDown).toEqual({
    outcome: 'gone',
    leftovers: [],
    looked: [`what is called fake-${bench.last}`],
  });
});

it('changes nothing where what stands is elsewhere, so that it can still be retried', async () => {
  ended(await bench.rehearse(BAD, { keep: true }));
  const before = bench.ledger;
  bench.world.calls.length = 0;
  const elsewhere = new TwinError({
    code: 'elsewhere',
    message: 'it is in another account',
    fix: 'Sign in.',
  });
  bench.world.elsewhere = elsewhere;
  expect(await bench.finish()).toEqual({ kind: 'unreached', error: elsewhere });
  expect(bench.ledger).toEqual(before);
  expect(bench.world.calls).toEqual([]);
  bench.world.elsewhere = undefined;
  const { evidence } = ended(await bench.retry(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
});

it('leaves a rehearsal alone that is at work, until it is forced', async () => {
  await bench.rehearseUntil('up', GOOD);
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  const worker = processOf(other.pid);
  claimFor(worker);
  await expect(bench.finish()).rejects.toMatchObject({
    code: 'at-work',
    message: `process ${other.pid} is at work on ${bench.last}`,
  });
  expect(bench.world.standing.size).toBe(1);
  expect(ended(await bench.finish({ force: true })).ledger.standing).toBe('gone');
  other.kill();
  await once(other, 'exit');
});

it.each([
  ['ended', { pid: 2 ** 22 + 7 }],
  ['began later under the same id', { startedAt: 'another boot 1' }],
  ['runs on another host', { host: 'elsewhere' }],
])('does not wait for a process that %s', async (_, difference) => {
  await bench.rehearseUntil('up', GOOD);
  const worker = { ...processOf(process.ppid), ...difference };
  claimFor(worker);
  expect(ended(await bench.finish()).ledger.standing).toBe('gone');
});
