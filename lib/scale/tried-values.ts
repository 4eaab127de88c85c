import { isDeepStrictEqual } from 'node:util';
import type { Factor, FactorValue, FargateSize } from './kinds';
import { isAmount, isRange, limitsOf, rangeLimits, type Limits, type RangeKind } from './limits';
import { checkShape, checkValue } from './rules';
import { FARGATE_CPU, fargateMemory, partsOf, resized, sizeRank, sizesOf } from './sizes';

/**
 * Other legal values of a factor, to try a topology with: none of those that are known, of the same plurality, family and
 * motion, on both sides of them and between them where the rules allow, the nearest first. Of a value with several numbers
 * each takes values of its own, and they do not run in parallel: so a place can be told to follow one of them.
 *
 * @param known - legal values that keep each other's shape, such as production's and a staging's
 * @param most - how many at the most
 */
export function otherValues<V extends FactorValue>(factor: Factor, known: readonly V[], most = 12): V[] {
  const isOther = (value: FactorValue): boolean =>
    checkValue('', factor, value).length === 0 &&
    known.every(
      (it) =>
        !isDeepStrictEqual(it, value) &&
        checkShape('', factor, it, value).every(({ rule }) => MAY_DIFFER.has(rule)),
    );
  const nearestFirst = proposals(factor, known)
    .filter(isOther)
    .map((value) => [value, Math.min(...known.map((it) => distance(it, value)))] as const)
    .sort(([, a], [, b]) => a - b)
    .map(([value]) => value);
  return spread(nearestFirst, known, most) as V[];
}

/** A trial may be larger than production; and CPU can only be told from memory when their ratio changes. */
const MAY_DIFFER = new Set(['larger', 'ratio']);

/**
 * A factor's legal values that keep production's shape, from the smallest to the larger of the two environments', in rows: in
 * each row one number, or the class or size, grows and the rest stays, as production has it and as the scaled environment has
 * it. Of very many values some two hundred.
 */
export function risingValues(factor: Factor, prod: FactorValue, scaled: FactorValue): FactorValue[][] {
  return rows(factor, prod, scaled).map((row) =>
    row.filter(
      (value) =>
        checkValue('', factor, value).length === 0 &&
        [prod, scaled].some((largest) => checkShape('', factor, largest, value).length === 0),
    ),
  );
}

/** The numbers that a value is made of, by part: of a class, how large its size is. */
export function numbersOf(value: FactorValue): Readonly<Record<string, number>> {
  if (typeof value === 'number') return { number: value };
  return typeof value === 'string' ? { size: sizeRank(partsOf(value)!.size) } : value;
}

function proposals(factor: Factor, known: readonly FactorValue[]): FactorValue[] {
  const { kind } = factor;
  if (known.length === 0) return [];
  if (isAmount(kind)) {
    const limits = limitsOf(factor, kind);
    const units = kind === 'duration' ? [86_400, 3_600, 60] : [];
    return around(known as readonly number[], limits, units);
  }
  if (isRange(kind)) return rangesAround(kind, known as readonly Parts[]) as FactorValue[];
  if (kind === 'fargateSize') return fargateSizes();
  const [first, sizes] = [partsOf(known[0] as string)!, known.map((it) => partsOf(it as string)!.size)];
  return sizesOf(first.family, sizes).map((size) => resized(first, size));
}

/** A value of several numbers, by part. */
type Parts = Readonly<Record<string, number>>;

/** How many numbers are proposed on each side of the known ones. */
const EACH_SIDE = 16;

/**
 * Numbers below, above and between those that are known, as far apart as their size makes sense.
 *
 * @param units - coarser steps than the limits', for numbers that are all multiples of one: a construct may ask a duration
 * for its whole minutes
 */
function around(known: readonly number[], limits: Limits, units: readonly number[] = []): number[] {
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const least = leastOf(limits, low);
  if (least === undefined) return [];
  const steps = [
    ...units.filter((unit) => known.every((n) => n % unit === 0) && unit % limits.step === 0),
    limits.step,
  ];
  const side = (from: number, room: number, sign: 1 | -1): number[] => {
    const step = steps.find((it) => it <= room);
    if (step === undefined) return [];
    const stride = step * Math.max(1, Math.floor(Math.min(from / 8, room / 4) / step));
    const length = Math.min(EACH_SIDE, Math.floor(room / stride));
    return Array.from({ length }, (_, i) => from + sign * (i + 1) * stride);
  };
  const between = side(low, high - low, 1).filter((n) => n < high);
  return [...side(low, low - least, -1), ...side(high, limits.most - high, 1), ...between];
}

/** The least that a number may be but 0, which would be none at all; undefined for 0, which stays 0. */
const leastOf = ({ least, step }: Limits, n: number): number | undefined =>
  n === 0 ? undefined : Math.ceil(Math.max(least, step) / step) * step;

/** Ranges whose numbers are known, or around the known ones. */
function rangesAround(kind: RangeKind, known: readonly Parts[]): Parts[] {
  const { parts, ...limits } = rangeLimits(kind);
  const others = parts.length > 2 ? 6 : 12;
  return parts.reduce<Parts[]>(
    (ranges, part) => {
      const has = known.map((it) => it[part]!);
      const numbers = new Set([...has, ...byTurns(around(has, limits), has, others)]);
      return ranges.flatMap((range) => [...numbers].map((n) => ({ ...range, [part]: n })));
    },
    [{}],
  );
}

/** Some of the numbers, from below, above and between the known ones by turns. */
function byTurns(numbers: readonly number[], known: readonly number[], most: number): number[] {
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const turns = new Map<number, number>();
  const counts = [0, 0, 0];
  for (const n of numbers) turns.set(n, counts[n < low ? 0 : n > high ? 1 : 2]!++);
  return [...numbers].sort((a, b) => turns.get(a)! - turns.get(b)!).slice(0, most);
}

const fargateSizes = (): FargateSize[] =>
  FARGATE_CPU.flatMap((cpu) => fargateMemory(cpu).map((memoryMiB) => ({ cpu, memoryMiB })));

/** How far a value is from another: by how many times its numbers are larger or smaller. */
function distance(a: FactorValue, b: FactorValue): number {
  const other = numbersOf(b);
  const steps = Object.entries(numbersOf(a)).map(([part, n]) =>
    Math.abs(Math.log((1 + n) / (1 + other[part]!))),
  );
  return steps.reduce((sum, step) => sum + step, 0);
}

/**
 * Takes values from below, above and between the known ones by turns: on each side the nearest of those whose numbers, and
 * whose relations between numbers, have been seen least.
 */
function spread(values: readonly FactorValue[], known: readonly FactorValue[], most: number): FactorValue[] {
  const seen = new Map<string, number>();
  const see = (marks: readonly string[]): void =>
    marks.forEach((mark) => seen.set(mark, 1 + (seen.get(mark) ?? 0)));
  known.forEach((value) => see(marksOf(value)));
  const timesSeen = ({ marks }: Candidate): number =>
    marks.reduce((sum, mark) => sum + (seen.get(mark) ?? 0), 0);
  const sides: Readonly<Record<Side, Candidate[]>> = { below: [], above: [], between: [] };
  for (const value of values) sides[sideOf(value, known)].push({ value, marks: marksOf(value) });
  const taken: FactorValue[] = [];
  while (taken.length < most && Object.values(sides).some((side) => side.length > 0)) {
    for (const side of Object.values(sides).filter(({ length }) => length > 0)) {
      const next = side.reduce((best, other) => (timesSeen(other) < timesSeen(best) ? other : best));
      side.splice(side.indexOf(next), 1);
      taken.push(next.value);
      see(next.marks);
    }
  }
  return taken.slice(0, most);
}

interface Candidate {
  readonly value: FactorValue;
  readonly marks: readonly string[];
}

type Side = 'below' | 'above' | 'between';

/** A value's numbers, and how each is related to each other, as words to count. */
function marksOf(value: FactorValue): string[] {
  const numbers = Object.entries(numbersOf(value));
  return numbers.flatMap(([part, n], i) => [
    `${part} ${n}`,
    ...numbers
      .slice(i + 1)
      .flatMap(([other, m]) => [`${other} / ${part} ${m / n}`, `${other} - ${part} ${m - n}`]),
  ]);
}

function sideOf(value: FactorValue, known: readonly FactorValue[]): Side {
  const all = known.map(numbersOf);
  const numbers = Object.entries(numbersOf(value));
  if (numbers.every(([part, n]) => all.every((it) => n <= it[part]!))) return 'below';
  return numbers.every(([part, n]) => all.every((it) => n >= it[part]!)) ? 'above' : 'between';
}

function rows(factor: Factor, prod: FactorValue, scaled: FactorValue): FactorValue[][] {
  const { kind } = factor;
  if (isAmount(kind)) return [upTo(prod as number, scaled as number, limitsOf(factor, kind))];
  if (isRange(kind)) return rangesUpTo(kind, prod as Parts, scaled as Parts) as FactorValue[][];
  if (kind === 'fargateSize') {
    const { cpu, memoryMiB } = prod as FargateSize;
    return [FARGATE_CPU.map((it) => ({ cpu: it, memoryMiB: (it * memoryMiB) / cpu }))];
  }
  const { size } = partsOf(scaled as string)!;
  const parts = partsOf(prod as string)!;
  return [sizesOf(parts.family, [parts.size, size]).map((it) => resized(parts, it))];
}

/** A row for each number of a range, and one in which all grow together: a range that cannot move has no other. */
function rangesUpTo(kind: RangeKind, prod: Parts, scaled: Parts): Parts[][] {
  const { parts, ...limits } = rangeLimits(kind);
  const oneByOne = parts.flatMap((part) =>
    [prod, scaled].map((held) =>
      upTo(prod[part]!, scaled[part]!, limits).map((n) => ({ ...held, [part]: n })),
    ),
  );
  const last = parts.at(-1)!;
  const together = upTo(prod[last]!, scaled[last]!, limits).map((n) =>
    Object.fromEntries(parts.map((part) => [part, n])),
  );
  return [...oneByOne, together];
}

/** How many values of one number are tried at the most. */
const MOST_TRIED = 200;

/** The numbers of a shape up to the larger of two: all, or as many as are tried, closer to each other where they are small. */
function upTo(prod: number, scaled: number, limits: Limits): number[] {
  const most = Math.max(prod, scaled);
  const least = leastOf(limits, most);
  if (least === undefined) return [most];
  const { step } = limits;
  const steps = Math.floor((most - least) / step);
  const numbers =
    steps < MOST_TRIED
      ? Array.from({ length: steps + 1 }, (_, i) => least + i * step)
      : Array.from({ length: MOST_TRIED }, (_, i) =>
          Math.round((least * (most / least) ** (i / (MOST_TRIED - 1))) / step),
        ).map((n) => n * step);
  return [...new Set([...numbers, prod, scaled])].sort((a, b) => a - b);
}
