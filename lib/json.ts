/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is an object with keys, not a list and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list, or an empty one for anything else. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as Json[]) : [];

/** An object's own value of a key; undefined for what it only inherits, such as `constructor`. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The key of an object that has one alone, as intrinsic functions have. */
export function onlyKey(node: JsonObject): string | undefined {
  let only: string | undefined;
  for (const key in node) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}

/** Whether a value may hold others. */
export const isParent = (value: Json): value is readonly Json[] | JsonObject =>
  typeof value === 'object' && value !== null;

/** Whether a text stands in a value: in a key, or in another text. */
export function mentions(value: Json, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (Array.isArray(value)) return (value as Json[]).some((item) => mentions(item, text));
  return (
    isObject(value) && Object.keys(value).some((key) => key.includes(text) || mentions(value[key]!, text))
  );
}

/** Whether two values are the same JSON; the order of keys does not matter. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]))
  );
}

/** The value that a text is in JSON; undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A field of JSON by its path, such as `build.version`; undefined where there is none. */
export const fieldOf = (json: Json | undefined, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>((node, key) => (isObject(node) ? own(node, key) : undefined), json);

/** The node as text with its keys in order: equal for equal nodes. */
export function canonical(node: Json): string {
  if (!isParent(node)) return JSON.stringify(node);
  let text = '';
  if (Array.isArray(node)) {
    for (const item of node as Json[]) text += `${text === '' ? '' : ','}${canonical(item)}`;
    return `[${text}]`;
  }
  const entries = node as JsonObject;
  for (const key of Object.keys(entries).sort()) {
    const value = entries[key];
    if (value !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(value)}`;
  }
  return `{${text}}`;
}
