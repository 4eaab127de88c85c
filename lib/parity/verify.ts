import { TwinError } from '../error';
import { equalJson, type Json } from '../json';
import { at, type Difference, differences, keyOf, type Path, showPath } from '../template/differences';
import type { Fault, Finding, StackFindings } from './findings';
import { areSameId } from './identity';
import { environment, Lawful } from './lawful';
import type { Manifest, ManifestPair, ManifestStacks, PermittedPlace } from './manifest';
import { renameIds } from './match';
import { reduce } from './members';
import { SECTIONS, type Model } from '../template/model';

/**
 * Verifies that staging's template is what production's and the manifest say it must be: every place of the manifest
 * holds exactly its values, every place is one that may differ, and everything else is equal.
 *
 * @throws TwinError `whitelist-place` when the manifest names a place that is not there
 */
export function verifyStacks(
  manifest: Manifest,
  pair: ManifestPair,
  stacks: ManifestStacks,
  prod: Model,
  staging: Model,
): StackFindings {
  const keep = stacks.groups.map(({ factor }) => memberCount(manifest, pair.staging, factor));
  checkRenamed(stacks, prod, staging);
  const whole = renameIds(prod, stacks.renamed);
  checkGroups(stacks, whole, manifest, pair.prod);
  const { model, omitted, unequal } = reduce(whole, stacks.groups, keep);
  const lawful = new Lawful(manifest, pair, stacks, model, staging);
  const permitted: Finding[] = omitted.map((omission) => ({
    ...omission,
    staging: undefined,
    by: 'scale' as const,
  }));
  const used = new Set<PermittedPlace>();
  const places = new Map(stacks.places.map((place) => [keyOf(place.path), place]));
  const left = differences(model, staging, (difference) => {
    const place = places.get(keyOf(difference.path));
    if (!place || !lawful.allows(place) || !holds(place, difference)) return false;
    used.add(place);
    permitted.push({ ...difference, by: place.by, factor: place.factor });
    return true;
  });
  return {
    permitted,
    forbidden: [
      ...lawful.faults,
      ...unequal.map((member) => unequalFault(member, whole)),
      ...left.map((difference) => unexplained(difference, places)),
      ...stacks.places
        .filter((place) => !used.has(place))
        .flatMap((place) => unusedFault(place, model, staging)),
      ...stacks.broken.map(brokenFault),
    ],
  };
}

function holds(place: PermittedPlace, { prod, staging }: Difference): boolean {
  return equalJson(place.prod, prod) && equalJson(place.staging, staging);
}

function unexplained(difference: Difference, places: ReadonlyMap<string, PermittedPlace>): Fault {
  const place = places.get(keyOf(difference.path));
  if (place && holds(place, difference)) return notLawful(place);
  const why = place
    ? `${place.factor} may differ here, but only as ${show(place.prod)} in production and ${show(place.staging)} in staging`
    : 'no scale factor explains it';
  const fix = place
    ? 'Change the value where the scale is given, not in the template, and run cdk synth again.'
    : 'Make both environments alike here, or declare a scale factor with a reason and use its value.';
  return { ...difference, why, fix };
}

/** A place where both sides are equal, or empty, though the manifest says what each must hold. */
function unusedFault(place: PermittedPlace, prod: Model, staging: Model): Fault[] {
  const [p, s] = [at(prod, place.path), at(staging, place.path)];
  if (!equalJson(p, s)) return []; // told as a difference already
  if (equalJson(place.prod, p) && equalJson(place.staging, s)) return [];
  const [section, id] = place.path;
  const isEntryThere = [prod, staging].some((model) => at(model, [section!, id!]) !== undefined);
  if ((place.prod !== undefined && p === undefined) || (place.path.length > 2 && !isEntryThere))
    throw notThere(place);
  return [
    {
      path: place.path,
      prod: p,
      staging: s,
      why: `${place.factor} must be ${show(place.prod)} in production and ${show(place.staging)} in staging here`,
      fix: 'Change the value where the scale is given, not in the template, and run cdk synth again.',
    },
  ];
}

function notLawful({ path, prod, staging, by, factor }: PermittedPlace): Fault {
  const why =
    by === 'scale'
      ? `the manifest permits it by "${factor}", but the factor does not give these values`
      : `the manifest permits it as ${by} ("${factor}"), but that list has no such place and value`;
  return { path, prod, staging, why, fix: 'Run cdk synth again: twin.json is written, never edited.' };
}

function brokenFault({ path, prod, staging }: { path: Path; prod: Json; staging: Json }): Fault {
  return {
    path,
    prod,
    staging,
    why: 'a scale factor stands on one side only: the two environments are defined differently here',
    fix: 'Use the factor in every environment; the topology never asks which environment it is in.',
  };
}

function unequalFault(
  {
    section,
    logicalId,
    first,
    factor,
  }: { section: string; logicalId: string; first: string; factor: string },
  prod: Model,
): Fault {
  const difference =
    logicalId === '' || first === '' ? 'one member has it and another has not' : `it is not like ${first}`;
  return {
    path: [section, logicalId || first],
    prod: at(prod, [section, logicalId || first]),
    staging: undefined,
    why: `the members of ${factor} must be alike in production, but ${difference}`,
    fix: 'Give every member the same properties; name what is its own with member.id(...).',
  };
}

function memberCount(manifest: Manifest, name: string, factor: string): number {
  const value = environment(manifest, name).scale[factor];
  return typeof value === 'number' ? value : 0;
}

function checkRenamed({ renamed, names, prod: file }: ManifestStacks, prod: Model, staging: Model): void {
  for (const match of renamed) {
    const isThere = (model: Model, id: string): boolean =>
      SECTIONS.some((section) => Object.hasOwn(model[section], id));
    if (isThere(prod, match.prod) && !isThere(staging, match.prod) && areSameId(match, names)) continue;
    throw new TwinError({
      code: 'whitelist-place',
      message: `twin.json takes "${match.prod}" of ${file} for "${match.staging}", but they are not the same beside the environment's name`,
      fix: 'Run cdk synth again: twin.json belongs to other templates.',
    });
  }
}

function checkGroups({ groups, prod }: ManifestStacks, model: Model, manifest: Manifest, name: string): void {
  for (const { factor, members } of groups) {
    if (!Object.hasOwn(manifest.factors, factor)) {
      throw new TwinError({
        code: 'whitelist-place',
        message: `twin.json names members of "${factor}", which is no declared factor`,
        fix: 'Run cdk synth again: twin.json is written, never edited.',
      });
    }
    const missing = members
      .flat()
      .find((id) => id !== '' && !SECTIONS.some((section) => Object.hasOwn(model[section], id)));
    if (missing === undefined && members.length === memberCount(manifest, name, factor)) continue;
    const what =
      missing === undefined ? `${members.length} members of ${factor}` : `a member "${missing}" of ${factor}`;
    throw new TwinError({
      code: 'whitelist-place',
      message: `twin.json names ${what}, which ${prod} has not`,
      fix: 'Run cdk synth again: twin.json belongs to other templates.',
    });
  }
}

function notThere({ path, factor }: PermittedPlace): TwinError {
  return new TwinError({
    code: 'whitelist-place',
    message: `twin.json permits ${factor} at ${showPath(path)}, which is in neither template`,
    fix: 'Run cdk synth again: twin.json belongs to other templates.',
  });
}

const show = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));
