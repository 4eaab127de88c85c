import type { Addresses } from './addresses';
import type { CheckResult } from './check';
import type { ProbeContext } from './context';
import type { ChecksPlan } from './plan';
import { watchDatabases, type DatabaseWatch } from './database-watch';
import { runChecks } from './run-checks';
import { sendTraffic, type TrafficPlan } from './traffic';
import type { TrafficFigures } from './traffic-figures';

/** A place where checks run: it reaches everything in the environment. */
export interface Probes {
  /**
   * Runs checks, all of them whatever fails.
   *
   * @param release - that runs
   */
  run(checks: ChecksPlan, release: string, watch: ProbeWatch): Promise<readonly CheckResult[]>;
  /** Sends the requests of checks in the background while something happens. */
  sendTraffic(plan: TrafficPlan, work: () => Promise<void>, watch: ProbeWatch): Promise<TrafficFigures>;
  /** Looks at the databases that are reached from where the checks run, until it is stopped. */
  watchDatabases(watch: ProbeWatch): DatabaseWatch;
  /** What people and their commands reach the environment by. */
  readonly addresses: Addresses;
}

/** How a probe reports its progress, and how it is stopped. */
export type ProbeWatch = Pick<ProbeContext, 'signal' | 'log'>;

/** Checks that run in this process, which reaches everything itself. */
export function probesHere(place: Omit<ProbeContext, 'release' | 'signal' | 'log'>): Probes {
  return {
    run: (checks, release, watch) => runChecks(checks, { ...place, release, ...onlyWatch(watch) }),
    watchDatabases: ({ signal }) => watchDatabases(place.databases, signal),
    sendTraffic: (plan, work, { signal }) => sendTraffic(plan, { url: place.url, signal }, work),
    addresses: place,
  };
}

const onlyWatch = (watch: ProbeWatch): ProbeWatch => ({
  signal: watch.signal,
  log: (message) => watch.log(message),
});
