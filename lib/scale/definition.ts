import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import { FACTOR_KINDS, type Factor, type FactorKind, type FactorValue, type ValueOf } from './kinds';
import {
  checkDeclared,
  checkMeasurable,
  checkProportion,
  measure,
  type Proportion,
  type ProportionResult,
} from './proportions';
import { checkShape, checkValue, type RuleViolation } from './rules';
import { scaled, type ScaledOf, type ScaleRecord } from './scaled';

/** The factors of a topology, by name. */
export type Factors = Readonly<Record<string, Factor>>;

/** The values of all factors for one environment. */
export type ScaleValues<F extends Factors> = { readonly [N in keyof F]: ValueOf[F[N]['kind']] };

/** What a topology is given: for each factor a value that knows its name. */
export type Scale<F extends Factors> = { readonly [N in keyof F]: ScaledOf[F[N]['kind']] };

/** The scale that a definition gives to a topology: `ScaleOf<typeof shopScale>`. */
export type ScaleOf<D> = D extends ScaleDefinition<infer F> ? Scale<F> : never;

/** A scale made for one environment, with the record of what the topology did with it. */
export interface BoundScale<F extends Factors> {
  /** Goes to the topology. */
  readonly scale: Scale<F>;
  /** The plain values. */
  readonly values: ScaleValues<F>;
  /** The proportions at these values. */
  readonly proportions: readonly ProportionResult[];
  /** Filled while the topology is built. */
  readonly record: ScaleRecord;
}

/** What goes with the factors of a scale. */
export interface ScaleProps<F extends Factors> {
  /** What must keep its proportion across tiers. @default - none */
  readonly proportions?: readonly Proportion<ScaleValues<F>>[];
}

/**
 * Declares what may differ between the environments of a topology; everything else may not.
 *
 * @throws TwinError `factor-reason` for a factor without a reason, `factor-name`, `factor-kind` or `factor-limit` for one
 * that is declared wrongly, `proportion` for a proportion that could not be held
 */
export function defineScale<const F extends Factors>(
  factors: F,
  props: ScaleProps<F> = {},
): ScaleDefinition<F> {
  return new ScaleDefinition(factors, props.proportions ?? []);
}

/** The declared factors of a topology. Made by {@link defineScale}. */
export class ScaleDefinition<F extends Factors> {
  constructor(
    /** The factors, by name. */
    readonly factors: F,
    /** What must keep its proportion across tiers. */
    readonly proportions: readonly Proportion<ScaleValues<F>>[],
  ) {
    for (const [name, factor] of Object.entries(factors)) checkDeclaration(name, factor);
    checkDeclared(proportions);
  }

  /**
   * The scale of production: every factor has a value.
   *
   * @throws TwinError `scale` that lists every illegal, missing or undeclared value and every proportion without a number
   */
  bindProduction(id: string, values: ScaleValues<F>): BoundScale<F> {
    const problems = this.unfit(values);
    if (problems.length > 0) throw scaleError(id, problems);
    return this.bind(values);
  }

  /**
   * The scale of another environment. A factor without a value keeps production's.
   *
   * @throws TwinError `scale` that lists everything that breaks a rule
   */
  bindScaled(id: string, prod: ScaleValues<F>, values: Partial<ScaleValues<F>>): BoundScale<F> {
    const unfit = this.unfit(prod).map((problem) => `in production: ${problem}`);
    if (unfit.length > 0) throw scaleError(id, unfit);
    const illegal = this.illegal(values);
    const all = { ...prod, ...values };
    const problems = [...illegal, ...this.shapeless(prod, all)];
    if (illegal.length === 0) problems.push(...this.disproportionate(prod, all, problems.length === 0));
    if (problems.length > 0) throw scaleError(id, problems);
    return this.bind(all);
  }

  /** What production's values lack, in words. */
  private unfit(values: ScaleValues<F>): string[] {
    const missing = isObject(values)
      ? Object.keys(this.factors).filter((name) => !Object.hasOwn(values, name))
      : [];
    const problems = [
      ...missing.map((name) => `${name}: no value; production gives one to every factor`),
      ...this.illegal(values),
    ];
    if (problems.length > 0) return problems;
    return this.proportions.flatMap((proportion) => checkMeasurable(proportion, values).map(inWords));
  }

  /** Values that are undeclared or illegal by themselves, in words. */
  private illegal(values: Partial<ScaleValues<F>>): string[] {
    if (!isObject(values)) return ['the scale is not an object with a value for each factor'];
    return Object.entries(values).flatMap(([name, value]) => {
      const factor = Object.hasOwn(this.factors, name) ? this.factors[name] : undefined;
      if (!factor) return [`${name}: not a declared factor; ${didYouMean(name, Object.keys(this.factors))}`];
      return checkValue(name, factor, value).map(inWords);
    });
  }

  /** Legal values that do not keep production's shape, in words. */
  private shapeless(prod: ScaleValues<F>, all: ScaleValues<F>): string[] {
    return Object.entries(this.factors)
      .filter(([name, factor]) => checkValue(name, factor, all[name]).length === 0)
      .flatMap(([name, factor]) => checkShape(name, factor, prod[name], all[name]).map(inWords));
  }

  /**
   * Proportions that are not production's, in words.
   *
   * @param isShapeKept - only then is a proportion without a value a problem of its own, and not what another one leads to
   */
  private disproportionate(prod: ScaleValues<F>, all: ScaleValues<F>, isShapeKept: boolean): string[] {
    return this.proportions
      .flatMap((proportion) => {
        const broken = checkMeasurable(proportion, all);
        if (broken.length > 0) return isShapeKept ? broken : [];
        return checkProportion(measure(proportion, prod), measure(proportion, all));
      })
      .map(inWords);
  }

  private bind(given: ScaleValues<F>): BoundScale<F> {
    // A copy: what is bound must stay what was checked, whatever the caller does with the object.
    const values = structuredClone(given);
    const record: ScaleRecord = { expressions: new Map(), groups: new Map() };
    const entries = Object.entries(this.factors).map(([name, { kind }]) => [
      name,
      scaled<FactorKind>(kind, name, values[name] as FactorValue, record),
    ]);
    const scale = onlyDeclared(Object.fromEntries(entries) as Scale<F>);
    const proportions = this.proportions.map((proportion) => measure(proportion, values));
    return { scale, values, proportions, record };
  }
}

/** Reports and the manifest write "factor.part", "factor: label" and "${factor}": none may be read as another. */
const FACTOR_NAME = /^[a-z][\w-]*$/i;

function checkDeclaration(name: string, factor: Factor | undefined): void {
  if (!FACTOR_NAME.test(name)) {
    throw new TwinError({
      code: 'factor-name',
      message: `"${name}" is no name for a factor; allowed are letters, digits, "_" and "-" after a letter`,
      fix: 'Name the factor like a property, such as ordersReaders.',
    });
  }
  if (!factor || !FACTOR_KINDS.includes(factor.kind)) {
    throw new TwinError({
      code: 'factor-kind',
      message: `the factor "${name}" is of no known kind; allowed are ${FACTOR_KINDS.join(', ')}`,
      fix: 'Make it with the function of its kind, such as replicas({ reason }).',
    });
  }
  if (typeof factor.reason !== 'string' || factor.reason.trim() === '') {
    throw new TwinError({
      code: 'factor-reason',
      message: `the factor "${name}" has no reason`,
      fix: 'Say in one sentence why environments may differ here: it is shown beside every difference it permits.',
    });
  }
  if (factor.max !== undefined && !(Number.isSafeInteger(factor.max) && factor.max >= 1)) {
    throw new TwinError({
      code: 'factor-limit',
      message: `the factor "${name}" has the limit ${factor.max}; allowed is a whole number from 1 up`,
      fix: "Give max the service's own limit, or leave it out.",
    });
  }
}

function inWords({ message, fix }: RuleViolation): string {
  return `${message}. ${fix}`;
}

function scaleError(id: string, problems: readonly string[]): TwinError {
  const list = problems.map((problem) => `\n  - ${problem}`).join('');
  return new TwinError({
    code: 'scale',
    message: `the scale of "${id}" breaks ${problems.length === 1 ? 'a rule' : `${problems.length} rules`}:${list}`,
    fix: 'Change the values given to this environment; a rule cannot be switched off.',
  });
}

/** Names that runtimes and test runners look up on any object. */
const ASKED_OF_ANY_OBJECT = new Set([
  'then',
  'toJSON',
  'nodeType',
  'tagName',
  'hasAttribute',
  'asymmetricMatch',
]);

/** Throws for a factor that does not exist, where plain JavaScript would answer undefined. */
function onlyDeclared<T extends object>(scale: T): T {
  return new Proxy(scale, {
    get(target, key, receiver) {
      const isFactor = typeof key === 'string' && FACTOR_NAME.test(key) && !ASKED_OF_ANY_OBJECT.has(key);
      if (!isFactor || key in target) return Reflect.get(target, key, receiver) as unknown;
      throw new TwinError({
        code: 'unknown-factor',
        message: `"${key}" is not a declared factor; ${didYouMean(key, Object.keys(target))}`,
        fix: 'Declare it in defineScale, with a kind and a reason.',
      });
    },
  });
}
