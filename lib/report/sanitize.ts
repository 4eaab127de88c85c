import { stripVTControlCharacters } from 'node:util';
import { printable } from './words';

/**
 * A text that others wrote, such as the output of a command, as any format can hold it: without colours, with its lines
 * and tabs; whatever else would move a cursor, turn the direction of writing or is no character is written as its code.
 */
export function sanitize(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, '\n')
    .split(/([\n\t])/)
    .map((part) => (part === '\n' || part === '\t' ? part : printable(part)))
    .join('')
    .replaceAll(/[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD');
}

/** The same in one line. */
export const inOneLine = (text: string): string =>
  sanitize(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();

/** The last lines of a text, and how many were left out before them. */
export function lastLines(text: string, most: number): string {
  const lines = sanitize(text).trimEnd().split('\n');
  const left = lines.length - most;
  return left <= 0 ? lines.join('\n') : [`(${left} lines before)`, ...lines.slice(-most)].join('\n');
}
