import { TwinError } from '../error';
import { equalJson } from '../json';
import { isDependencies } from '../template/deployment';
import { at, differences, keyOf, showPath, type Difference, type Path } from '../template/differences';
import { SECTIONS, type Model } from '../template/model';
import { besideTemplateFault } from './beside-template';
import { fullSide, unlikeMembers, type UnlikeMember } from './alike';
import type { SideNames } from './environment';
import { factorOfFellows } from './fellows';
import type { Fault, Finding, Reason, StackFindings } from './findings';
import { Law } from './law';
import { likeStaging, type LikeStaging, type Unshared } from './like-staging';
import type {
  Definition,
  ManifestPair,
  ManifestStacks,
  Members,
  PermittedPlace,
  RefusedPlace,
} from './manifest';

export { likeStaging } from './like-staging';

/**
 * Verifies that staging's template is what production's and the manifest say it must be. A difference is permitted exactly
 * when it stands at a place of the manifest whose text, filled with either environment's values, is what stands there, or
 * when staging's lifecycle makes it; and as many members are left out as their factor says. A second production may have
 * more of them too.
 *
 * @throws TwinError `allowlist-place` when the manifest names what is not there
 */
export function verifyStacks(
  definition: Definition,
  pair: ManifestPair,
  stacks: ManifestStacks,
  prod: Model,
  staging: Model,
): StackFindings {
  const law = new Law(definition, pair, stacks);
  checkIds(stacks, prod, staging);
  const whole = likeStaging({ ...stacks, members: [] }, prod, staging).model;
  checkPlaces(stacks, whole);
  const alike = likeStaging(stacks, prod, staging);
  const { model } = alike;
  const wholes: Wholes = { prod: whole, staging, pathOf: (members) => alike.paths.get(members) };
  const missed = alike.unshared.filter((it) => waitsForAnother(it, pair));
  const permitted: Finding[] = alike.unshared
    .filter((it) => !missed.includes(it))
    .map((it) => ({ ...it, by: 'scale' as const }));
  const used = new Set<PermittedPlace>();
  const refusals: Refusal[] = [];
  const places = placesOf(stacks.places);
  const explain = (difference: Difference): boolean => {
    const fellows = factorOfFellows(difference, stacks.members);
    if (fellows !== undefined) {
      permitted.push({ ...difference, by: 'scale', factor: fellows });
      return true;
    }
    const place = places.get(keyOf(difference.path));
    if (!place) return false;
    const refusal = law.refusal(place, difference, model, alike.staging);
    if (refusal === undefined) {
      used.add(place);
      permitted.push({ ...difference, by: place.by, factor: place.factor });
    } else refusals.push({ path: difference.path, ...refusal });
    return refusal === undefined;
  };
  const left = differences(model, alike.staging, explain, (difference) => isListed(difference, places));
  return {
    permitted,
    forbidden: [
      ...law.faults,
      ...stacks.keys.flatMap((key) => law.faultsOfKey(key)),
      ...stacks.members.flatMap((members) => faultsOfMembers(members, wholes, law)),
      ...missed.map((it) => unexplained(it, [], stacks)),
      ...unlikeMembers(whole, stacks).map((unlike) => unlikeFault(unlike, wholes, law.called)),
      ...unlikeMembers(staging, stacks, 'staging', wholes.pathOf).map((unlike) =>
        unlikeFault(unlike, wholes, law.called),
      ),
      ...left.map((difference) => unexplained(difference, refusals, stacks)),
      ...stacks.refused.flatMap((refused) => wrongInBoth(refused, left, alike, wholes)),
      ...stacks.places
        .filter((place) => !used.has(place))
        .flatMap((place) => unusedFault(place, law, model, staging)),
    ],
  };
}

/** Places by their paths. */
export const placesOf = (places: readonly PermittedPlace[]): ReadonlyMap<string, PermittedPlace> =>
  new Map(places.map((place) => [keyOf(place.path), place]));

/** Whether a manifest has this very difference, whatever it is worth. */
export function isListed(
  { path, prod, staging }: Difference,
  places: ReadonlyMap<string, PermittedPlace>,
): boolean {
  const place = places.get(keyOf(path));
  return place !== undefined && equalJson(place.prod, prod) && equalJson(place.staging, staging);
}

/** Whether a stack that only one of the two waits for is none that it has more. */
const waitsForAnother = ({ path, prod, staging }: Unshared, { unsharedStacks = [] }: ManifestPair): boolean =>
  isDependencies(path.slice(0, -1)) &&
  !unsharedStacks.some(
    (it) => it.path === (prod ?? staging) && it.side === (prod === undefined ? 'staging' : 'prod'),
  );

/** Both templates with all of their members. */
interface Wholes {
  /** Production's, with staging's logical ids. */
  readonly prod: Model;
  readonly staging: Model;
  /** Where members of which staging has more stand there; undefined where that is nowhere. */
  readonly pathOf: (members: Members) => Path | undefined;
}

/**
 * What is wrong with the number of members.
 *
 * @throws TwinError `allowlist-place` when staging has not those that it is said to have more, or production has them too
 */
function faultsOfMembers(members: Members, wholes: Wholes, law: Law): Fault[] {
  const { path, factor, prod, staging } = members;
  if (fullSide(members) === 'prod') return law.faultsOfMembers(members, wholes.prod, path);
  if (law.isLeftOut(path)) return [];
  const there = wholes.pathOf(members);
  if (!there) throw notThere(path, factor);
  for (const member of staging.slice(prod.length)) {
    const isShared = typeof member === 'string' && at(wholes.prod, [...path, member]) !== undefined;
    if (isShared || at(wholes.staging, [...there, member]) === undefined)
      throw notThere([...there, member], factor);
  }
  return law.faultsOfMembers(members, wholes.staging, there);
}

/** A place that the manifest has, and that does not permit what stands there. */
type Refusal = Reason & { readonly path: Path };

function unexplained(
  difference: Difference,
  refusals: readonly Refusal[],
  { refused }: ManifestStacks,
): Fault {
  const refusal = refusals.find(({ path }) => isWithin(path, difference.path));
  if (refusal) return { ...difference, rule: refusal.rule, why: refusal.why, fix: refusal.fix ?? IN_SCALE };
  const told = refused.find(({ path }) => isWithin(difference.path, path) || isWithin(path, difference.path));
  const beside = besideTemplateFault(difference.path);
  return {
    ...difference,
    rule: beside ? 'deployment' : (told?.rule ?? 'difference'),
    why: told?.why ?? beside?.why ?? 'no scale factor explains it',
    fix:
      beside?.fix ??
      told?.fix ??
      'Make both environments alike here, or declare a scale factor with a reason and use its value.',
  };
}

/** What is wrong though both sides have the same, unless it was told as a difference. */
function wrongInBoth(
  { path, rule, why, fix, evenIfEqual }: RefusedPlace,
  left: readonly Difference[],
  { model, unshared }: LikeStaging,
  wholes: Wholes,
): Fault[] {
  if (!evenIfEqual || left.some((difference) => isWithin(difference.path, path))) return [];
  const alone = unshared.find((it) => isWithin(path, it.path));
  const values = alone
    ? {
        prod: alone.prod === undefined ? undefined : at(wholes.prod, path),
        staging: alone.staging === undefined ? undefined : at(wholes.staging, path),
      }
    : { prod: at(model, path), staging: at(wholes.staging, path) };
  return [{ path, ...values, rule, why, fix }];
}

const isWithin = (path: Path, outer: Path): boolean =>
  outer.length <= path.length && outer.every((step, i) => step === path[i]);

const IN_SCALE = 'Change the value where the scale is given, not in the template, and run cdk synth again.';

/** A place where both sides are equal, or empty, though the manifest says what each must hold. */
function unusedFault(place: PermittedPlace, law: Law, prod: Model, staging: Model): Fault[] {
  const [p, s] = [at(prod, place.path), at(staging, place.path)];
  if (!equalJson(p, s)) return []; // told as a difference already
  if (place.by === 'lifecycle') {
    if (!law.allowsLifecycle(place.factor)) return []; // told already
    if (equalJson(place.prod, p) && equalJson(place.staging, s)) return [];
    const why = `staging's lifecycle must set ${JSON.stringify(place.staging) ?? 'nothing'} here`;
    return [{ path: place.path, prod: p, staging: s, rule: 'other-value', why, fix: IN_SCALE }];
  }
  if (p === undefined) throw notThere(place.path, place.factor);
  const misfit = law.misfit(place, p, s);
  return misfit ? [{ path: place.path, prod: p, staging: s, ...misfit, fix: IN_SCALE }] : [];
}

function unlikeFault({ members, index, path }: UnlikeMember, wholes: Wholes, called: SideNames): Fault {
  const side = fullSide(members);
  const other = side === 'prod' ? 'staging' : 'prod';
  const all = members[side];
  const there = side === 'prod' ? members.path : (wholes.pathOf(members) ?? []);
  const at_ = [...there, all[index]!, ...path];
  const value = at(wholes[side], at_);
  return {
    path: at_,
    prod: side === 'prod' ? value : undefined,
    staging: side === 'prod' ? undefined : value,
    rule: 'unlike-member',
    why: `the members of ${members.factor} must be alike in ${called[side]}, but ${String(all[index])} is not like ${String(all[index === 0 ? 1 : 0])}`,
    fix: `Give every member the same properties: ${called[other]} has fewer of them, and may have none like this one.`,
  };
}

/** Every logical id is taken for one other, and never for one that is there itself. */
function checkIds({ ids, prod: file }: ManifestStacks, prod: Model, staging: Model): void {
  const isThere = (model: Model, id: string): boolean =>
    SECTIONS.some((section) => Object.hasOwn(model[section], id));
  for (const match of ids) {
    const [p, s] = [isThere(prod, match.prod), isThere(staging, match.staging)];
    const isTwice = ids.some(
      (it) => it !== match && it.staging === match.staging && p && isThere(prod, it.prod),
    );
    if (!isTwice && p === s && !isThere(prod, match.staging)) continue; // those of other stacks are in neither
    throw new TwinError({
      code: 'allowlist-place',
      message: isTwice
        ? `twin.json takes "${match.prod}" of ${file} for "${match.staging}", and another one too`
        : `twin.json takes "${match.prod}" of ${file} for "${match.staging}", and they are not both there`,
      fix: OTHER_TEMPLATES,
    });
  }
}

/** What is renamed or left out has to be there. */
function checkPlaces({ keys, members }: ManifestStacks, prod: Model): void {
  for (const { path, staging: key, text } of keys)
    if (at(prod, [...path, key]) === undefined) throw notThere([...path, key], text);
  for (const { path, factor, prod: all } of members) {
    const missing = all.find((member) => at(prod, [...path, member]) === undefined);
    if (missing !== undefined) throw notThere([...path, missing], factor);
  }
}

const OTHER_TEMPLATES = 'Run cdk synth again: twin.json belongs to other templates.';

function notThere(path: Path, factor: string): TwinError {
  return new TwinError({
    code: 'allowlist-place',
    message: `twin.json permits ${factor} at ${showPath(path)}, which is not there`,
    fix: OTHER_TEMPLATES,
  });
}
