import { join } from 'node:path';
import { TwinError } from '../error';
import { checkQuota } from '../targets/failover-quota';
import type { Preflight, SkippedTier, Watch } from '../targets/target';
import { ROLL_BACK_RELEASES } from './drills/roll-back';
import { COST, COST_HOURS } from './gates/cost';
import { resultsOf } from './gates/gate';
import type { PlannedAssembly } from './flags';
import type { Proof } from './parts';
import { findInStacks } from './planned-stacks';
import { suffixOf } from './rehearsals';
import { isAsked, unproven } from './gates/release';
import type { StepContext } from './step';
import { SYNTH_DEFAULTS } from './synthesize';

/** An assembly that is to be rehearsed. */
export interface PlannedRelease extends PlannedAssembly {
  readonly proof: Proof;
  /** The folder with its code. @default - that of the config */
  readonly folder?: string | undefined;
}

/**
 * Asks the target, before anything exists, whether it can stand the releases up, and whether the gates allow what it says: a
 * gate that can only fail would fail at the end of the whole rehearsal.
 *
 * @throws TwinError `refused`, `coverage`, `price`, `unproven` or `failover-quota`
 */
export async function checkTarget(
  { parts, ledger, script, refusesPrice = false }: StepContext,
  releases: readonly PlannedRelease[],
  watch: Watch,
): Promise<void> {
  const { target } = parts;
  const { gates, handle } = ledger.value;
  const skipped = new Map<string, SkippedTier>();
  const unmeasured = new Map<string, string>();
  const said = new Set<string>(); // most are the same for both releases
  const codes: (string | undefined)[] = [];
  let isDeployed = false;
  let waitMinutes = 0;
  const once = (line: string): void => {
    if (!said.has(line)) watch.log(line);
    said.add(line);
  };
  const warn = (warning: string): void => once(`warning: ${warning}`);
  for (const { release, assembly, proof, folder, flag } of releases) {
    const { environment } = proof;
    const planned = { release, assembly: join(ledger.folder, assembly), environment };
    const deployment = { ...planned, ...(folder !== undefined && { folder }) };
    const preflight = await target.preflight(handle, deployment, watch);
    if (flag === undefined) codes.push(preflight.code);
    preflight.warnings.forEach(warn);
    if (preflight.refusals.length > 0) throw refused(environment, target.name, preflight);
    for (const quota of preflight.failovers ?? []) {
      const left = checkQuota(quota, script.drills?.failover ?? []);
      if (left !== undefined) once(left);
    }
    for (const tier of preflight.tiers)
      if (tier.skipped) skipped.set(tier.tier, tier);
      else if (tier.noLag !== undefined) unmeasured.set(tier.tier, tier.noLag);
    isDeployed ||= preflight.isBilled;
    waitMinutes = Math.max(waitMinutes, preflight.waitMinutes ?? 0);
    if (!preflight.isBilled && !refusesPrice) continue;
    for (const { passed, measured, rule } of resultsOf(COST, { gates, cost: proof.cost(gates.costHours) }))
      if (!passed) throw tooExpensive(environment, measured, rule);
  }
  sayWaits(waitMinutes, script.drills?.rollBack === true, gates.costHours, watch);
  const stagings = releases.map(({ proof }) => proof.staging);
  const suffix = suffixOf(ledger.value.rehearsal);
  const { nameContext = SYNTH_DEFAULTS.nameContext } = script.synth ?? {};
  const found = findInStacks(stagings, { suffix, nameContext, now: parts.now(), isDeployed });
  found.warnings.forEach(warn);
  if (found.refusals.length > 0) throw refused(releases[0]!.proof.environment, target.name, found);
  const [from, to] = releases.filter(({ flag }) => flag === undefined);
  if (from && to && codes[0] !== undefined && codes[0] === codes[1] && !isAsked(script))
    throw unproven(from.release, to.release);
  for (const { name, tier } of script.checks.replicaLag ?? []) {
    const because = unmeasured.get(tier);
    if (because !== undefined && !(gates.allowSkipped ?? []).includes(tier))
      throw noLag(target.name, name, tier, because);
  }
  const forbidden = [...skipped.values()].filter(({ tier }) => !(gates.allowSkipped ?? []).includes(tier));
  if (forbidden.length > 0) throw notCovered(target.name, forbidden);
}

/** Each release waits on purpose: that of the candidate, and those of the drill. */
function sayWaits(minutes: number, isRolledBack: boolean, costHours = COST_HOURS, watch: Watch): void {
  if (minutes === 0) return;
  const releases = isRolledBack ? 1 + ROLL_BACK_RELEASES : 1;
  const all = minutes * releases;
  watch.log(
    `each release waits for ${minutes} min on purpose: ${releases} in this rehearsal, ${all} min in all at least`,
  );
  if (all > costHours * 60)
    watch.log(`warning: that is longer than gates.costHours (${costHours} h), for which the price is judged`);
}

const refused = (environment: string, target: string, { refusals }: Pick<Preflight, 'refusals'>): TwinError =>
  new TwinError({
    code: 'refused',
    message: [`${environment} may not be stood up on the target ${target}`, ...refusals].join('\n  '),
    fix: 'Nothing was stood up. Correct what is named, then rehearse again.',
  });

const tooExpensive = (environment: string, measured: string, rule: string): TwinError =>
  new TwinError({
    code: 'price',
    message: `${environment} would cost ${measured}; gates.maxCostUsd allows ${rule}`,
    fix: 'Make staging smaller, rehearse for fewer hours (gates.costHours), or raise the gate.',
  });

const noLag = (target: string, check: string, tier: string, because: string): TwinError =>
  new TwinError({
    code: 'coverage',
    message: `the target ${target} cannot measure what the check "${check}" is about, the replica lag of ${tier}: ${because}`,
    fix: `Leave the check out, or allow it to be skipped with gates.allowSkipped: ['${tier}'].`,
  });

function notCovered(target: string, skipped: readonly SkippedTier[]): TwinError {
  const names = skipped.map(({ tier }) => `'${tier}'`).join(', ');
  const what = skipped.length === 1 ? '1 tier' : `${skipped.length} tiers`;
  return new TwinError({
    code: 'coverage',
    message: [
      `the target ${target} cannot stand ${what} up that the gates do not allow to be skipped`,
      ...skipped.map(({ tier, because }) => `${tier}: ${because}`),
    ].join('\n  '),
    fix: `Make that possible, or allow it with gates.allowSkipped: [${names}].`,
  });
}
