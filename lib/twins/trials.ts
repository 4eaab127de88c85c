import { TwinError } from '../error';
import type { BoundScale, Factors, ScaleDefinition, ScaleValues } from '../scale/definition';
import type { Factor, FactorValue } from '../scale/kinds';
import { otherValues } from '../scale/tried-values';

/** The orders of four values: in no two of them do all come at the same time, or one row backwards. */
const ORDERS = [
  [0, 1, 2, 3],
  [1, 3, 0, 2],
  [2, 0, 3, 1],
  [3, 2, 1, 0],
  [0, 2, 3, 1],
  [1, 0, 3, 2],
  [2, 3, 0, 1],
  [3, 1, 0, 2],
] as const;

/** The values that a topology is tried with beside those of its environments. */
export class TriedValues<F extends Factors, D> {
  /** Values that the topology refused, with what it said, by factor. */
  readonly refused = new Map<string, { readonly value: unknown; readonly message: string }[]>();
  readonly #candidates: ReadonlyMap<string, unknown[]>;

  constructor(
    private readonly definition: ScaleDefinition<F, D>,
    /** Those of production and its stagings, production's first. */
    private readonly known: readonly ScaleValues<F>[],
  ) {
    this.#candidates = new Map(
      Object.entries(definition.factors).map(([name, factor]: [string, Factor]) => [
        name,
        otherValues(
          factor,
          known.map((values) => values[name] as FactorValue),
        ),
      ]),
    );
  }

  /** Factors that can have no other value than their environments give them. */
  get unproven(): string[] {
    return [...this.#candidates].flatMap(([name, values]) => (values.length === 0 ? [name] : []));
  }

  /**
   * The values of the n-th trial. The first ones lie on all sides of those that are known; each factor goes through its own
   * in another order, so that no two of them move together.
   */
  at(n: number): BoundScale<F, D> {
    for (;;) {
      const values = this.valuesAt(n);
      try {
        return this.definition.bindTried(values);
      } catch (error) {
        // What is derived has no value for one of them.
        if (!this.refuseUnderived(values)) throw error;
      }
    }
  }

  /** Takes out values of which nothing can be derived; whether there are any. */
  private refuseUnderived(values: ScaleValues<F>): boolean {
    let isFound = false;
    for (const name of Object.keys(values)) {
      try {
        this.definition.bindTried({ ...this.known[0]!, [name]: values[name] });
      } catch (error) {
        this.refuse(name, values[name], error);
        isFound = true;
      }
    }
    return isFound;
  }

  private valuesAt(n: number): ScaleValues<F> {
    const values = Object.entries(this.definition.factors).map(([name], i) => {
      const candidates = this.#candidates.get(name)!;
      // Where there is no other value, those of the environments: so that a place is seen to follow them at least.
      const values = candidates.length > 0 ? candidates : this.known.map((known) => known[name]);
      const turn = n - (n % 4) + ORDERS[i % ORDERS.length]![n % 4]!;
      const value = values[turn % values.length];
      return [name, value];
    });
    return Object.fromEntries(values) as ScaleValues<F>;
  }

  /** Production's values with one factor's of a trial. */
  one(name: string, trial: BoundScale<F, D>): BoundScale<F, D> {
    return this.definition.bindTried({ ...this.known[0]!, [name]: trial.values[name] });
  }

  /** Production's values. */
  get usualScale(): BoundScale<F, D> {
    return this.definition.bindTried(this.known[0]!);
  }

  /** Takes out a value that the topology refuses. */
  refuse(name: string, value: unknown, error: unknown): void {
    const message = messageOf(error);
    this.refused.set(name, [...(this.refused.get(name) ?? []), { value, message }]);
    const candidates = this.#candidates.get(name)!;
    candidates.splice(0, candidates.length, ...candidates.filter((it) => it !== value && !isSame(it, value)));
  }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** How often a topology may refuse what it is tried with. */
const MOST_REFUSALS = 40;

/**
 * Makes a trial with values that the topology accepts: one that it refuses is taken out of those that are tried.
 *
 * @param make - makes an instance with a scale; throws what the topology throws
 */
export function tryOut<F extends Factors, D, T>(
  tried: TriedValues<F, D>,
  n: number,
  make: (scale: BoundScale<F, D>) => T,
): T {
  for (let refusals = 0; ; refusals++) {
    const scale = tried.at(n);
    try {
      return make(scale);
    } catch (error) {
      if (isOutsideConstruct(error) || refusals >= MOST_REFUSALS) throw error;
      blame(tried, scale, make, error);
    }
  }
}

/**
 * Makes production under another name.
 *
 * @throws TwinError `asks-name` when the topology throws there
 */
export function underAnotherName<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (isOutsideConstruct(cause)) throw cause;
    throw new TwinError({
      code: 'asks-name',
      message: `the environment cannot be made under another name, with production's own values: ${messageOf(cause)}`,
      fix: 'Let nothing in it depend on what its stack or stage is called, but for names made of that.',
      cause,
    });
  }
}

const isOutsideConstruct = (error: unknown): boolean =>
  error instanceof TwinError && error.code === 'outside-construct';

/** Finds the factors whose values are refused one by one; when it is only the combination, the last that differs. */
function blame<F extends Factors, D, T>(
  tried: TriedValues<F, D>,
  scale: BoundScale<F, D>,
  make: (scale: BoundScale<F, D>) => T,
  first: unknown,
): void {
  const usual = tried.usualScale.values;
  const differing = Object.keys(usual).filter((name) => !isSame(usual[name], scale.values[name]));
  let isFound = false;
  for (const name of differing) {
    try {
      make(tried.one(name, scale));
    } catch (error) {
      tried.refuse(name, scale.values[name], error);
      isFound = true;
    }
  }
  const last = differing.at(-1);
  if (!isFound && last !== undefined) tried.refuse(last, scale.values[last], first);
  if (differing.length === 0) throw first;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.split('\n')[0]!.trim() : String(error);
