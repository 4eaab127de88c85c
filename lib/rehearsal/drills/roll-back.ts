import { ROLL_BACK_KIND } from '../../evidence/schema-states';
import type { Watch } from '../../targets/target';
import { identify } from '../identify';
import { loadOnceMore } from '../rounds';
import { deploymentOf, type StepContext } from '../step';
import { whileWatched } from '../watched';
import { readWritten } from '../written';
import { withChecks } from './afterwards';
import type { Drill, DrillKind, Seen } from './drill';

/** The way back to what production runs, and forward again. */
export const ROLL_BACK: DrillKind<'rollBack'> = {
  key: 'rollBack',
  kind: ROLL_BACK_KIND,
  schema: (z) => z.boolean().describe('Whether to roll back to the baseline and forward again.'),
  default: false,
  plan: (isWanted, context) => (isWanted ? [rollBackAndForward(context)] : []),
};

const FORWARD = 'roll forward';
const UNDER_WAY = 'roll back under way';

/** How many releases it brings at most: back, one that is rolled back under way, and forward. */
export const ROLL_BACK_RELEASES = 3;

/** Rolls back to what production runs, on the data that the candidate has changed, and forward again. */
function rollBackAndForward(context: StepContext): Drill {
  const { parts, ledger, script } = context;
  const { from, to } = ledger.value;
  const smoke = { smoke: script.checks.smoke ?? [] };
  const bring = async (which: 'from' | 'to', watch: Watch): Promise<Seen> => {
    const release = which === 'from' ? from : to;
    const during = which === 'from' ? 'roll back' : FORWARD;
    await whileWatched(context, { during, release, isBrought: true }, watch, () =>
      watch.span(`release ${release}`, () =>
        parts.target.release(ledger.value.handle, deploymentOf(context, which), watch),
      ),
    );
    return see(which, watch);
  };
  const see = async (which: 'from' | 'to', watch: Watch): Promise<Seen> => {
    const release = which === 'from' ? from : to;
    await identify(context, which, await parts.target.describe(ledger.value.handle, watch), watch);
    const runs: Seen = { passed: true, detail: `${release} runs` };
    const seen = await withChecks(context, runs, smoke, watch, release);
    const others = [await readWritten(context, release, watch), await underLoad(context, release, watch)];
    return others.reduce<Seen>(
      (all, it) =>
        it ? { ...all, passed: all.passed && it.passed, detail: `${all.detail}\n${it.detail}.` } : all,
      seen,
    );
  };
  /** Where both releases run side by side for a while, the way back is another one then. @returns undefined where they do not */
  const undo = async (watch: Watch): Promise<Seen | undefined> => {
    const { handle } = ledger.value;
    const { target } = parts;
    const deployment = deploymentOf(context, 'to');
    if (target.isRolledBackUnderWay?.(deployment) !== true) return undefined;
    let services: readonly string[] = [];
    await whileWatched(context, { during: UNDER_WAY, release: from, isBrought: true }, watch, async () => {
      services = (await target.rollBackUnderWay?.(handle, deployment, watch)) ?? [];
    });
    if (services.length === 0)
      return { passed: false, detail: `${to} was done before it could be rolled back` };
    const seen = await see('from', watch);
    return { ...seen, detail: `${services.join(', ')} rolled ${to} back under way. ${seen.detail}` };
  };
  return {
    name: 'roll back and forward',
    startsTasksDuring: FORWARD,
    perform: async (watch) => {
      const back = await bring('from', watch);
      const undone = await undo(watch);
      const forward = await bring('to', watch);
      const ways = [
        ['Back', back],
        ['Under way', undone],
        ['Forward', forward],
      ] as const;
      const seen = ways.flatMap(([name, it]) => (it ? [{ name, ...it }] : []));
      return {
        passed: seen.every(({ passed }) => passed),
        detail: seen.map(({ name, detail }) => `${name}: ${detail}`).join('\n'),
      };
    },
  };
}

/**
 * Measures the response time again where a gate compares it: both releases in turns, within the same minutes.
 *
 * @returns what failed; undefined where nothing did
 */
async function underLoad(context: StepContext, release: string, watch: Watch): Promise<Seen | undefined> {
  if (context.ledger.value.gates.p95 === undefined) return undefined;
  const results = await loadOnceMore(context, release, watch);
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return undefined;
  return { passed: false, detail: failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ') };
}
