import { nonBlank } from '../../field';
import { taskIncidents } from '../incidents';
import type { Watch } from '../../targets/target';
import { tiersOf, type StepContext } from '../step';
import { afterwards, withChecks } from './afterwards';
import type { DrillKind, Seen } from './drill';
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
          const work = () => recover(context, name, { kind: 'failover', tier }, watch);
          const recovery = await onceMoreIfEnded(context, watch, work);
          return recovery.passed ? withChecks(context, recovery, afterwards(context), watch) : recovery;
        },
      };
    }),
  tiers: ['sql', 'document', 'cache'],
  isBreaking: true,
};

/**
 * A program may end because its database does, and may end by itself at that moment. Another failover shows which: where none
 * ends in that one, the first was no reason to end.
 */
async function onceMoreIfEnded(context: StepContext, watch: Watch, work: () => Promise<Seen>): Promise<Seen> {
  const before = await endsOf(context, watch);
  const first = await work();
  const [end] = (await endsOf(context, watch)).slice(before.length);
  if (!first.passed || end === undefined) return first;
  watch.log(`${end}: once more, to see whether that comes from it`);
  const known = (await endsOf(context, watch)).length;
  const second = await work();
  const endsWithIt = (await endsOf(context, watch)).length > known;
  const { passed, recoveryMs } = second;
  if (!passed) return { ...second, endsWithIt };
  const what = endsWithIt
    ? 'and so again when it was done once more'
    : 'and nothing did when it was done once more';
  return {
    ...first,
    ...(recoveryMs !== undefined && { recoveryMs: Math.max(recoveryMs, first.recoveryMs ?? 0) }),
    detail: `${first.detail}.\n${end} meanwhile, ${what}`,
    endsWithIt,
  };
}

/** The programs that have ended by themselves so far, in phrases. */
async function endsOf(context: StepContext, watch: Watch): Promise<readonly string[]> {
  const incidents = taskIncidents(await tiersOf(context, watch)) ?? [];
  return incidents.flatMap(({ what, isEnd }) => (isEnd ? [what] : []));
}
