import { evaluateExpression, literal, placeholder, type Expression, type Values } from '../../parity/text';
import { cutIn } from './cut';
import { follow, type SourcesOf, type Wanted } from './follow';
import type { Names } from '../instances/names';
import { writtenParts } from '../../parity/writing';
import { match, merge, ownText, PIECES, tokensOf, WITH_FRACTIONS, type Slot } from './slots';

/** One string as an instance has it, with what the instance is called and scaled to. */
export interface Seen {
  readonly text: string;
  readonly names: Names;
  readonly scale: Values;
  /** A neutral name is found in no word by accident; a real one may be a word itself. */
  readonly isNeutral: boolean;
}

/** What strings have in common: literal parts, and parts that follow a name, a factor or a hash. */
export type Part =
  | { readonly is: 'literal'; readonly text: string }
  | { readonly is: 'name'; readonly keys: readonly string[] }
  | { readonly is: 'scale'; readonly expression: Expression }
  | {
      readonly is: 'generated';
      /** Whether it is a text with a name in it, cut to a length. */ readonly isCut?: true;
    };

/** The parts of strings that explain all of them; or why there are none. */
export type TextFit =
  | {
      readonly parts: readonly Part[];
      /** Names of the scale that numbers in it follow alike, in pairs. */
      readonly rivals: readonly Rivals[];
    }
  | Unfit;

/** Why strings have no text in common, and what values of the scale may show one. */
interface Unfit {
  readonly parts?: undefined;
  readonly why: string;
  readonly wanted: readonly Wanted[];
  /** Whether a number in it may follow a factor, and was seen in too few instances to tell. */
  readonly isScarce: boolean;
}

/** Two names of a scale that what was seen follows alike. */
export type Rivals = readonly [string, string];

/**
 * Finds the text with placeholders that several strings are made of. With the names taken out they must be equal word
 * by word, but for numbers that follow a factor and for words that are generated: these are of one length and kind, and
 * another one under every name.
 */
export function fitTexts(seen: readonly Seen[], sourcesOf: SourcesOf): TextFit {
  let unfit = misfit('its texts have different words');
  for (const known of [withScale, ({ names }: Seen) => names, () => NO_NAMES]) {
    const named = seen.map((it): Seen => ({ ...it, names: known(it) }));
    const neutral = named.filter(({ isNeutral }) => isNeutral);
    for (const pieces of [WITH_FRACTIONS, PIECES]) {
      const merged = merge(
        neutral.map(({ text, names }) => tokensOf(text, names, pieces)),
        neutral.map(({ scale }) => scale),
      );
      if (!merged) continue;
      const fit = solve(named, merged, sourcesOf, seen);
      if (fit.parts) return fit;
      unfit = fit;
    }
  }
  const written = fitWritten(seen, sourcesOf);
  if (written?.parts) return written;
  if (written) unfit = written;
  const cut = cutIn(seen);
  if (!cut) return unfit;
  const parts: Part[] = [
    { is: 'literal', text: cut.before },
    { is: 'generated', isCut: true },
    { is: 'literal', text: cut.after },
  ];
  return { parts: parts.filter((part) => part.is !== 'literal' || part.text !== ''), rivals: [] };
}

/** Texts that write numbers in a way of their own; undefined when none of them does. */
function fitWritten(seen: readonly Seen[], sourcesOf: SourcesOf): TextFit | undefined {
  let unfit: Unfit | undefined;
  for (const written of writtenParts(seen.map(({ text }) => text))) {
    const parts: Part[] = [];
    const rivals: Rivals[] = [];
    for (const part of written) {
      if ('text' in part) {
        if (part.text !== '') parts.push({ is: 'literal', text: part.text });
        continue;
      }
      const scales = seen.map(({ scale }) => scale);
      const followed = follow(part.numbers, scales, sourcesOf);
      if (!followed.expression) {
        unfit = { ...followed, why: 'what it says in numbers follows no scale factor' };
        break;
      }
      parts.push({ is: 'scale', expression: { ...followed.expression, as: part.how } });
      rivals.push(...followed.rivals.map((rival): Rivals => [followed.expression.name, rival]));
    }
    if (parts.length === written.filter((part) => !('text' in part) || part.text !== '').length)
      return { parts: joined(parts), rivals };
  }
  return unfit;
}

const misfit = (why: string): Unfit => ({ why, wanted: [], isScarce: false });

/** A class or a derived text is looked for as a whole, as a name is. */
function withScale({ names, scale }: Seen): Names {
  const known = scaled.get(names);
  if (known) return known;
  const texts = [...scale].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const whole = texts.filter(([name, text]) => !name.endsWith('.size') && text.length > 3);
  const all: Names = new Map([...names, ...whole.map(([name, text]) => [`${SCALE}${name}`, text] as const)]);
  scaled.set(names, all);
  return all;
}

/** An instance has one scale: its names are enough to know it by. */
const scaled = new WeakMap<Names, Names>();

/** Tells what the scale gives from what an environment is called. */
const SCALE = 'scale:';

/** What the parts come to in one instance's string: the words that are generated there, in order. */
export function generatedIn(
  parts: readonly Part[],
  { text, names, scale }: Omit<Seen, 'isNeutral'>,
): string[] | undefined {
  const slotsOfParts = (isExact: boolean): Slot[] =>
    parts.map((part): Slot => {
      if (part.is === 'literal') return { is: 'same', text: part.text };
      if (part.is === 'name') return { is: 'name', keys: part.keys };
      if (part.is === 'generated') return { is: part.isCut ? 'cut' : 'word' };
      const value = evaluateExpression(part.expression, scale);
      return typeof value === 'number' && !isExact ? { is: 'number' } : { is: 'same', text: String(value) };
    });
  const slots = slotsOfParts(true);
  // A fraction may be written with the last digits of a double.
  const found = match(slots, text, names) ?? match(slotsOfParts(false), text, names);
  return found?.filter((_, i) => slots[i]!.is === 'word' || slots[i]!.is === 'cut');
}

/** The text with placeholders; generated words are numbered from `first`. */
export function textOf(parts: readonly Part[], first: number): string {
  let next = first;
  return parts
    .map((part) => {
      if (part.is === 'literal') return literal(part.text);
      if (part.is === 'scale') return placeholder(part.expression);
      return placeholder({ name: part.is === 'name' ? part.keys[0]! : `generated.${next++}` });
    })
    .join('');
}

const NO_NAMES: Names = new Map();

function solve(
  seen: readonly Seen[],
  slots: readonly Slot[],
  sourcesOf: SourcesOf,
  whole: readonly Seen[],
): TextFit {
  const rows: string[][] = [];
  for (const { text, names } of seen) {
    const row = match(slots, text, names);
    if (!row) return misfit('one environment has a text of its own');
    rows.push(row);
  }
  const parts: Part[] = [];
  const rivals: Rivals[] = [];
  for (const [i, slot] of slots.entries()) {
    const column = rows.map((row) => row[i]!);
    const onRivals = (one: string, other: string): unknown => rivals.push([one, other]);
    const part = solveSlot(slot, column, seen, onRivals, sourcesOf, whole);
    if (typeof part === 'string') return misfit(part);
    if ('why' in part) return part;
    parts.push(part);
  }
  return { parts: joined(parts), rivals };
}

function solveSlot(
  slot: Slot,
  column: readonly string[],
  seen: readonly Seen[],
  onRivals: (one: string, other: string) => void,
  sourcesOf: SourcesOf,
  whole: readonly Seen[],
): Part | Unfit | string {
  if (slot.is === 'same') return { is: 'literal', text: slot.text };
  if (slot.is === 'name') {
    const keys = slot.keys.filter((key) => seen.every(({ names }, i) => names.get(key) === column[i]));
    const ofScale = keys.find((key) => key.startsWith(SCALE));
    if (ofScale !== undefined) return { is: 'scale', expression: { name: ofScale.slice(SCALE.length) } };
    return keys.length > 0 ? { is: 'name', keys } : 'the name is written in another way in one of them';
  }
  const scales = seen.map(({ scale }) => scale);
  const own = ownText(column, scales);
  if (own !== undefined) return { is: 'scale', expression: { name: own } };
  if (slot.is === 'number') {
    const followed = follow(column.map(Number), scales, sourcesOf);
    const isWritten = column.every((text) => String(Number(text)) === text);
    if (!followed.expression || !isWritten) {
      const why = `the number ${[...new Set(column)].slice(0, 4).join(', ')} in it follows no scale factor`;
      return followed.expression ? misfit(why) : { ...followed, why };
    }
    followed.rivals.forEach((rival) => onRivals(followed.expression.name, rival));
    return { is: 'scale', expression: followed.expression };
  }
  return notGenerated(column, whole) ?? { is: 'generated' };
}

/**
 * Why words are not generated. A hash or a cut of a name is of one length and kind, and another one under every name; where
 * all of a name is written in an unknown way the word is as much longer as the name is. The hash of what is scaled is the
 * same under another name.
 */
function notGenerated(words: readonly string[], seen: readonly Seen[]): string | undefined {
  const other = 'a word in it is another one, and no name or hash';
  if (words.every((word) => /^\d+$/.test(word))) return other; // a number is never a name
  const names = seen.map(({ names: all, text }) => all.get('name') ?? text);
  const isOfName = (word: string, { names: all }: Seen): boolean =>
    [...all.values()].some((name) => name.includes(word));
  if (!words.every((word, i) => word.length > SHORTEST_HASH || isOfName(word, seen[i]!))) return other;
  const alike = pairsOf(seen.length).filter(([i, j]) => isSameScale(seen[i]!.scale, seen[j]!.scale));
  if (alike.some(([i, j]) => names[i] === names[j] && words[i] !== words[j])) return RANDOM;
  if (alike.some(([i, j]) => names[i] !== names[j] && words[i] === words[j]))
    return isHashOfScale(words, seen) ? undefined : other;
  if (new Set(words).size < new Set(names).size) return other;
  const lengths = new Set(words.map((word) => word.length));
  const beyond = new Set(words.map((word, i) => word.length - (seen[i]!.names.get('name') ?? '').length));
  if (lengths.size > 1 && beyond.size > 1) return other;
  return KINDS.some((kind) => words.every((word) => kind.test(word))) ? undefined : other;
}

/** A word that is as short, and no part of a name, may be another one in each of a few instances by accident. */
const SHORTEST_HASH = 2;

/** Whether words are hashes that are the same exactly where what they are made of has the same values. */
function isHashOfScale(words: readonly string[], seen: readonly Seen[]): boolean {
  const pairs = pairsOf(seen.length);
  const made = [...seen[0]!.scale.keys()].filter((name) =>
    pairs.every(([i, j]) => words[i] !== words[j] || seen[i]!.scale.get(name) === seen[j]!.scale.get(name)),
  );
  const isSame = (i: number, j: number): boolean =>
    made.every((name) => seen[i]!.scale.get(name) === seen[j]!.scale.get(name));
  return (
    words.every((word) => HASH.test(word)) &&
    pairs.every(([i, j]) => (words[i] === words[j]) === isSame(i, j))
  );
}

const pairsOf = (length: number): [number, number][] =>
  Array.from({ length }, (_, i) => Array.from({ length: i }, (_it, j): [number, number] => [i, j])).flat();

/** Why something differs between instances that nothing distinguishes. */
export const RANDOM =
  'it is another one when the same is made twice: it reads a random source, or what a module remembers';

const HASH = /^(?:[0-9A-F]{8,}|[0-9a-f]{8,})$/;

/** Whether two instances have the same values. */
export const isSameScale = (a: Values, b: Values): boolean =>
  a === b || (a.size === b.size && [...a].every(([name, value]) => b.get(name) === value));

const KINDS = [
  /^[0-9A-F]+$/,
  /^[0-9a-f]+$/,
  /^[a-z]+$/,
  /^[A-Z]+$/,
  /^[A-Za-z]+$/,
  /^[a-z0-9]+$/,
  /^[A-Za-z0-9]+$/,
];

/** The parts with neighbouring literals put together. */
function joined(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (part.is === 'literal' && last?.is === 'literal') {
      all[all.length - 1] = { is: 'literal', text: last.text + part.text };
    } else all.push(part);
  }
  return all;
}
