import { randomInt } from 'node:crypto';
import { show, nonBlank, type Zod } from '../field';
import { fieldOf, parseJson, type Json } from '../json';
import type { RequestPlan } from '../config/types';

/** What stands for the release that runs. */
export const RELEASE = '{release}';

/** The schema of a text that names a release: without its name both releases would be the same. */
export const namesRelease = (z: Zod) =>
  nonBlank(z).refine((it) => it.includes(RELEASE), {
    error: ({ input }) => `is ${show(input)}; expected a text with "${RELEASE}"`,
  });

/** A text with the release that runs in the place of {@link RELEASE}. */
export const fillRelease = (text: string, release: string): string => text.replaceAll(RELEASE, () => release);

/** A request that expects the release that runs, with its name; others as they are. */
export const forRelease = <R extends { readonly contains?: string }>(plan: R, release: string): R =>
  plan.contains?.includes(RELEASE) ? { ...plan, contains: fillRelease(plan.contains, release) } : plan;

const PLACEHOLDER = /\{([A-Za-z_]\w*(?:\.\w+)*)\}/g;

/** The values of placeholders: the number of the attempt (`{i}`), and the fields of an answer (`{id}`, `{order.id}`). */
export interface Values {
  readonly i: number;
  /** @default - no answer yet: only `{i}` has a value */
  readonly answer?: Json;
}

let next = randomInt(1, 2 ** 30);

/**
 * A number for `{i}` that is unique in a rehearsal, so that a write of the baseline or of another check is not taken for
 * this one. It starts at random, because a retry is another process on the same data, and fits an `integer`.
 */
export const freshNumber = (): number => next++;

/** The names in braces in a text. */
export const placeholdersOf = (text: string): readonly string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name]) => name!);

/** A text without its placeholders. */
export const withoutPlaceholders = (text: string): string => text.replaceAll(PLACEHOLDER, '');

/** A request with the values of its placeholders filled in; those without a value stay. */
export function fill(plan: RequestPlan, values: Values): RequestPlan {
  const filled = (text: string): string => replace(text, values, (value) => value);
  return {
    ...plan,
    path: replace(plan.path, values, encoded),
    ...(plan.contains !== undefined && { contains: filled(plan.contains) }),
    ...(plan.body && {
      body: mapValues(plan.body, (value) => (typeof value === 'string' ? filled(value) : value)),
    }),
    ...(plan.headers && { headers: mapValues(plan.headers, filled) }),
  };
}

/** What the read after a write takes from the answer to it. */
export interface WriteAnswer {
  readonly i: number;
  readonly body: string;
  /** Those that it set, as they are sent back. */
  readonly cookies?: string | undefined;
}

/**
 * The read of what was written: filled in from the answer to the write, and the first name that it does not give. It is of the same
 * browser, and so of the same session: it sends the cookies of that answer, beside its own.
 */
export function readAfter(
  read: RequestPlan,
  { i, body, cookies }: WriteAnswer,
): { readonly read: RequestPlan; readonly missing: string | undefined } {
  const answer = parseJson(body);
  const filled = fill(read, { i, ...(answer !== undefined && { answer }) });
  const missing = unfilled(filled)[0];
  if (cookies === undefined) return { read: filled, missing };
  const { cookie, ...others } = lowerCased(filled.headers);
  const sent = cookie === undefined ? cookies : `${cookie}; ${cookies}`;
  return { read: { ...filled, headers: { ...others, cookie: sent } }, missing };
}

const lowerCased = (headers: RequestPlan['headers'] = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The placeholders without a value in the path of a request, in the text that it expects and in its headers. */
export const unfilled = ({ path, contains = '', headers = {} }: RequestPlan): readonly string[] =>
  [path, contains, ...Object.values(headers)].flatMap(placeholdersOf);

const mapValues = <V, W>(from: Readonly<Record<string, V>>, to: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value)]));

/** A value as a part of a path; a lone surrogate, which JSON can hold, becomes the replacement character. */
const encoded = (value: string): string => encodeURIComponent(Buffer.from(value).toString());

function replace(text: string, values: Values, encode: (value: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (placeholder, name: string) => {
    const value = valueOf(name, values);
    return value === undefined ? placeholder : encode(value);
  });
}

function valueOf(name: string, { i, answer }: Values): string | undefined {
  if (name === 'i') return String(i);
  const value = fieldOf(answer, name);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
