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

const next = (rehearsals: readonly Evidence[]): string | undefined => inRotation(rehearsals)[0];

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
  expect(inRotation(all)).toEqual(['size', 'readers', 'shards']);
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
