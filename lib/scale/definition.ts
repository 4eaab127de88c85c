import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import { checkDeclaration, checkDerivedName, isName } from './declaration';
import {
  checkDerived,
  derive,
  type DerivedFrom,
  type DerivedNames,
  type DerivedValue,
  type DerivedValues,
} from './derived';
import { checkDerivedRules } from './derived-rules';
import type { RuleViolation } from './keeps';
import type { Factors, FactorValue, ScaleValues } from './kinds';
import {
  checkDeclared,
  checkMeasurable,
  checkProportion,
  measure,
  type Proportion,
  type ProportionResult,
} from './proportions';
import { checkShape, checkValue, type Way } from './rules';
import { partsOf } from './sizes';

export type { Factors, ScaleValues } from './kinds';

/** What a topology is given: the plain value of every factor and of every derived value. */
export type Scale<F extends Factors, D = NoneDerived> = ScaleValues<F> & {
  readonly [N in keyof D]: D[N] extends { readonly value: (...values: never[]) => infer R }
    ? R extends number
      ? number
      : string
    : never;
};

/** The scale that a definition gives to a topology: `ScaleOf<typeof shopScale>`. */
export type ScaleOf<Definition> = Definition extends ScaleDefinition<infer F, infer D> ? Scale<F, D> : never;

/** A scale without derived values. */
export type NoneDerived = Record<never, never>;

/** A scale made for one environment. */
export interface BoundScale<F extends Factors, D = NoneDerived> {
  /** Goes to the topology: deeply frozen, and reading a name that is not declared throws. */
  readonly scale: Scale<F, D>;
  /** The factors' values alone. */
  readonly values: ScaleValues<F>;
  /** Everything that may stand in a template because of the scale, by name: `readers`, `webSize.cpu`, `dbClass.size`. */
  readonly expressions: ReadonlyMap<string, number | string>;
  /** The proportions at these values; none are measured for an experiment. */
  readonly proportions: readonly ProportionResult[];
}

/** What goes with the factors of a scale. */
export interface ScaleProps<
  F extends Factors,
  S extends DerivedNames<F> = NoneDerived,
  D = DerivedFrom<F, S>,
> {
  /** What must keep its proportion across tiers. @default - none */
  readonly proportions?: readonly Proportion<ScaleValues<F>>[];
  /** Values that the topology is given beside the factors, each derived from some of them. @default - none */
  readonly derived?: D & DerivedFrom<F, S>;
}

/**
 * Declares what may differ between the environments of a topology; everything else may not.
 *
 * @throws TwinError `factor-reason` for a factor without a reason, `factor-name`, `factor-kind` or `factor-limit` for one
 * that is declared wrongly, `proportion` for a proportion that could not be held, `derived-name`, `derived-from` or
 * `derived-value` for a derived value that is declared wrongly
 */
export function defineScale<
  const F extends Factors,
  S extends DerivedNames<F> = NoneDerived,
  D extends DerivedFrom<F, S> = DerivedFrom<F, S>,
>(factors: F, props: ScaleProps<F, S, D> = {}): ScaleDefinition<F, D> {
  return new ScaleDefinition(factors, props.proportions ?? [], props.derived ?? ({} as D));
}

/** The declared factors of a topology. Made by {@link defineScale}. */
export class ScaleDefinition<F extends Factors, D = NoneDerived> {
  constructor(
    /** The factors, by name. */
    readonly factors: F,
    /** What must keep its proportion across tiers. */
    readonly proportions: readonly Proportion<ScaleValues<F>>[],
    /** What is derived from the factors, by name. */
    readonly derived: D,
  ) {
    if (!isObject(factors)) {
      throw new TwinError({
        code: 'factor-kind',
        message: 'the scale has no factors; allowed is an object of them, by name',
        fix: 'Write defineScale({ readers: replicas({ reason }) }).',
      });
    }
    for (const [name, factor] of Object.entries(factors)) checkDeclaration(name, factor);
    checkDeclared(proportions);
    for (const [name, value] of this.derivedValues()) {
      checkDerivedName(name, factors);
      checkDerived(name, value, factors);
    }
  }

  /**
   * The scale of production: every factor has a value.
   *
   * @throws TwinError `scale` that lists every illegal, missing or undeclared value and every proportion without a number
   */
  bindProduction(id: string, values: ScaleValues<F>): BoundScale<F, D> {
    const problems = this.unfit(values);
    if (problems.length > 0) throw scaleError(id, problems);
    return this.bind(values);
  }

  /**
   * The scale of a further production: it keeps the shape of the first, and each value may be larger or smaller.
   *
   * @throws TwinError as `bindProduction`, and `scale` and `derived-switch` as `bindScaled`
   */
  bindBeside(
    id: string,
    first: { readonly id: string; readonly values: ScaleValues<F> },
    values: ScaleValues<F>,
  ): BoundScale<F, D> {
    const unfit = this.unfit(values);
    if (unfit.length > 0) throw scaleError(id, unfit);
    const problems = [
      ...this.shapeless(first.values, values, 'either'),
      ...this.disproportionate(first.values, values, true),
    ];
    if (problems.length > 0) throw scaleError(id, problems, ` beside "${first.id}", the first production`);
    this.checkDerived(id, first.values, values, 'either', `"${first.id}"`);
    return this.bind(values);
  }

  /**
   * The scale of a staging. A factor without a value keeps production's.
   *
   * @throws TwinError `scale` that lists everything that breaks a rule; `derived-switch` for a derived value that does not
   * follow its factors
   */
  bindScaled(id: string, prod: ScaleValues<F>, values: Partial<ScaleValues<F>>): BoundScale<F, D> {
    const unfit = this.unfit(prod).map((problem) => `in production: ${problem}`);
    if (unfit.length > 0) throw scaleError(id, unfit);
    const illegal = this.illegal(values);
    const all = { ...prod, ...values };
    const problems = [...illegal, ...this.shapeless(prod, all, 'smaller')];
    if (illegal.length === 0) problems.push(...this.disproportionate(prod, all, problems.length === 0));
    if (problems.length > 0) throw scaleError(id, problems);
    this.checkDerived(id, prod, all, 'smaller', 'production');
    return this.bind(all);
  }

  /** How many rules the values of a staging break. */
  brokenBy(prod: ScaleValues<F>, values: Partial<ScaleValues<F>>): number {
    const all = { ...prod, ...values };
    return this.shapeless(prod, all, 'smaller').length + this.disproportionate(prod, all, true).length;
  }

  private checkDerived(
    id: string,
    prod: ScaleValues<F>,
    scaled: ScaleValues<F>,
    way: Way,
    prodName: string,
  ): void {
    for (const [name, derived] of this.derivedValues())
      checkDerivedRules({ name, derived, factors: this.factors, id, prod, scaled, way, prodName });
  }

  /**
   * The scale of an experiment: any legal values, whatever production's are.
   *
   * @throws TwinError `scale` that lists every illegal, missing or undeclared value
   */
  bindTried(values: ScaleValues<F>): BoundScale<F, D> {
    const problems = [...this.missing(values), ...this.illegal(values)];
    if (problems.length > 0) throw scaleError('an experiment', problems);
    return this.bind(values, []);
  }

  /**
   * The factors that an expression comes from: of `webSize.cpu` webSize, of a derived value all of its `from`.
   *
   * @throws TwinError `unknown-factor` when nothing of that name is declared
   */
  factorsOf(expression: string): readonly string[] {
    const derived = this.derivedValues().find(([name]) => name === expression);
    if (derived) return derived[1].from;
    const name = expression.split('.', 1)[0]!;
    if (Object.hasOwn(this.factors, name)) return [name];
    throw unknownFactor(name, [...Object.keys(this.factors), ...Object.keys(this.derived as object)]);
  }

  private derivedValues(): [name: string, value: DerivedValue<Factors>][] {
    return Object.entries(this.derived as DerivedValues<Factors>);
  }

  /** What production's values lack, in words. */
  private unfit(values: ScaleValues<F>): string[] {
    const problems = [...this.missing(values), ...this.illegal(values)];
    if (problems.length > 0) return problems;
    return this.proportions.flatMap((proportion) => checkMeasurable(proportion, values).map(inWords));
  }

  /** Factors without a value, in words. */
  private missing(values: ScaleValues<F>): string[] {
    if (!isObject(values)) return [];
    return Object.keys(this.factors)
      .filter((name) => !Object.hasOwn(values, name))
      .map((name) => `${name}: no value; production gives one to every factor`);
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
  private shapeless(prod: ScaleValues<F>, all: ScaleValues<F>, way: Way): string[] {
    return Object.entries(this.factors)
      .filter(([name, factor]) => checkValue(name, factor, all[name]).length === 0)
      .flatMap(([name, factor]) => checkShape(name, factor, prod[name], all[name], way).map(inWords));
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

  private bind(given: ScaleValues<F>, measured = this.proportions): BoundScale<F, D> {
    // A copy: what is bound must stay what was checked, whatever the caller does with the object.
    const values = frozen(structuredClone(given));
    const derived = this.derivedValues().map(([name, it]) => [name, derive(name, it, values)] as const);
    const scale = onlyDeclared({ ...values, ...Object.fromEntries(derived) }) as Scale<F, D>;
    const ofFactors = Object.keys(this.factors).flatMap((name) =>
      expressionsOf(name, values[name] as FactorValue),
    );
    const proportions = measured.map((proportion) => measure(proportion, values));
    return { scale, values, expressions: new Map([...ofFactors, ...derived]), proportions };
  }
}

/** What one factor may put into a template, by name. */
function expressionsOf(name: string, value: FactorValue): [string, number | string][] {
  if (typeof value === 'number') return [[name, value]];
  if (typeof value === 'string') {
    return [
      [name, value],
      [`${name}.size`, partsOf(value)!.size],
    ];
  }
  return Object.entries(value).map(([part, n]) => [`${name}.${part}`, n]);
}

/** Freezes the values and the parts of each. */
function frozen<T extends object>(values: T): Readonly<T> {
  for (const value of Object.values(values)) Object.freeze(value);
  return Object.freeze(values);
}

function inWords({ message, fix }: RuleViolation): string {
  return `${message}. ${fix}`;
}

function scaleError(id: string, problems: readonly string[], beside = ''): TwinError {
  const list = problems.map((problem) => `\n  - ${problem}`).join('');
  return new TwinError({
    code: 'scale',
    message: `the scale of "${id}" breaks ${problems.length === 1 ? 'a rule' : `${problems.length} rules`}${beside}:${list}`,
    fix: 'Change the values given to this environment; a rule cannot be switched off.',
  });
}

/** Throws for a factor that does not exist, where plain JavaScript would answer undefined. */
function onlyDeclared<T extends object>(scale: T): T {
  return new Proxy(Object.freeze(scale), {
    get(target, key, receiver) {
      if (!isName(key) || key in target) return Reflect.get(target, key, receiver) as unknown;
      throw unknownFactor(key, Object.keys(target));
    },
  });
}

function unknownFactor(name: string, known: readonly string[]): TwinError {
  return new TwinError({
    code: 'unknown-factor',
    message: `"${name}" is not a declared factor; ${didYouMean(name, known)}`,
    fix: 'Declare it in defineScale, with a kind and a reason.',
  });
}
