import { TwinError } from '../error';
import type { CheckResult } from '../probes/check';
import { runDrills } from './drills';
import { identify } from './identify';
import { deploymentOf, proofOf, runChecks, type Step } from './step';

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

/** Runs the checks before the candidate is released: a check that fails now is not the candidate's fault. */
export const baseline: Step = async (context, watch) => {
  const { script, ledger } = context;
  const { from, gates, tiers } = ledger.value;
  await identify(context, 'from', tiers, watch);
  const results = await runChecks(context, script.checks, from, watch);
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (failed <= (gates.maxFailedChecks ?? 0)) return { baseline: results };
  ledger.change({ baseline: results });
  throw baselineFailed(failed, results, from);
};

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
  await parts.target.release(ledger.value.handle, deploymentOf(context, 'to'), watch);
  const standing = await parts.target.describe(ledger.value.handle, watch);
  await identify(context, 'to', standing, watch);
  const added = proofOf(context).staging.tiers.filter(
    ({ name }) => !standing.some(({ tier }) => tier === name),
  );
  const because = `${to} adds it, and it was not stood up`;
  const skipped = added.map(({ name: tier, kind }) => ({ tier, kind, skipped: true, because }) as const);
  return { tiers: [...standing, ...skipped] };
};

/** Runs the checks on the candidate, all of them whatever fails. */
export const verify: Step = async (context, watch) => {
  const { script, ledger } = context;
  return { checks: await runChecks(context, script.checks, ledger.value.to, watch) };
};

/** Runs the drills. */
export const drill: Step = runDrills;

const baselineFailed = (failed: number, { length }: readonly CheckResult[], from: string): TwinError =>
  new TwinError({
    code: 'baseline',
    message: `${failed} of ${length} checks failed on ${from}, which production runs`,
    fix: 'Repair staging or its checks first.',
  });
