import { isObject, type Json, type JsonObject } from '../json';
import { ANY, oneOrMany, TEXT, TEXTS, type ListShape, type ScalarShape, type Shape } from '../shape';
import { decimalOf } from './decimal';
import { isIntrinsicKey, jsonIn, MARKS, type Piece } from './json-text';
import { JSON_TEXT } from './model';
import { attributeOf, piecesOf, selected, split } from './pieces';
import { NO_VALUE } from './pseudo';

/**
 * What a value means to CloudFormation: equal for values that mean the same, written as they may be. References stand in it as `Ref` and
 * `Fn::GetAtt`; what is in no order is marked. Undefined for nothing: a property without it is a property that is not there.
 */
export function meaningOf(value: Json | undefined, shape: Shape): Json | undefined {
  if (value === undefined) return undefined;
  if (isIntrinsic(value)) {
    const isItem =
      shape.kind === 'list' && shape.isOneOrMany === true && !isNoValue(value) && !givesList(value);
    return isItem ? listOf([value], shape) : intrinsicOf(value, shape);
  }
  if (isObject(value) && JSON_TEXT in value) {
    const meaning = meaningOf(value[JSON_TEXT], jsonShapeOf(shape)) ?? null;
    return shape.kind === 'choice' && shape.isOpen === true ? meaning : { [JSON_TEXT]: meaning };
  }
  if (shape.understood) {
    const understood = shape.understood(value);
    if (understood !== value) return meaningOf(understood, { ...shape, understood: undefined });
  }
  if (shape.kind === 'choice') {
    if (typeof value !== 'string') return meaningOf(value, shape.choose(value));
    return textOf([value], shape);
  }
  if (shape.kind === 'list' && shape.isOneOrMany === true && !Array.isArray(value))
    return listOf([value], shape);
  if (Array.isArray(value)) return listOf(value as Json[], shape.kind === 'list' ? shape : within(shape));
  if (isObject(value)) return objectOf(value, shape);
  return scalarOf(value, shape);
}

/** A meaning as a text: equal for equal meanings, with what is in no order put in one. */
export function print(meaning: Json | undefined, leaf: (value: Json) => Json = (value) => value): string {
  if (meaning === undefined) return '';
  if (Array.isArray(meaning)) return `[${(meaning as Json[]).map((item) => print(item, leaf)).join()}]`;
  if (!isObject(meaning)) return JSON.stringify(leaf(meaning));
  const set = meaning[SET];
  if (set !== undefined)
    return `<${(set as Json[])
      .map((item) => print(item, leaf))
      .sort()
      .join()}>`;
  const keys = Object.keys(meaning).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${print(meaning[key], leaf)}`).join()}}`;
}

/** Whether two values mean the same. */
export const meanSame = (a: Json | undefined, b: Json | undefined, shape: Shape): boolean =>
  print(meaningOf(a, shape)) === print(meaningOf(b, shape));

/** Whether a value is an intrinsic function. */
export function isIntrinsic(value: Json): value is JsonObject {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && isIntrinsicKey(keys[0]!);
}

/** Whether the order of a list's items means nothing. */
export function isInNoOrder(items: readonly Json[], { element, order }: ListShape): boolean {
  if (typeof order === 'string') return order === 'none';
  const member = element.kind === 'object' ? (element.member(order.unique) ?? ANY) : TEXT;
  const values = items.map((item) =>
    isObject(item) && !isIntrinsic(item) ? meaningOf(item[order.unique], member) : undefined,
  );
  return (
    values.every((value) => value !== undefined) &&
    new Set(values.map((it) => print(it))).size === items.length
  );
}

/** Marks what is in no order. */
const SET = '\uE030set';
/** Marks a text with intrinsics in it. */
const TEXT_OF = '\uE030text';
/** Marks a branch of `Fn::If` that is nothing. */
const NOTHING = '\uE030nothing';

const within = (shape: Shape): ListShape => ({
  kind: 'list',
  element: shape.kind === 'any' ? shape : ANY,
  order: 'kept',
});

function listOf(items: readonly Json[], shape: ListShape): Json {
  const present = items.filter((item) => !isNoValue(item));
  const meanings = present
    .map((item) => meaningOf(item, shape.element))
    .filter((meaning) => meaning !== undefined);
  return isInNoOrder(present, shape) ? { [SET]: meanings } : meanings;
}

function objectOf(value: JsonObject, shape: Shape): Json | undefined {
  if (MARKS.number in value || MARKS.pieces in value || MARKS.bare in value) return markedOf(value, shape);
  if (MARKS.literal in value)
    return { [MARKS.literal]: membersOf(value[MARKS.literal] as JsonObject, shape) };
  return membersOf(value, shape);
}

function membersOf(value: JsonObject, shape: Shape): Json {
  const members: Record<string, Json> = {};
  for (const key in value) {
    const meaning = meaningOf(value[key], memberOf(shape, key));
    if (meaning !== undefined) members[key] = meaning;
  }
  return members;
}

/** What a member of an object is. */
export function memberOf(shape: Shape, key: string): Shape {
  if (shape.kind === 'object') return shape.member(key) ?? ANY;
  if (shape.kind === 'map') return shape.element;
  return shape.kind === 'any' ? shape : ANY;
}

/** What JSON in a text is. */
export const jsonShapeOf = (shape: Shape): Shape =>
  (shape.kind === 'text' ? shape.json : undefined) ?? (shape.kind === 'choice' ? shape : ANY);

function markedOf(value: JsonObject, shape: Shape): Json {
  const { [MARKS.number]: digits, [MARKS.pieces]: pieces, [MARKS.bare]: bare } = value;
  if (pieces !== undefined) return textOf(pieces as unknown as readonly Piece[], shape);
  if (typeof digits === 'string')
    return isOfText(shape) && Number.isSafeInteger(Number(digits)) ? String(Number(digits)) : value;
  return { [MARKS.bare]: bare! };
}

const isOfText = (shape: Shape): boolean =>
  shape.kind === 'text' || (shape.kind === 'any' && shape.asTexts === true);

function scalarOf(value: Json, shape: Shape): Json {
  if (value === null) return value;
  if (typeof value === 'string') return textOf([value], shape);
  if (shape.kind === 'number' || shape.kind === 'boolean' || isOfText(shape))
    return textOf([String(value)], shape);
  return typeof value === 'number' ? { [MARKS.number]: decimalOf(String(value)) ?? String(value) } : value;
}

function textOf(pieces: readonly Piece[], shape: Shape): Json {
  const parts = joined(pieces);
  const json = jsonIn(parts);
  if (json !== undefined) {
    const meaning = meaningOf(json, jsonShapeOf(shape)) ?? null;
    return shape.kind === 'choice' && shape.isOpen === true ? meaning : { [JSON_TEXT]: meaning };
  }
  const [only] = parts;
  if (parts.length > 1)
    return { [TEXT_OF]: parts.map((part) => (typeof part === 'string' ? part : [part.atom])) };
  if (typeof only === 'object') return only.atom;
  return literalOf(only ?? '', shape);
}

function literalOf(text: string, shape: Shape): string {
  if (shape.kind === 'number') return decimalOf(text) ?? text;
  return (shape as ScalarShape).ignoresCase === true ? text.toLowerCase() : text;
}

/** The same pieces with literals that follow each other in one. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece === '') continue;
    if (typeof piece === 'string' && typeof last === 'string') all[all.length - 1] = `${last}${piece}`;
    else all.push(piece);
  }
  return all;
}

const isNoValue = (value: Json): boolean =>
  isObject(value) && value['Ref'] === NO_VALUE && isIntrinsic(value);

/** What an intrinsic function in a text gives, as far as its arguments say. */
function atomOf(value: Json): Json {
  return meaningOf(value, TEXT) ?? { [NOTHING]: true };
}

/** Whether a function gives a list, or one of what its branches are. */
const givesList = (value: JsonObject): boolean =>
  ['Fn::If', 'Fn::Split', 'Fn::GetAZs', 'Fn::Cidr'].some((name) => name in value);

function intrinsicOf(value: JsonObject, shape: Shape): Json | undefined {
  if (isNoValue(value)) return undefined;
  const [name, argument] = Object.entries(value)[0] as [string, Json];
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]!(argument, shape) : undefined;
  if (known) return known.meaning;
  const pieces = piecesOf(value, atomOf);
  if (pieces) return textOf(pieces, shape);
  return { [name]: meaningOf(argument, TEXTS) ?? null };
}

/** The meaning of a function with this argument; undefined when it has none of its own. */
type Function = (argument: Json, shape: Shape) => { readonly meaning: Json | undefined } | undefined;

const meant = (meaning: Json | undefined) => ({ meaning });

const FUNCTIONS: Readonly<Record<string, Function>> = {
  Ref: (name) => (typeof name === 'string' ? meant({ Ref: name }) : undefined),
  'Fn::GetAtt': (argument) => meant({ 'Fn::GetAtt': attributeOf(argument, atomOf) }),
  'Fn::If': (argument, shape) => {
    if (!Array.isArray(argument) || argument.length !== 3) return undefined;
    const [condition, ...branches] = argument as [Json, Json, Json];
    const [yes, no] = branches.map((branch) => meaningOf(branch, shape));
    if (print(yes) === print(no)) return meant(yes);
    return meant({ 'Fn::If': [condition, yes ?? { [NOTHING]: true }, no ?? { [NOTHING]: true }] });
  },
  'Fn::Select': (argument, shape) => {
    const item = selected(argument);
    return item === undefined ? undefined : meant(meaningOf(item, shape));
  },
  'Fn::Split': (argument, shape) => {
    const items = split(argument);
    return items && meant(meaningOf(items, shape));
  },
  'Fn::GetAZs': (region) => meant({ 'Fn::GetAZs': region === '' ? { Ref: 'AWS::Region' } : atomOf(region) }),
  'Fn::ToJsonString': (argument) => meant({ [JSON_TEXT]: meaningOf(argument, ANY) ?? null }),
  'Fn::Equals': (argument) => meant({ 'Fn::Equals': meaningOf(argument, oneOrMany(TEXT))! }),
  'Fn::And': (argument) => meant({ 'Fn::And': meaningOf(argument, oneOrMany(TEXTS))! }),
  'Fn::Or': (argument) => meant({ 'Fn::Or': meaningOf(argument, oneOrMany(TEXTS))! }),
};
