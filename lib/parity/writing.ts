/** How a text writes a number, and how that is read again. */
interface Writing {
  /** Finds it in a text. */
  readonly pattern: RegExp;
  /** What it is called in an expression, for several texts that are written so; undefined when they are not. */
  readonly of: (texts: readonly string[]) => string | undefined;
  readonly read: (text: string) => number;
  /** @param says - what is said of it where it is called */
  readonly write: (number: number, says: readonly string[]) => string;
}

const SECONDS = { D: 86_400, H: 3_600, M: 60, S: 1 } as const;
const UNITS = [
  ['day', SECONDS.D],
  ['hour', SECONDS.H],
  ['minute', SECONDS.M],
  ['second', SECONDS.S],
] as const;

/** So many of a unit, in words: `1 hour`, `2 hours`. */
const inWords = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
const sizeOf = (unit: string): number => UNITS.find(([it]) => it === unit)![1];

/** The words of a list are the same but for a number, which counts: `m0 + m1 + m2`. */
const LIST = /([A-Za-z_/:.-]*)(\d+)(\s*[,;|+&]\s*|\s+)\1\d+(?:\3\1\d+)*/;
/** No text of a template has more. */
const MOST_LISTED = 10_000;

/**
 * The ways in which a text writes a number other than by its digits alone: the rate of a schedule, and a duration in words or of ISO 8601, all
 * in seconds; so many digits behind the point, or at least so many in all; and a list of numbered words, as many as it says.
 */
const WRITINGS: Readonly<Record<string, Writing>> = {
  rate: {
    pattern: /rate\(\d+ (?:minute|hour|day)s?\)/,
    of: () => 'rate',
    read: (text) => parseInt(text.slice('rate('.length)) * UNITS.find(([unit]) => text.includes(unit))![1],
    write: (seconds) => {
      const [unit, size] = UNITS.find(([, it]) => seconds % it === 0) ?? ['second', SECONDS.S];
      return `rate(${inWords(seconds / size, unit)})`;
    },
  },
  duration: {
    pattern: /\b\d+ (?:second|minute|hour|day)s?\b(?: \d+ (?:second|minute|hour)s?\b)?/,
    of: () => 'duration',
    read: (text) =>
      [...text.matchAll(/(\d+) ([a-z]+?)s?\b/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * sizeOf(unit!),
        0,
      ),
    // As `Duration.toHumanString` does: its two largest units.
    write: (seconds) => {
      const parts = UNITS.flatMap(([unit, size], i) => {
        const count = Math.floor((i === 0 ? seconds : seconds % UNITS[i - 1]![1]) / size);
        return count === 0 ? [] : [inWords(count, unit)];
      });
      return parts.length === 0 ? inWords(0, 'second') : parts.slice(0, 2).join(' ');
    },
  },
  iso8601: {
    pattern: /\bP(?=T?\d)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?\b/,
    of: () => 'iso8601',
    read: (text) =>
      [...text.matchAll(/(\d+)([DHMS])/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS],
        0,
      ),
    write: (seconds) => {
      const part = (unit: keyof typeof SECONDS, within: number): string => {
        const count = Math.floor((seconds % within) / SECONDS[unit]);
        return count === 0 ? '' : `${count}${unit}`;
      };
      const time = part('H', SECONDS.D) + part('M', SECONDS.H) + part('S', SECONDS.M);
      return `P${part('D', Infinity)}${time === '' ? '' : `T${time}`}`;
    },
  },
  fixed: {
    pattern: /(?<![\w.])\d+\.\d+(?![\w.])/,
    of: ([text = '']) => `fixed ${text.length - text.indexOf('.') - 1}`,
    read: Number,
    write: (number, [digits]) => number.toFixed(Math.min(Number(digits), 20)),
  },
  padded: {
    pattern: /(?<![\d.])\d+(?![\d.])/,
    of: (texts) =>
      texts.some((text) => /^0\d/.test(text))
        ? `padded ${Math.min(...texts.map(({ length }) => length))}`
        : undefined,
    read: Number,
    write: (number, [digits]) => String(number).padStart(Math.min(Number(digits), 20), '0'),
  },
  list: {
    pattern: LIST,
    of: ([text = '']) => {
      const [, word, first, between] = LIST.exec(text)!;
      return `list ${first} "${word}" "${between}"`;
    },
    read: (text) => text.match(/\d+/g)!.length,
    write: (number, [first, word = '', between = '']) =>
      Array.from({ length: Math.min(number, MOST_LISTED) }, (_, i) => `${word}${Number(first) + i}`).join(
        between,
      ),
  },
};

/** What a way to write a number is called in an expression. */
export const WRITTEN_AS = String.raw`rate|duration|iso8601|(?:fixed|padded) \d+|list \d+ "[^"{}]*" "[^"{}]*"`;

/** A number as a text writes it. */
export function writtenAs(how: string, number: number): string {
  const [name, ...says] = [...how.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([word, quoted]) => quoted ?? word);
  return WRITINGS[name!]!.write(number, says);
}

/** A part of several texts: the same in all of them, or a number that all write in one way. */
export type WrittenPart =
  { readonly text: string } | { readonly how: string; readonly numbers: readonly number[] };

/** The parts of several texts that are the same but for numbers, for each way in which they may be written. */
export const writtenParts = (texts: readonly string[]): (readonly WrittenPart[])[] =>
  Object.values(WRITINGS).flatMap((writing) => {
    const parts = partsOf(texts, writing);
    return parts ? [parts] : [];
  });

function partsOf(texts: readonly string[], { pattern, of, read }: Writing): WrittenPart[] | undefined {
  const split = texts.map((text) => piecesOf(text, pattern));
  const [first = []] = split;
  if (split.some(({ length }) => length !== first.length)) return undefined;
  const parts: WrittenPart[] = [];
  for (const [i, piece] of first.entries()) {
    const column = split.map((pieces) => pieces[i]!);
    if (column.every((it) => it === piece)) parts.push({ text: piece });
    else if (i % 2 === 0) return undefined;
    else {
      const [how, numbers] = [of(column), column.map(read)];
      if (how === undefined || numbers.some((number, k) => writtenAs(how, number) !== column[k]))
        return undefined;
      parts.push({ how, numbers });
    }
  }
  return parts.some((part) => 'how' in part) ? parts : undefined;
}

/** A text in turn: what is between, and what is written in some way. */
function piecesOf(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  let end = 0;
  for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
    pieces.push(text.slice(end, match.index), match[0]);
    end = match.index + match[0].length;
  }
  return [...pieces, text.slice(end)];
}
