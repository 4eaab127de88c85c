import { TwinError } from '../error';
import { equalJson, isObject, type Json } from '../json';
import type { Factor, FactorKind, FactorValue } from '../scale/kinds';
import { checkShape, checkValue } from '../scale/rules';
import { at, differences, showPath, type Difference, type Path } from '../template/differences';
import { differInNames } from './declared-names';
import { explainLifecycle } from './lifecycle';
import { reduce, type Group } from './members';
import { canonical, mapReferences } from '../template/references';
import type { Model } from '../template/model';
import type { Fault, Finding, StackFindings } from './findings';

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
   * The property, such as `Properties.DesiredCount`. For kinds of two values the object that holds both. Left out for a
   * number of resources.
   */
  readonly path?: string | readonly (string | number)[];
}

/** A listed factor with its name and path spelt out. */
export interface PlacedFactor extends Factor {
  readonly name: string;
  readonly path: Path | undefined;
  readonly fits: (model: Model, id: string) => boolean;
}

/** What a listed factor was found to be: for the report. */
export interface FoundFactor {
  readonly factor: PlacedFactor;
  readonly prod: FactorValue;
  readonly staging: FactorValue;
}

/** The findings, and the values that each factor was found with. */
export type ListFindings = StackFindings & { readonly found: readonly FoundFactor[] };

/**
 * Compares two models by a list of factors: a difference at a listed place is permitted when the values found there keep
 * the shape rule.
 *
 * @throws TwinError `whitelist-unused` for a factor that permits nothing
 */
export function verifyByList(prod: Model, staging: Model, list: FactorList): ListFindings {
  const factors = list.factors.map(placed);
  const judge = new Judge(prod, staging);
  const { groups, keep } = groupsOf(prod, staging, factors, judge);
  const { model, omitted } = reduce(prod, groups, keep);
  const permitted: Finding[] = omitted.map((it) => ({ ...it, staging: undefined, by: 'scale' as const }));
  const left = differences(model, staging, (difference) => {
    const explained = judge.explain(difference, factors) ?? unscaled(difference, list, prod, staging);
    if (explained) permitted.push({ ...difference, ...explained });
    return explained !== undefined;
  });
  const unused = factors.find((it) => !judge.found.has(it) && !judge.refused.has(it));
  if (unused) throw permitsNothing(unused);
  return {
    permitted,
    forbidden: left.map((difference) => judge.fault(difference)),
    found: [...judge.found.values()],
  };
}

/** Without a list nothing may differ. */
export const NO_FACTORS: FactorList = { version: 1, factors: [] };

function unscaled(difference: Difference, list: FactorList, prod: Model, staging: Model) {
  const life = list.ephemeral === true ? explainLifecycle(difference, prod, staging) : undefined;
  if (life !== undefined) return { by: 'lifecycle' as const, factor: life };
  const isNamed = list.names && differInNames(difference.prod, difference.staging, list.names);
  return isNamed === true ? { by: 'naming' as const, factor: 'name' } : undefined;
}

function placed({ name, kind, reason, type, id, path }: ListedFactor): PlacedFactor {
  const steps =
    typeof path === 'string'
      ? path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))
      : path;
  const where = [id ?? type ?? '', ...(steps ? [showPath(steps)] : [])].join(' ');
  const fits = (model: Model, logicalId: string): boolean => {
    if (id !== undefined) return logicalId === id;
    const entry = model.Resources[logicalId];
    return isObject(entry) && entry['Type'] === type;
  };
  return { name: name ?? where, kind, reason, path: steps, fits };
}

/** The properties that a kind of several values is made of. */
const PARTS: Readonly<Partial<Record<FactorKind, Readonly<Record<string, string>>>>> = {
  fargateSize: { Cpu: 'cpu', Memory: 'memoryMiB' },
  autoscalingRange: { MinCapacity: 'min', MaxCapacity: 'max' },
  throughputRange: { MinCapacity: 'min', MaxCapacity: 'max' },
  // An Auto Scaling group's, and an EKS node group's.
  groupSize: { MinSize: 'min', DesiredCapacity: 'desired', DesiredSize: 'desired', MaxSize: 'max' },
  capacityRange: { MinCapacity: 'minAcu', MaxCapacity: 'maxAcu' },
};

/** Applies the shape rules to the values found, and remembers what it found. */
class Judge {
  readonly found = new Map<PlacedFactor, FoundFactor>();
  /** Factors whose values break a rule. */
  readonly refused = new Set<PlacedFactor>();
  readonly #reasons = new Map<string, string>();

  constructor(
    private readonly prod: Model,
    private readonly staging: Model,
  ) {}

  explain(
    difference: Difference,
    factors: readonly PlacedFactor[],
  ): { by: 'scale'; factor: string } | undefined {
    const [section, id, ...below] = difference.path;
    if (section !== 'Resources' || typeof id !== 'string') return undefined;
    const factor = factors.find((it) => it.path && it.fits(this.staging, id) && this.standsAt(it, below));
    if (!factor) return undefined;
    const place = ['Resources', id, ...factor.path!];
    const parts = PARTS[factor.kind];
    const [p, s] = parts
      ? [this.prod, this.staging].map((model) => partsOf(at(model, place), parts))
      : plain(difference, factor.kind);
    return this.keepsShape(factor, p, s, difference.path) ? { by: 'scale', factor: factor.name } : undefined;
  }

  /** Whether the values are legal and keep the shape; if not, why is remembered for the place. */
  keepsShape(factor: PlacedFactor, prod: unknown, staging: unknown, path: Path): boolean {
    const broken = [prod, staging].flatMap((value) => checkValue(factor.name, factor, value));
    if (broken.length === 0) broken.push(...checkShape(factor.name, factor, prod, staging));
    if (broken.length > 0) {
      const why = broken.map(({ message }) => message).join('; ');
      this.refused.add(factor);
      this.#reasons.set(JSON.stringify(path), why);
      return false;
    }
    this.found.set(factor, { factor, prod: prod as FactorValue, staging: staging as FactorValue });
    return true;
  }

  fault(difference: Difference): Fault {
    const why = this.#reasons.get(JSON.stringify(difference.path));
    return {
      ...difference,
      rule: why === undefined ? 'difference' : 'shape-rule',
      why: why ?? 'no scale factor explains it',
      fix: why
        ? 'Give staging a value that keeps the shape.'
        : 'Make both templates alike here, or list a factor with a reason for this place.',
    };
  }

  private standsAt({ kind, path }: PlacedFactor, below: Path): boolean {
    const parts = PARTS[kind];
    const places = parts ? Object.keys(parts).map((part) => [...path!, part]) : [path!];
    return places.some((place) => equalJson(place, below));
  }
}

function partsOf(holder: Json | undefined, parts: Readonly<Record<string, string>>): Json {
  const value = isObject(holder) ? holder : {};
  return Object.fromEntries(
    Object.entries(parts).flatMap(([property, name]) =>
      Object.hasOwn(value, property) ? [[name, number(value[property]!)]] : [],
    ),
  );
}

/** Both values as the kind has them: classes without the service's prefix, numbers that were written as text. */
function plain({ prod, staging }: Difference, kind: FactorKind): (Json | undefined)[] {
  const values = [prod, staging];
  if (kind === 'cacheNode') return values;
  if (kind !== 'instanceClass') return values.map((value) => (value === undefined ? value : number(value)));
  const isDatabase = values.every((value) => typeof value === 'string' && value.startsWith('db.'));
  return isDatabase ? values.map((value) => (value as string).slice('db.'.length)) : values;
}

const number = (value: Json): Json =>
  typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;

/** The resources that only production has, each with those that are like it, as far as a factor lists their number. */
function groupsOf(prod: Model, staging: Model, factors: readonly PlacedFactor[], judge: Judge) {
  const groups: Group[] = [];
  const keep: number[] = [];
  const grouped = new Map<string, number>();
  const isMissing = (id: string): boolean => !Object.hasOwn(staging.Resources, id);
  for (let before = -1; before < groups.length;) {
    before = groups.length;
    for (const id of Object.keys(prod.Resources).filter(isMissing)) {
      if (grouped.has(id)) continue; // with another one of this round
      const factor = factors.find((it) => it.path === undefined && it.fits(prod, id));
      if (!factor) continue;
      const form = formOf(prod, id, grouped);
      const alike = Object.keys(prod.Resources).filter(
        (it) => factor.fits(prod, it) && !grouped.has(it) && formOf(prod, it, grouped) === form,
      );
      const kept = alike.filter((it) => !isMissing(it));
      if (!judge.keepsShape(factor, alike.length, kept.length, ['Resources', id])) continue;
      const members = [...kept, ...alike.filter(isMissing)];
      members.forEach((it) => grouped.set(it, groups.length));
      groups.push({ factor: factor.name, members });
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

function permitsNothing({ name, kind }: PlacedFactor): TwinError {
  return new TwinError({
    code: 'whitelist-unused',
    message: `the whitelist's ${kind} "${name}" permits nothing: the templates do not differ there, or have no such place`,
    fix: 'Take it out of the whitelist, or correct its type, id or path.',
  });
}
