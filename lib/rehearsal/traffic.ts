import type { Traffic } from '../evidence/evidence';
import { showTraffic } from '../evidence/figures';
import type { TrafficFigures } from '../probes/traffic-figures';
import type { TrafficChecks, TrafficPlan } from '../probes/traffic';
import type { Watch } from '../targets/target';
import { msBetween } from './journal';
import type { StepContext } from './step';

/** What happens while requests are sent, before the candidate is released. */
export const BASELINE = 'baseline';

/** What happens while requests are sent. */
export interface Meanwhile extends Pick<Traffic, 'during' | 'release'> {
  /** Where something is broken on purpose: how long requests may fail. @default - they may not */
  readonly recoverWithinMs?: number;
}

/** Something that was done, and the figures of the requests meanwhile. */
export interface Accompanied<T> {
  /** Undefined where it was not done: see `failedBefore` of the figures. */
  readonly result: T | undefined;
  /** Absent when there is no check whose requests could be sent. */
  readonly figures?: TrafficFigures;
}

/** Sends the requests of the checks while something happens, and records their figures. */
export async function withTraffic<T>(
  context: StepContext,
  { during, release, recoverWithinMs }: Meanwhile,
  watch: Watch,
  work: () => Promise<T>,
): Promise<Accompanied<T>> {
  const { parts, ledger, script } = context;
  const checks = trafficOf(script.checks);
  if (checks === undefined) return { result: await work() };
  const plan: TrafficPlan = {
    checks,
    ...script.traffic,
    ...(recoverWithinMs !== undefined && { recoverWithinMs }),
  };
  const probes = await parts.target.probes(ledger.value.handle, watch);
  const start = parts.now();
  let result: T | undefined;
  const figures = await probes.sendTraffic(plan, async () => void (result = await work()), watch);
  const ms = msBetween(start, parts.now());
  const seen: Traffic = { during, release, startedAt: start.toISOString(), ms, ...figures };
  ledger.change({ traffic: [...ledger.value.traffic, seen] });
  watch.log(showTraffic(figures));
  return { result, figures };
}

/** The checks whose requests are sent in the background; undefined when there is none. */
function trafficOf({ smoke = [], readYourWrites = [], load = [] }: TrafficChecks): TrafficChecks | undefined {
  const isNone = [smoke, readYourWrites, load].every(({ length }) => length === 0);
  return isNone ? undefined : { smoke, readYourWrites, load };
}
