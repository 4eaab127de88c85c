import type { Blueprint, ServiceTier, Tier } from '../blueprint/blueprint';
import { STATEFUL } from '../cutover/data';
import { didYouMean } from '../error';
import { isObject, type Json } from '../json';
import { DEFAULT_METHOD } from '../probes/request-schema';
import { isForEvery } from '../probes/version';
import { show, type Report } from '../field';
import type { AnyCheckKind } from '../probes/check-kind';
import { CHECKS } from '../probes/checks';
import type { AnyDrillKind } from '../rehearsal/drills/drill';
import { DRILLS } from '../rehearsal/drills/registry';
import { GATES } from '../rehearsal/gates/registry';
import type { TierReference } from '../targets/module';
import { reportMisfits as reportMisfitsOfTargets, tierNamesIn } from '../targets/registry';
import type { Rehearsal } from './schema';

/** Reports what in a config contradicts the rest of it, or the folder that it is in. */
export function reportMisfits(config: Rehearsal, folder: string, report: Report): void {
  reportSameNames(config, report);
  reportSameReleases(config, report);
  reportSameStagings(config, report);
  reportUnmeasured(config, report);
  reportUnknownLoad(config, report);
  reportUnsafe(config, report);
  reportMisfitsOfTargets(config, folder, report);
}

/** Reports what in a config does not fit the environment. */
export function reportMisfitsOf(blueprint: Blueprint, config: Rehearsal, report: Report): void {
  reportUnknownTiers(config, blueprint, report);
  reportWithoutReaders(config, blueprint, report);
  reportUnasked(config, blueprint, report);
}

/** Reports the names of tiers in a config that the environment does not have, or has as another kind, or cannot break. */
function reportUnknownTiers(config: Rehearsal, { environment, tiers }: Blueprint, report: Report): void {
  for (const { at, name, kinds } of tierNames(config)) {
    const ofKind = tiers.filter(({ kind }) => kinds.includes(kind)).map((tier) => tier.name);
    if (ofKind.includes(name)) continue;
    const other = tiers.find((tier) => tier.name === name);
    const what = other
      ? `is a ${other.kind} tier; expected a ${kinds.join(' or ')} tier`
      : `is not a tier of ${environment}`;
    report(`${at} names ${show(name)}, which ${what}; ${didYouMean(name, ofKind)}`);
  }
  for (const [i, name] of config.drills.failover.entries()) {
    const tier = tiers.find((it) => it.name === name);
    if (tier?.kind !== 'sql' || tier.instance?.isMultiAz !== false) continue;
    report(
      `drills.failover[${i}] names ${show(name)}, an RDS instance without a standby: there is nothing to fail over to; expected one with MultiAZ`,
    );
  }
  for (const [i, name] of config.drills.loseZone.entries()) {
    const tier = tiers.find((it) => it.name === name);
    const all = tier?.kind === 'service' ? allInOneZone(tier) : undefined;
    if (all !== undefined)
      report(
        `drills.loseZone[${i}] names ${show(name)}, ${all}: none would be left; expected a service with tasks in several zones`,
      );
  }
}

/** @returns why a zone takes all tasks of a service; undefined where it does not, and where that is known only when it stands */
function allInOneZone({ tasks, zones }: ServiceTier): string | undefined {
  if (tasks === 1) return 'which has one task';
  return zones?.length === 1 ? `whose subnets are all in ${zones[0]}` : undefined;
}

/** Reports a version that no service could be asked for. */
function reportUnasked({ version }: Rehearsal, { environment, tiers }: Blueprint, report: Report): void {
  if (version === undefined) return;
  const asked = tiers.flatMap((tier) => (tier.kind === 'service' && tier.balancer ? [tier.name] : []));
  if (isForEvery(version)) {
    if (asked.length === 0)
      report(`version has nobody to ask: no service of ${environment} has a load balancer`);
    return;
  }
  for (const name of Object.keys(version)) {
    if (asked.includes(name)) continue;
    report(
      `version names ${show(name)}, which is no service of ${environment} with a load balancer; ${didYouMean(name, asked)}`,
    );
  }
}

const ALL: readonly Tier['kind'][] = [
  'sql',
  'document',
  'cache',
  'service',
  'storage',
  'function',
  'compute',
];
/** Those that run programs, and hold no data. */
const RUNS_PROGRAMS: ReadonlySet<Tier['kind']> = new Set(['service', 'function', 'compute']);

const tierNames = ({ checks, drills, gates, ...sections }: Rehearsal): readonly TierReference[] => [
  ...Object.keys(sections.cutover.data).map((name) => ({ at: 'cutover.data', name, kinds: STATEFUL })),
  ...tierNamesIn(sections),
  ...(CHECKS as readonly AnyCheckKind[]).flatMap(({ key, tiers: kinds }) =>
    kinds === undefined
      ? []
      : checks[key].flatMap((check, i) =>
          'tier' in check ? [{ at: `checks.${key}[${i}].tier`, name: check.tier, kinds }] : [],
        ),
  ),
  ...(DRILLS as readonly AnyDrillKind[]).flatMap(({ key, tiers: kinds }) => {
    const names = drills[key];
    if (kinds === undefined || typeof names !== 'object') return [];
    return names.flatMap((name, i) =>
      typeof name === 'string' ? [{ at: `drills.${key}[${i}]`, name, kinds }] : [],
    );
  }),
  ...gates.allowSkipped.map((name, i) => ({ at: `gates.allowSkipped[${i}]`, name, kinds: ALL })),
];

function reportSameReleases({ baseline, baselines }: Rehearsal, report: Report): void {
  reportTwice(['baseline', baseline], ['baselines', baselines], 'release', report);
}

/** Those that a candidate is rehearsed in: without the first, the app decides which that is. */
function reportSameStagings({ environment, environments }: Rehearsal, report: Report): void {
  if (environment !== undefined)
    reportTwice(['environment', environment], ['environments', environments], 'staging', report);
  else if (environments.length > 0)
    report('environment is missing; expected the first staging, beside those of environments');
}

function reportTwice(
  [key, first]: readonly [string, string],
  [list, others]: readonly [string, readonly string[]],
  what: string,
  report: Report,
): void {
  for (const [i, name] of others.entries()) {
    const earlier = [first, ...others.slice(0, i)].indexOf(name);
    if (earlier < 0) continue;
    const other = earlier === 0 ? key : `${list}[${earlier - 1}]`;
    report(`${list}[${i}] is ${show(name)}, and so is ${other}; expected another ${what}`);
  }
}

/** Results are identified by their names. */
function reportSameNames({ checks, drills }: Rehearsal, report: Report): void {
  const ofChecks = Object.entries<readonly { readonly name: string }[]>({ ...checks });
  reportSame(
    ofChecks.map(([kind, planned]) => [`checks.${kind}`, planned]),
    report,
  );
  reportSame([['drills.flags', drills.flags]], report);
}

function reportSame(
  lists: readonly (readonly [at: string, planned: readonly { readonly name: string }[]])[],
  report: Report,
): void {
  const first = new Map<string, string>();
  for (const [list, planned] of lists) {
    for (const [i, { name }] of planned.entries()) {
      if (name === undefined) continue;
      const at = `${list}[${i}].name`;
      const other = first.get(name);
      if (other === undefined) first.set(name, at);
      else report(`${at} is ${show(name)}, and so is ${other}; expected a unique name`);
    }
  }
}

/** Reports checks that say they are safe in production, and would leave there what they write. */
function reportUnsafe({ checks: { readYourWrites, load } }: Rehearsal, report: Report): void {
  for (const [i, { safeInProduction, cleanUp }] of readYourWrites.entries())
    if (safeInProduction && !cleanUp)
      report(
        `checks.readYourWrites[${i}] is safeInProduction without a cleanUp; expected the request that removes what it writes`,
      );
  for (const [i, { safeInProduction, method = DEFAULT_METHOD }] of load.entries())
    if (safeInProduction && !['GET', 'HEAD'].includes(method))
      report(
        `checks.load[${i}] is safeInProduction with the method ${method}, and nothing would clean up after it; expected GET or HEAD`,
      );
}

/**
 * Reports gates that have nothing to judge, which could only fail at the end of the whole rehearsal; and what is measured for no
 * gate, or not at all, which a GO would not speak of.
 */
function reportUnmeasured({ checks, drills, capacity, darkLaunch, gates }: Rehearsal, report: Report): void {
  const planned: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    checks: { ...checks },
    drills: { ...drills },
  };
  for (const { key, needs = [] } of GATES) {
    const isMeasured = needs.some((need) => {
      if (need.length === 1) return { capacity, darkLaunch }[need[0]] !== undefined;
      const [section, list] = need;
      const items = planned[section]?.[list];
      return Array.isArray(items) && items.length > 0;
    });
    if (gates[key] === undefined || needs.length === 0 || isMeasured) continue;
    const places = needs.map((it) => it.join('.')).join(' or ');
    const isSection = needs.every(({ length }) => length === 1);
    report(`gates.${key} has nothing to judge; expected ${isSection ? '' : 'an entry in '}${places}`);
  }
  for (const { key, isForGates } of CHECKS as readonly AnyCheckKind[]) {
    if (!isForGates || checks[key].length === 0) continue;
    const judging = GATES.filter(({ needs = [] }) => needs.some((it) => it[1] === key)).map(
      (gate) => gate.key,
    );
    if (judging.some((gate) => gates[gate] !== undefined)) continue;
    report(
      `checks.${key} is judged by no gate; expected ${judging.map((gate) => `gates.${gate}`).join(' or ')}`,
    );
  }
}

/** Reports names of loads that no check has. */
function reportUnknownLoad({ checks, capacity, darkLaunch }: Rehearsal, report: Report): void {
  const names = [...checks.load, ...checks.replay].map(({ name }) => name);
  const named = [
    { at: 'capacity.of', name: capacity?.of },
    ...(darkLaunch?.of ?? []).map((name, i) => ({ at: `darkLaunch.of[${i}]`, name })),
  ];
  for (const { at, name } of named) {
    if (name === undefined || names.includes(name)) continue;
    report(`${at} names ${show(name)}, which is no check of load or replay; ${didYouMean(name, names)}`);
  }
}

/** Reports checks that pass whatever a release does, since no tier has a member that could be behind. */
function reportWithoutReaders(
  config: Rehearsal,
  { environment, tiers, stacks }: Blueprint,
  report: Report,
): void {
  const { readYourWrites, replicaLag } = config.checks;
  if (stacks.some(({ template }) => makesReaders(template['Resources']))) return;
  for (const [i, { tier: name }] of replicaLag.entries()) {
    const tier = tiers.find((it) => it.name === name);
    if (tier && !hasReaders(tier))
      report(`checks.replicaLag[${i}].tier names ${show(name)}, which has no reader in ${environment}`);
  }
  const data = tiers.filter(({ kind }) => !RUNS_PROGRAMS.has(kind));
  if (readYourWrites.length === 0 || data.length === 0 || data.some(hasReaders)) return;
  report(
    `checks.readYourWrites proves nothing: no tier of ${environment} has a reader, so that it passes whatever a release does; expected one there, or no such check`,
  );
}

/** Whether there are readers that Application Auto Scaling makes, of which a template has none. */
const makesReaders = (resources: Json | undefined): boolean =>
  isObject(resources) &&
  Object.values(resources).some(
    (it) =>
      isObject(it) &&
      it['Type'] === 'AWS::ApplicationAutoScaling::ScalableTarget' &&
      isObject(it['Properties']) &&
      /:(ReadReplicaCount|Replicas)$/.test(String(it['Properties']['ScalableDimension'])),
  );

/** Whether reads of a tier may be behind; of one that is a resource alone, nobody knows. */
function hasReaders(tier: Tier): boolean {
  if (tier.kind === 'cache') return tier.replicas > 0;
  return (tier.kind !== 'sql' && tier.kind !== 'document') || tier.members.length > 1;
}
