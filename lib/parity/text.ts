import type { Json } from '../json';
import { escape } from '../template/words';
import { WRITTEN_AS, writtenAs } from './writing';

/** What placeholders stand for in one environment: a factor's value, a name, a generated word. */
export type Values = ReadonlyMap<string, number | string>;

/**
 * A rising linear function of what a name stands for, or of the product of several, kept within a limit: `${1 + readers}`,
 * `${shards * zones}`, `${min(3, zones)}`. A text may write it in a way of its own: `${rate of 60 * minutes}`.
 */
export interface Expression {
  readonly name: string;
  /** The others that it is multiplied with, as where one loop runs inside another. @default - none */
  readonly times?: readonly string[];
  /** @default 1 */
  readonly factor?: number;
  /** @default 0 */
  readonly offset?: number;
  /** @default - none */
  readonly limit?: { readonly by: 'min' | 'max'; readonly value: number };
  /** How it is written. @default - by its digits */
  readonly as?: string;
}

/** An expression as a text shows it, without the braces. */
export function showExpression(expression: Expression): string {
  const { factor = 1, offset = 0, limit, as } = expression;
  const product = [...(factor === 1 ? [] : [factor]), ...namesOf(expression)].join(' * ');
  const sum = offset === 0 ? product : `${offset} + ${product}`;
  const shown = limit ? `${limit.by}(${limit.value}, ${sum})` : sum;
  return as === undefined ? shown : `${as} of ${shown}`;
}

/** The names that an expression reads. */
export const namesOf = ({ name, times = [] }: Expression): readonly string[] => [name, ...times];

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
/** A factor, a derived value or a name; of a tag its key, which may hold letters, digits, spaces and `_.:/=+-@`. */
const NAME = String.raw`[A-Za-z][\p{L}\p{N}\p{Zs}_.:/=+@-]*`;
const EXPRESSION = new RegExp(
  `^(?:(${WRITTEN_AS}) of )?(?:(min|max)\\((${NUMBER}), )?(?:(${NUMBER}) \\+ )?(?:(${NUMBER}) \\* )?(${NAME})((?: \\* ${NAME})*)(\\)?)$`,
  'u',
);

/** Reads what {@link showExpression} wrote; undefined for anything else. */
export function readExpression(text: string): Expression | undefined {
  const [, as, by, value, offset, factor, name, others = '', end] = EXPRESSION.exec(text) ?? [];
  if (name === undefined || (by === undefined) !== (end === '')) return undefined;
  const times = others.split(' * ').slice(1);
  return {
    name,
    ...(times.length > 0 && { times }),
    ...(factor !== undefined && { factor: Number(factor) }),
    ...(offset !== undefined && { offset: Number(offset) }),
    ...(by !== undefined && { limit: { by: by as 'min' | 'max', value: Number(value) } }),
    ...(as !== undefined && { as }),
  };
}

/** What an expression comes to; undefined when its name stands for nothing, or for no number where one is needed. */
export function evaluateExpression(expression: Expression, values: Values): number | string | undefined {
  const value = unwritten(expression, values);
  if (expression.as === undefined) return value;
  return typeof value === 'number' ? writtenAs(expression.as, value) : undefined;
}

/** What an expression comes to before it is written. */
export function unwritten(expression: Expression, values: Values): number | string | undefined {
  const { factor = 1, offset = 0, limit } = expression;
  const all = namesOf(expression).map((name) => values.get(name));
  const [first] = all;
  if (first === undefined) return undefined;
  const isPlain = all.length === 1 && factor === 1 && offset === 0 && limit === undefined;
  if (isPlain) return first;
  if (!all.every((value) => typeof value === 'number')) return undefined;
  const value = all.reduce((product, it) => product * it, 1);
  const sum = round(offset + factor * value);
  return limit ? Math[limit.by](limit.value, sum) : sum;
}

/** Sums of fractions miss by the last digits of a double: 0.1 * 3 is 0.3 to a template. Whole numbers are exact. */
export const round = (value: number): number =>
  Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));

/** The expressions in a text, as they are written. */
export const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].flatMap(([, expression]) => expression ?? []);

/** The names in a text's expressions. */
export const namesIn = (text: string): string[] =>
  placeholdersOf(text).flatMap((expression) =>
    namesOf(readExpression(expression) ?? { name: '' }).filter((name) => name !== ''),
  );

/** A placeholder, or what a literal `${` is written as. */
const PLACEHOLDER = /\$\{([^!}][^}]*)\}|\$\{!/g;

/** A literal text as part of a text with placeholders. */
export const literal = (text: string): string => text.replaceAll('${', '${!');

/** A text with a placeholder for an expression. */
export const placeholder = (expression: Expression): string => `\${${showExpression(expression)}}`;

/**
 * A text with its placeholders filled: a number when it is one placeholder that stands for a number.
 *
 * @returns undefined when one of them stands for nothing
 */
export function fill(text: string, values: Values): number | string | undefined {
  const pieces = piecesOf(text, values);
  if (pieces.includes(undefined)) return undefined;
  const [whole] = pieces;
  return pieces.length === 1 && typeof whole === 'number' ? whole : pieces.join('');
}

/** Whether a text, filled, is what stands in a template; fractions may differ in the last digits of a double. */
export function fillsTo(text: string, values: Values, value: Json | undefined): boolean {
  const filled = fill(text, values);
  if (typeof value === 'number') return typeof filled === 'number' && isClose(filled, value);
  if (typeof value !== 'string' || filled === undefined) return false;
  return String(filled) === value || fillsFractions(piecesOf(text, values), value);
}

/** What a text is made of in turn: literal texts, and what its placeholders stand for. */
function piecesOf(text: string, values: Values): (number | string | undefined)[] {
  const pieces: (number | string | undefined)[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const expression = match[1] === undefined ? undefined : readExpression(match[1]);
    if (match[1] === undefined) pieces.push('${');
    else pieces.push(expression && evaluateExpression(expression, values));
  }
  return end < text.length ? [...pieces, text.slice(end)] : pieces;
}

function fillsFractions(pieces: readonly (number | string | undefined)[], value: string): boolean {
  const source = pieces.map((piece) => (typeof piece === 'number' ? `(${NUMBER})` : escape(String(piece))));
  const found = new RegExp(`^${source.join('')}$`, 's').exec(value)?.slice(1);
  const numbers = pieces.filter((piece) => typeof piece === 'number');
  return (
    found?.every((text, i) => String(Number(text)) === text && isClose(numbers[i]!, Number(text))) === true
  );
}

/** Two whole numbers are never close. */
const isClose = (a: number, b: number): boolean =>
  Math.abs(a - b) <= Math.min(0.1, 1e-9 * Math.abs(b) + 1e-12);
