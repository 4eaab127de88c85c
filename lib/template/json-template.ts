import { exactNumber } from './numbers';
import { keyTwice, noteAt, type Note } from './notes';

/**
 * Parses JSON without losing what `JSON.parse` loses: the digits of large integers, and that a key is there twice.
 *
 * @param note - takes each key that is there twice
 * @throws SyntaxError when it is not JSON
 */
export function parseJsonTemplate(file: string, text: string, note: Note): unknown {
  // most templates have neither, and nothing is faster than this
  const value = JSON.parse(text) as unknown;
  if (keysWritten(text) !== keysIn(value))
    for (const { key, ...position } of keysTwice(text)) note(noteAt(file, position, keyTwice(key)));
  return LARGE_NUMBER.test(text) ? (JSON.parse(withExactNumbers(text)) as unknown) : value;
}

/** What may be a number that JavaScript rounds; in a text it does no harm. */
const LARGE_NUMBER = /(?:^|[:[,])\s*-?(?:\d{16}|\d[\d.]*[eE]\+?\d{3})/;

const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** How many keys a text in JSON has: texts that a colon follows. */
function keysWritten(text: string): number {
  let keys = 0;
  for (let start = text.indexOf('"'); start >= 0;) {
    const next = afterSpace(text, endOfString(text, start));
    if (text.charCodeAt(next) === COLON) keys++;
    start = text.indexOf('"', next);
  }
  return keys;
}

/** The index after a string that begins at an index. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslash = end - 1;
    while (text.charCodeAt(backslash) === BACKSLASH) backslash--;
    if ((end - backslash) % 2 === 1) return end + 1;
  }
}

function afterSpace(text: string, start: number): number {
  let index = start;
  while (text.charCodeAt(index) <= 0x20) index++;
  return index;
}

/** How many keys a value has; goes down without recursion. */
function keysIn(value: unknown): number {
  let keys = 0;
  const open: object[] = isNode(value) ? [value] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    // twice as fast as Object.values, and nothing that was parsed inherits a key
    for (const key in node) {
      const child = (node as Record<string, unknown>)[key];
      if (isNode(child)) open.push(child);
      if (!Array.isArray(node)) keys++;
    }
  }
  return keys;
}

const isNode = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The keys that are in an object a second time, and where. */
function* keysTwice(text: string): Generator<{ key: string; line: number; col: number }> {
  const objects: Set<string>[] = [];
  let [line, lineStart] = [1, 0];
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    // a list has no keys of its own
    if (char === '{' || char === '[') objects.push(new Set());
    if (char === '}' || char === ']') objects.pop();
    if (char === '\n') [line, lineStart] = [line + 1, index + 1];
    if (char !== '"') continue;
    const end = endOfString(text, index);
    if (text.charCodeAt(afterSpace(text, end)) === COLON) {
      const key = JSON.parse(text.slice(index, end)) as string;
      if (objects.at(-1)?.has(key)) yield { key, line, col: index - lineStart + 1 };
      objects.at(-1)?.add(key);
    }
    index = end - 1;
  }
}

/** The same JSON with each number that JavaScript would round as a text. */
function withExactNumbers(text: string): string {
  const parts: string[] = [];
  let start = 0;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', start)) {
    parts.push(exactNumbers(text.slice(start, quote)));
    start = endOfString(text, quote);
    parts.push(text.slice(quote, start));
  }
  return [...parts, exactNumbers(text.slice(start))].join('');
}

const exactNumbers = (between: string): string =>
  between.replaceAll(/-?\d[\d.eE+-]*/g, (number) => JSON.stringify(exactNumber(number)));
