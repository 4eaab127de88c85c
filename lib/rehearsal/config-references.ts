import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Blueprint, Tier } from '../blueprint/blueprint';
import { didYouMean } from '../error';
import { show, type Tell } from './config-rules';
import type { Rehearsal } from './config-shape';

/** Tells what in a config does not fit the rest of it, or the folder that it is in. */
export function tellMisfits(config: Rehearsal, folder: string, tell: Tell): void {
  tellUnknownServices(config, tell);
  tellSameNames(config, tell);
  tellUnmeasured(config, tell);
  for (const [tier, seed] of Object.entries(config.seeds)) {
    if (seed === undefined || isFile(resolve(folder, seed))) continue;
    tell(`seeds.${tier} is ${show(seed)}; there is no such file in ${folder}`);
  }
}

/** Tells which names of tiers in a config are none of the environment's, or are of another kind. */
export function tellUnknownTiers(config: Rehearsal, { environment, tiers }: Blueprint, tell: Tell): void {
  for (const { at, name, kinds } of tierNames(config)) {
    const ofKind = tiers.filter(({ kind }) => kinds.includes(kind)).map((tier) => tier.name);
    if (ofKind.includes(name)) continue;
    const other = tiers.find((tier) => tier.name === name);
    const what = other
      ? `is a ${other.kind} tier; allowed is a ${kinds.join(' or ')} tier`
      : `is no tier of ${environment}`;
    tell(`${at} names ${show(name)}, which ${what}; ${didYouMean(name, ofKind)}`);
  }
}

/** A place in a config that names a tier. */
interface TierName {
  readonly at: string;
  readonly name: string;
  readonly kinds: readonly Tier['kind'][];
}

const ALL: readonly Tier['kind'][] = ['sql', 'document', 'cache', 'service', 'storage'];

const tierNames = ({ services, seeds, checks, drills, gates }: Rehearsal): readonly TierName[] => [
  ...Object.keys(services).map((name) => ({ at: 'services', name, kinds: ['service'] as const })),
  ...Object.keys(seeds).map((name) => ({ at: 'seeds', name, kinds: ['sql'] as const })),
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
  ...gates.notRehearsed.map((name, i) => ({ at: `gates.notRehearsed[${i}]`, name, kinds: ALL })),
];

function tellUnknownServices({ services, migrate, drills }: Rehearsal, tell: Tell): void {
  const known = Object.keys(services);
  const named = [
    ['migrate.as', migrate?.as] as const,
    ...drills.stopTask.map((name, i) => [`drills.stopTask[${i}]`, name] as const),
  ];
  for (const [at, name] of named) {
    if (name === undefined || known.includes(name)) continue;
    tell(`${at} is ${show(name)}, which is none of services; ${didYouMean(name, known)}`);
  }
}

/** Results are told apart by their names. */
function tellSameNames({ checks }: Rehearsal, tell: Tell): void {
  const first = new Map<string, string>();
  for (const [kind, planned] of Object.entries<readonly { readonly name: string }[]>({ ...checks })) {
    for (const [i, { name }] of planned.entries()) {
      if (name === undefined) continue;
      const at = `checks.${kind}[${i}].name`;
      const other = first.get(name);
      if (other === undefined) first.set(name, at);
      else tell(`${at} is ${show(name)}, and so is ${other}; allowed is a name of its own`);
    }
  }
}

/** A gate whose figure nothing takes could only fail, once the whole rehearsal is over. */
function tellUnmeasured({ checks, drills, gates }: Rehearsal, tell: Tell): void {
  const loads = { of: checks.load, at: 'checks.load' };
  const needs = {
    p95: loads,
    errorRateOverBaseline: loads,
    recoverySeconds: {
      of: [...drills.failover, ...drills.stopTask],
      at: 'drills.failover or drills.stopTask',
    },
  };
  for (const gate of ['p95', 'errorRateOverBaseline', 'recoverySeconds'] as const) {
    const { of, at } = needs[gate];
    if (gates[gate] === undefined || of.length > 0) continue;
    tell(`gates.${gate} judges what nothing measures; needed is something in ${at}`);
  }
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
