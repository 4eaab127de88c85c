import { othersBetween } from '../../lib/rehearsal/others-share';
import type { TrafficFigures } from '../../lib/probes/traffic-figures';
import { CONFIG, ended, GOOD, Workbench } from './workbench';
import type { RehearsedTier } from '../../lib/targets/target';
import { QUIET } from './fake-target';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  const { maxRecoverySeconds: _, ...gates } = CONFIG.gates; // nothing is broken here
  bench.config = { ...CONFIG, gates, drills: { soakSeconds: 0 } };
});
afterEach(() => bench.remove());

/** Figures in which requests fail in some turns: the baseline's is the first, the release the second. */
const failingIn =
  (...turns: readonly number[]) =>
  (turn: number): TrafficFigures => ({ ...QUIET, failures: turns.includes(turn) ? 3 : 0 });

const rehearse = async () => {
  const { evidence } = ended(await bench.rehearse(GOOD));
  return evidence!;
};
const calls = (): readonly string[] =>
  bench.world.calls.filter((call) => ['release', 'restore'].includes(call));

describe('a release in which requests fail', () => {
  it('is brought once more from the checkpoint where others used most of the machine', async () => {
    bench.world.others = () => 0.83;
    bench.world.traffic = failingIn(2);
    const { verdict, watched, checks } = await rehearse();
    expect(verdict).toBe('GO');
    expect(calls()).toEqual(['release', 'restore', 'release']);
    expect(watched.map(({ during }) => during)).toEqual(['baseline', 'release', 'verify']);
    expect(watched[1]).toMatchObject({
      othersShare: 0.83,
      traffic: { failures: 0 },
      disturbed: { requests: 400, failures: 3, othersShare: 0.83 },
    });
    expect(watched[2]).not.toHaveProperty('disturbed');
    expect(checks.filter(({ name }) => name === 'health')).toHaveLength(1);
  });

  it('is NO-GO where they fail again', async () => {
    bench.world.others = () => 0.83;
    bench.world.traffic = failingIn(2, 3);
    const { verdict, gates } = await rehearse();
    expect(verdict).toBe('NO-GO');
    expect(gates.flatMap(({ gate, passed }) => (passed ? [] : [gate]))).toEqual(['requests during release']);
    expect(calls()).toEqual(['release', 'restore', 'release']);
  });

  it.each([
    ['had the machine to itself', () => 0.2],
    ['has no machine to share', undefined],
  ])('is NO-GO at once where it %s', async (_, others) => {
    bench.world.others = others;
    bench.world.traffic = failingIn(2);
    expect((await rehearse()).verdict).toBe('NO-GO');
    expect(calls()).toEqual(['release']);
  });

  it.each([
    [
      'a service answered so itself',
      { answered: { count: 1, first: 'GET /orders/7 answered 500, expected 200' } },
    ],
    ['a read missed the write before it', { staleReads: 1 }],
  ])('is NO-GO at once where %s', async (_, seen) => {
    bench.world.others = () => 0.83;
    bench.world.traffic = (turn) => ({ ...failingIn(2)(turn), ...(turn === 2 && seen) });
    expect((await rehearse()).verdict).toBe('NO-GO');
    expect(calls()).toEqual(['release']);
  });

  it.each([
    ['a program ended by itself', { what: 'Web-3 ended with 1', isEnd: true }, ['task failures']],
    ['a task was slow to answer its health checks', { what: 'Web-3 was replaced' }, []],
  ] as const)('looks at the first time too: %s', async (_, seen, failed) => {
    bench.world.others = () => 0.83;
    bench.world.traffic = failingIn(2);
    const [tier, releases] = [bench.world.tiers[1] as RehearsedTier, () => calls().length];
    bench.world.tiers[1] = { ...tier, incidents: [] };
    bench.world.onCall = (call) => {
      if (call !== 'release' || releases() > 1) return;
      const incidents = [{ at: bench.now().toISOString(), ...seen }];
      bench.world.tiers[1] = { ...tier, incidents };
    };
    const { gates } = await rehearse();
    expect(calls()).toEqual(['release', 'restore', 'release']);
    expect(gates.flatMap(({ gate, passed }) => (passed ? [] : [gate]))).toEqual(failed);
  });

  it('is not brought again where the data are restored by standing everything up anew', async () => {
    bench.world.others = () => 0.83;
    bench.world.restores = 'anew';
    bench.world.traffic = failingIn(2);
    expect((await rehearse()).verdict).toBe('NO-GO');
    expect(calls()).toEqual(['release']);
  });
});

describe('a baseline in which requests fail twice', () => {
  const failing = (seen: Partial<TrafficFigures> = {}) => {
    bench.world.traffic = (turn) => ({ ...failingIn(1, 2)(turn), ...(turn <= 2 && seen) });
    return rehearse();
  };

  it('says nothing of either release where others used most of the machine', async () => {
    bench.world.others = () => 0.83;
    const { verdict, reasons } = await failing();
    expect(verdict).toBe('UNDECIDED');
    expect(reasons).toEqual([
      expect.stringMatching(
        /^baseline failed: other processes used 83 % of this machine's processors, and with 1\.41\.0, .* 3 of 400 requests failed/,
      ),
    ]);
  });

  it('does not work where a service answered what no overload explains, or nobody else was there', async () => {
    bench.world.others = () => 0.83;
    const answered = { count: 3, first: 'GET /orders/7 answered 500, expected 200' };
    expect((await failing({ answered })).verdict).toBe('BASELINE FAILED');
    bench.world.others = () => 0.2;
    bench.world.turns = 0;
    expect((await failing()).verdict).toBe('BASELINE FAILED');
  });
});

it('sends what the checks send once more', async () => {
  bench.world.others = () => 0.83;
  bench.world.traffic = failingIn(3);
  const { verdict, watched, checks } = await rehearse();
  expect(verdict).toBe('GO');
  expect(watched.map(({ during, disturbed }) => [during, disturbed?.failures])).toEqual([
    ['baseline', undefined],
    ['release', undefined],
    ['verify', 3],
  ]);
  expect(checks.map(({ name }) => name)).toEqual(['health', 'orders']);
});

it('does a drill once more in which nothing is broken', async () => {
  bench.world.others = () => 0.83;
  bench.world.traffic = failingIn(4);
  bench.config = { ...bench.config, drills: { rollBack: true, soakSeconds: 0 } };
  const { verdict, drills, watched } = await rehearse();
  expect([verdict, drills.length]).toEqual(['GO', 1]);
  expect(calls()).toEqual(['release', 'release', 'release', 'release', 'release']);
  expect(watched.map(({ during, disturbed }) => [during, disturbed?.failures]).slice(3)).toEqual([
    ['roll back', 3],
    ['roll forward', undefined],
  ]);
});

it('does not contract twice', async () => {
  bench.world.others = () => 0.83;
  bench.world.contracts = true;
  bench.world.traffic = failingIn(4);
  expect((await rehearse()).verdict).toBe('NO-GO');
  expect(bench.world.calls.filter((call) => call === 'contract')).toHaveLength(1);
});

describe('the share of others', () => {
  const time = (total: number, busy: number, own: number) => ({ total, busy, own });

  it('is what is used and not for the environment', () => {
    expect(othersBetween(time(1000, 400, 100), time(1200, 560, 140))).toBe(0.6);
  });

  it('is between none and all', () => {
    expect(othersBetween(time(0, 0, 100), time(100, 10, 200))).toBe(0);
    expect(othersBetween(time(0, 0, 100), time(100, 100, 20))).toBe(1);
  });

  it('is not known without time between, or without a figure', () => {
    expect(othersBetween(time(9, 1, 1), time(9, 1, 1))).toBeUndefined();
    expect(othersBetween(undefined, time(9, 1, 1))).toBeUndefined();
  });
});
