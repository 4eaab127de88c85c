import { TwinError } from '../error';
import { equalJson, type Json } from '../json';
import { at, differences, keyOf, showPath, type Difference, type Path } from '../template/differences';
import { SECTIONS, type Model } from '../template/model';
import { unlikeMembers, type UnlikeMember } from './alike';
import type { Fault, Finding, StackFindings } from './findings';
import { illegalFactors } from './illegal-factors';
import { explainLife } from './life';
import { likeStaging } from './like-staging';
import type {
  Definition,
  ManifestEnvironment,
  ManifestPair,
  ManifestStacks,
  Members,
  PermittedPlace,
  RefusedPlace,
} from './manifest';
import { isNestedTemplate, NESTED_TEMPLATE } from './nested-template';
import { fill, fillsTo, namesIn, type Values } from './text';

export { likeStaging } from './like-staging';

/**
 * Verifies that staging's template is what production's and the manifest say it must be. A difference is permitted exactly
 * when it stands at a place of the manifest whose text, filled with either environment's values, is what stands there, or
 * when staging's lifecycle makes it; and as many members are left out as their factor says.
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
  const { model, omitted } = likeStaging(stacks, prod);
  const permitted: Finding[] = omitted.map((omission) => ({
    ...omission,
    staging: undefined,
    by: 'scale' as const,
  }));
  const used = new Set<PermittedPlace>();
  const places = new Map(stacks.places.map((place) => [keyOf(place.path), place]));
  const left = differences(model, staging, (difference) => {
    const place = places.get(keyOf(difference.path));
    if (!place || !law.permits(place, difference, model, staging)) return false;
    used.add(place);
    permitted.push({ ...difference, by: place.by, factor: place.factor });
    return true;
  });
  const whole = likeStaging({ ...stacks, members: [] }, prod).model;
  return {
    permitted,
    forbidden: [
      ...law.faults,
      ...stacks.members.flatMap((members) => law.faultsOf(members, whole)),
      ...unlikeMembers(whole, stacks.members).map((unlike) => unlikeFault(unlike, whole)),
      ...left.map((difference) => unexplained(difference, places, stacks)),
      ...stacks.refused.flatMap((refused) => wrongInBoth(refused, left, model, staging)),
      ...stacks.places
        .filter((place) => !used.has(place))
        .flatMap((place) => unusedFault(place, law, model, staging)),
    ],
  };
}

/** What a manifest permits, whoever wrote it. */
class Law {
  readonly #illegal: ReadonlyMap<string, string>;
  readonly #prod: ManifestEnvironment;
  readonly #staging: ManifestEnvironment;
  readonly #values: { readonly prod: Values; readonly staging: Values };
  /** What is wrong with the manifest itself. */
  readonly faults: readonly Fault[];

  constructor(
    private readonly definition: Definition,
    pair: ManifestPair,
    stacks: ManifestStacks,
  ) {
    this.#prod = environment(definition, pair.prod);
    this.#staging = environment(definition, pair.staging);
    this.#values = {
      prod: valuesOf(
        this.#prod,
        stacks.generated.map(({ prod }) => prod),
      ),
      staging: valuesOf(
        this.#staging,
        stacks.generated.map(({ staging }) => staging),
      ),
    };
    this.#illegal = illegalFactors(definition, this.#prod, this.#staging);
    this.faults = [...this.#illegal].map(([factor, why]) => ({
      path: [],
      prod: this.#prod.scale[factor] as Json | undefined,
      staging: this.#staging.scale[factor] as Json | undefined,
      why,
      fix: 'Give staging a value that keeps the shape, and run cdk synth again.',
    }));
  }

  permits(place: PermittedPlace, { prod, staging }: Difference, p: Model, s: Model): boolean {
    const difference = { path: place.path, prod, staging };
    if (place.by === 'lifecycle') return explainLife(difference, p, s) === place.factor;
    if (place.factor === NESTED_TEMPLATE && place.by === 'naming') return isNestedTemplate(difference);
    return this.fills(place, prod, staging);
  }

  /** Whether a place's text gives what stands on both sides, and its factor is one that explains something. */
  fills({ text, factor, by }: PermittedPlace, prod: Json | undefined, staging: Json | undefined): boolean {
    if (text === undefined || typeof prod !== typeof staging) return false;
    if (by === 'scale' && !this.isExplained(text, factor)) return false;
    return (
      fillsTo(text, this.#values.prod, prod) &&
      fillsTo(text, this.#values.staging, staging) &&
      this.keepsZero(text, prod, staging)
    );
  }

  /** Whether a text has expressions of a factor, and only of legal ones. */
  private isExplained(text: string, factor: string): boolean {
    const factors = namesIn(text).flatMap((name) => factorsOf(name, this.definition));
    return factors.includes(factor) && factors.every((name) => !this.#illegal.has(name));
  }

  /** What there is none of stays none. */
  private keepsZero(text: string, prod: Json | undefined, staging: Json | undefined): boolean {
    return !/^\$\{[^}]*\}$/.test(text) || (Number(prod) === 0) === (Number(staging) === 0);
  }

  /** What is wrong with the number of members. */
  faultsOf({ path, factor, count, prod, staging, isSeparator }: Members, model: Model): Fault[] {
    const missing = prod.find((member) => at(model, [...path, member]) === undefined);
    if (missing !== undefined) throw notThere([...path, missing], factor);
    const [p, s] = [fill(count, this.#values.prod), fill(count, this.#values.staging)];
    const fault = (why: string): Fault[] => [
      {
        path,
        prod: prod.length,
        staging: staging.length,
        why,
        fix: 'Let a factor decide how many members there are, and keep many many.',
      },
    ];
    if (p !== prod.length || s !== staging.length || !this.isExplained(count, factor))
      return fault(
        `there are ${prod.length} and ${staging.length} members of ${factor}, where it gives ${p} and ${s}`,
      );
    if (isSeparator || pluralOf(prod.length) === pluralOf(staging.length)) return [];
    return fault(
      `${factor} makes ${prod.length} in production and ${staging.length} in staging: many must stay many, and one one`,
    );
  }
}

const pluralOf = (count: number): number => Math.min(count, 2);

/** The factors that a name in a text comes from; none for what is no scale's. */
function factorsOf(name: string, { factors, derived }: Definition): readonly string[] {
  if (Object.hasOwn(derived, name)) return derived[name]!.from;
  const factor = name.split('.', 1)[0]!;
  return Object.hasOwn(factors, factor) ? [factor] : [];
}

function valuesOf(
  { names, declared, expressions }: ManifestEnvironment,
  generated: readonly string[],
): Values {
  return new Map<string, number | string>([
    ...Object.entries(names),
    ...Object.entries(declared),
    ...Object.entries(expressions),
    ...generated.map((word, i) => [`generated.${i}`, word] as const),
  ]);
}

function unexplained(
  difference: Difference,
  places: ReadonlyMap<string, PermittedPlace>,
  { refused }: ManifestStacks,
): Fault {
  const place = places.get(keyOf(difference.path));
  if (place) return notLawful(place, difference);
  const told = refused.find(({ path }) => isWithin(difference.path, path) || isWithin(path, difference.path));
  return {
    ...difference,
    why: told?.why ?? 'no scale factor explains it',
    fix:
      told?.fix ??
      'Make both environments alike here, or declare a scale factor with a reason and use its value.',
  };
}

/** What is wrong though both sides have the same, unless it was told as a difference. */
function wrongInBoth(
  { path, why, fix, evenIfEqual }: RefusedPlace,
  left: readonly Difference[],
  prod: Model,
  staging: Model,
): Fault[] {
  if (!evenIfEqual || left.some((difference) => isWithin(difference.path, path))) return [];
  return [{ path, prod: at(prod, path), staging: at(staging, path), why, fix }];
}

const isWithin = (path: Path, outer: Path): boolean =>
  outer.length <= path.length && outer.every((step, i) => step === path[i]);

function notLawful({ text, by, factor }: PermittedPlace, { path, prod, staging }: Difference): Fault {
  const why =
    text === undefined
      ? `the manifest permits it by ${by} ("${factor}"), which gives other values`
      : `${factor} may differ here, but only as ${JSON.stringify(text)} gives it`;
  return {
    path,
    prod,
    staging,
    why,
    fix: 'Change the value where the scale is given, not in the template, and run cdk synth again.',
  };
}

/** A place where both sides are equal, or empty, though the manifest says what each must hold. */
function unusedFault(place: PermittedPlace, law: Law, prod: Model, staging: Model): Fault[] {
  const [p, s] = [at(prod, place.path), at(staging, place.path)];
  if (!equalJson(p, s)) return []; // told as a difference already
  if (place.by === 'lifecycle') return [];
  if (law.fills(place, p, s)) return [];
  const [section, id] = place.path;
  const isEntryThere = [prod, staging].some((model) => at(model, [section!, id!]) !== undefined);
  if ((place.prod !== undefined && p === undefined) || (place.path.length > 2 && !isEntryThere))
    throw notThere(place.path, place.factor);
  return [notLawful(place, { path: place.path, prod: p, staging: s })];
}

function unlikeFault({ members, index, path }: UnlikeMember, model: Model): Fault {
  const at_ = [...members.path, members.prod[index]!, ...path];
  return {
    path: at_,
    prod: at(model, at_),
    staging: undefined,
    why: `the members of ${members.factor} must be alike in production, but ${String(members.prod[index])} is not like ${String(members.prod[index === 0 ? 1 : 0])}`,
    fix: 'Give every member the same properties: staging has fewer of them, and may have none like this one.',
  };
}

function checkIds({ ids, prod: file }: ManifestStacks, prod: Model, staging: Model): void {
  const isThere = (model: Model, id: string): boolean =>
    SECTIONS.some((section) => Object.hasOwn(model[section], id));
  for (const match of ids) {
    const [p, s] = [isThere(prod, match.prod), isThere(staging, match.staging)];
    if (p === s && !isThere(prod, match.staging)) continue; // those of other stacks are in neither
    throw new TwinError({
      code: 'allowlist-place',
      message: `twin.json takes "${match.prod}" of ${file} for "${match.staging}", and they are not both there`,
      fix: 'Run cdk synth again: twin.json belongs to other templates.',
    });
  }
}

function notThere(path: Path, factor: string): TwinError {
  return new TwinError({
    code: 'allowlist-place',
    message: `twin.json permits ${factor} at ${showPath(path)}, which is in neither template`,
    fix: 'Run cdk synth again: twin.json belongs to other templates.',
  });
}

/**
 * The environment of a name.
 *
 * @throws TwinError `allowlist-environment` when the manifest has none
 */
export function environment(definition: Definition, name: string): ManifestEnvironment {
  const { environments } = definition;
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (found) return found;
  throw new TwinError({
    code: 'allowlist-environment',
    message: `twin.json has no environment "${name}"; it has ${Object.keys(environments).join(', ')}`,
    fix: 'Run cdk synth again: twin.json is written, never edited.',
  });
}
