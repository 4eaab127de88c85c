import { randomInt } from 'node:crypto';
import { isObject, own, type Json } from '../json';
import type { RequestPlan } from './plan';

const PLACEHOLDER = /\{([A-Za-z_]\w*(?:\.\w+)*)\}/g;

/** What placeholders stand for: a number of the attempt's own (`{i}`), and the fields of an answer (`{id}`, `{order.id}`). */
export interface Values {
  readonly i: number;
  /** @default - there is no answer yet: only `{i}` stands for something */
  readonly answer?: Json;
}

let next = randomInt(1, 2 ** 30);

/**
 * A number for `{i}` that nothing else in a rehearsal has: what the baseline or another check wrote must not be taken for
 * what this one writes. It begins anywhere, because a retry is another process on the same data, and fits an `integer`.
 */
export const freshNumber = (): number => next++;

/** The names that stand between braces in a text. */
export const placeholdersOf = (text: string): readonly string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name]) => name!);

/** A text without its placeholders. */
export const withoutPlaceholders = (text: string): string => text.replaceAll(PLACEHOLDER, '');

/** A request with every placeholder that stands for something filled in; others stay as they are. */
export function fill(plan: RequestPlan, values: Values): RequestPlan {
  const filled = (text: string): string => replace(text, values, (value) => value);
  return {
    ...plan,
    path: replace(plan.path, values, encoded),
    ...(plan.contains !== undefined && { contains: filled(plan.contains) }),
    ...(plan.body && {
      body: Object.fromEntries(
        Object.entries(plan.body).map(([key, value]) => [
          key,
          typeof value === 'string' ? filled(value) : value,
        ]),
      ),
    }),
  };
}

/** The placeholders that stand for nothing in what a request sends to and looks for. */
export const unfilled = ({ path, contains = '' }: RequestPlan): readonly string[] => [
  ...placeholdersOf(path),
  ...placeholdersOf(contains),
];

/** As a part of a path; half a character, which JSON can hold, becomes a whole one that says so. */
const encoded = (value: string): string => encodeURIComponent(Buffer.from(value).toString());

function replace(text: string, values: Values, encode: (value: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (placeholder, name: string) => {
    const value = valueOf(name, values);
    return value === undefined ? placeholder : encode(value);
  });
}

function valueOf(name: string, { i, answer }: Values): string | undefined {
  if (name === 'i') return String(i);
  const value = name
    .split('.')
    .reduce<Json | undefined>((node, key) => (isObject(node) ? own(node, key) : undefined), answer);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
