import { canonical, isObject } from '../json';
import type { FactorKind, FactorValue } from '../scale/kinds';
import { moves } from '../scale/keeps';
import { isAmount } from '../scale/limits';
import { isNoAmount } from '../scale/property-kinds';
import { checkShape, checkValue } from '../scale/rules';
import { at, differences, keyOf, type Difference, type Path } from '../template/differences';
import { differInNames } from './declared-names';
import { calledAt, hasParts, partsFor, plainValues, valueOfParts, type Holders } from './factor-values';
import { explainLifecycle, isDeletedByDefault } from './lifecycle';
import { KnownResources, placed, type PlacedFactor } from './listed-place';
import type { Match } from './match';
import { reduce, type Group, type Omission } from './members';
import { mapReferences } from '../template/references';
import type { Model } from '../template/model';
import type { Fault, Finding, StackFindings } from './findings';
import { findUnused, type UnusedEntry } from './unused-entries';

/** A whitelist written by hand, for stacks that Twins did not make. Its schema is published as `schema/whitelist.json`. */
export interface FactorList {
  readonly version: 1;
  readonly factors: readonly ListedFactor[];
  /** Whether staging may be ephemeral where production is not: deletion policies, protection, backups. @default false */
  readonly ephemeral?: boolean;
  /** What each environment calls itself, to tell names apart. @default - names must be equal */
  readonly names?: { readonly prod: string; readonly staging: string };
}

/** One factor of a {@link FactorList}: where it stands, and by which rule the values found there are judged. */
export interface ListedFactor {
  /** What it is called in the report. @default - its place */
  readonly name?: string;
  readonly kind: FactorKind;
  readonly reason: string;
  /** The resource type that it stands in; or: */
  readonly type?: string;
  /** the logical id of the one resource. */
  readonly id?: string;
  /**
   * The property, such as `Properties.DesiredCount`, or the whole place as the report prints it. For kinds of several values
   * the object that holds them, or one of them. `[*]` is every item of a list. Left out for a number of resources.
   */
  readonly path?: string | readonly (string | number)[];
}

/** What a listed factor was found to be: for the report. */
export interface FoundFactor {
  readonly factor: PlacedFactor;
  readonly prod: FactorValue;
  readonly staging: FactorValue;
  /** How many places differ by these values. */
  readonly places: number;
}

/** The findings, the values that each factor was found with, and the entries that permit nothing. */
export type ListFindings = StackFindings & {
  readonly found: readonly FoundFactor[];
  readonly unused: readonly UnusedEntry[];
};

/**
 * Compares two models by a list of factors: a difference at a listed place is permitted when the values found there keep
 * the shape rule.
 *
 * @param renamed - resources of production that have staging's logical ids in its model. @default - none
 */
export function verifyByList(
  prod: Model,
  staging: Model,
  list: FactorList,
  renamed: readonly Match[] = [],
): ListFindings {
  const resources = new KnownResources(prod, staging, renamed);
  const factors = list.factors.map((entry, i) => placed(entry, i, resources));
  const judge = new Judge(prod, staging, factors);
  const { groups, keep } = groupsOf(prod, staging, judge);
  const { model, omitted } = reduce(prod, groups, keep);
  const permitted: Finding[] = omitted.map((it) => judge.omission(it));
  const left = differences(model, staging, (difference) => {
    const explained = judge.explain(difference) ?? unscaled(difference, list, prod, staging);
    if (explained) permitted.push({ ...difference, ...explained });
    return explained !== undefined;
  });
  const forbidden = left.map((difference) => judge.fault(difference));
  const unused = factors.filter((it) => !judge.isUsed(it));
  return {
    permitted,
    forbidden,
    found: judge.found,
    unused: findUnused(unused, { resources, factors, permitted, forbidden }),
  };
}

/** Without a list nothing may differ. */
export const NO_FACTORS: FactorList = { version: 1, factors: [] };

function unscaled(difference: Difference, list: FactorList, prod: Model, staging: Model) {
  if (list.ephemeral === true) {
    const life = explainLifecycle(difference, prod, staging);
    if (life !== undefined) return { by: 'lifecycle' as const, factor: life };
    if (isDeletedByDefault(difference, staging))
      return { by: 'lifecycle' as const, factor: 'deletion policy' };
  }
  const isNamed = list.names && differInNames(difference.prod, difference.staging, list.names);
  return isNamed === true ? { by: 'naming' as const, factor: 'name' } : undefined;
}

/** Applies the shape rules to the values found, and remembers what it found. */
class Judge {
  readonly #found = new Map<string, { readonly it: FoundFactor; places: number }>();
  readonly #used = new Set<PlacedFactor>();
  readonly #reasons = new Map<string, string>();
  readonly #groups: FoundKey[] = [];

  constructor(
    private readonly prod: Model,
    private readonly staging: Model,
    readonly factors: readonly PlacedFactor[],
  ) {}

  get found(): FoundFactor[] {
    const found = [...this.#found.values()].map(({ it, places }) => ({ ...it, places }));
    return found.sort((a, b) => a.factor.index - b.factor.index);
  }

  /** Whether a factor permits something, or has values that break a rule: these are reported by themselves. */
  isUsed(factor: PlacedFactor): boolean {
    return this.#used.has(factor);
  }

  explain({ path, ...sides }: Difference): { by: 'scale'; factor: string } | undefined {
    const [section, id, ...below] = path;
    if (section !== 'Resources' || typeof id !== 'string') return undefined;
    const standing = this.factors.filter((it) => !it.isNumber && it.fits(id));
    for (const factor of standing) {
      const values = this.valuesAt(factor, path, below, sides);
      const found =
        values && this.accept(factor, values.prod, values.staging, path, this.brokenThere(factor, path));
      if (found === undefined) continue;
      this.#found.get(found)!.places++;
      return { by: 'scale', factor: factor.name };
    }
    return undefined;
  }

  /** Opens a group of resources whose number a factor permits; undefined when that breaks a rule. */
  openGroup(factor: PlacedFactor, prod: number, staging: number, id: string): Group['factor'] | undefined {
    const found = this.accept(factor, prod, staging, ['Resources', id]);
    return found === undefined ? undefined : String(this.#groups.push(found) - 1);
  }

  /** What is left out with a member of a group. */
  omission({ factor: group, ...difference }: Omission): Finding {
    const found = this.#found.get(this.#groups[Number(group)]!)!;
    found.places++;
    return { ...difference, staging: undefined, by: 'scale', factor: found.it.factor.name };
  }

  fault(difference: Difference): Fault {
    const why = this.reasonFor(difference);
    return {
      ...difference,
      rule: why === undefined ? 'difference' : 'shape-rule',
      why: why ?? 'no scale factor explains it',
      fix: why
        ? 'Give staging a value that keeps the shape.'
        : 'Make both templates alike here, or list a factor with a reason for this place.',
    };
  }

  /** The values that a factor is judged by at a difference; undefined where it does not stand. */
  private valuesAt(factor: PlacedFactor, path: Path, below: Path, sides: Sides): Sides | undefined {
    const { kind } = factor;
    if (!hasParts(kind)) {
      if (!factor.isAt(below)) return undefined;
      const [prod, staging] = plainValues(kind, [sides.prod, sides.staging]);
      return { prod, staging };
    }
    const holder = path.slice(0, -1);
    const holders: Holders = { prod: at(this.prod, holder), staging: at(this.staging, holder) };
    const parts = partsFor(kind, String(path.at(-1)), holders);
    const inHolder = below.slice(0, -1);
    const isHere =
      factor.isAt(inHolder) || Object.keys(parts ?? {}).some((name) => factor.isAt([...inHolder, name]));
    if (!parts || !isHere) return undefined;
    return {
      prod: valueOfParts(kind, parts, holders.prod),
      staging: valueOfParts(kind, parts, holders.staging),
    };
  }

  /** Why a number that stands there is no amount by itself: it says which, or is the end of a range that no longer moves. */
  private brokenThere({ kind, name }: PlacedFactor, path: Path): string[] {
    if (!isAmount(kind)) return [];
    const [prod, staging] = [this.prod, this.staging].map((model) => at(model, path.slice(0, -1)));
    const property = calledAt(path, staging);
    if (isNoAmount(property)) return [`${name}: ${property} says which, not how much; it is no ${kind}`];
    const parts = partsFor('throughputRange', String(path.at(-1)), { prod, staging });
    const ends =
      parts &&
      [prod, staging].flatMap((side) => Object.values(valueOfParts('throughputRange', parts, side)!));
    if (ends?.length !== 4 || !ends.every((it) => typeof it === 'number')) return [];
    const [min, max, scaledMin, scaledMax] = ends as [number, number, number, number];
    return moves(min, max, scaledMin, scaledMax).map(({ message }) => `${name}: ${message}`);
  }

  /** Whether the values are legal and keep the shape; if not, why is remembered for the place. */
  private accept(
    factor: PlacedFactor,
    prod: unknown,
    staging: unknown,
    path: Path,
    brokenThere: readonly string[] = [],
  ): FoundKey | undefined {
    this.#used.add(factor);
    const broken = brokenThere.length > 0 ? brokenThere : brokenBy(factor, prod, staging);
    if (broken.length > 0) {
      const key = keyOf(path);
      if (!this.#reasons.has(key)) this.#reasons.set(key, broken.join('; '));
      return undefined;
    }
    const key = `${factor.index} ${JSON.stringify([prod, staging])}`;
    const it = { factor, prod: prod as FactorValue, staging: staging as FactorValue, places: 0 };
    if (!this.#found.has(key)) this.#found.set(key, { it, places: 0 });
    return key;
  }

  /** Why a rule forbids a difference, or what it is a part of. */
  private reasonFor({ path, prod, staging }: Difference): string | undefined {
    for (let length = path.length; length > 1; length--) {
      const why = this.#reasons.get(keyOf(path.slice(0, length)));
      if (why !== undefined) return why;
    }
    const [section, id] = path;
    const isAdded = section === 'Resources' && path.length === 2 && prod === undefined;
    const factor = isAdded && this.factors.find((it) => it.isNumber && it.fits(String(id)));
    if (!factor) return undefined;
    this.#used.add(factor);
    const type = isObject(staging) ? String(staging['Type']) : 'resource';
    return `${factor.name}: production has no such ${type}; staging never has more of them`;
  }
}

type Sides = Pick<Difference, 'prod' | 'staging'>;
type FoundKey = string;

/** What is wrong with two values of a factor, in words. */
function brokenBy(factor: PlacedFactor, prod: unknown, staging: unknown): string[] {
  const illegal = [prod, staging].flatMap((value) => checkValue(factor.name, factor, value));
  const broken = illegal.length > 0 ? illegal : checkShape(factor.name, factor, prod, staging);
  return broken.map(({ message }) => message);
}

/** The resources that only production has, each with those that are like it, as far as a factor lists their number. */
function groupsOf(prod: Model, staging: Model, judge: Judge) {
  const groups: Group[] = [];
  const keep: number[] = [];
  const grouped = new Map<string, number>();
  const isMissing = (id: string): boolean => !Object.hasOwn(staging.Resources, id);
  for (let before = -1; before < groups.length;) {
    before = groups.length;
    for (const id of Object.keys(prod.Resources).filter(isMissing)) {
      if (grouped.has(id)) continue; // with another one of this round
      const factor = judge.factors.find((it) => it.isNumber && it.fits(id));
      if (!factor) continue;
      const form = formOf(prod, id, grouped);
      const alike = Object.keys(prod.Resources).filter(
        (it) => factor.fits(it) && !grouped.has(it) && formOf(prod, it, grouped) === form,
      );
      const kept = alike.filter((it) => !isMissing(it));
      const group = judge.openGroup(factor, alike.length, kept.length, id);
      if (group === undefined) continue;
      const members = [...kept, ...alike.filter(isMissing)];
      members.forEach((it) => grouped.set(it, groups.length));
      groups.push({ factor: group, members });
      keep.push(kept.length);
    }
  }
  return { groups, keep };
}

/** A resource without its own id, and with its references to members of a group told as ones to the group. */
function formOf(model: Model, id: string, grouped: ReadonlyMap<string, number>): string {
  const form = mapReferences(model.Resources[id]!, (other) => {
    const group = grouped.get(other);
    return other === id ? '<itself>' : group === undefined ? other : `<group ${group}>`;
  });
  return canonical(form);
}
