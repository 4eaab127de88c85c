import { nonBlank } from '../../field';
import { afterwards, withChecks } from './afterwards';
import type { DrillKind } from './drill';
import { recover } from './recover';

/** Failovers. */
export const FAILOVER: DrillKind<'failover'> = {
  key: 'failover',
  kind: 'failover',
  schema: (z) =>
    z.array(nonBlank(z)).meta({
      description: 'Data tiers whose primary is killed, so that a replica takes over.',
      absent: 'none',
    }),
  default: [],
  plan: (tiers, context) =>
    tiers.map((tier) => {
      const name = `failover of ${tier}`;
      return {
        name,
        tier,
        perform: async (watch) => {
          const recovery = await recover(context, name, { kind: 'failover', tier }, watch);
          return recovery.passed ? withChecks(context, recovery, afterwards(context), watch) : recovery;
        },
      };
    }),
  tiers: ['sql', 'document', 'cache'],
  isBreaking: true,
};
