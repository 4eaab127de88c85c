/** Where a text stops being JSON. */
export interface JsonFault {
  /** Line and column, from 1. */
  readonly line: number;
  readonly column: number;
  /** What stands there, and what may. */
  readonly message: string;
}

const VALUE = 'a value';
const VALUE_OR_END = 'a value or "]"';
const KEY = 'a key in quotes';
const KEY_OR_END = 'a key in quotes or "}"';
const COLON = '":"';
const MORE = '"," or the end';
const IN_STRING = 'an escape, or the end of the string,';

const SPACE = /[ \t\r\n]*/y;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
/** What a string may hold: anything but quotes, backslashes and control characters, or an escape. */
const IN_QUOTES = /[ !#-[\]-\uFFFF]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds where a text that is not JSON stops being JSON. The messages of `JSON.parse` name no position for most faults,
 * and differ between versions of Node.
 */
export function whereJsonEnds(text: string): JsonFault {
  const closers: string[] = [];
  let expected = VALUE;
  for (let index = skip(SPACE, text, 0); ; index = skip(SPACE, text, index)) {
    const char = text[index] ?? '';
    const next = afterToken(char, expected, closers);
    if (next === undefined) return faultAt(text, index, expected, closers);
    const end = tokenEnd(text, index, char);
    if (char === '"' && text[end] !== '"') return faultAt(text, end, IN_STRING, closers);
    if (end === index) return faultAt(text, index, expected, closers);
    [index, expected] = [char === '"' ? end + 1 : end, next];
  }
}

/** What is expected after the token that begins with this character; nothing when the token itself was not. */
function afterToken(char: string, expected: string, closers: string[]): string | undefined {
  const isValueDue = expected === VALUE || expected === VALUE_OR_END;
  const isDone = expected === MORE && closers.length === 0;
  if (char === '' || isDone) return undefined;
  if (char === ':' && expected === COLON) return VALUE;
  if (char === ',' && expected === MORE) return closers.at(-1) === '}' ? KEY : VALUE;
  if (char === closers.at(-1) && [MORE, VALUE_OR_END, KEY_OR_END].includes(expected)) {
    closers.pop();
    return MORE;
  }
  if (char === '"' && (expected === KEY || expected === KEY_OR_END)) return COLON;
  if (!isValueDue || '}],:'.includes(char)) return undefined;
  if (char === '{') closers.push('}');
  if (char === '[') closers.push(']');
  return char === '{' ? KEY_OR_END : char === '[' ? VALUE_OR_END : MORE;
}

/** The index after the token; of a string, the index of the quotes that end it, or of what breaks it. */
function tokenEnd(text: string, index: number, char: string): number {
  if ('{}[],:'.includes(char)) return index + 1;
  if (char !== '"') return skip(LITERAL, text, index);
  let end = index + 1;
  for (let next = skip(IN_QUOTES, text, end); next > end; next = skip(IN_QUOTES, text, end)) end = next;
  return end;
}

/** The index after what the pattern matches at an index, which is the index itself when it does not match. */
function skip(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : index;
}

function faultAt(text: string, index: number, expected: string, closers: readonly string[]): JsonFault {
  const before = text.slice(0, index);
  const found =
    index >= text.length
      ? 'the end of the file'
      : JSON.stringify(String.fromCodePoint(text.codePointAt(index)!));
  const closer = closers.at(-1);
  const wanted = expected !== MORE ? expected : closer ? `"," or "${closer}"` : 'nothing more';
  return {
    line: before.split('\n').length,
    column: index - before.lastIndexOf('\n'),
    message: `found ${found} where ${wanted} is expected`,
  };
}
