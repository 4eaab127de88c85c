import { isObject, listOf, own, type Json } from '../json';
import { MARKS, type Piece } from './json-text';
import { JSON_TEXT } from './model';
import { NO_VALUE } from './pseudo';
import { subPartsOf } from './sub';

/** What an intrinsic function gives, where no text says it. */
type AtomOf = (value: Json) => Json;

/**
 * The parts of a text, which intrinsic functions may put together: `Fn::Join`, `Fn::Sub` and their like in any nesting.
 *
 * @returns undefined for what is no text, or only one in some cases
 */
export function piecesOf(value: Json, atomOf: AtomOf): Piece[] | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [String(value)];
  if (!isObject(value)) return undefined;
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  return own(TEXTUAL, name)?.(value[name]!, atomOf);
}

/** The text that was opened; undefined where intrinsics are in it. */
function writtenAs(opened: Json): string | undefined {
  const text = JSON.stringify(opened);
  return /"(?:Ref|Fn::\w+)":/.test(text) ? undefined : text;
}

/** A text that stands for itself, also when it was opened. */
const plainText = (value: Json | undefined): string | undefined =>
  typeof value === 'string'
    ? value
    : isObject(value) && JSON_TEXT in value
      ? writtenAs(value[JSON_TEXT])
      : undefined;

/** Whether a value is nothing. */
const isNoValue = (value: Json): boolean => isObject(value) && value['Ref'] === NO_VALUE;

/** Whether a value is nothing in some cases. */
const mayBeNothing = (value: Json): boolean =>
  isNoValue(value) || (isObject(value) && listOf(value['Fn::If']).slice(1).some(mayBeNothing));

/** What `Fn::Select` takes, where that is plain; undefined where it hangs on something. */
export function selected(argument: Json): Json | undefined {
  if (!Array.isArray(argument) || argument.length !== 2) return undefined;
  const [index, list] = argument as [Json, Json];
  const items = Array.isArray(list)
    ? (list as Json[])
    : isObject(list)
      ? split(list['Fn::Split'])
      : undefined;
  if (!items || !/^\d+$/.test(String(index))) return undefined;
  // A list may be shorter than it looks when it is deployed.
  if (items.some(mayBeNothing)) return undefined;
  return items[Number(index)];
}

/** The parts of a text that `Fn::Split` divides, where that is plain. */
export function split(argument: Json | undefined): string[] | undefined {
  if (!Array.isArray(argument) || argument.length !== 2) return undefined;
  const text = argument[1] as Json;
  const delimiter = plainText(argument[0] as Json);
  if (delimiter === undefined || delimiter === '') return undefined;
  const [only, ...more] = piecesOf(text, (value) => value) ?? [{ atom: null }];
  return typeof only === 'string' && more.length === 0 ? only.split(delimiter) : undefined;
}

/** What `Fn::GetAtt` takes as id and attribute: `B.Arn`, `[B, Arn]`, `[B, Outputs, Arn]`. */
export function attributeOf(argument: Json, atomOf: AtomOf): Json {
  const parts = Array.isArray(argument) ? (argument as Json[]) : [argument];
  if (parts.every((part) => typeof part === 'string')) {
    const [id = '', ...attribute] = parts.join('.').split('.');
    return [id, attribute.join('.')];
  }
  return parts.map((part) => (typeof part === 'string' ? part : atomOf(part)));
}

const TEXTUAL: Readonly<Record<string, (argument: Json, atomOf: AtomOf) => Piece[] | undefined>> = {
  [MARKS.pieces]: (pieces) => pieces as unknown as Piece[],
  // An opened text is what it is written as, unless intrinsics are in it.
  [JSON_TEXT]: (json) => {
    const text = writtenAs(json);
    return text === undefined ? undefined : [text];
  },
  Ref: (name) => (typeof name === 'string' ? [{ atom: { Ref: name } }] : undefined),
  'Fn::GetAtt': (argument, atomOf) => [{ atom: { 'Fn::GetAtt': attributeOf(argument, atomOf) } }],
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Base64': (argument, atomOf) => {
    const text = atomOf(argument);
    if (typeof text === 'string') return [Buffer.from(text).toString('base64')];
    return [{ atom: { 'Fn::Base64': text } }];
  },
  'Fn::Select': (argument, atomOf) => {
    const item = selected(argument);
    return item === undefined ? undefined : piecesIn(item, atomOf);
  },
};

const piecesIn = (value: Json, atomOf: AtomOf): Piece[] =>
  piecesOf(value, atomOf) ?? [{ atom: atomOf(value) }];

function join(argument: Json, atomOf: AtomOf): Piece[] | undefined {
  if (!Array.isArray(argument) || argument.length !== 2) return undefined;
  const list = argument[1] as Json;
  const delimiter = plainText(argument[0] as Json);
  if (delimiter === undefined) return undefined;
  const divided = isObject(list) ? list['Fn::Split'] : undefined;
  if (Array.isArray(divided) && divided.length === 2 && divided[0] === delimiter && delimiter !== '')
    return piecesIn(divided[1] as Json, atomOf);
  const items = Array.isArray(list) ? (list as Json[]).filter((item) => !isNoValue(item)) : split(divided);
  // Of an item that may be nothing nobody knows whether a delimiter follows it.
  if (!items || (delimiter !== '' && items.some(mayBeNothing))) return undefined;
  return items.flatMap((item, i) => [...(i === 0 ? [] : [delimiter]), ...piecesIn(item, atomOf)]);
}

function substitute(argument: Json, atomOf: AtomOf): Piece[] | undefined {
  const [template, names = {}] = Array.isArray(argument) ? (argument as Json[]) : [argument];
  const text = plainText(template);
  if (text === undefined || !isObject(names)) return undefined;
  return subPartsOf(text).flatMap((part): Piece[] => {
    if ('text' in part) return [part.text];
    const { name } = part;
    const given = own(names, name);
    if (given !== undefined) return piecesIn(given, atomOf);
    return [{ atom: name.includes('.') ? { 'Fn::GetAtt': attributeOf(name, atomOf) } : { Ref: name } }];
  });
}
