import { isObject, type Json, type JsonObject } from '../json';
import { decimalOf } from './decimal';
import { JSON_TEXT } from './model';

/** A part of a text: literal, or what an intrinsic function gives. */
export type Piece = string | { readonly atom: Json };

/**
 * Keys of what JSON in a text may hold and no template: a number with all of its digits, a text with intrinsics in it, an intrinsic
 * without quotes around it, and an object that only looks like an intrinsic.
 */
export const MARKS = {
  number: '\uE030number',
  pieces: '\uE030pieces',
  bare: '\uE030bare',
  literal: '\uE030literal',
} as const;

/** How deep JSON in a text may be nested: what is deeper is compared as text. */
const MAX_DEPTH = 250;

/**
 * The JSON document that a text is, with {@link MARKS}; undefined for another text, and for one that says more than its JSON, such as a key
 * that it has twice.
 */
export function jsonIn(pieces: readonly Piece[]): Json | undefined {
  const first = pieces[0];
  if (typeof first !== 'string' || !/^\s*[[{]/.test(first)) return undefined;
  if (pieces.some((piece) => typeof piece === 'string' && /[\uE020\uE021\uE030]/.test(piece)))
    return undefined;
  const atoms: Json[] = [];
  const text = pieces
    .map((piece) => (typeof piece === 'string' ? piece : `\uE020${atoms.push(piece.atom) - 1}\uE021`))
    .join('');
  // Of patterns and ranges such as "[0]" nobody knows that they are JSON.
  if (!/["{]/.test(text)) return undefined;
  try {
    return new Reader(text, atoms).document();
  } catch (error) {
    if (error === NOT_JSON || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The keys of an object that is an intrinsic function to CloudFormation. */
export const isIntrinsicKey = (key: string): boolean => key === 'Ref' || key.startsWith('Fn::');

/**
 * JSON with {@link MARKS} as JSON of a template.
 *
 * @param write - gives the intrinsic for a text with intrinsics in it
 * @returns undefined when it holds what JSON of a template cannot say
 */
export function shown(tree: Json, write: (pieces: readonly Piece[]) => Json): Json | undefined {
  if (Array.isArray(tree)) {
    const items = (tree as Json[]).map((item) => shown(item, write));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!isObject(tree)) return tree;
  const { [MARKS.number]: digits, [MARKS.pieces]: pieces } = tree;
  if (typeof digits === 'string') {
    const number = Number(digits);
    return decimalOf(String(number)) === digits ? number : undefined; // digits would be lost
  }
  if (pieces !== undefined) return write(pieces as unknown as readonly Piece[]);
  if (MARKS.bare in tree || MARKS.literal in tree) return undefined;
  const entries = Object.entries(tree).map(([key, value]) => [key, shown(value, write)] as const);
  return entries.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(entries) as JsonObject)
    : undefined;
}

/** Keys that no template has: the prototype of an object, and the mark of an opened text. */
const REFUSED = new Set(['__proto__', JSON_TEXT]);

const NOT_JSON = new Error('no JSON');

const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

/** JSON.parse keeps no digits beyond 2^53, lets a key stand twice, and knows no intrinsics. */
class Reader {
  #at = 0;
  readonly #word = /true|false|null|-?\d[\d.eE+-]*/y;
  readonly #string = /"(?:[^"\\]+|\\[^])*"/y;
  readonly #hole = /\uE020(\d+)\uE021/y;
  readonly #space = /[ \t\r\n]*/y;

  constructor(
    private readonly text: string,
    private readonly atoms: readonly Json[],
  ) {}

  document(): Json {
    const value = this.value(0);
    if (this.#at < this.text.length) throw NOT_JSON;
    return value;
  }

  private value(depth: number): Json {
    if (depth > MAX_DEPTH) throw NOT_JSON;
    this.match(this.#space);
    const value = this.unspaced(depth);
    this.match(this.#space);
    return value;
  }

  private unspaced(depth: number): Json {
    if (this.take('{')) return this.object(depth);
    if (this.take('[')) return this.array(depth);
    const hole = this.match(this.#hole);
    if (hole) return { [MARKS.bare]: this.atoms[Number(hole[1])]! };
    const string = this.match(this.#string);
    if (string) return this.string(string[0]);
    const word = this.match(this.#word)?.[0] ?? '';
    if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
    const number = decimalOf(word);
    if (number === undefined) throw NOT_JSON;
    return { [MARKS.number]: number };
  }

  private object(depth: number): Json {
    const entries = new Map<string, Json>();
    do {
      this.match(this.#space);
      if (entries.size === 0 && this.take('}')) return {};
      const key = JSON.parse(this.match(this.#string)?.[0] ?? this.fail()) as string;
      this.match(this.#space);
      if (entries.has(key) || REFUSED.has(key) || key.includes('\uE020') || !this.take(':')) throw NOT_JSON;
      entries.set(key, this.value(depth + 1));
    } while (this.take(','));
    if (!this.take('}')) throw NOT_JSON;
    const [only = ''] = entries.keys();
    const object = Object.fromEntries(entries);
    return entries.size === 1 && isIntrinsicKey(only) ? { [MARKS.literal]: object } : object;
  }

  private array(depth: number): Json {
    const items: Json[] = [];
    this.match(this.#space);
    if (this.take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.take(','));
    if (!this.take(']')) throw NOT_JSON;
    return items;
  }

  private string(quoted: string): Json {
    const text = JSON.parse(quoted) as string;
    if (!text.includes('\uE020')) return text;
    const pieces = text
      .split(/\uE020(\d+)\uE021/)
      .map((piece, i): Piece => (i % 2 === 0 ? piece : { atom: this.atoms[Number(piece)]! }))
      .filter((piece) => piece !== '');
    return { [MARKS.pieces]: pieces as unknown as Json };
  }

  private take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  private fail(): never {
    throw NOT_JSON;
  }
}
