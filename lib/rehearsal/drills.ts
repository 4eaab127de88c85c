import { TwinError } from '../error';
import type { DrillResult } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import type { RequestPlan } from '../probes/plan';
import type { MissingTier, Watch } from '../targets/target';
import type { ChecksConfig } from './config';
import { msBetween } from './journal';
import { contextOf, deploymentOf, type Act, type Stage } from './stage';

/** Something to break: what it shows is its result. */
interface Drill extends Pick<DrillResult, 'name' | 'kind'> {
  /** The tier that must stand for it. @default - none */
  readonly tier?: string;
  perform(watch: Watch): Promise<Seen>;
}

/** What a drill saw. */
type Seen = Pick<DrillResult, 'detail' | 'recoveryMs' | 'staleReads'> & { readonly passed: boolean };

/** How often a write is read back after a failover: enough to see that a reader follows the new primary. */
const READS_AFTERWARDS = 10;

/** Performs the drills one after the other, whatever fails, and notes each result at once. */
export const drillAll: Act = async (stage, watch) => {
  const { failover = [], rollBack = false, stopTask = [] } = stage.script.drills ?? {};
  const drills = [
    ...failover.map((tier) => failoverOf(stage, tier)),
    ...(rollBack ? [rollBackAndForward(stage)] : []),
    ...stopTask.map((service) => stopTaskOf(stage, service)),
  ];
  for (const drill of drills) {
    const result = await watch.span(drill.name, () => perform(stage, drill, watch));
    stage.ledger.change({ drills: [...stage.ledger.value.drills, result] });
  }
  return {};
};

async function perform({ ledger, parts }: Stage, drill: Drill, watch: Watch): Promise<DrillResult> {
  const { name, kind, tier } = drill;
  const begun = parts.now();
  const result = (rest: Pick<DrillResult, 'outcome' | 'detail'> & Partial<DrillResult>): DrillResult => {
    const ms = msBetween(begun, parts.now());
    return { name, kind, startedAt: begun.toISOString(), ms, ...rest };
  };
  const missing = ledger.value.tiers.find((it): it is MissingTier => it.tier === tier && !it.rehearsed);
  if (missing) return result({ outcome: 'not rehearsed', detail: missing.because });
  try {
    const { passed, ...seen } = await drill.perform(watch);
    return result({ outcome: passed ? 'passed' : 'failed', ...seen });
  } catch (error) {
    // a target that cannot do it fails the drill; to be stopped, or a bug, ends the step
    if (watch.signal.aborted || !(error instanceof TwinError)) throw error;
    return result({ outcome: 'failed', detail: error.message });
  }
}

function failoverOf(stage: Stage, tier: string): Drill {
  const { checks } = stage.script;
  const { parts, ledger } = stage;
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
      const breakIt = (): Promise<void> => parts.target.failover(ledger.value.handle, tier, watch);
      const recovery = await recover(stage, write?.write ?? checks.smoke?.[0], breakIt, watch);
      return recovery.passed ? withChecks(stage, recovery, afterwards, watch) : recovery;
    },
  };
}

function stopTaskOf(stage: Stage, service: string): Drill {
  const { parts, ledger, script } = stage;
  return {
    name: `one task of ${service} killed`,
    kind: 'stop task',
    tier: service,
    perform: (watch) => {
      const breakIt = (): Promise<void> => parts.target.stopTask(ledger.value.handle, service, watch);
      return recover(stage, script.checks.smoke?.[0], breakIt, watch);
    },
  };
}

/** Back to what production runs, on the data that the candidate has changed, and forward again. */
function rollBackAndForward(stage: Stage): Drill {
  const { parts, ledger, script } = stage;
  const { handle, from, to } = ledger.value;
  const smoke = { smoke: script.checks.smoke ?? [] };
  const bring = async (which: 'from' | 'to', watch: Watch): Promise<Seen> => {
    const release = which === 'from' ? from : to;
    await watch.span(`release ${release}`, () =>
      parts.target.release(handle, deploymentOf(stage, which), watch),
    );
    return withChecks(stage, { passed: true, detail: `${release} runs` }, smoke, watch, release);
  };
  return {
    name: 'roll back and forward',
    kind: 'roll back',
    perform: async (watch) => {
      const back = await bring('from', watch);
      const forward = await bring('to', watch);
      return {
        passed: back.passed && forward.passed,
        detail: `back: ${back.detail}; forward: ${forward.detail}`,
      };
    },
  };
}

/** Breaks something while a request is repeated; without a request nothing is measured. */
async function recover(
  stage: Stage,
  request: RequestPlan | undefined,
  breakIt: () => Promise<void>,
  watch: Watch,
): Promise<Seen> {
  if (!request) {
    await breakIt();
    return { passed: true, detail: 'overcome; no check was there to measure with' };
  }
  const context = await contextOf(stage, stage.ledger.value.to, watch);
  const { recoveryMs, detail } = await stage.parts.watchRecovery(request, context, breakIt);
  return recoveryMs === undefined ? { passed: false, detail } : { passed: true, detail, recoveryMs };
}

/** Adds what checks see afterwards. */
async function withChecks(
  stage: Stage,
  seen: Seen,
  checks: ChecksConfig,
  watch: Watch,
  release: string = stage.ledger.value.to,
): Promise<Seen> {
  const results = await stage.parts.runChecks(checks, await contextOf(stage, release, watch));
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const why = failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return {
    ...seen,
    ...staleIn(results),
    passed: seen.passed && failed.length === 0,
    detail: `${seen.detail}; ${failed.length === 0 ? tally(results) : `afterwards ${why}`}`,
  };
}

/** How many reads were stale; nothing where none was made. */
function staleIn(results: readonly CheckResult[]): Pick<DrillResult, 'staleReads'> {
  const counts = results.flatMap(({ measures }) => measures?.staleReads ?? []);
  return counts.length === 0 ? {} : { staleReads: counts.reduce((sum, count) => sum + count, 0) };
}

const tally = ({ length }: readonly CheckResult[]): string =>
  length === 0
    ? 'no check was run afterwards'
    : `${length} ${length === 1 ? 'check' : 'checks'} passed afterwards`;
