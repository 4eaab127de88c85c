import type { Tier } from '../../lib/blueprint/blueprint';
import {
  checkData,
  dataAfter,
  ownOf,
  plannedData,
  plannedMinutes,
  type DataPlan,
} from '../../lib/cutover/data';
import { TwinError } from '../../lib/error';
import type { CutoverData, CutoverStep } from '../../lib/evidence/cutover';

const tier = (name: string, kind: Tier['kind']) => ({ name, kind }) as Tier;
const TIERS = [
  tier('Web', 'service'),
  tier('Orders', 'sql'),
  tier('Pages', 'cache'),
  tier('Files', 'storage'),
];

function refusal(work: () => unknown): TwinError {
  try {
    work();
  } catch (error) {
    if (error instanceof TwinError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

it('moves nothing where a production has data of its own, and nothing says how they get there', () => {
  const { code, message, fix } = refusal(() =>
    checkData({ environment: 'ProdB', tiers: TIERS }, { Pages: { none: 'it fills again' } }),
  );
  expect({ code, message }).toEqual({
    code: 'data',
    message:
      'ProdB has data of its own, and nothing says how they get from one production to the other: Orders (sql), Files (storage)',
  });
  expect(fix).toContain('such as Orders: { seed: { maxLossMinutes: 15 } }');
});

it('moves what holds no data, and what the config has an answer for', () => {
  checkData({ environment: 'ProdB', tiers: [tier('Web', 'service'), tier('Resize', 'function')] }, {});
  const data = { Orders: 'replicated by us', Pages: { none: 'it fills again' }, Files: 'one bucket' };
  expect(() => checkData({ environment: 'ProdB', tiers: TIERS }, data)).not.toThrow();
});

it('gives a second production here data of its own where they are copied, or not needed', () => {
  const seed = { maxLossMinutes: 5 };
  expect(ownOf({ Orders: { seed }, Pages: { none: 'it fills again' }, Files: 'by the team' })).toEqual({
    Orders: 'copy',
    Pages: 'empty',
  });
});

const AT = '2026-11-30T10:00:00.000Z';
const at = (minutes: number): Date => new Date(Date.parse(AT) + minutes * 60_000);
const plan = (more: Partial<DataPlan> = {}): DataPlan => ({
  from: 'Prod',
  to: 'ProdB',
  second: 'ProdB',
  data: { Orders: { seed: { maxLossMinutes: 30 } } },
  seeds: [{ tier: 'Orders', from: 'Prod', at: AT }],
  now: at(20),
  minutes: 10,
  ...more,
});

describe('a copy', () => {
  it('may be as old as the config allows when all clients have moved', () => {
    expect(plannedData(plan())).toEqual([
      { tier: 'Orders', way: 'seed', copyOf: 'Prod', copiedAt: AT, since: AT },
    ]);
    const { code, message, fix } = refusal(() => plannedData(plan({ now: at(21) })));
    expect({ code, message }).toEqual({
      code: 'data-loss',
      message:
        'what is written to Orders of Prod since 2026-11-30 10:00 UTC is not in ProdB: 31 min when all clients are there; allowed: at most 30 min',
    });
    expect(fix).toContain('Seed ProdB anew');
    expect(plannedData(plan({ now: at(21), maxLossMinutes: 31 }))).toHaveLength(1);
  });

  it('loses nothing where nothing is written after it', () => {
    const data = { Orders: { seed: { writesStopped: 'a page says so' } } };
    expect(plannedData(plan({ data, now: at(1000) }))).toEqual([
      { tier: 'Orders', way: 'seed', copyOf: 'Prod', copiedAt: AT, because: 'a page says so' },
    ]);
  });

  it('loses on the way back what was written since clients came', () => {
    const back = { from: 'ProdB', to: 'Prod' };
    expect(plannedData(plan({ ...back, now: at(70), metAt: at(60) }))[0]?.since).toBe(at(60).toISOString());
    const { code, fix } = refusal(() => plannedData(plan({ ...back, now: at(70) })));
    expect(code).toBe('data-loss');
    expect(fix).toBe('Bring what is missing to Prod first; or accept the loss with --max-loss-minutes 80.');
  });

  it('is known to the config and to the production, or nothing is moved', () => {
    expect(refusal(() => plannedData(plan({ seeds: [] }))).message).toBe(
      'cutover.data says that Orders is seeded, and ProdB did not begin with a copy of it',
    );
    const unsaid: readonly DataPlan['data'][] = [{}, { Orders: 'by the team' }];
    for (const data of unsaid)
      expect(refusal(() => plannedData(plan({ data }))).message).toMatch(
        /^Orders of ProdB began with a copy of Prod, and nothing says/,
      );
  });
});

it('plans for the record, the verification, and every share but the last', () => {
  expect(plannedMinutes({ steps: [5, 50, 100], stepMinutes: 4 }, 3)).toBe(14);
});

describe('what is missing afterwards', () => {
  const steps = [
    { percent: 0, startedAt: at(20).toISOString() },
    { percent: 50, startedAt: at(22).toISOString() },
    { percent: 100, startedAt: at(24).toISOString() },
  ].map((it) => ({
    name: '',
    ms: 0,
    outcome: 'passed',
    reasons: [],
    gates: [],
    ...it,
  })) satisfies CutoverStep[];
  const planned: CutoverData[] = [{ tier: 'Orders', way: 'seed', since: AT }];
  const lossOf = (...[verdict, of]: [Parameters<typeof dataAfter>[1], typeof steps]) =>
    dataAfter(planned, verdict, { done: of, unwritten: [] }, at(25)).data![0]!.lossMinutes;

  it('is what was written to the old production until all clients had left it', () => {
    expect(lossOf('MOVED', steps)).toBe(24);
  });

  it('is what was written to the new one where they went back', () => {
    expect(lossOf('MOVED BACK', steps)).toBe(3);
    expect(lossOf('NOT MOVED BACK', steps)).toBe(3);
  });

  it('is nothing where no client met the new one, and where both use the same data', () => {
    expect(lossOf('NOT MOVED', steps.slice(0, 1))).toBeUndefined();
    expect(dataAfter([], 'MOVED', { done: steps, unwritten: [] }, at(25))).toEqual({});
  });
});
