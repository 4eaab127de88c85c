import { evaluateExpression, namesOf, round, type Expression, type Values } from '../../parity/text';

/** What the experiments say of numbers that differ: the expression that gives all of them, or why there is none. */
export type Followed =
  | {
      readonly expression: Expression;
      /** What the numbers follow just as well, and that comes from other factors: what was seen does not decide. */
      readonly rivals: readonly string[];
    }
  | {
      readonly expression?: undefined;
      readonly why: string;
      /** Values of the scale that would tell whether the numbers follow it beyond a limit: too few were seen there. */
      readonly wanted: readonly Wanted[];
      /** Whether they may follow one, and were seen in too few instances to tell. */
      readonly isScarce: boolean;
    };

/** What a name of a scale should stand for in one more instance: a number above or below what it stood for so far. */
export interface Wanted {
  readonly name: string;
  readonly side: 'above' | 'below';
  readonly of: number;
}

/** The factors that a name of a scale comes from. */
export type SourcesOf = (name: string) => readonly string[];

/** What rows of numbers follow: many places have the same, and each is looked at once. */
export class Rows {
  readonly #known = new Map<string, Followed>();

  /** @param scales - of each observation */
  constructor(
    private readonly scales: readonly Values[],
    private readonly sourcesOf: SourcesOf,
  ) {}

  /** What numbers follow. @param there - the observations that they are of */
  follow(numbers: readonly number[], there: readonly number[]): Followed {
    const row = `${there.join()} ${numbers.join()}`;
    const known = this.#known.get(row);
    if (known) return known;
    const scales = there.map((i) => this.scales[i]!);
    const followed = follow(numbers, scales, this.sourcesOf);
    this.#known.set(row, followed);
    return followed;
  }
}

/**
 * Finds what numbers follow: a factor's own value, a rising linear function of it, or one of them kept within a limit; where no
 * factor alone gives them, the product of several.
 * All observations have to agree.
 *
 * @param numbers - what was seen, one for each instance
 * @param scales - what the scale gives in the same instances
 */
export function follow(
  numbers: readonly number[],
  scales: readonly Values[],
  sourcesOf: SourcesOf,
): Followed {
  const names = [...(scales[0]?.keys() ?? [])].filter((name) => typeof scales[0]!.get(name) === 'number');
  const valuesOf = (name: string): readonly number[] | undefined => {
    const values = scales.map((scale) => scale.get(name));
    return values.every((value) => typeof value === 'number') ? values : undefined;
  };
  const holding = (found: readonly Expression[]): Expression[] =>
    found.filter((expression) =>
      numbers.every((number, i) => isClose(evaluateExpression(expression, scales[i]!), number)),
    );
  const single = holding(
    names.flatMap((name) => {
      const values = valuesOf(name);
      return values ? fits(name, numbers, values) : [];
    }),
  );
  const held = single.length > 0 ? single : holding(products(numbers, names, valuesOf, sourcesOf));
  const [expression, ...others] = held.sort((a, b) => rank(a) - rank(b));
  if (expression) {
    const own = namesOf(expression);
    const sources = new Set(own.flatMap(sourcesOf));
    // A limit can be put to almost anything: it is no rival of what needs none.
    const equals = others.filter(({ limit }) => expression.limit !== undefined || limit === undefined);
    // Of products that have one of their names in common the others are rivals.
    const rivals = equals.flatMap((it) =>
      namesOf(it).filter((name) => !sourcesOf(name).some((factor) => sources.has(factor))),
    );
    return { expression, rivals: [...new Set(rivals)] };
  }
  const rows = names.flatMap((name) => {
    const values = valuesOf(name);
    return values ? [{ name, points: distinct(numbers, values) }] : [];
  });
  const rising = rows.filter(({ points }) => points.every(([, y], i) => i === 0 || y >= points[i - 1]![1]));
  const wanted = rising.flatMap(({ name, points }) => beyondLimit(name, points));
  const isScarce =
    wanted.length > 0 || rising.some(({ points }) => points.length > 1 && points.length < LEAST_OF_LINE);
  return { why: 'it follows no scale factor', wanted, isScarce };
}

/** The simplest explanation first. */
const rank = ({ factor = 1, offset = 0, limit, times = [] }: Expression): number =>
  8 * times.length + (limit ? 4 : 0) + (offset === 0 ? 0 : 2) + (factor === 1 ? 0 : 1);

/** How many loops may run in each other. */
const MOST_LOOPS = 3;

/** The multiples of two or three factors that pass through what was seen: what loops in loops make. */
function products(
  numbers: readonly number[],
  names: readonly string[],
  valuesOf: (name: string) => readonly number[] | undefined,
  sourcesOf: SourcesOf,
): Expression[] {
  const found: Expression[] = [];
  const add = (chosen: readonly string[], product: readonly number[], from: number): void => {
    for (let i = from; i < names.length; i++) {
      const name = names[i]!;
      const values = valuesOf(name);
      // What does not change multiplies nothing.
      if (!values || values.every((value) => value === values[0])) continue;
      if (chosen.some((it) => sourcesOf(it).some((factor) => sourcesOf(name).includes(factor)))) continue;
      const all = [...chosen, name];
      const multiplied = values.map((value, k) => value * (product[k] ?? 1));
      const [first, ...times] = all as [string, ...string[]];
      if (times.length > 0) found.push(...multiples({ name: first, times }, numbers, multiplied));
      if (all.length < MOST_LOOPS) add(all, multiplied, i + 1);
    }
  };
  add([], [], 0);
  return found;
}

/** How many times a product makes each number, when it is always the same. */
function multiples(
  of: Pick<Expression, 'name' | 'times'>,
  numbers: readonly number[],
  values: readonly number[],
) {
  const factor = round(numbers[0]! / values[0]!);
  const isMultiple = distinct(numbers, values).length >= LEAST_OF_LINE && factor > 0;
  return isMultiple && numbers.every((number, i) => isClose(factor * values[i]!, number))
    ? [{ ...of, ...(factor !== 1 && { factor }) }]
    : [];
}

/** The functions of a value that pass through what was seen, as far as the points tell. */
function fits(name: string, numbers: readonly number[], values: readonly number[]): Expression[] {
  const points = distinct(numbers, values);
  if (points.length < 2) return [];
  const whole: Expression[] = [{ name }, ...line(name, points)];
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const limited = (
    [
      ['min', most],
      ['max', least],
    ] as const
  ).flatMap(([by, value]) => {
    const free = points.filter(([, y]) => y !== value);
    const limit = { by, value };
    // With the limit itself three points lie on the line: two would lie on any.
    return free.length === 0
      ? []
      : [{ name, limit }, ...line(name, free).map((linear) => ({ ...linear, limit }))];
  });
  return [...whole, ...limited];
}

/** Where numbers may rise from a limit on, and too few of them were seen there to tell a line from a switch. */
function beyondLimit(name: string, points: readonly (readonly [x: number, y: number])[]): Wanted[] {
  const ys = points.map(([, y]) => y);
  const flat = (limit: number) => ys.filter((y) => y === limit).length;
  const [least, most] = [flat(ys[0]!), flat(ys.at(-1)!)];
  if (least === points.length) return [];
  const isFew = (limited: number): boolean => limited > 1 && points.length - limited < LEAST_OF_LINE;
  return [
    ...(isFew(least) ? [{ name, side: 'above', of: points[least - 1]![0] } as const] : []),
    ...(isFew(most) ? [{ name, side: 'below', of: points.at(-most)![0] } as const] : []),
  ];
}

/** How many points tell a line from a switch: any two lie on one. */
const LEAST_OF_LINE = 3;

/** The rising line through points, when there are enough of them. */
function line(name: string, points: readonly (readonly [x: number, y: number])[]): Expression[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  if (points.length < LEAST_OF_LINE) return [];
  const factor = round((last[1] - first[1]) / (last[0] - first[0]));
  const offset = round(first[1] - factor * first[0]);
  return factor > 0 ? [{ name, factor, offset }] : [];
}

/** Each value with what was seen beside it, in order; a value that was seen beside two numbers decides neither. */
function distinct(numbers: readonly number[], values: readonly number[]): (readonly [number, number])[] {
  const points = new Map(values.map((value, i) => [value, numbers[i]!]));
  return [...points].sort(([a], [b]) => a - b);
}

const isClose = (a: number | string | undefined, b: number): boolean =>
  typeof a === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
