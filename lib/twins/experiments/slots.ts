import type { Values } from '../../parity/text';
import { escape } from '../../template/words';
import type { Names } from '../instances/names';

/** A piece of one string. */
export type Token =
  | { readonly is: 'name'; readonly keys: readonly string[] }
  | { readonly is: 'word' | 'gap'; readonly text: string };

export const PIECES = /[A-Za-z0-9]+|[^A-Za-z0-9]+/g;
/** A number with a fraction is part of one piece, when it is one: 5.8 may also be two numbers. */
export const WITH_FRACTIONS =
  /(?<![A-Za-z0-9.])[A-Za-z]*\d+\.\d+[A-Za-z]*(?![A-Za-z0-9.])|[A-Za-z0-9]+|[^A-Za-z0-9]+/g;

/** A string in pieces: its instance's names, words of letters and digits, and what is between. */
export function tokensOf(text: string, names: Names, pieces: RegExp): Token[] {
  const { byText, pattern } = finderOf(names);
  const parts = pattern ? text.split(pattern) : [text];
  return parts.flatMap((part, i): Token[] => {
    if (i % 2 === 1) return [{ is: 'name', keys: byText.get(part)! }];
    return (part.match(pieces) ?? []).map((piece) => ({
      is: /^[A-Za-z0-9]/.test(piece) ? 'word' : 'gap',
      text: piece,
    }));
  });
}

interface Finder {
  /** The keys of each text. */
  readonly byText: ReadonlyMap<string, string[]>;
  /** Finds any of the texts, the longest first. */
  readonly pattern: RegExp | undefined;
}

const finders = new WeakMap<Names, Finder>();

function finderOf(names: Names): Finder {
  const known = finders.get(names);
  if (known) return known;
  const byText = new Map<string, string[]>();
  for (const [key, name] of names) byText.set(name, [...(byText.get(name) ?? []), key]);
  const texts = [...byText.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);
  const pattern = texts.length > 0 ? new RegExp(`(${texts.map(escape).join('|')})`) : undefined;
  const finder = { byText, pattern };
  finders.set(names, finder);
  return finder;
}

/** A piece of all strings: the same in all, a name, a number or another word in each. */
export type Slot =
  | { readonly is: 'same'; readonly text: string }
  | { readonly is: 'name'; readonly keys: readonly string[] }
  | { readonly is: 'number' }
  | { readonly is: 'word' }
  | { readonly is: 'cut' };

/** What the neutral instances' pieces have in common; undefined when they are not the same pieces. */
export function merge(all: readonly (readonly Token[])[], scales: readonly Values[]): Slot[] | undefined {
  const [first] = all;
  if (!first || all.some((tokens) => tokens.length !== first.length)) return undefined;
  const slots: Slot[] = [];
  for (const [i, token] of first.entries()) {
    const column = all.map((tokens) => tokens[i]!);
    if (column.some(({ is }) => is !== token.is)) return undefined;
    if (token.is === 'name') {
      const keys = token.keys.filter((key) =>
        column.every((it) => it.is === 'name' && it.keys.includes(key)),
      );
      if (keys.length === 0) return undefined;
      slots.push({ is: 'name', keys });
      continue;
    }
    const texts = column.map((it) => (it.is === 'name' ? '' : it.text));
    if (texts.every((text) => text === token.text)) slots.push({ is: 'same', text: token.text });
    else if (token.is === 'gap') return undefined;
    else if (texts.some((text) => /\D/.test(text)) && ownText(texts, scales) !== undefined)
      slots.push({ is: 'word' });
    else slots.push(...slotsOf(texts));
  }
  return slots;
}

/** What the scale gives as these very texts in all instances. */
export const ownText = (texts: readonly string[], scales: readonly Values[]): string | undefined =>
  [...(scales[0]?.keys() ?? [])].find((name) =>
    texts.every((text, i) => String(scales[i]!.get(name)) === text),
  );

/** A word that differs: letters that are the same with numbers between them, or a part that is another one in each. */
function slotsOf(words: readonly string[]): Slot[] {
  const split = words.map((word) => word.split(/(\d+(?:\.\d+)?)/));
  const [first] = split;
  const isNumbered =
    split.every((parts) => parts.length === first!.length) &&
    first!.every((part, i) => i % 2 === 1 || split.every((parts) => parts[i] === part));
  if (isNumbered) {
    return first!.flatMap((part, i): Slot[] => {
      if (i % 2 === 0) return part === '' ? [] : [{ is: 'same', text: part }];
      return split.every((parts) => parts[i] === part) ? [{ is: 'same', text: part }] : [{ is: 'number' }];
    });
  }
  const hashes = words.map((word) => /^(.*?)(?:[0-9A-F]{8}|[0-9a-f]{8,})$/.exec(word)?.[1]);
  const [prefix] = hashes;
  if (prefix !== undefined && prefix !== '' && hashes.every((it) => it === prefix))
    return [{ is: 'same', text: prefix }, { is: 'word' }];
  return [{ is: 'word' }];
}

/** What each slot holds in a string; undefined when the string is not made of these pieces. */
export function match(slots: readonly Slot[], text: string, names: Names): string[] | undefined {
  const only = onlyTexts(slots, names);
  if (only) return only.join('') === text ? only : undefined;
  const source = slots.map((slot) => {
    if (slot.is === 'same') return `(${escape(slot.text)})`;
    if (slot.is === 'number') return String.raw`(\d+(?:\.\d+)?)`;
    if (slot.is === 'word') return '([A-Za-z0-9]+)';
    if (slot.is === 'cut') return '(.+)';
    const own = slot.keys.flatMap((key) => (names.has(key) ? [escape(names.get(key)!)] : []));
    return own.length === 0 ? '(?!)()' : `(${[...new Set(own)].join('|')})`;
  });
  return new RegExp(`^${source.join('')}$`, 's').exec(text)?.slice(1);
}

/** What the slots hold when each can hold one text alone: that is known without a pattern. */
function onlyTexts(slots: readonly Slot[], names: Names): string[] | undefined {
  const texts: string[] = [];
  for (const slot of slots) {
    const [only, ...others] =
      slot.is === 'same'
        ? [slot.text]
        : slot.is === 'name'
          ? new Set(slot.keys.flatMap((key) => names.get(key) ?? []))
          : [];
    if (only === undefined || others.length > 0) return undefined;
    texts.push(only);
  }
  return texts;
}
