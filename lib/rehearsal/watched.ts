import type { Watched } from '../evidence/evidence';
import { showTraffic } from '../evidence/figures';
import { lockLine, type DatabaseFigures } from '../probes/database-figures';
import type { TrafficFigures } from '../probes/traffic-figures';
import { forRelease } from '../probes/placeholders';
import type { TrafficChecks, TrafficPlan } from '../probes/traffic';
import type { Watch } from '../targets/target';
import { msBetween } from './journal';
import { othersBetween } from './others-share';
import { checkStanding, type StepContext } from './step';

/** What is watched before the candidate is released. */
export const BASELINE = 'baseline';

/** What happens while it is watched. */
export interface Meanwhile extends Pick<Watched, 'during' | 'release'> {
  /** Whether it is brought: another release serves too, and either may answer. @default false */
  readonly isBrought?: true;
  /** Where something is broken on purpose: how long requests may fail. @default - they may not */
  readonly recoverWithinMs?: number;
}

/** Something that was done, and what requests saw meanwhile. */
export interface Accompanied<T> {
  /** Undefined where it was not done: see `failedBefore` of the figures. */
  readonly result: T | undefined;
  readonly traffic: TrafficFigures;
}

/** Sends the requests of the checks and looks at the databases while something happens, and records what is seen. */
export async function whileWatched<T>(
  context: StepContext,
  { during, release, isBrought, recoverWithinMs }: Meanwhile,
  watch: Watch,
  work: () => Promise<T>,
): Promise<Accompanied<T>> {
  const { parts, ledger, script } = context;
  const plan: TrafficPlan = {
    checks: trafficOf(script.checks, isBrought ? undefined : release),
    ...script.traffic,
    ...(recoverWithinMs !== undefined && { recoverWithinMs }),
  };
  const probes = await parts.target.probes(ledger.value.handle, watch);
  const { handle } = ledger.value;
  const used = parts.target.processorTime?.(handle);
  const start = parts.now();
  const databases = await probes.watchDatabases(watch);
  let result: T | undefined;
  const faults: unknown[] = []; // what requests saw of a release that failed is worth knowing
  const attempt = async (): Promise<void> => {
    try {
      result = await work();
    } catch (error) {
      faults.push(error);
    }
  };
  let traffic: TrafficFigures;
  let figures: readonly DatabaseFigures[] = [];
  try {
    traffic = await probes.sendTraffic(plan, attempt, watch);
  } finally {
    figures = await databases.stop();
  }
  const ms = msBetween(start, parts.now());
  const othersShare = othersBetween(used, parts.target.processorTime?.(handle));
  const seen: Watched = {
    during,
    release,
    startedAt: start.toISOString(),
    ms,
    traffic,
    databases: figures,
    ...(othersShare !== undefined && { othersShare }),
  };
  ledger.change({ watched: [...ledger.value.watched, seen] });
  if (traffic.failures > 0 && recoverWithinMs === undefined && faults.length === 0)
    await checkStanding(context, watch);
  if (traffic.requests > 0) watch.log(showTraffic(traffic));
  for (const line of figures.flatMap(({ locks }) => locks).map(lockLine)) watch.log(line);
  if (faults.length > 0) throw faults[0];
  return { result, traffic };
}

/**
 * The checks whose requests are sent in the background.
 *
 * @param release - the only one that serves, if there is one
 */
export const trafficOf = (
  { smoke = [], readYourWrites = [], load = [] }: TrafficChecks,
  release: string | undefined,
): TrafficChecks => ({
  smoke: release === undefined ? smoke : smoke.map((check) => forRelease(check, release)),
  readYourWrites,
  load,
});
