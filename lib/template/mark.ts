import { isObject, type Json, type JsonObject } from '../json';

const MARK = '\uE030mark';

/** Stands in a model where a factor stands in the topology: the text with `${name}` in it, and the value there. */
export interface Mark extends JsonObject {
  readonly [MARK]: string;
  readonly value: number | string;
}

/** A mark for a value. */
export const mark = (text: string, value: number | string): Mark => ({ [MARK]: text, value });

/** Whether a node of a model is a mark. */
export const isMark = (node: unknown): node is Mark => isObject(node) && Object.hasOwn(node, MARK);

/** The text of a mark, such as `db.${ordersInstance}`. */
export const textOf = (node: Mark): string => node[MARK];

/** The node with each mark in it replaced by `read` of it. */
export function unmark<T extends Json | undefined>(
  node: T,
  read: (node: Mark) => Json = ({ value }) => value,
): T {
  if (typeof node !== 'object' || node === null) return node;
  if (isMark(node)) return read(node) as T;
  if (Array.isArray(node)) return (node as Json[]).map((item) => unmark(item, read)) as unknown as T;
  const entries = Object.entries(node as JsonObject).map(([key, child]) => [key, unmark(child, read)]);
  return Object.fromEntries(entries) as T;
}

/** The names in a mark's text. */
export const namesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{([^}]+)\}/g)].map((match) => match[1]!);

/** A mark's text with the names replaced by values; a number when nothing but one number is left. */
export function fill(
  text: string,
  values: Readonly<Record<string, number | string>>,
): number | string | undefined {
  const names = namesIn(text);
  if (names.some((name) => !Object.hasOwn(values, name))) return undefined;
  if (names.length === 1 && text === `\${${names[0]}}`) return values[names[0]!];
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => String(values[name]));
}
