import type { Evidence } from '../evidence/evidence';
import { equalJson } from '../json';

/**
 * The factors in the order in which it is their turn to be at production's size: first the one that was not for the longest time, by the
 * rehearsals on record, and of those that never were the first one. What a smaller value hides is seen at full size alone.
 *
 * @returns none where nothing is on record, or no factor differs
 */
export function inRotation(rehearsals: readonly Evidence[]): readonly string[] {
  const byTime = rehearsals.toSorted((a, b) => Date.parse(a.endedAt) - Date.parse(b.endedAt));
  const newest = byTime.at(-1);
  if (!newest) return [];
  const lastAt = new Map<string, number>();
  const scaled = new Set<string>();
  byTime.forEach(({ parity, verdict }, i) => {
    for (const { name, prod, staging } of parity.factors) {
      if (!equalJson(prod, staging)) scaled.add(name);
      else if (verdict === 'GO' || verdict === 'NO-GO') lastAt.set(name, i);
    }
  });
  const names = newest.parity.factors.map(({ name }) => name).filter((name) => scaled.has(name));
  return names.toSorted((a, b) => (lastAt.get(a) ?? -1) - (lastAt.get(b) ?? -1));
}
