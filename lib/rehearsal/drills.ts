import { setTimeout as sleep } from 'node:timers/promises';
import { showDuration } from '../duration';
import { TwinError } from '../error';
import type { DrillResult } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import { CHECK_DEFAULTS } from '../probes/plan';
import type { TrafficFigures } from '../probes/traffic-figures';
import type { Disrupted, Disruption, SkippedTier, Watch } from '../targets/target';
import { DEFAULT_SOAK_SECONDS, type ChecksConfig } from './config';
import { identify } from './identify';
import { msBetween } from './journal';
import { checkStanding, deploymentOf, runChecks, tiersOf, type Step, type StepContext } from './step';
import { whileWatched } from './watched';
import { readWritten } from './written';

/** Something to break, and what is observed then. */
interface Drill extends Pick<DrillResult, 'name' | 'kind'> {
  /** The tier that it needs. @default - none */
  readonly tier?: string;
  perform(watch: Watch): Promise<Seen>;
}

/** What a drill observed. */
type Seen = Pick<DrillResult, 'detail' | 'recoveryMs' | 'staleReads'> & { readonly passed: boolean };

/** How many writes are read back after a failover: enough to show that readers follow the new primary. */
const READS_AFTERWARDS = 10;

/** Runs the drills one after the other, whatever fails, and records each result at once. */
export const runDrills: Step = async (context, watch) => {
  const {
    failover = [],
    rollBack = false,
    killTask = [],
    soakSeconds = DEFAULT_SOAK_SECONDS,
  } = context.script.drills ?? {};
  const drills = [
    ...failover.map((tier) => failoverOf(context, tier)),
    ...killTask.map((service) => killTaskOf(context, service)),
    ...(rollBack ? [rollBackAndForward(context)] : []), // its load and checks are part of the soak
    ...(soakSeconds > 0 && hasRequests(context) ? [soakOf(context, soakSeconds)] : []), // the last: tasks grow older meanwhile
  ];
  for (const drill of drills) {
    const result = await watch.span(drill.name, () => perform(context, drill, watch));
    context.ledger.change({ drills: [...context.ledger.value.drills, result] });
  }
  return { tiers: await tiersOf(context, watch) }; // with what happened to their members meanwhile
};

async function perform(context: StepContext, drill: Drill, watch: Watch): Promise<DrillResult> {
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
    const { passed, ...seen } = await drill.perform(watch);
    if (!passed) await checkStanding(context, watch);
    return result({ outcome: passed ? 'passed' : 'failed', ...seen });
  } catch (error) {
    // a target that refuses fails the drill; a stop, a bug or a fault of the machine ends the step
    if (watch.signal.aborted || !(error instanceof TwinError) || error.isMachineFault) throw error;
    return result({ outcome: 'failed', detail: error.message });
  }
}

function failoverOf(context: StepContext, tier: string): Drill {
  const name = `failover of ${tier}`;
  return {
    name,
    kind: 'failover',
    tier,
    perform: async (watch) => {
      const recovery = await recover(context, name, { kind: 'failover', tier }, watch);
      return recovery.passed ? withChecks(context, recovery, afterwards(context), watch) : recovery;
    },
  };
}

/** What is checked after a drill: enough to show that it is as before. */
function afterwards({ script: { checks } }: StepContext): ChecksConfig {
  const { smoke = [], readYourWrites = [] } = checks;
  return { smoke, readYourWrites: readYourWrites.map((check) => ({ ...check, times: READS_AFTERWARDS })) };
}

const hasTraffic = ({ script: { checks } }: StepContext): boolean =>
  [checks.smoke, checks.readYourWrites, checks.load].some((planned = []) => planned.length > 0);

const hasRequests = (context: StepContext): boolean =>
  Object.values(afterwards(context)).some((checks) => checks.length > 0);

/** Waits until every task has an age, while requests are sent, and checks once more. */
function soakOf(context: StepContext, seconds: number): Drill {
  const { parts, ledger } = context;
  const { to } = ledger.value;
  const name = `soak of ${seconds} s`;
  return {
    name,
    kind: 'soak',
    perform: async (watch) => {
      const restMs = Math.max(0, seconds * 1000 - msBetween(youngestSince(context), parts.now()));
      const { result } = await whileWatched(context, { during: 'soak', release: to }, watch, async () => {
        await sleep(restMs, undefined, { signal: watch.signal }).catch(() => watch.signal.throwIfAborted());
        const seen: Seen = { passed: true, detail: `${to} has run for ${showDuration(seconds * 1000)}` };
        return withChecks(context, seen, afterwards(context), watch);
      });
      return result!;
    },
  };
}

/** Since when the youngest task runs at least, as far as it was started on purpose. */
function youngestSince({ ledger: { value } }: StepContext): Date {
  const killed = value.drills.filter(({ kind }) => kind === 'kill task').map(({ name }) => name);
  const started = value.watched
    .filter(({ during }) => ['release', FORWARD, ...killed].includes(during))
    .map(({ startedAt, ms }) => Date.parse(startedAt) + ms);
  return new Date(Math.max(Date.parse(value.startedAt), ...started));
}

function killTaskOf(context: StepContext, service: string): Drill {
  const name = `one task of ${service} killed`;
  return {
    name,
    kind: 'kill task',
    tier: service,
    perform: (watch) => recover(context, name, { kind: 'kill task', tier: service }, watch),
  };
}

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
    const others = [await readWritten(context, release, watch), await loadOnceMore(context, release, watch)];
    return others.reduce<Seen>(
      (all, it) =>
        it ? { ...all, passed: all.passed && it.passed, detail: `${all.detail}\n${it.detail}.` } : all,
      seen,
    );
  };
  return {
    name: 'roll back and forward',
    kind: 'roll back',
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

/** How long a load check lasts that is only repeated to separate noise from a release. */
const ROUND_SECONDS = 5;

/**
 * Measures the response time again where a gate compares it: both releases in turns, within the same minutes.
 *
 * @returns what failed; undefined where nothing did
 */
async function loadOnceMore(context: StepContext, release: string, watch: Watch): Promise<Seen | undefined> {
  const { ledger, script } = context;
  const { load = [] } = script.checks;
  if (ledger.value.gates.p95 === undefined || load.length === 0) return undefined;
  const shorter = load.map(({ seconds = CHECK_DEFAULTS.load.seconds, ...check }) => ({
    ...check,
    seconds: Math.min(seconds, ROUND_SECONDS),
  }));
  const results = await runChecks(context, { load: shorter }, release, watch);
  ledger.change({ rounds: [...(ledger.value.rounds ?? []), { release, results }] });
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return undefined;
  return { passed: false, detail: failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ') };
}

/** Breaks something while requests are sent. Without a check that sends one nothing is measured. */
async function recover(
  context: StepContext,
  during: string,
  disruption: Disruption,
  watch: Watch,
): Promise<Seen> {
  const { parts, ledger } = context;
  const { to: release, gates, handle } = ledger.value;
  const recoverWithinMs = gates.maxRecoverySeconds && Math.max(gates.maxRecoverySeconds * 2000, LEAST_MS);
  const meanwhile = { during, release, recoverWithinMs: recoverWithinMs ?? RECOVERY_LIMIT_MS };
  const { result, traffic } = await whileWatched(context, meanwhile, watch, () =>
    parts.target.disrupt(handle, disruption, watch),
  );
  const { requests, failedBefore, recoveryMs } = traffic;
  if (requests === 0 && !hasTraffic(context))
    return withMembers('recovered, with no check to measure how fast', result, disruption);
  if (failedBefore !== undefined)
    return { passed: false, detail: `nothing was broken, because requests failed before: ${failedBefore}` };
  const seen = withMembers(recoveryInWords(traffic), result, disruption);
  return recoveryMs === undefined ? { ...seen, passed: false } : { ...seen, recoveryMs };
}

/** How long it is waited for a recovery: twice as long as it may take, so that the figure is known. */
const RECOVERY_LIMIT_MS = 60_000;
const LEAST_MS = 5_000;

function recoveryInWords(figures: TrafficFigures): string {
  const { requests, failures, firstFailure = 'no answer', failedAfter, recoveryMs } = figures;
  const counts = `${failures} of ${requests} requests failed`;
  if (recoveryMs === undefined) return `${counts}, and they still fail: ${failedAfter ?? firstFailure}`;
  if (failures === 0) return `no request failed (of ${requests})`;
  return `recovered in ${showDuration(recoveryMs)} (${counts}; first: ${firstFailure})`;
}

/** Adds what happened to the members. A disruption after which they are what they were has tested nothing. */
function withMembers(detail: string, disrupted: Disrupted | undefined, { kind }: Disruption): Seen {
  const changes = changesOf(disrupted ?? { before: [], after: [] });
  if (changes.length > 0) return { passed: true, detail: `${detail}; ${changes.join(', ')}` };
  const what = kind === 'failover' ? 'no other member is primary' : 'no task was replaced';
  return { passed: false, detail: `${detail}; but ${what}` };
}

/** What became of the members, such as `Orders-2 is primary, Orders-1 a replica`. */
function changesOf({ before, after }: Disrupted): string[] {
  const roleIn = (members: Disrupted['after'], name: string) => members.find((it) => it.name === name)?.role;
  const gone = before.filter(({ name }) => roleIn(after, name) === undefined);
  const changed = after.filter(({ name, role }) => roleIn(before, name) !== role);
  const isNew = (name: string): boolean => roleIn(before, name) === undefined;
  return [
    ...gone.map(({ name }) => `${name} is gone`),
    ...changed.map(({ name, role }) =>
      isNew(name) ? `${name} is new` : `${name} is ${role === 'primary' ? 'primary' : `a ${role}`} now`,
    ),
  ];
}

/** Adds the results of checks that run afterwards, on a line of their own. */
async function withChecks(
  context: StepContext,
  seen: Seen,
  checks: ChecksConfig,
  watch: Watch,
  release: string = context.ledger.value.to,
): Promise<Seen> {
  const results = await runChecks(context, checks, release, watch);
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const why = failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return {
    ...seen,
    ...staleIn(results),
    passed: seen.passed && failed.length === 0,
    detail: `${seen.detail}.\nAfter it, ${failed.length === 0 ? tally(results) : why}.`,
  };
}

/** How many reads were stale; empty where none was made. */
function staleIn(results: readonly CheckResult[]): Pick<DrillResult, 'staleReads'> {
  const counts = results.flatMap(({ measures }) => measures?.staleReads ?? []);
  return counts.length === 0 ? {} : { staleReads: counts.reduce((sum, count) => sum + count, 0) };
}

const tally = ({ length }: readonly CheckResult[]): string =>
  length === 0 ? 'no check ran' : `${length} ${length === 1 ? 'check' : 'checks'} passed`;
