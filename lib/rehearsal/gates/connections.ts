import type { Gate } from './gate';
import { sinceRelease } from './quiet-steps';

interface Fullest {
  readonly tier: string;
  readonly most: number;
  readonly limit: number;
}

/** How near the connections came to the limit of the instance class. */
export const CONNECTIONS: Gate<'maxConnectionShare', Fullest> = {
  name: 'connections',
  key: 'maxConnectionShare',
  schema: (z) =>
    z.number().min(0).max(1).describe("How many of a database's connections may be open, 0 to 1."),
  default: 0.9,
  isAssumed: true,
  isCause: true,
  rule: (most) => `at most ${Math.round(most * 100)} % of them`,
  measure: ({ watched }) => {
    const seen = sinceRelease(watched).flatMap(({ databases }) =>
      databases.flatMap(({ tier, connections }) => (connections ? [{ tier, ...connections }] : [])),
    );
    const [figure] = seen.toSorted((a, b) => b.most / b.limit - a.most / a.limit);
    return figure ? [{ figure }] : [];
  },
  passes: ({ most, limit }, share) => most <= limit * share,
  show: ({ most, limit, tier }) => `${most} of ${limit} of ${tier}`,
};
