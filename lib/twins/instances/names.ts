import { escape } from '../../template/words';

/** What an instance calls itself and where it is, by what each text is: `name`, `name.lower`, `account`. */
export type Names = ReadonlyMap<string, string>;

/** How code writes a name; the CDK itself takes out what is not a letter or a digit. */
const SPELLINGS: Readonly<Record<string, (name: string) => string>> = {
  '': (name) => name,
  '.lower': (name) => name.toLowerCase(),
  '.upper': (name) => name.toUpperCase(),
  '.plain': (name) => name.replaceAll(/[^A-Za-z0-9]/g, ''),
  '.plain.lower': (name) => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase(),
  '.plain.upper': (name) => name.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase(),
  '.kebab': (name) => words(name).join('-'),
  '.snake': (name) => words(name).join('_'),
  '.snake.upper': (name) => words(name).join('_').toUpperCase(),
  '.underscored': (name) => underscored(name),
  '.underscored.lower': (name) => underscored(name).toLowerCase(),
  '.underscored.upper': (name) => underscored(name).toUpperCase(),
};

const underscored = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '_');

const words = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

/** A name in every spelling, each text once. */
export function spellings(what: string, name: string): [what: string, text: string][] {
  return Object.entries(SPELLINGS).map(([suffix, spell]) => [`${what}${suffix}`, spell(name)]);
}

/** Stands for a name in a text without its instance's names. */
export const NAME = '\uE004';

/** Stands for what looks like a hash: eight digits as the CDK ends an id with, also before a word such as `Arn`. */
export const HASH = '\uE005';

const HASHES = /[0-9A-F]{8}(?=[^0-9A-F]|$|[A-Z][a-z])|(?<![A-Za-z0-9])[0-9a-f]{8,}|[0-9a-f]{32,}/g;

/** Takes names out of texts, and what looks like a hash. A name of one letter is only a whole text. */
export function anonymizer(names: Iterable<string>): (text: string) => string {
  const all = new Set(names);
  const own = [...all].filter((name) => name.length > 1).sort((a, b) => b.length - a.length);
  const pattern = own.length > 0 ? new RegExp(own.map(escape).join('|'), 'g') : undefined;
  return (text) => {
    if (all.has(text)) return NAME;
    return (pattern ? text.replaceAll(pattern, NAME) : text).replaceAll(HASHES, HASH);
  };
}

const LETTERS = 'bcdfghjkmnpqrtvwxz';
const DIGITS = '23456789';

/**
 * A name that says nothing: of the same kinds of characters at the same places as the real one, with none of its letters
 * kept. At least four characters long, so that it is not found in ordinary words.
 *
 * @param seed - another seed gives an unrelated name
 * @param longer - how many characters it is longer than the real one
 */
export function neutralName(name: string, seed: number, longer = 0): string {
  const draw = randomOf(name, seed);
  const last = /([A-Za-z0-9])[^A-Za-z0-9]*$/.exec(name)?.[1] ?? 'a';
  const pattern = name.padEnd(Math.max(name.length + longer, 4), last);
  return Array.from(pattern, (char) => neutralChar(char, draw)).join('');
}

function neutralChar(char: string, draw: (below: number) => number): string {
  const all = /[a-z]/.test(char)
    ? LETTERS
    : /[A-Z]/.test(char)
      ? LETTERS.toUpperCase()
      : /\d/.test(char)
        ? DIGITS
        : char;
  const others = Array.from(all).filter((other) => other !== char);
  return others.length === 0 ? char : others[draw(others.length)]!;
}

/** Numbers that look random and are the same at every synth. */
function randomOf(text: string, seed: number): (below: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  for (const char of text) state = Math.imul(state ^ char.codePointAt(0)!, 16777619) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
