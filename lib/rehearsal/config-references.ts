import type { Blueprint, Tier } from '../blueprint/blueprint';
import { didYouMean } from '../error';
import { show, type Report } from '../schema';
import type { TierReference } from '../targets/module';
import { reportMisfits as reportMisfitsOfTargets, tierNamesIn } from '../targets/registry';
import type { Rehearsal } from './config-shape';

/** Reports what in a config contradicts the rest of it, or the folder that it is in. */
export function reportMisfits(config: Rehearsal, folder: string, report: Report): void {
  reportSameNames(config, report);
  reportUnmeasured(config, report);
  reportMisfitsOfTargets(config, folder, report);
}

/** Reports the names of tiers in a config that the environment does not have, or has as another kind, or cannot break. */
export function reportUnknownTiers(
  config: Rehearsal,
  { environment, tiers }: Blueprint,
  report: Report,
): void {
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
}

const ALL: readonly Tier['kind'][] = ['sql', 'document', 'cache', 'service', 'storage'];

const tierNames = ({ checks, drills, gates, ...sections }: Rehearsal): readonly TierReference[] => [
  ...tierNamesIn(sections),
  ...checks.replicaLag.map(({ tier: name }, i) => ({
    at: `checks.replicaLag[${i}].tier`,
    name,
    kinds: ['sql'] as const,
  })),
  ...drills.failover.map((name, i) => ({
    at: `drills.failover[${i}]`,
    name,
    kinds: ['sql', 'document', 'cache'] as const,
  })),
  ...drills.killTask.map((name, i) => ({
    at: `drills.killTask[${i}]`,
    name,
    kinds: ['service'] as const,
  })),
  ...gates.allowSkipped.map((name, i) => ({ at: `gates.allowSkipped[${i}]`, name, kinds: ALL })),
];

/** Results are identified by their names. */
function reportSameNames({ checks }: Rehearsal, report: Report): void {
  const first = new Map<string, string>();
  for (const [kind, planned] of Object.entries<readonly { readonly name: string }[]>({ ...checks })) {
    for (const [i, { name }] of planned.entries()) {
      if (name === undefined) continue;
      const at = `checks.${kind}[${i}].name`;
      const other = first.get(name);
      if (other === undefined) first.set(name, at);
      else report(`${at} is ${show(name)}, and so is ${other}; expected a unique name`);
    }
  }
}

/** A gate whose figure nothing measures could only fail, at the end of the whole rehearsal. */
function reportUnmeasured({ checks, drills, gates }: Rehearsal, report: Report): void {
  const loads = { of: checks.load, at: 'checks.load' };
  const needs = {
    p95: loads,
    maxErrorRateIncrease: loads,
    maxRecoverySeconds: {
      of: [...drills.failover, ...drills.killTask],
      at: 'drills.failover or drills.killTask',
    },
  };
  for (const gate of ['p95', 'maxErrorRateIncrease', 'maxRecoverySeconds'] as const) {
    const { of, at } = needs[gate];
    if (gates[gate] === undefined || of.length > 0) continue;
    report(`gates.${gate} has nothing to judge; expected an entry in ${at}`);
  }
}
