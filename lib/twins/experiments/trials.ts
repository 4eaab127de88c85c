import { messageOf, TwinError } from '../../error';
import type { BoundScale, Factors, ScaleDefinition, ScaleValues } from '../../scale/definition';
import type { Factor, FactorValue } from '../../scale/kinds';
import { otherValues } from '../../scale/tried-values';
import type { Wanted } from './follow';

/** The values that a topology is tried with beside those of its environments. */
export class TriedValues<F extends Factors, D> {
  /** Values that the topology refused, with what it said, by factor. */
  readonly refused = new Map<string, { readonly value: unknown; readonly message: string }[]>();
  readonly #candidates: ReadonlyMap<string, unknown[]>;
  /** Each factor's value in the n-th trial. */
  #courses: ReadonlyMap<string, Course>;

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
    this.#courses = this.plotted();
  }

  /**
   * Each factor goes through its values at a pace of its own, and begins where no other factor has moved in parallel with
   * it: otherwise it could not be told which of the two a place follows.
   */
  private plotted(): ReadonlyMap<string, Course> {
    const courses = new Map<string, Course>();
    const rows: number[][] = [];
    for (const [i, [name, candidates]] of [...this.#candidates].entries()) {
      const usual = this.known.map((values) => values[name]);
      const { length } = candidates;
      const paces = Array.from(
        { length: length * length },
        // One factor begins below production's value where the next begins above it: what one hides the other shows.
        (_, k) => [(k % length) + 1, Math.floor(k / length) + i] as const,
      );
      const plots = paces.map(
        ([pace, start]) =>
          (n: number) =>
            candidates[(start + pace * n) % length],
      );
      const rowsOf = (course: Course): number[][] =>
        partsOf([...usual, ...FIRST_TRIALS.map((n) => course(n))]);
      const sides = (values: readonly unknown[]): number =>
        new Set(values.map((value) => sideOf(value, usual))).size;
      const all = sides(candidates);
      const free = plots.find(
        (course) =>
          sides(FIRST_TRIALS.map((n) => course(n))) === Math.min(all, FIRST_TRIALS.length) &&
          rowsOf(course).every((row) => !rows.some((other) => areParallel(row, other))),
      );
      // Where there is no other value, those of the environments: so that a place is seen to follow them at least.
      const course = free ?? plots[0] ?? ((n: number) => usual[n % usual.length]);
      courses.set(name, course);
      rows.push(...rowsOf(course));
    }
    return courses;
  }

  /** Factors that can have no other value than their environments give them. */
  get unproven(): string[] {
    return [...this.#candidates].flatMap(([name, values]) => (values.length === 0 ? [name] : []));
  }

  /** The values of the n-th trial. */
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
    const values = Object.keys(this.definition.factors).map(
      (name) => [name, this.#courses.get(name)!(n)] as const,
    );
    return Object.fromEntries(values) as ScaleValues<F>;
  }

  /**
   * The values of one more trial, in which some factors have staging's value: what seemed to follow one of them shows
   * whether it follows another.
   */
  apart(n: number, still: ReadonlySet<string>): BoundScale<F, D> {
    const usual = this.known.at(-1)!;
    const trial = this.at(n).values;
    const values = Object.keys(trial).map(
      (name) => [name, still.has(name) ? usual[name] : trial[name]] as const,
    );
    return this.definition.bindTried(Object.fromEntries(values) as ScaleValues<F>);
  }

  /**
   * The values of one more trial, in which what is wanted is seen: of each factor one that was not seen before.
   *
   * @returns undefined when no factor has such a value
   */
  further(
    n: number,
    wanted: readonly Wanted[],
    isSeen: (name: string, value: number) => boolean,
  ): BoundScale<F, D> | undefined {
    const values: Record<string, unknown> = { ...this.at(n).values };
    const moved = new Set<string>();
    for (const { name, side, of } of wanted) {
      const isWanted = (value: unknown): boolean =>
        typeof value === 'number' && (side === 'above' ? value > of : value < of) && !isSeen(name, value);
      for (const factor of this.definition.factorsOf(name).filter((it) => !moved.has(it))) {
        const found = this.#candidates
          .get(factor)!
          .find((candidate) => isWanted(this.expressionAt({ ...values, [factor]: candidate }, name)));
        if (found === undefined) continue;
        values[factor] = found;
        moved.add(factor);
      }
    }
    return moved.size === 0 ? undefined : this.definition.bindTried(values as ScaleValues<F>);
  }

  /** What a name of the scale stands for at some values; undefined when nothing can be derived from them. */
  private expressionAt(values: Record<string, unknown>, name: string): number | string | undefined {
    try {
      return this.definition.bindTried(values as ScaleValues<F>).expressions.get(name);
    } catch (error) {
      if (TwinError.isTwinError(error)) return undefined; // at these values it is not tried
      throw error;
    }
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
    const message = firstLineOf(error);
    this.refused.set(name, [...(this.refused.get(name) ?? []), { value, message }]);
    const candidates = this.#candidates.get(name)!;
    candidates.splice(0, candidates.length, ...candidates.filter((it) => !isSame(it, value)));
    this.#courses = this.plotted();
  }
}

/** A factor's value in each trial. */
type Course = (n: number) => unknown;

/** The trials that there always are. */
const FIRST_TRIALS = [0, 1, 2];

/** The numbers of a factor's values, a row for each part; a class has none. */
function partsOf(values: readonly unknown[]): number[][] {
  const [first] = values;
  if (typeof first === 'number') return [values as number[]];
  if (typeof first !== 'object' || first === null) return [];
  return Object.keys(first).map((key) => values.map((value) => (value as Record<string, number>)[key]!));
}

/** Whether a value is below those that are known, between them or above them; of a class that is not asked. */
function sideOf(value: unknown, known: readonly unknown[]): number {
  const [[number = 0, ...others] = []] = partsOf([value, ...known]);
  return number < Math.min(...others) ? -1 : number > Math.max(...others) ? 1 : 0;
}

/** Whether one row is a multiple of the other, with something added. */
function areParallel(a: readonly number[], b: readonly number[]): boolean {
  const k = a.findIndex((value) => value !== a[0]);
  if (k < 0) return false;
  return a.every((value, i) => (value - a[0]!) * (b[k]! - b[0]!) === (b[i]! - b[0]!) * (a[k]! - a[0]!));
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** How often a topology may refuse what it is tried with. */
const MOST_REFUSALS = 40;

/**
 * Makes a trial with values that the topology accepts: one that it refuses is taken out of those that are tried.
 *
 * @param scaleOf - chooses values among those that are left; undefined when there are none
 * @param make - makes an instance with a scale; throws what the topology throws
 */
export function tryOut<F extends Factors, D, T>(
  tried: TriedValues<F, D>,
  scaleOf: () => BoundScale<F, D> | undefined,
  make: (scale: BoundScale<F, D>) => T,
): T | undefined {
  for (let refusals = 0; ; refusals++) {
    const scale = scaleOf();
    if (!scale) return undefined;
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
      message: `the environment cannot be made under another name, with production's own values: ${firstLineOf(cause)}`,
      fix: 'Let nothing in it depend on what its stack or stage is called, but for names made of that.',
      cause,
    });
  }
}

const isOutsideConstruct = (error: unknown): boolean =>
  error instanceof TwinError && error.code === 'outside-construct';

/** Finds the factors whose values are refused one by one; when it is only the combination, the last that differs. */
function blame<F extends Factors, D>(
  tried: TriedValues<F, D>,
  scale: BoundScale<F, D>,
  make: (scale: BoundScale<F, D>) => unknown,
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

const firstLineOf = (error: unknown): string => messageOf(error).split('\n')[0]!.trim();
