import { join } from 'node:path';
import type { JsonObject } from '../json';
import { Assembly, pairsIn, stagingPairsIn } from '../parity/assembly';
import { filesOf, givenTo, unknownEnvironment } from '../parity/environment-files';
import { factsOfSide } from '../parity/side-facts';
import { stackNamesOf } from '../template/assembly';
import { asDeployed } from '../template/deployed';
import { asSynthesized, modelOf } from '../template/model';
import { parametersOf } from '../template/parameters';
import type { Address, Blueprint, BlueprintStack, ReadTier, Tier } from './blueprint';
import { Resources, type Resource } from './resources';
import { namesOf } from './tier-names';
import { tierOf } from './tier-types';

/**
 * Reads the tiers of an environment from a cloud assembly.
 *
 * @param assembly - the folder that `cdk synth` wrote, usually `cdk.out`
 * @param environment - such as `StagingEphemeral`
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used,
 * `unknown-environment` when it has no such environment, `template` when a template is invalid
 */
export function blueprintOf(assembly: string | Assembly, environment: string): Blueprint {
  const it = Assembly.of(assembly);
  const names = stackNamesOf(it.directory);
  const files = filesOf(it, environment).map((file) => ({ ...file, template: readStack(it, file.file) }));
  const given = new Map(Object.entries(givenTo(it, environment)));
  const facts = factsOfSide(files, given);
  const stacks = files.map(({ path, file, env, template }) => {
    const asked = parametersOf(template).flatMap(({ name }) =>
      given.has(name) ? [[name, given.get(name)!]] : [],
    );
    return {
      path,
      name: names.get(file) ?? nestedName(environment, path),
      template: asDeployed(template, facts.get(path)!),
      env,
      ...(names.has(file) &&
        asked.length > 0 && { parameters: Object.fromEntries(asked) as Record<string, string> }),
    };
  });
  return blueprintOfTemplates(environment, stacks);
}

/** Reads the tiers of an environment from its templates. */
export function blueprintOfTemplates(environment: string, stacks: readonly BlueprintStack[]): Blueprint {
  const resources = new Resources(stacks);
  const found = resources.all.flatMap((resource) => {
    const tier = tierOf(resource, resources);
    return tier ? [{ resource, tier }] : [];
  });
  const names = namesOfAll(found);
  const tiers = found.map(({ resource, tier }): Tier => {
    const { stack, logicalId, path } = resource;
    return { name: names.get(resource)!, path, stack, logicalId, ...tier };
  });
  return { environment, stacks, tiers };
}

/** Functions and machines are named after the others, so that a config's name of a database stays when its construct gets one. */
function namesOfAll(
  found: readonly { readonly resource: Resource; readonly tier: ReadTier<Tier> }[],
): ReadonlyMap<Resource, string> {
  const isLater = ({ tier: { kind } }: (typeof found)[number]): boolean =>
    kind === 'function' || kind === 'compute';
  const [first, later] = [found.filter((it) => !isLater(it)), found.filter(isLater)].map((group) =>
    group.map(({ resource }) => resource),
  ) as [Resource[], Resource[]];
  const names = namesOf(first);
  return new Map([
    ...first.map((it, i) => [it, names[i]!] as const),
    ...namesOf(later, new Set(names)).map((name, i) => [later[i]!, name] as const),
  ]);
}

/** A production and a staging that is its twin. */
export interface EnvironmentPair {
  readonly prod: string;
  readonly staging: string;
}

/**
 * The stagings of a cloud assembly, each with its production.
 *
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used
 */
export function environmentsOf(assembly: string | Assembly): readonly EnvironmentPair[] {
  return stagingPairsIn(Assembly.of(assembly)).map(({ prod, staging }) => ({ prod, staging }));
}

/** What another environment has for each resource of a staging, or of a second production. */
export interface Counterparts {
  /** The name of the production that it is compared with. */
  readonly production: string;
  of(address: Address): Address;
  /** The other way round. */
  from(address: Address): Address;
}

/**
 * What an environment is compared with, resource by resource: a staging with its production, a second production with the first.
 *
 * @throws TwinError `unknown-environment` when the assembly compares no such environment
 */
export function counterpartsOf(assembly: string | Assembly, environment: string): Counterparts {
  const pairs = pairsIn(Assembly.of(assembly)).map((it) => it.pair);
  const pair = pairs.find((it) => it.staging === environment);
  if (!pair) throw unknownEnvironment(environment, pairs.map((it) => it.staging)); // prettier-ignore
  const idsIn = (path: string) => pair.stacks.find((it) => it.path === path)?.ids ?? [];
  return {
    production: pair.prod,
    of: ({ stack, logicalId }) => {
      const match = idsIn(stack).find((it) => it.staging === logicalId);
      return { stack, logicalId: match?.prod ?? logicalId };
    },
    from: ({ stack, logicalId }) => {
      const match = idsIn(stack).find((it) => it.prod === logicalId);
      return { stack, logicalId: match?.staging ?? logicalId };
    },
  };
}

/** A blueprint without its templates, as reports draw it. */
export function drawn({ environment, tiers }: Blueprint): Omit<Blueprint, 'stacks'> {
  return { environment, tiers };
}

/** A placeholder: CloudFormation names a nested stack only when it creates it. */
const nestedName = (environment: string, path: string): string =>
  `${environment}-${path.replaceAll('/', '-')}`;

function readStack(assembly: Assembly, file: string): JsonObject {
  const template = asSynthesized(assembly.template(file));
  modelOf(template, join(assembly.directory, file)); // rejects an invalid template
  return template as JsonObject;
}
