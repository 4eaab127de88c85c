/** How much of a statement is kept. */
const MAX_LENGTH = 160;

/**
 * A statement as reports may show it: in one line, cut to a length, without its comments, and with `?` in the place of every text and
 * number, which may be personal data. A text that is cut off ends with the statement.
 */
export function withoutLiterals(sql: string): string {
  const plain = sql
    .replaceAll(TOKEN, (token) => replacementOf(token))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH).trimEnd()} ...` : plain;
}

/** Each token as a whole, so that nothing inside one is taken for the start of another. */
const TOKEN = new RegExp(
  [
    String.raw`--[^\n]*`,
    // one comment may be inside another
    String.raw`/\*(?:[^*/]|\*(?!/)|/(?!\*)|/\*[\s\S]*?(?:\*/|$))*(?:\*/|$)`,
    // a backslash escapes in E'...' alone
    String.raw`\b[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)`,
    String.raw`(?:\b(?:[bBnNxX]|[uU]&))?'(?:[^']|'')*(?:'|$)`,
    String.raw`(?<![\w$])\$(?<tag>(?:[A-Za-z_]\w*)?)\$[\s\S]*?(?:\$\k<tag>\$|$)`,
    String.raw`"(?:[^"]|"")*(?:"|$)`,
    String.raw`(?<![\w$.])\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?`,
    String.raw`[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*`,
    String.raw`\$\d+`,
  ].join('|'),
  'g',
);

function replacementOf(token: string): string {
  if (token.startsWith('--') || token.startsWith('/*')) return ' ';
  if (/^["$A-Za-z_\u0080-\uffff]/.test(token)) return isText(token) ? '?' : token;
  return '?';
}

/** Whether a token that begins as a name does is a text: `E'...'`, `$tag$...$tag$`. */
const isText = (token: string): boolean =>
  /^(?:[eEbBnNxX]|[uU]&)'/.test(token) || (token.startsWith('$') && !/^\$\d+$/.test(token));

/** The name of a table, an index or a constraint as messages have it: quoted where it is not a plain one. */
export const shownName = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_$.-]*$/u.test(name) ? name : JSON.stringify(name);
