import type { Json } from '../json';

/** What placeholders stand for in one environment: a factor's value, a name, a generated word. */
export type Values = ReadonlyMap<string, number | string>;

/** A rising linear function of what a name stands for, kept within a limit: `${1 + readers}`, `${min(3, zones)}`. */
export interface Expression {
  readonly name: string;
  /** @default 1 */
  readonly factor?: number;
  /** @default 0 */
  readonly offset?: number;
  /** @default - none */
  readonly limit?: { readonly by: 'min' | 'max'; readonly value: number };
}

/** An expression as a text shows it, without the braces. */
export function showExpression({ name, factor = 1, offset = 0, limit }: Expression): string {
  const product = factor === 1 ? name : `${factor} * ${name}`;
  const sum = offset === 0 ? product : `${offset} + ${product}`;
  return limit ? `${limit.by}(${limit.value}, ${sum})` : sum;
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const EXPRESSION = new RegExp(
  `^(?:(min|max)\\((${NUMBER}), )?(?:(${NUMBER}) \\+ )?(?:(${NUMBER}) \\* )?([A-Za-z][\\w.:-]*)(\\)?)$`,
);

/** Reads what {@link showExpression} wrote; undefined for anything else. */
export function readExpression(text: string): Expression | undefined {
  const [, by, value, offset, factor, name, end] = EXPRESSION.exec(text) ?? [];
  if (name === undefined || (by === undefined) !== (end === '')) return undefined;
  return {
    name,
    ...(factor !== undefined && { factor: Number(factor) }),
    ...(offset !== undefined && { offset: Number(offset) }),
    ...(by !== undefined && { limit: { by: by as 'min' | 'max', value: Number(value) } }),
  };
}

/** What an expression comes to; undefined when its name stands for nothing, or for no number where one is needed. */
export function evaluateExpression(expression: Expression, values: Values): number | string | undefined {
  const { name, factor = 1, offset = 0, limit } = expression;
  const value = values.get(name);
  if (value === undefined) return undefined;
  const isPlain = factor === 1 && offset === 0 && limit === undefined;
  if (isPlain || typeof value === 'string') return isPlain ? value : undefined;
  const sum = round(offset + factor * value);
  return limit ? Math[limit.by](limit.value, sum) : sum;
}

/** Sums of fractions miss by the last digits of a double: 0.1 * 3 is 0.3 to a template. */
export const round = (value: number): number => Number(value.toPrecision(12));

/** The expressions in a text, as they are written. */
export const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map((match) => match[1]!);

/** The names in a text's expressions. */
export const namesIn = (text: string): string[] =>
  placeholdersOf(text).flatMap((placeholder) => readExpression(placeholder)?.name ?? []);

const PLACEHOLDER = /\$\{([^!}][^}]*)\}/g;

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
  let isMissing = false;
  const evaluate = (placeholder: string): number | string => {
    const expression = readExpression(placeholder);
    const value = expression && evaluateExpression(expression, values);
    isMissing ||= value === undefined;
    return value ?? '';
  };
  const [whole] = placeholdersOf(text);
  const filled =
    whole !== undefined && text === `\${${whole}}`
      ? evaluate(whole)
      : text
          .replaceAll(PLACEHOLDER, (_, placeholder: string) => String(evaluate(placeholder)))
          .replaceAll('${!', '${');
  return isMissing ? undefined : filled;
}

/** Whether a text, filled, is what stands in a template: a number there may be the text of one. */
export function fillsTo(text: string, values: Values, value: Json | undefined): boolean {
  const filled = fill(text, values);
  const isLeaf = typeof value === 'number' || typeof value === 'string';
  return filled !== undefined && isLeaf && String(filled) === String(value);
}
