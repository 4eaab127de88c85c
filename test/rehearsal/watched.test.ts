import type { DatabaseFigures, IdleTransaction } from '../../lib/probes/database-figures';
import type { TrafficFigures } from '../../lib/probes/traffic-figures';
import type { RehearsedTier } from '../../lib/targets/target';
import { QUIET, type Call } from './fake-target';
import { BAD, CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

const FAILED: TrafficFigures = {
  ...QUIET,
  failures: 18,
  firstFailure: 'GET /orders/7 answered 503, expected 200',
  longestOutageMs: 20_100,
};

/** Requests that are answered but in one turn. */
const failsIn =
  (turn: number, figures: TrafficFigures = FAILED) =>
  (it: number): TrafficFigures =>
    it === turn ? figures : QUIET;

const verdictOf = async () => ended(await bench.rehearse(GOOD)).evidence!;

const WORDS = '18 of 400 requests failed, for 20 s (first: GET /orders/7 answered 503, expected 200)';

it.each([
  [2, 'release'],
  [3, 'verify'],
  [4, 'roll back'],
  [5, 'roll forward'],
])('requests that fail in turn %i, during %s, are NO-GO', async (turn, during) => {
  bench.world.traffic = failsIn(turn);
  const { verdict, reasons, watched } = await verdictOf();
  expect([verdict, reasons]).toEqual(['NO-GO', [`requests during ${during}: ${WORDS}; allowed: none fails`]]);
  expect(watched.find((it) => it.during === during)).toMatchObject({
    startedAt: expect.any(String),
    traffic: { failures: 18 },
  });
});

it('name what no overload explains beside what was first', async () => {
  const first = 'POST /orders answered 500, expected 201';
  bench.world.traffic = failsIn(3, { ...FAILED, answered: { count: 7, first } });
  expect((await verdictOf()).reasons).toEqual([
    `requests during verify: ${WORDS.replace(/\)$/, '')}; of 7 that no overload explains the first: ${first}); allowed: none fails`,
  ]);
  bench.world.traffic = failsIn(bench.world.turns + 3, {
    ...FAILED,
    answered: { count: 18, first: FAILED.firstFailure! },
  });
  expect((await verdictOf()).reasons).toEqual([`requests during verify: ${WORDS}; allowed: none fails`]);
});

it('are GO where the gate allows so many in each step, and not one more', async () => {
  bench.config = { ...CONFIG, gates: { ...CONFIG.gates, maxFailedRequests: 18 } };
  bench.world.traffic = () => FAILED;
  expect((await verdictOf()).verdict).toBe('GO');
  bench.world.traffic = failsIn(bench.world.turns + 2, { ...FAILED, failures: 19 });
  expect((await verdictOf()).verdict).toBe('NO-GO');
});

it('are not the fault of the candidate where they fail before it', async () => {
  bench.world.traffic = (turn) => (turn <= 2 ? FAILED : QUIET);
  const { verdict, reasons } = await verdictOf();
  expect(verdict).toBe('BASELINE FAILED');
  expect(reasons[0]).toBe(
    `baseline failed: with 1.41.0, which production runs, and nothing changed, ${WORDS}. Repair staging or its checks first; "traffic" in twin.config.ts says how many requests are sent at once.`,
  );
});

it('are sent once more where they fail with the baseline alone: the machine may have been busy', async () => {
  bench.world.traffic = failsIn(1);
  const { verdict, watched } = await verdictOf();
  expect(verdict).toBe('GO');
  expect(watched.slice(0, 3).map(({ during, traffic }) => [during, traffic.failures])).toEqual([
    ['baseline', 18],
    ['baseline', 0],
    ['release', 0],
  ]);
});

it('checks the baseline once more where its requests fail, and not where a command of the team does', async () => {
  const load = [{ name: 'reads', path: '/' }];
  bench.config = { ...CONFIG, checks: { ...CONFIG.checks, load }, gates: { maxErrorRateIncrease: 0.01 } };
  bench.world.failsUnderLoad = (turn) => turn === 1;
  expect((await verdictOf()).verdict).toBe('GO');
  const commands = [{ name: 'our own tests', run: 'npm run e2e' }];
  bench.config = { ...CONFIG, checks: { smoke: CONFIG.checks.smoke!, commands } };
  bench.world.failing = ['1.41.0'];
  const { verdict, watched } = await verdictOf();
  expect([verdict, watched.map(({ during }) => during)]).toEqual(['BASELINE FAILED', ['baseline']]);
});

it('count as stale where they missed a write', async () => {
  bench.world.traffic = failsIn(2, { ...QUIET, staleReads: 3 });
  const { verdict, gates } = await verdictOf();
  expect(verdict).toBe('NO-GO');
  expect(gates.find(({ gate }) => gate === 'stale reads')).toMatchObject({ passed: false });
});

it('that were never sent are not measured', async () => {
  bench.world.traffic = failsIn(2, { ...QUIET, requests: 0 });
  const { gates } = await verdictOf();
  expect(gates.find(({ gate }) => gate === 'requests during release')).toEqual({
    gate: 'requests during release',
    rule: 'none fails',
    measured: 'not measured',
    passed: false,
  });
});

it('are judged by the recovery where something is broken on purpose', async () => {
  const { verdict, gates, watched } = await verdictOf();
  expect(verdict).toBe('GO');
  expect(watched.map(({ during, traffic }) => [during, traffic.failures])).toEqual([
    ['baseline', 0],
    ['release', 0],
    ['verify', 0],
    ['failover of Orders', 48],
    ['one task of Web killed', 48],
    ['roll back', 0],
    ['roll forward', 0],
  ]);
  expect(gates.map(({ gate }) => gate).filter((it) => it.startsWith('requests'))).toEqual([
    'requests during release',
    'requests during verify',
    'requests during roll back',
    'requests during roll forward',
  ]);
});

it('that fail before something is broken leave nothing to measure', async () => {
  bench.world.recovery = { ...FAILED, failedBefore: 'GET / answered 500, expected 200' };
  const { drills } = await verdictOf();
  expect(drills[0]).toMatchObject({
    outcome: 'failed',
    detail: 'nothing was broken, because requests failed before: GET / answered 500, expected 200',
  });
});

describe('the soak', () => {
  const soaking = (seconds: number): void => {
    bench.config = { ...CONFIG, drills: { soakSeconds: seconds }, gates: {} };
  };

  it('checks once more, when the tasks have an age', async () => {
    soaking(0.4);
    const { verdict, drills, watched } = await verdictOf();
    expect([verdict, drills]).toMatchObject([
      'GO',
      [{ name: 'soak of 0.4 s', kind: 'soak', outcome: 'passed' }],
    ]);
    expect(drills[0]!.detail).toBe(`${GOOD} has run for 400 ms.\nAfter it, 2 checks passed.`);
    const soak = watched.find(({ during }) => during === 'soak')!;
    const released = watched.find(({ during }) => during === 'release')!;
    expect(Date.parse(soak.startedAt) + soak.ms).toBeGreaterThan(Date.parse(released.startedAt) + 380);
  });

  it('counts the load after the way forward, which is the last to start tasks', async () => {
    const checks = { ...CONFIG.checks, load: [{ name: 'reads', path: '/' }] };
    const drills = { killTask: ['Web'], rollBack: true, soakSeconds: 0.8 };
    bench.config = { ...CONFIG, checks, drills, gates: { p95: { maxRatio: 2 } } };
    bench.world.loadMs = 400;
    const { drills: seen, watched } = await verdictOf();
    expect(seen.map(({ kind }) => kind)).toEqual(['kill task', 'roll back', 'soak']);
    const forward = watched.find(({ during }) => during === 'roll forward')!;
    const soak = seen.at(-1)!;
    const age = Date.parse(soak.startedAt) + soak.ms - (Date.parse(forward.startedAt) + forward.ms);
    expect(age).toBeGreaterThan(780);
    expect(soak.ms).toBeLessThan(age - 380);
  });

  it('fails for what comes with age', async () => {
    soaking(0.2);
    bench.world.traffic = failsIn(4); // baseline, release, verify, soak
    expect((await verdictOf()).reasons).toEqual([`requests during soak: ${WORDS}; allowed: none fails`]);
  });

  it('is left out where the config says so', async () => {
    soaking(0);
    expect((await verdictOf()).drills).toEqual([]);
  });
});

describe('what is seen of databases', () => {
  const lock = {
    table: 'orders',
    ms: 19_800,
    statement: 'alter table orders add total int',
    waiters: 24,
    longestWaitMs: 2000,
  };
  const figures = (more: Partial<DatabaseFigures> = {}): readonly DatabaseFigures[] => [
    { tier: 'Orders', looks: 90, locks: [], connections: { most: 30, limit: 200 }, ...more },
  ];
  const gateOf = async (name: string) => (await verdictOf()).gates.find(({ gate }) => gate === name);

  it('is GO where nobody waited and connections are free', async () => {
    bench.world.databases = figures();
    expect(await gateOf('locks')).toMatchObject({ measured: 'none that others waited for', passed: true });
    expect(await gateOf('connections')).toMatchObject({ measured: '30 of 200 of Orders', passed: true });
  });

  it('is NO-GO where a table was locked for too long, by whom and for whom', async () => {
    bench.world.databases = figures({ locks: [lock] });
    expect(await gateOf('locks')).toEqual({
      gate: 'locks',
      rule: 'at most 5.0 s',
      measured: `orders was locked for 20 s by "${lock.statement}"; 24 statements waited`,
      passed: false,
    });
    bench.config = { ...CONFIG, gates: { ...CONFIG.gates, maxLockSeconds: 20 } };
    expect(await gateOf('locks')).toMatchObject({ passed: true });
  });

  it('is GO where a table was locked for long, and nobody waited for it', async () => {
    bench.world.databases = figures({ locks: [{ ...lock, waiters: 0, longestWaitMs: 0 }] });
    expect(await gateOf('locks')).toMatchObject({ measured: 'none that others waited for', passed: true });
  });

  it('is NO-GO where connections are nearly used up', async () => {
    bench.world.databases = figures({ connections: { most: 181, limit: 200 } });
    expect(await gateOf('connections')).toMatchObject({ rule: 'at most 90 % of them', passed: false });
    bench.world.databases = figures({ connections: { most: 180, limit: 200 } });
    expect(await gateOf('connections')).toMatchObject({ passed: true });
  });

  describe('of transactions that are left open', () => {
    const left = { ms: 12_000, statement: 'insert into orders values (?)', application: 'Web-3' };
    const NONE = { measured: 'none for longer', passed: true };
    /** What is seen with the baseline, and from the release on. */
    const seen = (before: readonly IdleTransaction[], since: readonly IdleTransaction[]) => {
      bench.world.watches = 0;
      bench.world.databasesIn = (watch) => figures({ idle: watch === 1 ? before : since });
      return gateOf('open transactions');
    };

    it('is NO-GO, with the statement and who left it open', async () => {
      expect(await seen([], [left])).toEqual({
        gate: 'open transactions',
        rule: 'idle for at most 5.0 s',
        measured: 'a transaction of Web-3 was idle for 12 s after "insert into orders values (?)"',
        passed: false,
      });
      bench.config = { ...CONFIG, gates: { ...CONFIG.gates, maxIdleTransactionSeconds: 12 } };
      expect(await seen([], [left])).toMatchObject(NONE);
    });

    it('is GO where none is idle for long, though some take long', async () => {
      expect(await seen([], [{ ...left, ms: 4_900 }])).toMatchObject(NONE);
      const report = { ms: 60_000, statement: 'copy orders to stdout' };
      bench.world.databasesIn = () => figures({ longestTransaction: report });
      expect(await gateOf('open transactions')).toMatchObject(NONE);
    });

    it('is GO where the baseline leaves it open as well', async () => {
      expect(await seen([{ ...left, ms: 1_000, application: 'Web-1' }], [left])).toMatchObject(NONE);
      expect(await seen([{ ...left, ms: 900 }], [left])).toMatchObject({ passed: false });
      expect(await seen([{ ...left, ms: 4_000, statement: 'begin' }], [left])).toMatchObject({
        passed: false,
      });
    });

    it('is GO where it is of the release before', async () => {
      bench.config = { ...CONFIG, drills: { soakSeconds: 0 }, gates: {} };
      const before = { ...left, isOlder: true } as const;
      const seenIn = (only: number) => {
        bench.world.watches = 0;
        bench.world.databasesIn = (watch) => figures(watch === only ? { idle: [before] } : {});
        return gateOf('open transactions');
      };
      expect(await seenIn(2)).toMatchObject(NONE);
      expect(await seenIn(3)).toMatchObject({ passed: false });
      const web = bench.world.tiers[1] as RehearsedTier;
      const usage = {
        task: 'Web-3',
        release: '1.41.0',
        startedAt: '',
        openFilesLimit: 1,
        requests: [],
        memory: [],
        openFiles: [],
      };
      bench.world.tiers[1] = { ...web, usage: [usage] };
      expect(await seen([], [left])).toMatchObject(NONE);
    });
  });

  it('fails where no database could be looked at, though the config has a gate for it', async () => {
    bench.world.databases = [{ tier: 'Orders', looks: 0, locks: [] }];
    const names = ['locks', 'open transactions', 'connections'];
    expect(await Promise.all(names.map(gateOf))).toEqual([undefined, undefined, undefined]);
    const gates = {
      ...CONFIG.gates,
      maxLockSeconds: 5,
      maxIdleTransactionSeconds: 5,
      maxConnectionShare: 0.9,
    };
    bench.config = { ...CONFIG, gates };
    expect(await gateOf('connections')).toMatchObject({ measured: 'not measured', passed: false });
    expect(await gateOf('locks')).toMatchObject({ measured: 'not measured', passed: false });
    expect(await gateOf('open transactions')).toMatchObject({ measured: 'not measured', passed: false });
  });
});

describe('what happens to tasks by themselves', () => {
  const tier = (index: number) => bench.world.tiers[index] as RehearsedTier;
  const happens = (call: Call, what: string, { times = Infinity, isEnd = false } = {}): void => {
    bench.world.tiers[1] = { ...tier(1), incidents: [] };
    let left = times;
    bench.world.onCall = (it) => {
      if (it !== call || left-- <= 0) return;
      const incident = { at: new Date().toISOString(), what, ...(isEnd && { isEnd }) };
      bench.world.tiers[1] = { ...tier(1), incidents: [...tier(1).incidents!, incident] };
    };
  };

  it('is NO-GO, and the first is named', async () => {
    happens('release', 'Web-3 ended with 1: no such table');
    const { verdict, reasons } = await verdictOf();
    expect(verdict).toBe('NO-GO');
    expect(reasons).toContainEqual(
      expect.stringMatching(
        /^task failures: \d \(first: Web-3 ended with 1: no such table\); allowed: at most 0$/,
      ),
    );
  });

  it.each<[string, Call]>([
    ['before the candidate is there', 'up'],
    ['in a failover: some services end with their connections', 'failover'],
  ])('is not its fault %s', async (_, call) => {
    bench.config = { ...CONFIG, drills: { failover: ['Orders'], soakSeconds: 0 } };
    happens(call, 'Web-1 ended with 1: connection lost');
    const { verdict, gates } = await verdictOf();
    expect(verdict).toBe('GO');
    expect(gates.find(({ gate }) => gate === 'task failures')).toMatchObject({ measured: '0' });
  });

  describe('a program that ends by itself in a failover', () => {
    const END = 'Web-3 ended with 1: the timer has no handler';
    beforeEach(() => {
      bench.config = { ...CONFIG, drills: { failover: ['Orders'], soakSeconds: 0 } };
    });
    const failovers = () => bench.world.calls.filter((it) => it.startsWith('failover')).length;

    it('is excused where it ends in another one, too', async () => {
      happens('failover', END, { isEnd: true });
      const { verdict, drills } = await verdictOf();
      expect(verdict).toBe('GO');
      expect(drills[0]!.detail).toMatch(`${END} meanwhile, and so again when it was done once more`);
      expect(failovers()).toBe(2);
    });

    it('counts where none ends in another one', async () => {
      happens('failover', END, { isEnd: true, times: 1 });
      const { verdict, reasons, drills } = await verdictOf();
      expect([verdict, reasons]).toEqual(['NO-GO', [`task failures: 1 (first: ${END}); allowed: at most 0`]]);
      expect(drills[0]!.detail).toMatch(`${END} meanwhile, and nothing did when it was done once more`);
      expect(failovers()).toBe(2);
    });

    it('is looked for once where none ends', async () => {
      happens('failover', 'Web-3 was replaced: GET /health answered 503');
      expect((await verdictOf()).verdict).toBe('GO');
      expect(failovers()).toBe(1);
    });
  });

  it('counts where a program ends while another task is killed', async () => {
    bench.config = { ...CONFIG, drills: { killTask: ['Web'], soakSeconds: 0 } };
    happens('kill task', 'Web-3 ended with 1: out of range', { isEnd: true });
    expect((await verdictOf()).reasons[0]).toMatch('task failures: 1 (first: Web-3 ended with 1');
  });
});

it('loads both releases in turns where a gate compares their response times', async () => {
  const load = [{ name: 'reads', path: '/', seconds: 60 }];
  bench.config = {
    ...CONFIG,
    checks: { ...CONFIG.checks, load },
    gates: { p95: { maxRatio: 2 } },
    drills: { rollBack: true, soakSeconds: 0 },
  };
  const { rounds, gates } = await verdictOf();
  expect(rounds!.map(({ release }) => release)).toEqual(['1.41.0', GOOD]);
  expect(bench.world.loads.map(({ seconds }) => seconds)).toEqual([60, 60, 5, 5]); // the others are for noise alone
  expect(gates.find(({ gate }) => gate === 'p95')).toMatchObject({ passed: true });
  bench.config = { ...bench.config, gates: { maxErrorRateIncrease: 0.01 } };
  expect((await verdictOf()).rounds).toBeUndefined();
});

it.each<[string, number, readonly number[], number, string]>([
  ['as soon as it is fast enough', 2, [12, 40, 13], 1, 'GO'],
  ['twice at the most', 2, [12, 40, 40, 40, 40], 2, 'NO-GO'],
  ['not at all where it is', 2, [12, 13], 0, 'GO'],
])('load of a candidate that is too slow is sent once more, %s', async (_, maxRatio, p95, more, expected) => {
  bench.config = {
    ...CONFIG,
    checks: { ...CONFIG.checks, load: [{ name: 'reads', path: '/' }] },
    drills: {},
    gates: { p95: { maxRatio } },
  };
  bench.world.p95Of = (turn) => p95[turn - 1]!;
  const { verdict, rounds = [] } = await verdictOf();
  expect([verdict, rounds.map(({ release }) => release)]).toEqual([
    expected,
    Array.from({ length: more }, () => GOOD),
  ]);
});

it('keeps what requests saw of a release that failed', async () => {
  bench.world.mishaps.push({ call: 'release', does: 'fails' });
  bench.world.traffic = failsIn(2);
  const { verdict, reasons, watched } = await verdictOf();
  expect([verdict, reasons[0]]).toEqual(['NO-GO', expect.stringMatching(/^release failed: /)]);
  expect(watched.find(({ during }) => during === 'release')).toMatchObject({ traffic: { failures: 18 } });
});

it('fails a roll back under whose load nothing is answered', async () => {
  const load = [{ name: 'reads', path: '/' }];
  const checks = { ...CONFIG.checks, load };
  bench.config = {
    ...CONFIG,
    checks,
    gates: { p95: { maxRatio: 2 } },
    drills: { rollBack: true, soakSeconds: 0 },
  };
  bench.world.failsUnderLoad = (turn) => turn === 3; // baseline, verify, roll back, roll forward
  const { verdict, drills } = await verdictOf();
  expect([verdict, drills[0]!.outcome]).toEqual(['NO-GO', 'failed']);
  expect(drills[0]!.detail.split('\n')).toContainEqual(expect.stringMatching(/^reads: /));
});

it('blames no release where requests failed because the environment was lost', async () => {
  bench.world.traffic = failsIn(2);
  bench.world.onCall = (call, { name }) => {
    const standing = bench.world.standing.get(name);
    if (call !== 'release' || !standing) return;
    standing.members = standing.members.map((it) =>
      it.role === 'primary' ? { ...it, state: 'stopped' } : it,
    );
  };
  const { verdict, reasons } = await verdictOf();
  expect([verdict, reasons[0]]).toEqual([
    'UNDECIDED',
    expect.stringContaining('Orders-1 has ended, although'),
  ]);
});

it('blames no release for requests that failed when a member was replaced, and says so where none did', async () => {
  const what = 'Orders-2 ended with SIGKILL, and is replaced';
  const orders = bench.world.tiers[0] as RehearsedTier;
  bench.world.onCall = (call) => {
    if (call === 'release')
      bench.world.tiers[0] = { ...orders, incidents: [{ at: new Date().toISOString(), what, isEnd: true }] };
  };
  bench.world.traffic = failsIn(2);
  const { verdict, reasons } = await verdictOf();
  expect([verdict, reasons[0]]).toEqual(['UNDECIDED', expect.stringContaining(`${what}, although`)]);
  bench.world.traffic = () => QUIET;
  const { verdict: other, advice } = await verdictOf();
  expect([other, advice]).toEqual(['GO', [what]]);
});

it('begins anew on a retry, but for what was watched before any candidate', async () => {
  ended(await bench.rehearse(BAD, { keep: true }));
  const { evidence } = ended(await bench.retry(GOOD));
  expect(evidence!.watched.map(({ during, release }) => `${during} ${release}`).slice(0, 3)).toEqual([
    'baseline 1.41.0',
    `release ${GOOD}`,
    `verify ${GOOD}`,
  ]);
});
