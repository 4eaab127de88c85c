import { evaluateExpression, round, type Expression, type Values } from '../parity/text';

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

/**
 * Finds what numbers follow: a factor's own value, a rising linear function of it, or one of them kept within a limit.
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
  const found = names.flatMap((name) => {
    const values = scales.map((scale) => scale.get(name));
    return values.every((value) => typeof value === 'number') ? fits(name, numbers, values) : [];
  });
  const holding = found.filter((expression) =>
    numbers.every((number, i) => isClose(evaluateExpression(expression, scales[i]!), number)),
  );
  const [expression, ...others] = holding.sort((a, b) => rank(a) - rank(b));
  if (expression) {
    const sources = sourcesOf(expression.name);
    // A limit can be put to almost anything: it is no rival of what needs none.
    const equals = others.filter(({ limit }) => expression.limit !== undefined || limit === undefined);
    const rivals = equals.filter(({ name }) => !sourcesOf(name).some((factor) => sources.includes(factor)));
    return { expression, rivals: [...new Set(rivals.map(({ name }) => name))] };
  }
  const rows = names.flatMap((name) => {
    const values = scales.map((scale) => scale.get(name));
    return values.every((value) => typeof value === 'number')
      ? [{ name, points: distinct(numbers, values) }]
      : [];
  });
  const rising = rows.filter(({ points }) => points.every(([, y], i) => i === 0 || y >= points[i - 1]![1]));
  const wanted = rising.flatMap(({ name, points }) => beyondLimit(name, points));
  const isScarce =
    wanted.length > 0 || rising.some(({ points }) => points.length > 1 && points.length < LEAST_OF_LINE);
  return { why: 'it follows no scale factor', wanted, isScarce };
}

/** The simplest explanation first. */
const rank = ({ factor = 1, offset = 0, limit }: Expression): number =>
  (limit ? 4 : 0) + (offset === 0 ? 0 : 2) + (factor === 1 ? 0 : 1);

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
