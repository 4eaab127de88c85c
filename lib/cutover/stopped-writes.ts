import { plural } from '../report/words';
import type { TierRows } from '../targets/production';

/** What was written between two counts of the same tiers, in a phrase each. */
export function writesBetween(before: readonly TierRows[], after: readonly TierRows[]): string[] {
  return before.flatMap(({ tier, tables }) => {
    const now = after.find((it) => it.tier === tier)?.tables ?? {};
    const names = new Set([...Object.keys(tables), ...Object.keys(now)]);
    return [...names].flatMap((name) => {
      const said = changeOf(tables[name], now[name]);
      return said === undefined ? [] : [`${name} of ${tier} ${said}`];
    });
  });
}

type Rows = TierRows['tables'][string] | undefined;

function changeOf(then: Rows, now: Rows): string | undefined {
  if (!then) return 'is new';
  if (!now) return 'is gone';
  const more = now.rows - then.rows;
  if (more !== 0) return `has ${plural(Math.abs(more), 'row')} ${more > 0 ? 'more' : 'fewer'}`;
  return now.holds === then.holds ? undefined : 'has other values';
}
