import { replaceTokens } from '../statement';

/**
 * A statement as reports may show it: in one line, cut to a length, without its comments, and with `?` in the place of every text and
 * number, which may be personal data. A text that is cut off ends with the statement.
 */
export const withoutLiterals = (sql: string): string => replaceTokens(sql, TOKEN, replacementOf);

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
