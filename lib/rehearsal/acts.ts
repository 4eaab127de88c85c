import { TwinError } from '../error';
import type { CheckResult } from '../probes/check';
import { drillAll } from './drills';
import { contextOf, deploymentOf, proofOf, type Act } from './stage';

/** What the data are kept under before the candidate comes. */
const CHECKPOINT = 'before-release';

/** Prepares the data that staging begins with. */
export const seed: Act = async (stage, watch) => {
  await stage.parts.target.seed(stage.ledger.value.handle, deploymentOf(stage, 'from'), watch);
  return {};
};

/** Stands staging up with the release that production runs, and looks what stands there. */
export const standUp: Act = async (stage, watch) => {
  const { parts, ledger } = stage;
  const { handle } = ledger.value;
  await parts.target.up(handle, deploymentOf(stage, 'from'), watch);
  return { tiers: await parts.target.describe(handle) };
};

/** Runs the checks before the candidate comes: what fails now is not its fault. */
export const baseline: Act = async (stage, watch) => {
  const { parts, script, ledger } = stage;
  const { from, gates } = ledger.value;
  const results = await parts.runChecks(script.checks, await contextOf(stage, from, watch));
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (failed <= (gates.failedChecks ?? 0)) return { baseline: results };
  ledger.change({ baseline: results });
  throw brokenBaseline(failed, results, from);
};

/** Keeps the data, for a retry. */
export const checkpoint: Act = async ({ parts, ledger, journal }, watch) => {
  await parts.target.checkpoint(ledger.value.handle, CHECKPOINT, watch);
  return { checkpoint: { name: CHECKPOINT, lastSpan: journal.lastId } };
};

/** Puts the data back as they were before the first candidate. */
export const restore: Act = async ({ parts, ledger }, watch) => {
  await parts.target.restore(ledger.value.handle, ledger.value.checkpoint?.name ?? CHECKPOINT, watch);
  return {};
};

/** Brings the candidate, and looks what stands there now: it may have other tiers. */
export const release: Act = async (stage, watch) => {
  const { parts, ledger } = stage;
  const { handle, to } = ledger.value;
  await parts.target.release(handle, deploymentOf(stage, 'to'), watch);
  const standing = await parts.target.describe(handle);
  const added = proofOf(stage).staging.tiers.filter(
    ({ name }) => !standing.some(({ tier }) => tier === name),
  );
  const because = `it came with ${to}, and was not stood up`;
  const missing = added.map(({ name: tier, kind }) => ({ tier, kind, rehearsed: false, because }) as const);
  return { tiers: [...standing, ...missing] };
};

/** Runs the checks on the candidate, all of them whatever fails. */
export const verify: Act = async (stage, watch) => {
  const { parts, script, ledger } = stage;
  const context = await contextOf(stage, ledger.value.to, watch);
  return { checks: await parts.runChecks(script.checks, context) };
};

/** Breaks what the script names. */
export const drill: Act = drillAll;

const brokenBaseline = (failed: number, { length }: readonly CheckResult[], from: string): TwinError =>
  new TwinError({
    code: 'baseline',
    message: `${failed} of ${length} checks failed with ${from}, which production runs`,
    fix: 'Repair staging or its checks first.',
  });
