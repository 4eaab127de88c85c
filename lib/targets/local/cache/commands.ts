import { readFileSync } from 'node:fs';
import { TwinError } from '../../../error';

/** A command of a seed file. */
export interface CacheCommand {
  /** Its place, such as `seed.txt:3`. */
  readonly where: string;
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * The commands of a seed file, one a line, as they are typed into valkey-cli. Empty lines and lines that begin with `#` are
 * ignored.
 *
 * @throws TwinError `seed` when the file cannot be read, or a quote in it is not closed
 */
export function readCommands(file: string): readonly CacheCommand[] {
  const lines = read(file).split(/\r?\n/);
  return lines.flatMap((line, i) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const where = `${file}:${i + 1}`;
    const [name, ...args] = words(line, where);
    return [{ where, name: name!, args }];
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TwinError({
      code: 'seed',
      message: `the seed "${file}" cannot be read: ${(cause as Error).message}`,
      fix: 'Name a text file with one command of the cache a line, such as SET key value.',
      cause,
    });
  }
}

/** A word without quotes, or one in double quotes with escapes, or one in single quotes. */
const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']\S*))(?=\s|$)/y;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function words(line: string, where: string): readonly string[] {
  const text = line.trimEnd();
  const found: string[] = [];
  WORD.lastIndex = 0;
  for (let end = 0; end < text.length; end = WORD.lastIndex) {
    const match = WORD.exec(text);
    if (!match) throw badQuotes(where, text);
    const [, double, single, bare] = match;
    found.push(double?.replace(/\\(.)/g, (_, it: string) => ESCAPED[it] ?? it) ?? single ?? bare!);
  }
  return found;
}

function badQuotes(where: string, line: string): TwinError {
  return new TwinError({
    code: 'seed',
    message: `${where} has a quote that is not closed, or text right after one: ${line}`,
    fix: 'Put a value with spaces in "..." and write \\" for a quote in it.',
  });
}
