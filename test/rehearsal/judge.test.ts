import type { CostReport } from '../../lib/cost/cost';
import type { DrillResult } from '../../lib/evidence/evidence';
import type { Ran, RanService } from '../../lib/evidence/ran';
import type { CheckResult, Measures } from '../../lib/probes/check';
import type { GatesConfig } from '../../lib/config/types';
import { judge, type Ended } from '../../lib/rehearsal/judge';
import type { TierState } from '../../lib/targets/target';

const STARTED = '2026-11-21T04:12:00.000Z';

const check = (
  name: string,
  kind: CheckResult['kind'] = 'smoke',
  outcome: CheckResult['outcome'] = 'passed',
  measures?: Measures,
): CheckResult => ({
  name,
  kind,
  outcome,
  detail: `${name} ${outcome}`,
  startedAt: STARTED,
  ms: 1,
  ...(measures && { measures }),
});

const drill = (
  kind: DrillResult['kind'],
  outcome: DrillResult['outcome'],
  recoveryMs?: number,
): DrillResult => ({
  name: `drill: ${kind}`,
  kind,
  outcome,
  detail: `it ${outcome}`,
  startedAt: STARTED,
  ms: 1,
  ...(recoveryMs !== undefined && { recoveryMs }),
});

const STANDING = {
  tier: 'Orders',
  kind: 'sql',
  skipped: false,
  engine: 'PostgreSQL',
  members: [],
  differs: [],
} as const;
const stands = (tier: string): TierState => ({ ...STANDING, tier });
const skipped = (tier: string): TierState => ({
  tier,
  kind: 'cache',
  skipped: true,
  because: 'no server',
});

const load = (p95Ms?: number, errorRate?: number): CheckResult =>
  check('load', 'load', 'passed', {
    ...(p95Ms !== undefined && { p95Ms }),
    ...(errorRate !== undefined && { errorRate }),
  });

const priced = (rehearsalUsd: number, because?: 'no price' | 'usage-based') =>
  ({
    rehearsalUsd,
    staging: { unknown: because ? [{ tier: 'Bus', what: 'AWS::Kafka::Cluster', count: 1, because }] : [] },
  }) as unknown as CostReport;

/** What ran as a release, with an image of its own. */
const ran = (release: string): Ran => ({
  release,
  services: [{ service: 'Web', tasks: 2, code: [`sha256:${release}`] }],
});

const MEASURED: Ended = {
  from: '1',
  to: '2',
  ran: { from: ran('1'), to: ran('2') },
  gates: {},
  tiers: [stands('Orders')],
  baseline: [check('health')],
  checks: [check('health')],
  drills: [],
  watched: [],
  minutes: 1,
};

const judged = (measured: Partial<Ended>) => judge({ ...MEASURED, ...measured });

it('says nothing of a release where the machine failed, before and after the candidate was released', () => {
  for (const step of ['seed', 'drill'] as const) {
    const failure = { step, outcome: 'failed', message: 'the disk is full', isFault: true } as const;
    expect(judged({ failure, checks: [check('health', 'smoke', 'failed')] })).toEqual({
      verdict: 'UNDECIDED',
      reasons: ['the disk is full'],
      gates: [],
    });
  }
});

/** What one gate saw. */
const gate = (name: string, gates: GatesConfig, measured: Partial<Ended> = {}) =>
  judged({ gates, ...measured }).gates.find((result) => result.gate === name);

test('all that passes is GO, without a reason', () => {
  expect(judged({})).toEqual({
    verdict: 'GO',
    reasons: [],
    gates: [
      {
        gate: 'release',
        rule: '2 answers with its name, or runs other code than 1',
        measured: 'Web ran another image',
        passed: true,
      },
      { gate: 'failed checks', rule: 'at most 0', measured: '0', passed: true },
      { gate: 'skipped', rule: 'none', measured: 'none', passed: true },
    ],
  });
});

describe('that the candidate is what ran', () => {
  const web = (more: Partial<RanService> = {}): Ran => ({
    release: '2',
    services: [{ service: 'Web', tasks: 2, code: ['/app'], ...more }],
  });
  const before: Ran = { ...web(), release: '1' };
  const of = (to: Ran | undefined, more: Partial<Ended> = {}) =>
    judged({ ran: { from: before, ...(to && { to }) }, ...more });
  const seen = (...rest: Parameters<typeof of>) => {
    const { measured, passed } = of(...rest).gates.find(({ gate: name }) => name === 'release')!;
    return { measured, passed };
  };
  const shows = (release: string, outcome: CheckResult['outcome'] = 'passed'): Partial<Ended> => ({
    checks: [{ ...check('page', 'smoke', outcome), shows: release }],
    gates: { maxFailedChecks: 1 },
  });

  it.each<[string, ReturnType<typeof seen>, string, boolean]>([
    ['the answer of a service', seen(web({ answered: '2' })), 'Web answered 2', true],
    ['a check that expects its name', seen(web(), shows('2')), 'shown by the check "page"', true],
    ['a folder that is not the baseline\'s', seen({ ...web({ code: ['/b'] }), code: { from: 'v2', commit: 'abc1234567', folder: '/b' } }), 'Web ran v2 (abc1234)', true], // prettier-ignore
    ["an image that is not the baseline's", seen(web({ code: ['sha256:2'] })), 'Web ran another image', true],
    ['the code of the baseline', seen(web()), 'nothing shows that 2 runs', false],
    ['code of which some is the baseline\'s', seen(web({ code: ['/app', '/b'] })), 'nothing shows that 2 runs', false], // prettier-ignore
    ['code that is not known', seen(web({ code: [] })), 'nothing shows that 2 runs', false],
    ['a service that is new', seen({ ...web(), services: [{ service: 'New', tasks: 1, code: ['/b'] }] }), 'nothing shows that 2 runs', false], // prettier-ignore
    ['a check that shows another release', seen(web(), shows('1')), 'nothing shows that 2 runs', false],
    ['a check that failed', seen(web(), shows('2', 'failed')), 'nothing shows that 2 runs', false],
    ['no service at all', seen({ ...web(), services: [] }), 'nothing shows that 2 runs', false],
    ['nothing that ran', seen(undefined), 'nothing shows that 2 runs', false],
    ['the wrong answer', seen(web({ answered: '1', problem: 'Web answers 1' })), 'Web answers 1', false],
  ])('is judged by %s', (_, { measured, passed }, expected, isShown) => {
    expect({ measured, passed }).toEqual({ measured: expected, passed: isShown });
  });

  it('is no GO without, and the reason says what shows it', () => {
    expect(of(web())).toMatchObject({
      verdict: 'NO-GO',
      reasons: [
        'release: nothing shows that 2 runs; allowed: 2 answers with its name, or runs other code than 1',
      ],
    });
  });
});

describe('each gate', () => {
  const stale = (staleReads?: number, reads = 50) =>
    check('orders', 'read-your-writes', 'passed', { reads, ...(staleReads !== undefined && { staleReads }) });
  const p95: GatesConfig = { p95: { maxRatio: 1.5 } };
  const orBelow: GatesConfig = { p95: { maxRatio: 1.5, ignoreBelowMs: 200 } };
  const errors: GatesConfig = { maxErrorRateIncrease: 0.01 };
  const recovery: GatesConfig = { maxRecoverySeconds: 5 };
  const cost: GatesConfig = { maxCostUsd: 20 };

  it.each<[string, string, GatesConfig, Partial<Ended>, string, boolean]>([
    ['counts checks and drills that failed', 'failed checks', { maxFailedChecks: 2 }, { checks: [check('a', 'smoke', 'failed')], drills: [drill('failover', 'failed')] }, '2', true], // prettier-ignore
    ['permits no more than was said', 'failed checks', { maxFailedChecks: 0 }, { checks: [check('a', 'smoke', 'failed')] }, '1', false], // prettier-ignore
    ['does not take no check for no failure', 'failed checks', {}, { checks: [] }, 'not measured', false],
    ['does not count a skipped check as one', 'failed checks', {}, { checks: [check('lag', 'replica-lag', 'skipped')] }, 'not measured', false], // prettier-ignore
    ['does not take a drill for a check', 'failed checks', {}, { checks: [], drills: [drill('failover', 'passed', 1)] }, 'not measured', false], // prettier-ignore
    ['counts the stale reads of drills', 'stale reads', {}, { checks: [stale(0)], drills: [{ ...drill('failover', 'failed'), staleReads: 2 }] }, '2', false], // prettier-ignore
    ['does not take a lost write for a fresh read', 'stale reads', {}, { checks: [check('orders', 'read-your-writes', 'failed', { reads: 50, staleReads: 0, errors: 1 })] }, 'not measured', false], // prettier-ignore
    ['knows too many stale reads beside errors', 'stale reads', {}, { checks: [check('orders', 'read-your-writes', 'failed', { reads: 50, staleReads: 7, errors: 1 })] }, '7', false], // prettier-ignore
    ['adds stale reads up over all checks', 'stale reads', { maxStaleReads: 3 }, { checks: [stale(1), stale(2)] }, '3', true], // prettier-ignore
    ['permits no stale read by itself', 'stale reads', {}, { checks: [stale(1)] }, '1', false],
    [
      'does not take no count for no stale read',
      'stale reads',
      {},
      { checks: [stale()] },
      'not measured',
      false,
    ],
    [
      'does not take no read for no stale read',
      'stale reads',
      {},
      { checks: [stale(0, 0)] },
      'not measured',
      false,
    ],
    ['misses a read-your-writes check that the baseline had', 'stale reads', {}, { baseline: [stale(0)] }, 'not measured', false], // prettier-ignore
    ['permits as many times the baseline', 'p95', p95, { baseline: [load(100)], checks: [load(150)] }, '150 ms, the baseline 100 ms', true], // prettier-ignore
    ['permits no more', 'p95', p95, { baseline: [load(100)], checks: [load(150.1)] }, '150.1 ms, the baseline 100 ms', false], // prettier-ignore
    ['permits what is too fast to notice', 'p95', orBelow, { baseline: [load(10)], checks: [load(199)] }, '199 ms, the baseline 10 ms', true], // prettier-ignore
    ['but not at the limit of it', 'p95', orBelow, { baseline: [load(10)], checks: [load(200)] }, '200 ms, the baseline 10 ms', false], // prettier-ignore
    [
      'misses a figure of the baseline',
      'p95',
      p95,
      { baseline: [load()], checks: [load(1)] },
      'not measured',
      false,
    ],
    [
      'misses a figure of the candidate',
      'p95',
      p95,
      { baseline: [load(1)], checks: [load()] },
      'not measured',
      false,
    ],
    ['misses load where none is planned', 'p95', p95, {}, 'not measured', false],
    ['permits errors over those of the baseline', 'error rate', errors, { baseline: [load(1, 0.02)], checks: [load(1, 0.03)] }, '3 %, the baseline 2 %', true], // prettier-ignore
    ['says which answer failed first', 'error rate', errors, { baseline: [load(1, 0)], checks: [{ ...load(1, 0.5), firstError: 'GET / answered 500: oh' }] }, '50 %, the baseline 0 % (first: GET / answered 500: oh)', false], // prettier-ignore
    ['permits no more errors', 'error rate', errors, { baseline: [load(1, 0)], checks: [load(1, 0.011)] }, '1.1 %, the baseline 0 %', false], // prettier-ignore
    ['takes the slowest recovery', 'recovery', recovery, { drills: [drill('failover', 'passed', 900), drill('kill task', 'passed', 5000)] }, '5 s', true], // prettier-ignore
    [
      'permits no slower one',
      'recovery',
      recovery,
      { drills: [drill('failover', 'passed', 5001)] },
      '5.001 s',
      false,
    ],
    ['misses the recovery of one that failed', 'recovery', recovery, { drills: [drill('failover', 'failed'), drill('kill task', 'passed', 1)] }, 'not measured', false], // prettier-ignore
    ['does not look for one in a roll back', 'recovery', recovery, { drills: [drill('roll back', 'passed'), drill('failover', 'passed', 1000)] }, '1 s', true], // prettier-ignore
    ['misses a recovery where nothing was broken', 'recovery', recovery, {}, 'not measured', false],
    ['permits the cost', 'cost', cost, { cost: priced(20) }, '$20.00', true],
    ['permits no more cost', 'cost', cost, { cost: priced(20.01) }, '$20.01', false],
    ['does not take an unknown price for nothing', 'cost', cost, { cost: priced(1, 'no price') }, '$1.00 without AWS::Kafka::Cluster, whose price is unknown', false], // prettier-ignore
    ['does not judge usage-based charges', 'cost', cost, { cost: priced(1, 'usage-based') }, '$1.00', true],
    ['misses a cost that is unknown', 'cost', cost, {}, 'not measured', false],
    ['permits the time', 'time', { maxMinutes: 2 }, { minutes: 2 }, '2 min', true],
    ['permits no more time', 'time', { maxMinutes: 2 }, { minutes: 2.5 }, '2.5 min', false],
    ['permits tiers that were named', 'skipped', { allowSkipped: ['Pages'] }, { tiers: [skipped('Pages')] }, 'Pages', true], // prettier-ignore
    ['permits no other tier', 'skipped', { allowSkipped: ['Pages'] }, { tiers: [skipped('Pages'), skipped('Catalog')] }, 'Catalog', false], // prettier-ignore
    ['permits no skipped check', 'skipped', {}, { checks: [check('health', 'smoke', 'skipped')] }, 'health', false], // prettier-ignore
    ['lets a tier speak for its lag', 'skipped', { allowSkipped: ['Pages'] }, { tiers: [skipped('Pages')], baseline: [], checks: [{ ...check('lag', 'replica-lag', 'skipped'), tier: 'Pages' }] }, 'Pages', true], // prettier-ignore
    ['lets a check that cannot run on a tier that was named', 'skipped', { allowSkipped: ['Pages'] }, { tiers: [stands('Pages')], baseline: [], checks: [{ ...check('lag', 'replica-lag', 'skipped'), tier: 'Pages' }] }, 'none', true], // prettier-ignore
    ['lets no other tier speak for it', 'skipped', { allowSkipped: ['Pages'] }, { tiers: [skipped('Pages'), stands('Orders')], baseline: [], checks: [{ ...check('lag', 'replica-lag', 'skipped'), tier: 'Orders' }] }, 'lag', false], // prettier-ignore
    ['misses a check that the baseline had', 'skipped', {}, { baseline: [check('health'), check('contract', 'command')] }, 'contract', false], // prettier-ignore
    ['takes no figure that is none', 'cost', cost, { cost: priced(NaN) }, '$NaN', false],
    ['does not take nothing described for everything', 'skipped', {}, { tiers: [] }, 'not measured', false],
  ])('%s', (_, name, gates, measured, seen, passed) => {
    expect(gate(name, gates, measured)).toMatchObject({ measured: seen, passed });
  });

  it.each(['stale reads', 'p95', 'error rate', 'recovery', 'cost', 'time'])(
    '%s does not judge unasked',
    (name) => {
      expect(gate(name, {})).toBeUndefined();
    },
  );
});

describe('the reasons', () => {
  it('name lost consistency first, then other checks, drills, and what no check says', () => {
    const { verdict, reasons } = judged({
      gates: { maxMinutes: 1 },
      minutes: 3,
      checks: [
        check('health', 'smoke', 'failed'),
        check('orders', 'read-your-writes', 'failed', { reads: 50, staleReads: 37 }),
      ],
      drills: [drill('failover', 'failed')],
    });
    expect(verdict).toBe('NO-GO');
    expect(reasons).toEqual([
      'orders: orders failed',
      'health: health failed',
      'drill: failover: it failed',
      'time: 3 min; allowed: at most 1 min',
    ]);
  });

  it('begin with what makes requests fail', () => {
    const what = 'Web-4 used 1,041 MiB of its 1,024 MiB and was killed, as Fargate would';
    const { reasons } = judged({
      tiers: [{ ...STANDING, kind: 'service', incidents: [{ at: STARTED, what }] }],
      checks: [check('orders', 'read-your-writes', 'failed', { reads: 50, staleReads: 0, errors: 9 })],
    });
    expect(reasons.slice(0, 3).map((it) => it.split(':')[0])).toEqual([
      'task failures',
      'orders',
      'stale reads',
    ]);
    expect(reasons[0]).toContain(what);
  });

  it('are none where the failures are permitted', () => {
    const checks = [check('health', 'smoke', 'failed')];
    expect(judged({ gates: { maxFailedChecks: 1 }, checks })).toMatchObject({ verdict: 'GO', reasons: [] });
  });

  it('are the stale reads where their check passed', () => {
    const checks = [check('orders', 'read-your-writes', 'passed', { reads: 50, staleReads: 1 })];
    expect(judged({ baseline: [], checks }).reasons).toEqual(['stale reads: 1; allowed: at most 0']);
  });
});

describe('a rehearsal that ended early', () => {
  const failure = { outcome: 'failed', message: 'it failed' } as const;

  it.each(['seed', 'stand up', 'baseline', 'checkpoint', 'restore'] as const)(
    'at %s does not test the candidate',
    (step) => {
      const baseline = [check('health', 'smoke', 'failed')];
      const { verdict, reasons, gates } = judged({ failure: { ...failure, step }, baseline });
      expect({ verdict, reasons, gates }).toEqual({
        verdict: 'BASELINE FAILED',
        reasons: ['it failed', 'health: health failed'],
        gates: [],
      });
    },
  );

  it.each(['release', 'verify', 'drill'] as const)('at %s is NO-GO, for that reason first', (step) => {
    const checks = [check('health', 'smoke', 'failed')];
    expect(judged({ failure: { ...failure, step }, checks })).toMatchObject({
      verdict: 'NO-GO',
      reasons: ['it failed', 'health: health failed'],
    });
  });

  it('because it was stopped is NO-GO, whenever that was', () => {
    expect(judged({ failure: { step: 'seed', outcome: 'stopped', message: 'stopped' } })).toEqual({
      verdict: 'NO-GO',
      reasons: ['stopped'],
      gates: [],
    });
  });
});

describe('load in turns', () => {
  const gates: GatesConfig = { p95: { maxRatio: 2, ignoreBelowMs: 40 } };
  const p95 = (before: readonly number[], now: readonly number[]) => {
    const [baseline, ...others] = before.map((ms) => [load(ms)]);
    const [checks, ...later] = now.map((ms) => [load(ms)]);
    const rounds = [
      ...others.map((results) => ({ release: MEASURED.from, results })),
      ...later.map((results) => ({ release: MEASURED.to, results })),
    ];
    return gate('p95', gates, { baseline: baseline!, checks: checks!, rounds });
  };

  it('is judged by the best round of each release', () => {
    expect(p95([60, 61], [400, 110])).toMatchObject({
      measured: '110 ms, the baseline 60 ms (the best of 400, 110, and of 60, 61)',
      passed: true,
    });
    expect(p95([300, 60], [180, 185])).toMatchObject({ passed: false });
    expect(p95([200, 60], [300, 39])).toMatchObject({ passed: true }); // below what is ignored
  });

  it('is judged by the fastest quarter too, where a busy machine makes all others slow', () => {
    const of = (p25Ms: number, p95Ms: number) => [check('load', 'load', 'passed', { p25Ms, p95Ms })];
    const seen = (before: CheckResult[], now: CheckResult[]) =>
      gate('p95', gates, { baseline: before, checks: now });
    expect(seen(of(70, 150), of(190, 250))).toMatchObject({
      measured: '250 ms, the baseline 150 ms; even the fastest quarter took up to 190 ms, the baseline 70 ms',
      passed: false,
    });
    expect(seen(of(10, 150), of(39, 250))).toMatchObject({
      measured: '250 ms, the baseline 150 ms',
      passed: true,
    });
    expect(seen(of(70, 150), of(140, 250))).toMatchObject({ passed: true });
  });

  it('is judged by the errors of all rounds of each release', () => {
    const errors = (before: number, now: number) =>
      gate(
        'error rate',
        { maxErrorRateIncrease: 0.01 },
        {
          baseline: [load(1, 0)],
          checks: [load(1, 0)],
          rounds: [
            { release: MEASURED.from, results: [load(1, before)] },
            { release: MEASURED.to, results: [load(1, now)] },
          ],
        },
      );
    expect(errors(0, 0.5)).toMatchObject({ measured: '25 %, the baseline 0 %', passed: false });
    expect(errors(0, 0.014)).toMatchObject({ measured: '0.7 %, the baseline 0 %', passed: true });
    expect(errors(0.5, 0.5)).toMatchObject({ passed: true });
  });

  it('is too noisy to judge where rounds of one release differ by more than the gate allows', () => {
    expect(p95([60, 61], [130, 300])!.measured).toMatch(
      /; too noisy to judge, since rounds of one release differ/,
    );
    expect(p95([60, 61], [180, 185])!.measured).not.toMatch(/noisy/);
  });
});

it('fails a gate that a config sets where nothing could be seen, and leaves its default out there', () => {
  const set = { maxLockSeconds: 1, maxIdleTransactionSeconds: 1, maxConnectionShare: 1, maxMemoryGrowthKiB: 1, maxOpenFilesGrowth: 1 }; // prettier-ignore
  const unseen = judged({ gates: set }).gates.filter(({ measured }) => measured === 'not measured');
  expect(unseen.map(({ gate: name, passed }) => [name, passed])).toEqual([
    ['locks', false],
    ['open transactions', false],
    ['connections', false],
    ['memory growth', false],
    ['open files growth', false],
  ]);
  expect(judged({ gates: {} }).gates.every(({ passed }) => passed)).toBe(true);
});
