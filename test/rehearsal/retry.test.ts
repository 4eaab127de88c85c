import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readEvidence } from '../../lib/evidence/read';
import { lastToRetry } from '../../lib/rehearsal/retry';
import { BAD, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const calls = (): readonly string[] => bench.world.calls.filter((call) => call !== 'probes');

describe('a retry', () => {
  it('of what production runs is refused, and the environment stands as it did', async () => {
    ended(await bench.rehearse(BAD, { keep: true }));
    bench.world.calls.length = 0;
    await expect(bench.retry('1.41.0')).rejects.toMatchObject({ code: 'same-release' });
    expect(bench.world.calls).toEqual([]);
    expect(bench.ledger).toMatchObject({ standing: 'kept', to: BAD });
  });

  it('continues from the checkpoint, is judged by the same gates and tears down', async () => {
    const first = ended(await bench.rehearse(BAD, { keep: true }));
    expect(first.evidence!.tearDown).toEqual({
      outcome: 'kept',
      leftovers: [],
      finish: `npx twin down ${bench.last}`,
      retry: `npx twin retry ${bench.last}`,
    });
    expect(bench.ledger).toMatchObject({ standing: 'kept', judged: { verdict: 'NO-GO' } });
    bench.world.calls.length = 0;
    let restored: readonly string[] | undefined;
    bench.world.onCall = (call, { name }) => {
      if (call === 'release') restored ??= [...bench.world.standing.get(name)!.data];
    };

    const { evidence, folder } = ended(await bench.retry(GOOD));
    expect(calls().slice(0, 3)).toEqual(['preflight', 'restore', 'release']);
    expect(restored).toEqual(['seed']);
    expect(evidence).toMatchObject({
      verdict: 'GO',
      to: GOOD,
      from: '1.41.0',
      tearDown: { outcome: 'gone' },
    });
    const { reasons } = first.evidence!;
    expect(evidence!.attempts).toEqual([
      { to: BAD, verdict: 'NO-GO', reasons, endedAt: first.ledger.judged!.at, folder: 'attempts/1' },
    ]);
    expect(readEvidence(join(folder, 'attempts/1'))).toEqual(first.evidence);
    expect(evidence!.baseline).toEqual(first.evidence!.baseline);
    expect(readEvidence(folder).verdict).toBe('GO');
    expect(bench.world.standing.size).toBe(0);
    expect(bench.synthesized).toEqual(['1.41.0', BAD, GOOD]);
  });

  it('synthesises both releases again where the environment is stood up anew', async () => {
    bench.world.restores = 'anew';
    ended(await bench.rehearse(BAD, { keep: true }));
    const { from } = bench.ledger.assemblies;
    ended(await bench.retry(GOOD));
    expect(bench.synthesized).toEqual(['1.41.0', BAD, '1.41.0', GOOD]);
    expect(bench.ledger.assemblies.from).not.toBe(from);
  });

  it('times what led to the checkpoint and itself, not what was tried between', async () => {
    ended(await bench.rehearse(BAD, { keep: true }));
    const { evidence } = ended(await bench.retry(GOOD));
    const steps = evidence!.spans.filter(({ parent }) => parent === null).map(({ name }) => name);
    expect(steps.slice(0, 8)).toEqual([
      'plan',
      'seed',
      'stand up',
      'baseline',
      'checkpoint',
      'plan',
      'restore',
      'release',
    ]);
    expect(new Set(evidence!.spans.map(({ id }) => id)).size).toBe(evidence!.spans.length);
  });

  it('takes the release again that was tried before, in an assembly of its own, as often as it is kept', async () => {
    ended(await bench.rehearse(BAD, { keep: true }));
    const again = ended(await bench.retry(undefined, { keep: true }));
    expect(again.ledger).toMatchObject({
      to: BAD,
      standing: 'kept',
      assemblies: { to: 'assembly-1.42.0-2' },
    });
    bench.world.failing = [];
    const last = ended(await bench.retry());
    expect(last.evidence!.verdict).toBe('GO');
    const { attempts } = last.evidence!;
    expect(attempts.map(({ verdict }) => verdict)).toEqual(['NO-GO', 'NO-GO']);
    expect(attempts.map((it) => readEvidence(join(last.folder, it.folder!)).to)).toEqual([BAD, BAD]);
  });

  it('continues where a process ended after its checkpoint', async () => {
    await bench.rehearseUntil('release', BAD);
    expect(lastToRetry(bench.rehearsals)).toBe(bench.last);
    const { evidence } = ended(await bench.retry(GOOD));
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
    const reason = 'the process ended during "release", before the rehearsal was judged';
    expect(evidence!.attempts).toMatchObject([{ to: BAD, verdict: 'NO-GO', reasons: [reason] }]);
  });

  it('says nothing of the candidate when the data cannot be put back', async () => {
    ended(await bench.rehearse(BAD, { keep: true }));
    bench.world.mishaps.push({ call: 'restore', does: 'fails' });
    const { evidence } = ended(await bench.retry(GOOD));
    expect(evidence).toMatchObject({
      verdict: 'BASELINE FAILED',
      reasons: ['restore failed: restore was refused. Ask again.'],
      tearDown: { outcome: 'gone' },
    });
  });

  it('is not taken for what was tried before when its process ends', async () => {
    const { folder } = ended(await bench.rehearse(GOOD, { keep: true }));
    expect(readEvidence(folder).verdict).toBe('GO');
    let reports: readonly string[] = ['not looked for'];
    bench.world.onCall = (call) => {
      if (call === 'restore')
        reports = readdirSync(folder).filter((name) => /evidence|report|junit/.test(name));
    };
    ended(await bench.retry(BAD));
    expect(reports).toEqual([]);
    expect(readEvidence(folder).verdict).toBe('NO-GO');
  });

  it.each([
    ['is not a twin', 'not-twins'],
    ['was stopped while it was planned', 'stopped'],
  ])('leaves the environment as it is for a candidate that %s', async (_, kind) => {
    ended(await bench.rehearse(BAD, { keep: true }));
    const before = bench.ledger;
    if (kind === 'not-twins') bench.verdict = 'not-twins';
    else {
      bench.synthesize = ({ signal }) => {
        bench.interrupt();
        return Promise.reject(signal.reason as Error);
      };
    }
    expect((await bench.retry(GOOD)).kind).toBe(kind);
    expect(bench.ledger).toEqual(before);
    expect(bench.world.standing.size).toBe(1);
  });
});

describe('no retry', () => {
  it('is there when nothing stands', async () => {
    expect(() => lastToRetry(bench.rehearsals)).toThrow('no rehearsal has left an environment to retry on');
    ended(await bench.rehearse(BAD));
    expect(() => lastToRetry(bench.rehearsals)).toThrow('no rehearsal has left an environment to retry on');
    await expect(bench.retry(GOOD)).rejects.toThrow('has no environment to retry on: it was torn down');
  });

  it('is there before the checkpoint', async () => {
    await bench.rehearseUntil('checkpoint', BAD);
    await expect(bench.retry(GOOD)).rejects.toThrow('has no checkpoint, so there is nothing to restore');
  });

  it('is there on a target that keeps no checkpoints, which the rehearsal does without', async () => {
    bench.world.restores = 'never';
    ended(await bench.rehearse(GOOD, { keep: true }));
    expect(bench.world.calls).not.toContain('checkpoint');
    expect(bench.ledger.judged).toMatchObject({ verdict: 'GO' });
    await expect(bench.retry(GOOD)).rejects.toThrow('has no checkpoint, so there is nothing to restore');
    expect(bench.world.standing.size).toBe(1);
  });

  it('is possible once the tear-down has started', async () => {
    bench.world.mishaps.push({ call: 'down', does: 'fails' });
    ended(await bench.rehearse(BAD));
    await expect(bench.retry(GOOD)).rejects.toThrow('has started');
  });

  it('is judged by other gates', async () => {
    ended(await bench.rehearse(BAD, { keep: true }));
    bench.gatesDigest = 'another';
    await expect(bench.retry(GOOD)).rejects.toMatchObject({
      message: `the gates have changed since ${bench.last} started`,
      fix: 'Rehearse again from the start: the rules are fixed before a rehearsal.',
    });
    expect(bench.ledger.standing).toBe('kept');
  });

  it.each([
    ['checks', { checks: { smoke: [{ name: 'health', path: '/health' }] } }],
    ['drills', { drills: {} }],
  ])('is judged by other %s', async (_, other) => {
    ended(await bench.rehearse(BAD, { keep: true }));
    bench.config = { ...bench.config, ...other };
    await expect(bench.retry(GOOD)).rejects.toMatchObject({
      message: `the checks or drills have changed since ${bench.last} started`,
      fix: 'Rehearse again from the start: the rules are fixed before a rehearsal.',
    });
    expect(bench.ledger).toMatchObject({ standing: 'kept', judged: { verdict: 'NO-GO' } });
  });

  it('is offered where there is nothing to go back to', async () => {
    bench.world.failing = ['1.41.0'];
    const { evidence } = ended(await bench.rehearse(GOOD, { keep: true }));
    expect(evidence!.tearDown).toEqual({
      outcome: 'kept',
      leftovers: [],
      finish: `npx twin down ${bench.last}`,
    });
  });

  it('is possible for an unknown rehearsal', async () => {
    ended(await bench.rehearse(BAD, { keep: true }));
    expect(() => bench.rehearsals.open('20261121-041200-1.42')).toThrow('there is no rehearsal');
  });
});
