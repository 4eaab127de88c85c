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
 *
 * @param isKnown - whether two values are one and the same, each as its side writes it: such items of lists belong together, whatever
 * stands before them. @default - only equal ones are
 */
export function differences(
  prod: Model,
  staging: Model,
  explain: (difference: Difference) => boolean,
  isKnown: (difference: Difference) => boolean = () => false,
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
    if (p.length === s.length) return p.forEach((item, i) => walk([...path, i], item, s[i]));
    const isAlike: IsAlike = (i, j) => areAlike({ path: [...path, j], prod: p[i], staging: s[j] }, isKnown);
    for (const [i, before, after] of pairedByKey(p, s, isAlike) ?? pairedInOrder(p, s, isAlike))
      walk([...path, i], before, after);
  };
  for (const section of SECTIONS) walkKeys([section], prod[section], staging[section]);
  walkKeys([], prod.top, staging.top);
  return left;
}

/** Whether an item of production's is one of staging's, by their indices. */
type IsAlike = (prod: number, staging: number) => boolean;

/** Whether two values differ only where that is known. */
function areAlike(difference: Difference, isKnown: (difference: Difference) => boolean): boolean {
  const { path, prod: p, staging: s } = difference;
  if (equalJson(p, s) || isKnown(difference)) return true;
  if (typeof p !== 'object' || typeof s !== 'object' || p === null || s === null) return false;
  if (Array.isArray(p) !== Array.isArray(s)) return false;
  const keys = Object.keys(p);
  return (
    keys.length === Object.keys(s).length &&
    keys.every(
      (key) =>
        Object.hasOwn(s, key) &&
        areAlike(
          {
            path: [...path, Array.isArray(p) ? Number(key) : key],
            prod: (p as JsonObject)[key],
            staging: (s as JsonObject)[key],
          },
          isKnown,
        ),
    )
  );
}

type PairedItem = readonly [index: number, before: Json | undefined, after: Json | undefined];

/** Tags and attributes paired by their keys, each with its index; undefined when they have none, or another order. */
function pairedByKey(
  p: readonly Json[],
  s: readonly Json[],
  isAlike: IsAlike,
): readonly PairedItem[] | undefined {
  const [before, after] = [keysOf(p), keysOf(s)];
  if (!before || !after) return undefined;
  const fellows = after.map((key, j) => {
    const same = before.indexOf(key);
    return same >= 0 ? same : p.findIndex((_, i) => !after.includes(before[i]!) && isAlike(i, j));
  });
  const found = fellows.filter((i) => i >= 0);
  if (found.some((i, n) => n > 0 && i <= found[n - 1]!)) return undefined;
  return [
    ...s.map((item, j): PairedItem => [j, p[fellows[j]!], item]),
    ...p.flatMap((item, i): PairedItem[] => (found.includes(i) ? [] : [[i, item, undefined]])),
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
function pairedInOrder(p: readonly Json[], s: readonly Json[], isAlike: IsAlike): readonly PairedItem[] {
  const pairs: PairedItem[] = [];
  let [i, j] = [0, 0];
  const common = commonItems([...p.keys()], [...s.keys()], isAlike);
  for (const [before, after] of [...common, [p.length, s.length] as const]) {
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
