import { TwinError } from '../error';
import type { Watched } from '../evidence/evidence';
import { showTraffic } from '../evidence/figures';
import type { CheckResult } from '../probes/check';
import type { AnyCheckKind } from '../probes/check-kind';
import { CHECKS, checksOf } from '../probes/checks';
import { COMMANDS } from '../probes/command';
import type { Watch } from '../targets/target';
import type { ChecksConfig, GatesConfig } from '../config/types';
import { askBaseline, askCandidate } from './dark-launch';
import { readBaselineData, withDataRead, type DataFound } from './data';
import { isDisturbed, onceMoreIfDisturbed } from './disturbed';
import { runDrills } from './drills/run';
import { endsEarly } from './fail-fast';
import { FAILED_CHECKS } from './gates/failed-checks';
import { FAILED_REQUESTS } from './gates/failed-requests';
import { limitOf } from './gates/gate';
import { STALE_READS } from './gates/stale-reads';
import { identify } from './identify';
import { loadWhileGatesFail } from './rounds';
import { deploymentOf, runChecks, tiersOf, type Step, type StepContext } from './step';
import { BASELINE, whileWatched } from './watched';

/** The name of the checkpoint before the candidate is released. */
const CHECKPOINT = 'before-release';

/** Prepares the data that staging begins with. */
export const seed: Step = async (context, watch) => {
  await context.parts.target.seed(context.ledger.value.handle, deploymentOf(context, 'from'), watch);
  return {};
};

/** Stands staging up with the release that production runs, and records its tiers. */
export const standUp: Step = async (context, watch) => {
  const { parts, ledger } = context;
  await parts.target.up(ledger.value.handle, deploymentOf(context, 'from'), watch);
  return { tiers: await parts.target.describe(ledger.value.handle, watch) };
};

/**
 * Runs the checks before the candidate is released: what fails now is not the candidate's fault. They run once more where only requests
 * fail, because this machine may have been busy.
 */
export const baseline: Step = async (context, watch) => {
  const { ledger } = context;
  const { from, gates, tiers } = ledger.value;
  await identify(context, 'from', tiers, watch);
  await readBaselineData(context, watch);
  const look = async (): Promise<Shortcoming | undefined> => {
    const results = [
      ...(await checkWatched(context, BASELINE, from, watch)),
      ...(await checkAlone(context, from, watch)),
    ];
    ledger.change({ baseline: results });
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    if (failed.length > limitOf(FAILED_CHECKS, gates)) {
      const mayPass = failed.every(({ kind }) => kind !== COMMANDS.kind);
      return { error: baselineFailed(results, from), mayPass };
    }
    const watched = ledger.value.watched.findLast(({ during }) => during === BASELINE);
    if (watched === undefined || isQuiet(watched, gates)) return undefined;
    return {
      error: isDisturbed(watched, context) ? tooBusy(watched) : baselineUnquiet(watched),
      mayPass: true,
    };
  };
  let seen = await look();
  if (seen?.mayPass) {
    watch.log('once more, because this machine may have been busy');
    seen = await look();
  }
  if (seen) throw seen.error;
  return {};
};

/** Why the baseline failed. */
interface Shortcoming {
  readonly error: TwinError;
  /** Whether it may pass a moment later. */
  readonly mayPass: boolean;
}

/** Runs the checks that measure no time and count nothing, with other requests beside them. */
async function checkWatched(
  context: StepContext,
  during: string,
  release: string,
  watch: Watch,
): Promise<readonly CheckResult[]> {
  const checks = checksThat(context, ({ isAlone }) => isAlone !== true);
  const look = () =>
    whileWatched(context, { during, release }, watch, () => runChecks(context, checks, release, watch));
  // the baseline is looked at twice whatever the machine did
  const { result = [] } =
    during === BASELINE ? await look() : await onceMoreIfDisturbed(context, watch, look);
  return result;
}

/** Runs the others. */
const checkAlone = (context: StepContext, release: string, watch: Watch): Promise<readonly CheckResult[]> =>
  runChecks(
    context,
    checksThat(context, ({ isAlone }) => isAlone === true),
    release,
    watch,
  );

const checksThat = ({ script }: StepContext, is: (kind: AnyCheckKind) => boolean): ChecksConfig =>
  checksOf(script.checks, (CHECKS as readonly AnyCheckKind[]).filter(is));

/** Whether nothing failed while nothing was changed: what fails then is not the candidate's fault. */
const isQuiet = ({ traffic: { failures, staleReads } }: Watched, gates: GatesConfig): boolean =>
  failures <= limitOf(FAILED_REQUESTS, gates) && staleReads <= limitOf(STALE_READS, gates);

/** Keeps a copy of the data, for a retry. */
export const checkpoint: Step = async ({ parts, ledger, journal }, watch) => {
  if (parts.target.restores === 'never') {
    watch.log(`the target ${parts.target.name} keeps none: another candidate is another rehearsal`);
    return {};
  }
  await parts.target.checkpoint(ledger.value.handle, CHECKPOINT, watch);
  return { checkpoint: { name: CHECKPOINT, lastSpan: journal.lastId } };
};

/** Restores the data as they were before the first candidate. */
export const restore: Step = async (context, watch) => {
  const { target } = context.parts;
  const { handle, checkpoint: { name } = { name: CHECKPOINT } } = context.ledger.value;
  await target.restore(handle, name, deploymentOf(context, 'from'), watch);
  return {};
};

/** Releases the candidate, and records the tiers again: the candidate may have others. */
export const release: Step = async (context, watch) => {
  const { parts, ledger } = context;
  const { to } = ledger.value;
  await askBaseline(context, watch);
  const bring = (): Promise<DataFound> =>
    withDataRead(context, watch, async () => {
      await whileWatched(context, { during: 'release', release: to, isBrought: true }, watch, () =>
        parts.target.release(ledger.value.handle, deploymentOf(context, 'to'), watch),
      );
    });
  // elsewhere nothing else uses the machine, and a restore takes hours
  const data =
    parts.target.restores === 'in-place'
      ? await onceMoreIfDisturbed(context, watch, bring, async () => void (await restore(context, watch)))
      : await bring();
  const tiers = await tiersOf(context, watch);
  await identify(context, 'to', tiers, watch);
  return { ...data, tiers };
};

/** Runs the checks on the candidate, all of them whatever fails, unless it is to fail fast. */
export const verify: Step = async (context, watch) => {
  const { ledger } = context;
  const { to } = ledger.value;
  const note = (results: readonly CheckResult[]): void =>
    ledger.change({ checks: [...ledger.value.checks, ...results] });
  await askCandidate(context, watch);
  note(await checkWatched(context, 'verify', to, watch));
  if (endsEarly(context)) return {};
  note(await checkAlone(context, to, watch));
  await loadWhileGatesFail(context, watch);
  return {};
};

/** Runs the drills. */
export const drill: Step = runDrills;

function baselineFailed(results: readonly CheckResult[], from: string): TwinError {
  const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => `"${name}"`);
  return new TwinError({
    code: 'baseline',
    message: `${failed.length} of ${results.length} checks failed on ${from}, which production runs: ${failed.join(', ')}`,
    fix: 'Repair staging or its checks first.',
  });
}

const baselineUnquiet = ({ release: running, traffic }: Watched): TwinError =>
  new TwinError({
    code: 'baseline',
    message: `with ${running}, which production runs, and nothing changed, ${showTraffic(traffic)}`,
    fix: 'Repair staging or its checks first; "traffic" in twin.config.ts says how many requests are sent at once.',
  });

/** Nothing can be said of either release: what failed may be the doing of what else runs here. */
const tooBusy = ({ release: running, traffic, othersShare = 0 }: Watched): TwinError =>
  new TwinError({
    code: 'busy',
    message: `other processes used ${Math.round(othersShare * 100)} % of this machine's processors, and with ${running}, which production runs, and nothing changed, ${showTraffic(traffic)}`,
    fix: 'Rehearse again when they have ended, or where less runs.',
    isMachineFault: true,
  });
