import { TwinError } from '../../error';
import type { DrillResult } from '../../evidence/evidence';
import type { SkippedTier, Watch } from '../../targets/target';
import { msBetween } from '../journal';
import { checkStanding, tiersOf, type Step, type StepContext } from '../step';
import { endsEarly } from '../fail-fast';
import { onceMoreIfDisturbed } from '../disturbed';
import type { Seen } from './drill';
import { isBreaking, planned, type PlannedDrill } from './registry';

/** Runs the drills one after the other, whatever fails, and records each result at once. */
export const runDrills: Step = async (context, watch) => {
  const drills = planned(context);
  const startedDuring = drills.flatMap(({ startsTasksDuring }) => startsTasksDuring ?? []);
  for (const drill of drills) {
    if (endsEarly(context)) break;
    const result = await watch.span(drill.name, () => perform(context, drill, startedDuring, watch));
    context.ledger.change({ drills: [...context.ledger.value.drills, result] });
  }
  return { tiers: await tiersOf(context, watch) }; // with what happened to their members meanwhile
};

async function perform(
  context: StepContext,
  drill: PlannedDrill,
  startedDuring: readonly string[],
  watch: Watch,
): Promise<DrillResult> {
  const { ledger, parts } = context;
  const { name, kind, tier } = drill;
  const start = parts.now();
  const result = (rest: Pick<DrillResult, 'outcome' | 'detail'> & Partial<DrillResult>): DrillResult => {
    const ms = msBetween(start, parts.now());
    return { name, kind, startedAt: start.toISOString(), ms, ...rest };
  };
  const skipped = ledger.value.tiers.find((it): it is SkippedTier => it.tier === tier && it.skipped);
  if (skipped) return result({ outcome: 'skipped', detail: skipped.because });
  try {
    const work = (): Promise<Seen> => drill.perform(watch, startedDuring);
    // where something is broken requests are to fail, and how long is judged
    const isQuiet = !drill.isOnce && !isBreaking(drill);
    const { passed, ...seen } = isQuiet ? await onceMoreIfDisturbed(context, watch, work) : await work();
    if (!passed) await checkStanding(context, watch);
    return result({ outcome: passed ? 'passed' : 'failed', ...seen });
  } catch (error) {
    // a target that refuses fails the drill; a stop, a bug or a fault of the machine ends the step
    if (watch.signal.aborted || !(error instanceof TwinError) || error.isMachineFault) throw error;
    return result({ outcome: 'failed', detail: error.message });
  }
}
