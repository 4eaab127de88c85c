import { TwinError } from '../error';
import type { Addresses } from './addresses';
import { askAnswers, type AnswersOrder } from './answers';
import type { CheckResult } from './check';
import { CHECKS } from './checks';
import type { ProbeContext } from './context';
import { readData, type DataState, type KeyBounds } from './data';
import { watchDatabases, type DatabaseWatch } from './database-watch';
import type { Reply } from './http';
import { loadLevel, type Level, type LevelOrder } from './load-level';
import type { ProbePlan } from './plan';
import { runChecks } from './run-checks';
import { sendTraffic, type TrafficPlan } from './traffic';
import type { TrafficFigures } from './traffic-figures';
import { askVersions, type VersionOrder, type VersionSeen } from './version';

/** A place where checks run: it reaches everything in the environment. */
export interface Probes {
  /**
   * Runs checks, all of them whatever fails.
   *
   * @param release - that runs
   */
  run(checks: ProbePlan, release: string, watch: ProbeWatch): Promise<readonly CheckResult[]>;
  /** Sends the requests of checks in the background while something happens. */
  sendTraffic(plan: TrafficPlan, work: () => Promise<void>, watch: ProbeWatch): Promise<TrafficFigures>;
  /**
   * Sends so many requests a second, and measures what becomes of them.
   *
   * @throws TwinError `probe` where no load balancer is reached
   */
  sendLoad(order: LevelOrder, watch: ProbeWatch): Promise<Level>;
  /**
   * Asks requests, whose answers are compared.
   *
   * @throws TwinError `probe` where no load balancer is reached
   */
  answers(order: AnswersOrder, watch: ProbeWatch): Promise<readonly Reply[]>;
  /**
   * Reads how much the SQL tiers hold.
   *
   * @param bounds - of the reading before, which show the rows that were added since
   */
  readData(bounds: KeyBounds, watch: ProbeWatch): Promise<readonly DataState[]>;
  /** Watches the writers of the SQL tiers until it is stopped. */
  watchDatabases(watch: ProbeWatch): Promise<DatabaseWatch>;
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
    run: (checks, release, watch) => runChecks(CHECKS, checks, { ...place, release, ...onlyWatch(watch) }),
    sendTraffic: (plan, work, { signal }) => sendTraffic(plan, { url: place.url, signal }, work),
    sendLoad: (order, { signal }) =>
      place.url === undefined ? Promise.reject(noUrl()) : loadLevel(order, place.url, signal),
    answers: (order, { signal }) =>
      place.url === undefined ? Promise.reject(noUrl()) : askAnswers(order, place.url, signal),
    readData: (bounds, { signal }) => readData(place.databases, bounds, signal),
    watchDatabases: ({ signal }) => Promise.resolve(watchDatabases(place.databases, signal)),
    versions: (order, { signal }) => askVersions(order, place.urls, signal),
    addresses: place,
  };
}

const noUrl = (): TwinError =>
  new TwinError({
    code: 'probe',
    message: 'no load balancer is reached from where twin runs, so that it cannot send requests',
    fix: 'Give staging an internet-facing load balancer.',
  });

const onlyWatch = (watch: ProbeWatch): ProbeWatch => ({
  signal: watch.signal,
  log: (message) => watch.log(message),
});
