import type { Evidence, Verdict } from '../../lib/evidence/evidence';
import type { FactorReport } from '../../lib/parity/report';
import { inRotation } from '../../lib/rehearsal/rotation';
import { go } from '../evidence/samples';

const PROD = { readers: 3, size: { cpu: 1024, memoryMiB: 2048 }, shards: 2, same: 1 };
type Values = Partial<Record<keyof typeof PROD, FactorReport['staging']>>;

/** A rehearsal at these values; what is not named is smaller than production's, but for `same`. */
function rehearsal(
  hour: number,
  atFullSize: readonly (keyof typeof PROD)[],
  verdict: Verdict = 'GO',
): Evidence {
  const small: Values = { readers: 2, size: { cpu: 512, memoryMiB: 1024 }, shards: 1, same: 1 };
  const factors = (Object.keys(PROD) as (keyof typeof PROD)[]).map((name): FactorReport => ({
    name,
    kind: 'replicas',
    reason: 'fewer',
    prod: PROD[name],
    staging: atFullSize.includes(name) ? structuredClone(PROD[name]) : small[name]!,
    places: 1,
  }));
  const endedAt = new Date(Date.UTC(2026, 10, 21, hour)).toISOString();
  return { ...go, verdict, endedAt, parity: { ...go.parity, factors } };
}

const next = (rehearsals: readonly Evidence[]): string | undefined => inRotation(rehearsals)[0]?.factor;
const names = (rehearsals: readonly Evidence[]): string[] =>
  inRotation(rehearsals).map(({ factor }) => factor);

it('begins with the first factor that differs, and takes one after the other', () => {
  expect(next([])).toBeUndefined();
  const all = [rehearsal(1, [])];
  expect(next(all)).toBe('readers');
  all.push(rehearsal(2, ['readers']));
  expect(next(all)).toBe('size');
  all.push(rehearsal(3, ['size']));
  expect(next(all)).toBe('shards');
  all.push(rehearsal(4, ['shards']));
  expect(next(all)).toBe('readers');
  expect(next(all.toReversed())).toBe('readers');
});

it('has those after it in their order', () => {
  const all = [rehearsal(1, []), rehearsal(2, ['readers']), rehearsal(3, ['shards'])];
  expect(names(all)).toEqual(['size', 'readers', 'shards']);
});

it('counts no rehearsal that nobody judged', () => {
  const all = [rehearsal(1, []), rehearsal(2, ['readers'], 'UNDECIDED')];
  expect(next(all)).toBe('readers');
  expect(next([...all, rehearsal(3, ['readers'], 'NO-GO')])).toBe('size');
});

it('counts one at full scale for every factor, and knows no factor that never differs', () => {
  const all = [rehearsal(1, []), rehearsal(2, ['readers', 'size', 'shards'])];
  expect(next(all)).toBe('readers');
  expect(next([rehearsal(1, ['readers', 'size', 'shards'])])).toBeUndefined();
});

describe('by what is hidden, for how long, and at what cost', () => {
  type Name = 'shards' | 'readers' | 'size';
  const ADDS: Readonly<Record<Name, number>> = { shards: 0, readers: 2, size: 50 };
  const NAMES = Object.keys(ADDS) as Name[];

  /** A rehearsal that costs 10 USD at the declared scale, with the estimates that one at this scale has. */
  function at(hour: number, ...full: readonly Name[]): Evidence {
    const it = rehearsal(hour, full);
    const fullSize = NAMES.filter((name) => !full.includes(name)).map((factor) => ({
      factor,
      addsUsd: ADDS[factor],
    }));
    const rehearsalUsd = full.reduce((usd, name) => usd + ADDS[name], 10);
    return { ...it, cost: { ...it.cost, rehearsalUsd, fullSize } };
  }

  /** The turns of so many rehearsals after one at the declared scale. */
  function turns(count: number): string[] {
    const all = [at(0)];
    const order: string[] = [];
    for (let hour = 1; hour <= count; hour++) {
      const name = next(all) as Name;
      order.push(name);
      all.push(at(hour, name));
    }
    return order;
  }

  it('has the cheapest first, and a dear one once it was not seen for so much longer', () => {
    // 10, 12 and 60 USD: by 7 rehearsals 8/60 is more than 2/12 and 1/10
    const order = turns(20);
    expect(order.slice(0, 4)).toEqual(['shards', 'readers', 'shards', 'readers']);
    const times = (name: Name): number => order.filter((it) => it === name).length;
    expect(times('size')).toBeGreaterThan(0);
    expect(times('readers')).toBeGreaterThan(times('size'));
  });

  const usd = (...all: readonly Evidence[]): Record<string, number | undefined> =>
    Object.fromEntries(inRotation(all).map((it) => [it.factor, it.usd]));

  it('prices each at the declared scale, whatever had its turn in the last rehearsal', () => {
    const prices = { readers: 12, size: 60, shards: 10 };
    expect(usd(at(1))).toEqual(prices);
    expect(usd(at(1), at(2, 'size'))).toEqual(prices);
    expect(usd(at(1), at(2, 'readers', 'shards'))).toEqual(prices);
  });

  it('prices them by what is declared now, and by the last estimate where none is at the declared scale', () => {
    const cheaper = at(2, 'readers');
    const factors = cheaper.parity.factors.map((it) =>
      it.name === 'size' ? { ...it, staging: { cpu: 768, memoryMiB: 1536 } } : it,
    );
    const fullSize = [
      { factor: 'size', addsUsd: 20, growing: ['readers'] },
      { factor: 'shards', addsUsd: 1 },
    ];
    const now = { ...cheaper, parity: { ...cheaper.parity, factors }, cost: { ...cheaper.cost, fullSize } };
    expect(usd(at(1), now)).toEqual({ readers: undefined, size: 32, shards: 13 });
    expect(inRotation([at(1), now]).find(({ factor }) => factor === 'size')).toMatchObject({
      growing: ['readers'],
      unseen: 3,
      isNew: true,
    });
  });

  it('takes what can hide wrong answers before what can hide a ceiling', () => {
    const it = rehearsal(1, []);
    const kinds = { readers: 'autoscalingRange', size: 'fargateSize', shards: 'shards' } as const;
    const factors = it.parity.factors.map((factor) => ({
      ...factor,
      kind: kinds[factor.name as Name] ?? factor.kind,
    }));
    expect(names([{ ...it, parity: { ...it.parity, factors } }])).toEqual(['shards', 'size', 'readers']);
  });

  it('is about one staging: another one has turns of its own', () => {
    const other = at(2, 'shards');
    const ofOther = { ...other, parity: { ...other.parity, staging: 'StagingB' } };
    expect(next([at(1), ofOther, at(3, 'readers')])).toBe('shards');
  });
});
