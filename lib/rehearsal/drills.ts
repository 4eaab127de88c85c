import { TwinError } from '../error';
import type { DrillResult } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import { forRelease } from '../probes/placeholders';
import type { RequestPlan } from '../probes/plan';
import type { Disrupted, Disruption, SkippedTier, Watch } from '../targets/target';
import type { ChecksConfig } from './config';
import { identify } from './identify';
import { msBetween } from './journal';
import { deploymentOf, runChecks, type Step, type StepContext } from './step';

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
  const { failover = [], rollBack = false, killTask = [] } = context.script.drills ?? {};
  const drills = [
    ...failover.map((tier) => failoverOf(context, tier)),
    ...(rollBack ? [rollBackAndForward(context)] : []),
    ...killTask.map((service) => killTaskOf(context, service)),
  ];
  for (const drill of drills) {
    const result = await watch.span(drill.name, () => perform(context, drill, watch));
    context.ledger.change({ drills: [...context.ledger.value.drills, result] });
  }
  return {};
};

async function perform({ ledger, parts }: StepContext, drill: Drill, watch: Watch): Promise<DrillResult> {
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
    return result({ outcome: passed ? 'passed' : 'failed', ...seen });
  } catch (error) {
    // a target that refuses fails the drill; a stop or a bug ends the step
    if (watch.signal.aborted || !(error instanceof TwinError)) throw error;
    return result({ outcome: 'failed', detail: error.message });
  }
}

function failoverOf(context: StepContext, tier: string): Drill {
  const { checks } = context.script;
  const [write] = checks.readYourWrites ?? [];
  const afterwards: ChecksConfig = {
    smoke: checks.smoke ?? [],
    readYourWrites: (checks.readYourWrites ?? []).map((check) => ({ ...check, times: READS_AFTERWARDS })),
  };
  return {
    name: `failover of ${tier}`,
    kind: 'failover',
    tier,
    perform: async (watch) => {
      const request = write?.write ?? checks.smoke?.[0];
      const recovery = await recover(context, request, { kind: 'failover', tier }, watch);
      return recovery.passed ? withChecks(context, recovery, afterwards, watch) : recovery;
    },
  };
}

function killTaskOf(context: StepContext, service: string): Drill {
  return {
    name: `one task of ${service} killed`,
    kind: 'kill task',
    tier: service,
    perform: (watch) =>
      recover(context, context.script.checks.smoke?.[0], { kind: 'kill task', tier: service }, watch),
  };
}

/** Rolls back to what production runs, on the data that the candidate has changed, and forward again. */
function rollBackAndForward(context: StepContext): Drill {
  const { parts, ledger, script } = context;
  const { from, to } = ledger.value;
  const smoke = { smoke: script.checks.smoke ?? [] };
  const bring = async (which: 'from' | 'to', watch: Watch): Promise<Seen> => {
    const release = which === 'from' ? from : to;
    await watch.span(`release ${release}`, () =>
      parts.target.release(ledger.value.handle, deploymentOf(context, which), watch),
    );
    await identify(context, which, await parts.target.describe(ledger.value.handle, watch), watch);
    return withChecks(context, { passed: true, detail: `${release} runs` }, smoke, watch, release);
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

/** Breaks something while a request is repeated. Without a request nothing is measured. */
async function recover(
  { parts, ledger }: StepContext,
  request: RequestPlan | undefined,
  disruption: Disruption,
  watch: Watch,
): Promise<Seen> {
  const { target } = parts;
  let disrupted: Disrupted | undefined;
  const breakIt = async (): Promise<void> => {
    disrupted = await target.disrupt(ledger.value.handle, disruption, watch);
  };
  if (request) {
    const probes = await target.probes(ledger.value.handle, watch);
    const { recoveryMs, detail } = await probes.watchRecovery(
      forRelease(request, ledger.value.to),
      breakIt,
      watch,
    );
    const seen = withMembers(detail, disrupted, disruption);
    return recoveryMs === undefined ? { ...seen, passed: false } : { ...seen, recoveryMs };
  }
  await breakIt();
  return withMembers('recovered, with no check to measure how fast', disrupted, disruption);
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
