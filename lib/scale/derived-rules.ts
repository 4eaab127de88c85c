import { TwinError } from '../error';
import { derive, inWords, type DerivedValue } from './derived';
import type { Factors, FactorValue, ScaleValues } from './kinds';
import type { Way } from './rules';
import { partsOf, SIZE } from './sizes';
import { numbersOf, risingValues } from './tried-values';

/** A derived value, and the two environments that it must not tell apart by anything but their size. */
export interface DerivedTrial {
  /** Its name. */
  readonly name: string;
  /** What was declared. */
  readonly derived: DerivedValue<Factors>;
  /** The factors of the scale. */
  readonly factors: Factors;
  /** The scaled environment's name. */
  readonly id: string;
  /** Production's values. */
  readonly prod: ScaleValues<Factors>;
  /** The scaled environment's values, which keep production's shape. */
  readonly scaled: ScaleValues<Factors>;
  /** How large the scaled environment may be. */
  readonly way: Way;
  /** What production is called in messages. */
  readonly prodName: string;
}

/**
 * Tries a derived value on every legal value of each of its factors up to the larger one, the others held as production has
 * them and as the scaled environment has them: it must follow its factors' size, and be no switch.
 *
 * @throws TwinError `derived-switch` when it jumps or falls, when its text changes in more than numbers and sizes, or when
 * it does not keep none, one and many; what {@link derive} throws when it has no value somewhere
 */
export function checkDerivedRules(trial: DerivedTrial): void {
  const { derived, factors, prod, scaled } = trial;
  const ends: Ends = { prod: sample(trial, prod), scaled: sample(trial, scaled) };
  const rows = derived.from.flatMap((factor) =>
    [prod, scaled].flatMap((held) =>
      risingValues(factors[factor]!, prod[factor]!, scaled[factor]!).map((row) => ({
        factor,
        samples: row.map((value) => sample(trial, { ...held, [factor]: value })),
      })),
    ),
  );
  const tried = [ends.scaled, ...rows.flatMap(({ samples }) => samples)];
  const numbers = ends.prod.words.flatMap((word, i) => (typeof word === 'number' ? [i] : []));
  const broken =
    first(tried, (it) => brokenText(trial, ends.prod, it)) ??
    first(rows, (row) => first(numbers, (i) => brokenRow(trial, row, i))) ??
    first(numbers, (i) => brokenEnds(trial, ends, i, tried));
  if (broken) throw switchError(trial, ends, broken);
}

/** A derived value where its factors have some values. */
interface Sample {
  readonly values: ScaleValues<Factors>;
  readonly result: number | string;
  /** The result as words: its numbers, the sizes of classes, and all other characters. */
  readonly words: readonly (number | string)[];
}

interface Ends {
  readonly prod: Sample;
  readonly scaled: Sample;
}

/** Samples in which one factor grows. */
interface Row {
  readonly factor: string;
  readonly samples: readonly Sample[];
}

interface Broken {
  readonly message: string;
  readonly fix: string;
}

const WORD = new RegExp(`(?<![a-z0-9])(?:${SIZE})(?![a-z0-9])|\\d+(?:\\.\\d+)?|[^]`, 'g');

function sample({ name, derived }: DerivedTrial, values: ScaleValues<Factors>): Sample {
  const result = derive(name, derived, values);
  const words =
    typeof result === 'number' ? [result] : [...result.matchAll(WORD)].map(([word]) => numeric(word));
  return { values, result, words };
}

const numeric = (word: string): number | string => (/^\d+(\.\d+)?$/.test(word) ? Number(word) : word);

/** A text that differs from production's in something else than numbers and the sizes of its classes. */
function brokenText({ derived }: DerivedTrial, prod: Sample, tried: Sample): Broken | undefined {
  const isAlike =
    typeof prod.result === typeof tried.result &&
    prod.words.length === tried.words.length &&
    prod.words.every((word, i) => {
      const other = tried.words[i]!;
      if (typeof word === 'number' && typeof other === 'number') return true;
      return (
        word === other || derived.from.some((it) => isSizeOf(prod, it, word) && isSizeOf(tried, it, other))
      );
    });
  if (isAlike) return undefined;
  return {
    message: `it is ${shown(tried)} with ${inWords(derived.from, tried.values)} and ${shown(prod)} with ${inWords(derived.from, prod.values)}, which differ in more than numbers and the size of a class`,
    fix: 'Derive a number, or a text in which nothing but numbers and the size of a class follow the factor.',
  };
}

function isSizeOf({ values }: Sample, factor: string, word: number | string): boolean {
  const value = values[factor];
  return typeof value === 'string' && partsOf(value)?.size === word;
}

/** How much faster than its factor a derived value may grow in one step: connections are not quite in proportion to memory. */
const SLACK = 1.15;

/** A number that grows more than its factor does, or that falls where its factor grows. */
function brokenRow({ derived, way }: DerivedTrial, { factor, samples }: Row, i: number): Broken | undefined {
  const steps = samples.slice(1).map((to, j) => ({ from: samples[j]!, to }));
  const grows = ({ from, to }: Step): number => Math.sign(compared(numberAt(to, i), numberAt(from, i)));
  const [rise, fall] = [steps.find((step) => grows(step) > 0), steps.find((step) => grows(step) < 0)];
  if (fall && way === 'smaller' && derived.largerBecause === undefined) {
    return {
      message: `${changed(fall, factor, derived.from)}, so that it is larger where ${factor} is smaller`,
      fix: 'Derive it so that it grows with the factor, or say in largerBecause why it may be larger.',
    };
  }
  if (fall && rise) {
    return {
      message: `${changed(rise, factor, derived.from)}, but ${changed(fall, factor, derived.from)}`,
      fix: `Let it only rise, or only fall, as ${factor} grows.`,
    };
  }
  const jump = steps.find(({ from, to }) => {
    const [less, more] = [numberAt(from, i), numberAt(to, i)].sort((a, b) => a - b) as [number, number];
    const most = less === 0 ? 1 : less * growth(from.values[factor]!, to.values[factor]!) * SLACK + 1;
    return compared(more, most) > 0;
  });
  if (jump) {
    return {
      message: `${changed(jump, factor, derived.from)}, more than ${factor} changes`,
      fix: 'Derive it in proportion to the factor, such as a number for each: what turns something on or off is no scale.',
    };
  }
  return undefined;
}

interface Step {
  readonly from: Sample;
  readonly to: Sample;
}

/** A number that is not production's none, one or many, or that is larger than production's. */
function brokenEnds(
  { id, derived, way, prodName }: DerivedTrial,
  { prod, scaled }: Ends,
  i: number,
  tried: readonly Sample[],
): Broken | undefined {
  const [p, s] = [numberAt(prod, i), numberAt(scaled, i)];
  // What is a fraction somewhere is measured, not counted: half a GiB beside one is no loss of the only one.
  const isCounted = tried.every((it) => Number.isInteger(it.words[i]));
  const plural = (n: number): string => (n === 0 ? 'none' : n === 1 && isCounted ? 'one' : 'many');
  if (plural(p) !== plural(s)) {
    return {
      message: `none stays none, one stays one and many stay many, but ${s} is not like ${p}`,
      fix: `Derive it so that "${id}" keeps what ${prodName} has, or give the factors values that do.`,
    };
  }
  if (way === 'either' || compared(s, p) <= 0 || derived.largerBecause !== undefined) return undefined;
  return {
    message: `it is larger than production's`,
    fix: 'Derive it so that it grows with its factors, or say in largerBecause why it may be larger.',
  };
}

/** A number among the words; where production has one, every text that is like production's has one too. */
const numberAt = ({ words }: Sample, i: number): number => words[i] as number;

/** The difference between two numbers, and 0 where it is only that of floating-point arithmetic. */
function compared(a: number, b: number): number {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) ? 0 : a - b;
}

/** By how many times a value's numbers grow, at the most. */
function growth(from: FactorValue, to: FactorValue): number {
  const before = numbersOf(from);
  return Math.max(
    1,
    ...Object.entries(numbersOf(to)).map(([part, n]) => (n === before[part] ? 1 : n / before[part]!)),
  );
}

const shown = ({ result }: Sample): string => JSON.stringify(result);

/** A step in words, with the factors that were held while one grew. */
function changed({ from, to }: Step, factor: string, all: readonly string[]): string {
  const held = all.filter((it) => it !== factor);
  const beside = held.length > 0 ? ` (with ${inWords(held, from.values)})` : '';
  return `it goes from ${shown(from)} to ${shown(to)} between ${inWords([factor], from.values)} and ${inWords([factor], to.values)}${beside}`;
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function switchError(
  { name, id, prodName }: DerivedTrial,
  { prod, scaled }: Ends,
  { message, fix }: Broken,
): TwinError {
  return new TwinError({
    code: 'derived-switch',
    message: `the derived value "${name}" does not follow its factors: it is ${shown(prod)} in ${prodName} and ${shown(scaled)} in "${id}"; ${message}`,
    fix,
  });
}
