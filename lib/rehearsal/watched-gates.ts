import { showDuration } from '../duration';
import type { DrillResult, GateResult, Watched } from '../evidence/evidence';
import { showTraffic } from '../evidence/figures';
import { trafficGateOf } from '../evidence/summary';
import { idleLine, lockLine, type IdleTransaction } from '../probes/database-figures';
import type { Incident, TierState } from '../targets/target';
import {
  DEFAULT_CONNECTION_SHARE,
  DEFAULT_IDLE_TRANSACTION_SECONDS,
  DEFAULT_LOCK_SECONDS,
  type GatesConfig,
} from './config';
import { resultOf } from './gate-result';
import { BASELINE } from './watched';

/** What these gates judge. */
export interface WatchedProps {
  readonly gates: GatesConfig;
  readonly tiers: readonly TierState[];
  readonly drills: readonly DrillResult[];
  readonly watched: readonly Watched[];
}

/** The gates of what was watched since the candidate was released. */
export function watchedGates(props: WatchedProps): GateResult[] {
  return [
    ...trafficGates(props),
    ...lockGate(props),
    ...idleGate(props),
    ...connectionGate(props),
    ...taskGate(props),
  ];
}

/** What was seen since the candidate was released. */
export const sinceRelease = (watched: readonly Watched[]): Watched[] =>
  watched.filter(({ during }) => during !== BASELINE);

/** Whether a drill breaks something: then requests may fail until it has recovered. */
export const isBreaking = ({ kind }: DrillResult): boolean => kind === 'failover' || kind === 'kill task';

/** Those of steps in which nothing is broken on purpose. */
function quiet({ watched, drills }: WatchedProps): Watched[] {
  const breaking = new Set(drills.filter(isBreaking).map(({ name }) => name));
  return sinceRelease(watched).filter(({ during }) => !breaking.has(during));
}

/** One for each step in which requests are not to fail; none where no check sends any. */
function trafficGates(props: WatchedProps): GateResult[] {
  const { gates: { maxFailedRequests: most = 0 }, watched } = props; // prettier-ignore
  if (watched.every(({ traffic }) => traffic.requests === 0)) return [];
  return quiet(props).map(({ during, traffic }) =>
    resultOf(
      trafficGateOf(during),
      most === 0 ? 'none fails' : `at most ${most} fail`,
      traffic.requests === 0 ? undefined : showTraffic(traffic),
      traffic.failures <= most,
    ),
  );
}

/** Locks that kept other statements waiting. */
function lockGate(props: WatchedProps): GateResult[] {
  const { maxLockSeconds, maxLockSeconds: most = DEFAULT_LOCK_SECONDS } = props.gates;
  const databases = quiet(props).flatMap((it) => it.databases);
  const waitedFor = databases.flatMap(({ locks }) => locks).filter(({ waiters }) => waiters > 0);
  const [longest] = waitedFor.toSorted((a, b) => b.ms - a.ms);
  const isSeen = databases.some(({ looks }) => looks > 0);
  if (!isSeen && maxLockSeconds === undefined) return [];
  const measured = longest === undefined ? 'none that others waited for' : lockLine(longest);
  const isWithin = (longest?.ms ?? 0) <= most * 1000;
  return [resultOf('locks', `at most ${showDuration(most * 1000)}`, isSeen ? measured : undefined, isWithin)];
}

/** Transactions that the candidate leaves open. */
function idleGate(props: WatchedProps): GateResult[] {
  const { maxIdleTransactionSeconds, maxIdleTransactionSeconds: most = DEFAULT_IDLE_TRANSACTION_SECONDS } = props.gates; // prettier-ignore
  const seen = quiet(props).filter(({ databases }) => databases.some(({ looks }) => looks > 0));
  if (seen.length === 0 && maxIdleTransactionSeconds === undefined) return [];
  const [longest] = seen.flatMap((it) => idleOfCandidate(it, props)).toSorted((a, b) => b.ms - a.ms);
  const isWithin = (longest?.ms ?? 0) <= most * 1000;
  const measured = longest === undefined || isWithin ? 'none for longer' : idleLine(longest);
  const rule = `idle for at most ${showDuration(most * 1000)}`;
  return [resultOf('open transactions', rule, seen.length > 0 ? measured : undefined, isWithin)];
}

/** From this time on a transaction of the baseline counts as left open: it is not watched for as long as the candidate. */
const LEFT_OPEN_MS = 1_000;

/** Without those that the release before leaves open too, and those that it still has while the candidate is brought. */
function idleOfCandidate(
  { during, databases }: Watched,
  { tiers, watched }: WatchedProps,
): IdleTransaction[] {
  const [baseline] = watched;
  const usual = watched
    .filter((it) => it.during === BASELINE)
    .flatMap((it) => it.databases.flatMap(({ idle = [] }) => idle))
    .filter(({ ms }) => ms >= LEFT_OPEN_MS);
  const tasksBefore = tiers
    .flatMap((tier) => (tier.skipped ? [] : (tier.usage ?? [])))
    .filter(({ release }) => release === baseline?.release);
  return databases
    .flatMap(({ idle = [] }) => idle)
    .filter(({ isOlder }) => !(during === 'release' && isOlder))
    .filter(({ application }) => !tasksBefore.some(({ task }) => task === application))
    .filter(({ statement }) => !usual.some((it) => it.statement === statement));
}

/** How near the connections came to the limit of the instance class. */
function connectionGate(props: WatchedProps): GateResult[] {
  const { maxConnectionShare, maxConnectionShare: most = DEFAULT_CONNECTION_SHARE } = props.gates;
  const rule = `at most ${Math.round(most * 100)} % of them`;
  const seen = sinceRelease(props.watched).flatMap(({ databases }) =>
    databases.flatMap(({ tier, connections }) => (connections ? [{ tier, ...connections }] : [])),
  );
  const [fullest] = seen.toSorted((a, b) => b.most / b.limit - a.most / a.limit);
  if (!fullest)
    return maxConnectionShare === undefined ? [] : [resultOf('connections', rule, undefined, undefined)];
  const measured = `${fullest.most} of ${fullest.limit} of ${fullest.tier}`;
  return [resultOf('connections', rule, measured, fullest.most <= fullest.limit * most)];
}

/** Tasks that ended or were replaced, though nobody did it on purpose. */
function taskGate(props: WatchedProps): GateResult[] {
  const { maxTaskFailures: most = 0 } = props.gates;
  const tiers = props.tiers.flatMap((tier) => (tier.skipped ? [] : [tier.incidents]));
  if (tiers.every((incidents) => incidents === undefined)) return [];
  const incidents = tiers.flatMap((it) => it ?? []).filter((incident) => isOfCandidate(incident, props));
  const [first] = incidents;
  const measured = first === undefined ? '0' : `${incidents.length} (first: ${first.what})`;
  return [resultOf('task failures', `at most ${most}`, measured, incidents.length <= most)];
}

/** How long after a drill what happens to a task may still come from it. */
const AFTERMATH_MS = 5_000;

/** Not of what was released before, and not of what was broken on purpose: a service may end when its database does. */
function isOfCandidate({ at }: Incident, { watched, drills }: WatchedProps): boolean {
  const when = Date.parse(at);
  const [release] = sinceRelease(watched);
  if (release && when < Date.parse(release.startedAt)) return false;
  return !drills.filter(isBreaking).some(({ startedAt, ms }) => {
    const start = Date.parse(startedAt);
    return when >= start && when <= start + ms + AFTERMATH_MS;
  });
}
