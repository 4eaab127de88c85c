import type { RehearsalConfig } from '../../lib/config/types';
import { judge, type Ended } from '../../lib/rehearsal/judge';
import { BAD, CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

/** With a check that is alone, one that is not, and every kind of drill that the target has. */
const LONG: RehearsalConfig = {
  ...CONFIG,
  checks: {
    ...CONFIG.checks,
    commands: [{ name: 'e2e', run: 'npm run e2e' }],
    load: [{ name: 'reads', path: '/orders', connections: 1, seconds: 1 }],
  },
  gates: { ...CONFIG.gates, p95: { maxRatio: 1.5 } },
};

const FAST = { failFast: true } as const;

describe('a rehearsal that fails fast', () => {
  beforeEach(() => (bench.config = LONG));

  it('ends with the checks that failed, says what it left out, and judges nothing by it', async () => {
    const { evidence } = ended(await bench.rehearse(BAD, FAST));
    const leftOut = ['e2e', 'reads', 'failover of Orders', 'one task of Web killed', 'roll back and forward'];
    expect(evidence).toMatchObject({
      verdict: 'NO-GO',
      notRun: leftOut,
      drills: [],
      tearDown: { outcome: 'gone' },
    });
    expect(evidence!.reasons[0]).toMatch(/^orders: 37 of 50 reads/);
    expect(evidence!.reasons.at(-1)).toBe(`left out, because that decides it: ${leftOut.join(', ')}`);
    expect(evidence!.gates.filter(({ passed }) => !passed).map(({ gate }) => gate)).toEqual([
      'failed checks',
      'stale reads',
    ]);
    expect(bench.world.calls).not.toContain('failover');
    expect(bench.world.commands).toEqual(['npm run e2e']); // of the baseline
  });

  it('runs everything where nothing fails, and is judged as any other', async () => {
    const fast = ended(await bench.rehearse(GOOD, FAST)).evidence!;
    const slow = ended(await bench.rehearse(GOOD)).evidence!;
    const seen = ({ verdict, gates, checks, drills, notRun }: typeof fast): unknown => ({
      verdict,
      notRun,
      gates: gates.map(({ gate }) => gate),
      results: [...checks, ...drills].map(({ name }) => name),
    });
    expect(fast.verdict).toBe('GO');
    expect(seen(fast)).toEqual(seen(slow));
  });

  it('ends with the drill that failed', async () => {
    bench.world.mishaps.push({ call: 'failover', does: 'fails' });
    const { evidence } = ended(await bench.rehearse(GOOD, FAST));
    expect(evidence).toMatchObject({
      verdict: 'NO-GO',
      drills: [{ name: 'failover of Orders', outcome: 'failed' }],
      notRun: ['one task of Web killed', 'roll back and forward'],
    });
  });

  it('goes on where load alone fails: later rounds may show that the machine was busy', async () => {
    // the baseline's turn, the candidate's and its two repetitions; then it is as fast as the baseline
    bench.world.p95Of = (turn) => ([2, 3, 4].includes(turn) ? 900 : 100);
    const { evidence } = ended(await bench.rehearse(GOOD, FAST));
    expect(evidence).toMatchObject({ verdict: 'GO' });
    expect(evidence!.drills).toHaveLength(3);
  });

  it('does so on a retry that asks for it, and on no other', async () => {
    ended(await bench.rehearse(BAD, { ...FAST, keep: true }));
    const again = ended(await bench.retry(BAD, { keep: true }));
    expect(again.evidence!.drills).toHaveLength(3);
    expect(again.evidence!.notRun).toBeUndefined();
    const fast = ended(await bench.retry(BAD, FAST));
    expect(fast.evidence!.drills).toEqual([]);
  });
});

it('excuses nothing where no gate has failed: what has no result then was not left out on purpose', () => {
  const check = { kind: 'smoke', outcome: 'passed', detail: '', startedAt: '', ms: 1 } as const;
  const measured: Ended = {
    from: '1',
    to: '2',
    gates: { maxRecoverySeconds: 5 },
    ran: { to: { release: '2', services: [{ service: 'Web', tasks: 1, code: [], answered: '2' }] } },
    tiers: [{ tier: 'Web', kind: 'service', skipped: false, engine: 'node', members: [], differs: [] }],
    baseline: [
      { ...check, name: 'health' },
      { ...check, name: 'lost' },
    ],
    checks: [{ ...check, name: 'health' }],
    drills: [],
    watched: [],
    minutes: 1,
    notRun: ['lost', 'failover of Orders'],
  };
  const { verdict, reasons, notRun } = judge(measured);
  expect({ verdict, notRun }).toEqual({ verdict: 'NO-GO', notRun: undefined });
  expect(reasons.join('\n')).toMatch(/^recovery: not measured.*\nskipped: lost;/);
});

it('does not end a rehearsal that was not asked to fail fast', async () => {
  const { evidence } = ended(await bench.rehearse(BAD));
  expect(evidence!.drills).toHaveLength(3);
  expect(evidence!.notRun).toBeUndefined();
});
