import { equalJson, isObject, type Json, type JsonObject } from '../json';
import { ANY, TEXT, type ListShape, type Shape } from '../shape';
import { jsonIn, MARKS, shown, type Piece } from './json-text';
import { isIntrinsic, isInNoOrder, joined, jsonShapeOf, meaningOf, memberOf, print } from './meaning';
import { JSON_TEXT } from './model';
import { piecesOf } from './pieces';

/** The same place on both sides; undefined where a side has nothing there. */
export type Both = readonly [prod: Json | undefined, staging: Json | undefined];

/**
 * Two values in one spelling: what means the same is written as staging's is, and what is in no order stands as it does there, so that
 * whatever is still different is a difference. What is in staging stays where it is.
 */
export function inOneSpelling(prod: Json | undefined, staging: Json | undefined, shape: Shape): Both {
  if (equalJson(prod, staging)) return [prod, staging];
  const [p, s] = [meaningOf(prod, shape), meaningOf(staging, shape)];
  if (print(p) === print(s)) return [staging, staging];
  if (prod === undefined || staging === undefined) return [prod, staging];
  const [spelt, other] = alongBoth(prod, staging, shape);
  // What differs must never be made equal.
  return equalJson(spelt, other) ? [prod, staging] : [spelt, other];
}

function alongBoth(prod: Json, staging: Json, shape: Shape): Both {
  const chosen = shape.kind === 'choice' ? sharedShape(prod, staging, shape.choose) : shape;
  if (isIntrinsic(prod) && isIntrinsic(staging)) {
    const along = alongFunctions(prod, staging, chosen);
    if (along) return along;
  }
  if (isPlain(prod) && isPlain(staging)) return alongKeys(prod, staging, chosen);
  if (Array.isArray(prod) && Array.isArray(staging))
    return alongItems(prod as Json[], staging as Json[], listShapeOf(chosen));
  return openedBoth(prod, staging, shape) ?? [prod, staging];
}

/** Two values that are not of one shape are compared as any JSON. */
function sharedShape(prod: Json, staging: Json, choose: (value: Json) => Shape): Shape {
  const [p, s] = [choose(prod), choose(staging)];
  return p === s ? p : ANY;
}

const isPlain = (value: Json): value is JsonObject =>
  isObject(value) && !isIntrinsic(value) && !(JSON_TEXT in value);

const listShapeOf = (shape: Shape): ListShape =>
  shape.kind === 'list'
    ? shape
    : { kind: 'list', element: shape.kind === 'any' ? shape : ANY, order: 'kept' };

/** The branches of an `Fn::If`, and the arguments of other functions. */
function alongFunctions(prod: JsonObject, staging: JsonObject, shape: Shape): Both | undefined {
  const [name = ''] = Object.keys(staging);
  const [p, s] = [prod[name], staging[name]];
  if (!Array.isArray(p) || !Array.isArray(s) || p.length !== s.length || name === 'Fn::GetAtt')
    return undefined;
  const both = (p as Json[]).map((item, i) =>
    inOneSpelling(item, s[i] as Json, name === 'Fn::If' && i > 0 ? shape : TEXT),
  );
  return [{ [name]: both.map(([item]) => item ?? null) }, { [name]: both.map(([, item]) => item ?? null) }];
}

function alongKeys(prod: JsonObject, staging: JsonObject, shape: Shape): Both {
  const both: readonly (readonly [string, Both])[] = [
    ...new Set([...Object.keys(prod), ...Object.keys(staging)]),
  ].map((key) => [key, inOneSpelling(prod[key], staging[key], memberOf(shape, key))]);
  const side = (index: 0 | 1): Json =>
    Object.fromEntries(
      both.flatMap(([key, values]) => (values[index] === undefined ? [] : [[key, values[index]]])),
    );
  return [side(0), side(1)];
}

function alongItems(prod: readonly Json[], staging: readonly Json[], shape: ListShape): Both {
  const isThere = (item: Json): boolean => meaningOf(item, shape.element) !== undefined;
  const [ps, ss] = [prod.filter(isThere), staging.filter(isThere)];
  const along = isInNoOrder(ps, shape) && isInNoOrder(ss, shape) ? alongSets : alongRows;
  return along(ps, ss, shape.element);
}

/** Production's items in the order of staging's, then those that staging has not. */
function alongSets(prod: readonly Json[], staging: readonly Json[], element: Shape): Both {
  const partners = partnersOf(prod, staging, element);
  const taken = new Set(partners);
  const both = staging.map((item, i): Both => {
    const partner = partners[i];
    return partner === undefined ? [undefined, item] : inOneSpelling(prod[partner], item, element);
  });
  const paired = both.flatMap(([item]) => (item === undefined ? [] : [item]));
  return [[...paired, ...prod.filter((_, i) => !taken.has(i))], both.map(([, item]) => item!)];
}

/** Items one by one, or, when one list is longer, from both ends as far as they mean the same. */
function alongRows(prod: readonly Json[], staging: readonly Json[], element: Shape): Both {
  if (prod.length === staging.length) {
    const both = prod.map((item, i) => inOneSpelling(item, staging[i], element));
    return [both.map(([item]) => item!), both.map(([, item]) => item!)];
  }
  const printed = (items: readonly Json[]) => items.map((item) => print(meaningOf(item, element)));
  const [p, s] = [printed(prod), printed(staging)];
  const shorter = Math.min(p.length, s.length);
  let start = 0;
  while (start < shorter && p[start] === s[start]) start++;
  let end = 0;
  while (end < shorter - start && p.at(-1 - end) === s.at(-1 - end)) end++;
  const between = prod.slice(start, prod.length - end);
  return [[...staging.slice(0, start), ...between, ...staging.slice(staging.length - end)], staging];
}

/**
 * Of each item of staging the index of production's that it is compared with: the one that means the same, or else the one that has
 * most members in common.
 */
function partnersOf(prod: readonly Json[], staging: readonly Json[], element: Shape): (number | undefined)[] {
  const rest = new Map<string, number[]>();
  prod.forEach((item, i) => {
    const meaning = print(meaningOf(item, element));
    const alike = rest.get(meaning);
    if (alike) alike.push(i);
    else rest.set(meaning, [i]);
  });
  const partners = staging.map((item) => rest.get(print(meaningOf(item, element)))?.shift());
  const left = new Map(
    [...rest.values()]
      .flat()
      .sort((a, b) => a - b)
      .map((i) => [i, membersOf(prod[i]!, element)]),
  );
  for (const least of [1, 0]) {
    staging.forEach((item, i) => {
      if (partners[i] !== undefined || left.size === 0) return;
      const [best, shared] = closest(membersOf(item, element), left);
      if (shared < least) return;
      partners[i] = best;
      left.delete(best);
    });
  }
  return partners;
}

function closest(
  members: ReadonlySet<string>,
  others: ReadonlyMap<number, ReadonlySet<string>>,
): readonly [index: number, shared: number] {
  let found: readonly [number, number] = [-1, -1];
  for (const [index, other] of others) {
    const shared = [...members].filter((member) => other.has(member)).length;
    if (shared > found[1]) found = [index, shared];
  }
  return found;
}

const membersOf = (item: Json, element: Shape): ReadonlySet<string> =>
  new Set(
    isPlain(item)
      ? Object.entries(item).map(
          ([key, value]) => `${key} ${print(meaningOf(value, memberOf(element, key)))}`,
        )
      : [],
  );

/** Two texts that are JSON, opened: what differs in them is told, and not that they differ. */
function openedBoth(prod: Json, staging: Json, shape: Shape): Both | undefined {
  const [p, s] = [opened(prod), opened(staging)];
  if (p === undefined || s === undefined) return undefined;
  const [spelt, other] = inOneSpelling(p, s, jsonShapeOf(shape));
  return [{ [JSON_TEXT]: spelt ?? null }, { [JSON_TEXT]: other ?? null }];
}

function opened(value: Json): Json | undefined {
  if (isObject(value) && JSON_TEXT in value) return value[JSON_TEXT];
  const pieces = typeof value === 'string' || isIntrinsic(value) ? piecesOf(value, (it) => it) : undefined;
  const tree = pieces && jsonIn(joined(pieces));
  return tree === undefined ? undefined : shown(tree, written);
}

/** Pieces as the function that puts them together. */
function written(pieces: readonly Piece[]): Json {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.atom));
  return parts.length === 1 && !isMarked(parts[0]!) ? parts[0]! : { 'Fn::Join': ['', parts] };
}

const isMarked = (value: Json): boolean =>
  isObject(value) && Object.values(MARKS).some((mark) => mark in value);
