import type { Addresses } from './addresses';
import type { CheckResult } from './check';
import type { ProbeContext } from './context';
import type { ChecksPlan, RequestPlan } from './plan';
import { runChecks } from './run-checks';
import { seeRecovery, type RecoverySeen } from './until-recovered';
import { askVersions, type VersionOrder, type VersionSeen } from './version';

/** A place where checks run: it reaches everything in the environment. */
export interface Probes {
  /**
   * Runs checks, all of them whatever fails.
   *
   * @param release - that runs
   */
  run(checks: ChecksPlan, release: string, watch: ProbeWatch): Promise<readonly CheckResult[]>;
  /** Repeats a request while something is broken, until it is answered reliably again. */
  watchRecovery(request: RequestPlan, breakIt: () => Promise<void>, watch: ProbeWatch): Promise<RecoverySeen>;
  /** Asks services which release they are, so often that each of their tasks has answered. */
  versions(order: VersionOrder, watch: ProbeWatch): Promise<readonly VersionSeen[]>;
  /** What people and their commands reach the environment by. */
  readonly addresses: Addresses;
}

/** How a probe reports its progress, and how it is stopped. */
export type ProbeWatch = Pick<ProbeContext, 'signal' | 'log'>;

/** Checks that run in this process, which reaches everything itself. */
export function probesHere(place: Omit<ProbeContext, 'release' | 'signal' | 'log'>): Probes {
  return {
    run: (checks, release, watch) => runChecks(checks, { ...place, release, ...onlyWatch(watch) }),
    watchRecovery: (request, breakIt, { signal }) =>
      seeRecovery(request, { url: place.url, signal }, breakIt),
    versions: (order, { signal }) => askVersions(order, place.urls, signal),
    addresses: place,
  };
}

const onlyWatch = (watch: ProbeWatch): ProbeWatch => ({
  signal: watch.signal,
  log: (message) => watch.log(message),
});
