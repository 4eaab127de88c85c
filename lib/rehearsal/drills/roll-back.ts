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
  return {
    name: 'roll back and forward',
    startsTasksDuring: FORWARD,
    perform: async (watch) => {
      const back = await bring('from', watch);
      const forward = await bring('to', watch);
      return {
        passed: back.passed && forward.passed,
        detail: `Back: ${back.detail}\nForward: ${forward.detail}`,
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
