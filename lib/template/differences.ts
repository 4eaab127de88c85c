import type { Json, JsonObject } from '../json';
import { equalJson, isObject, own } from '../json';
import { commonItems } from './common-items';
import { SECTIONS, type Model } from './model';

/** Where something stands in a template: keys and indices from the top. */
export type Path = readonly (string | number)[];

/** One place where two models differ. A side without the place has `undefined`. */
export interface Difference {
  /** From the top of the template: `['Resources', 'Web', 'Properties', 'DesiredCount']`. */
  readonly path: Path;
  readonly prod: Json | undefined;
  readonly staging: Json | undefined;
}

/**
 * Finds the differences of two models, from the outside in. At each difference `explain` may say that it is accounted
 * for as a whole; otherwise it is looked into, down to the values that differ.
 */
export function differences(
  prod: Model,
  staging: Model,
  explain: (difference: Difference) => boolean,
): Difference[] {
  const left: Difference[] = [];
  const walk = (path: Path, p: Json | undefined, s: Json | undefined): void => {
    if (equalJson(p, s)) return;
    const difference = { path, prod: p, staging: s };
    if (explain(difference)) return;
    if (isObject(p) && isObject(s) && !isWhole(p) && !isWhole(s)) walkKeys(path, p, s);
    else if (Array.isArray(p) && Array.isArray(s)) walkItems(path, p as Json[], s as Json[]);
    else if (!isExplainedWithin(path, p, s)) left.push(difference);
  };
  /** What a reference is made of may be explained, such as the name of an export; what is left is told as a whole. */
  const isExplainedWithin = (path: Path, p: Json | undefined, s: Json | undefined): boolean => {
    if (!isObject(p) || !isObject(s) || !isWhole(p) || !isWhole(s)) return false;
    const [key] = Object.keys(p) as [string];
    return Object.hasOwn(s, key) && explain({ path: [...path, key], prod: p[key], staging: s[key] });
  };
  const walkKeys = (path: Path, p: JsonObject, s: JsonObject): void => {
    for (const key of Object.keys(p))
      walk([...path, key], p[key], Object.hasOwn(s, key) ? s[key] : undefined);
    for (const key of Object.keys(s)) if (!Object.hasOwn(p, key)) walk([...path, key], undefined, s[key]);
  };
  const walkItems = (path: Path, p: readonly Json[], s: readonly Json[]): void => {
    const keyed = p.length === s.length ? undefined : pairedByKey(p, s);
    if (keyed) return keyed.forEach(([i, before, after]) => walk([...path, i], before, after));
    if (p.length === s.length) return p.forEach((item, i) => walk([...path, i], item, s[i]));
    for (const [i, before, after] of pairedInOrder(p, s)) walk([...path, i], before, after);
  };
  for (const section of SECTIONS) walkKeys([section], prod[section], staging[section]);
  walkKeys([], prod.top, staging.top);
  return left;
}

/** Tags and attributes paired by their keys, each with its index; undefined when they have none, or another order. */
function pairedByKey(p: readonly Json[], s: readonly Json[]) {
  const [before, after] = [keysOf(p), keysOf(s)];
  if (!before || !after) return undefined;
  const kept = (keys: readonly Json[], others: readonly Json[]) => keys.filter((key) => others.includes(key));
  if (!equalJson(kept(before, after), kept(after, before))) return undefined;
  return [
    ...s.map((item, i) => [i, p[before.indexOf(after[i]!)], item] as const),
    ...p.flatMap((item, i) => (after.includes(before[i]!) ? [] : [[i, item, undefined] as const])),
  ];
}

/** The `Key` of every item, when all have one of their own. */
function keysOf(items: readonly Json[]): readonly Json[] | undefined {
  const keys = items.map((item) => (isObject(item) ? item['Key'] : undefined));
  const isUnique = new Set(keys).size === keys.length;
  return isUnique && keys.every((key) => typeof key === 'string') ? keys : undefined;
}

/**
 * The items of two lists of different lengths, where one has some that the other has not: what is between items that both have
 * is paired in order, each with staging's index, or with its own where it is in production alone.
 */
function pairedInOrder(p: readonly Json[], s: readonly Json[]) {
  const pairs: [index: number, before: Json | undefined, after: Json | undefined][] = [];
  let [i, j] = [0, 0];
  for (const [before, after] of [...commonItems(p, s, equalJson), [p.length, s.length] as const]) {
    for (; i < before || j < after; i++, j++)
      pairs.push([j < after ? j : i, i < before ? p[i] : undefined, j < after ? s[j] : undefined]);
    [i, j] = [before + 1, after + 1];
  }
  return pairs;
}

/** What stands at a path; `undefined` when nothing does. */
export function at(model: Model, path: Path): Json | undefined {
  const [first, ...rest] = path;
  let node: Json | undefined = (SECTIONS as readonly unknown[]).includes(first)
    ? model[first as (typeof SECTIONS)[number]]
    : own(model.top, String(first));
  for (const key of rest) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string | number, Json>)[key];
  }
  return node;
}

const WHOLE = new Set(['Ref', 'Fn::GetAtt', 'Fn::ImportValue']);

/** A difference inside of `Ref` and its like is one of the whole: half a reference means nothing to a reader. */
export function isWhole(value: JsonObject): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && WHOLE.has(keys[0]!);
}

/** A path as a key of a map; no key of a template holds the separator. */
export const keyOf = (path: Path): string => path.join('\0');

/** A path as it is shown: `Properties.Tags[0].Value`. */
export function showPath(path: Path): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}
