import { replaceTokens } from '../statement';

/**
 * A statement as reports may show it: in one line, cut to a length, without its comments, and with `?` in the place of every text and
 * number, which may be personal data. A text that is cut off ends with the statement.
 */
export const withoutLiterals = (sql: string): string => replaceTokens(sql, TOKEN, replacementOf);

/** Each token as a whole. Double quotes are texts too, unless the session says ANSI_QUOTES: then names are hidden, and nothing is shown. */
const TOKEN = new RegExp(
  [
    String.raw`--(?=\s|$)[^\n]*`,
    String.raw`#[^\n]*`,
    String.raw`/\*[\s\S]*?(?:\*/|$)`,
    String.raw`(?:\b(?:[bBnNxX]|_\w+\s*))?'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)`,
    String.raw`"(?:[^"\\]|""|\\[\s\S])*(?:"|\\?$)`,
    '`(?:[^`]|``)*(?:`|$)',
    String.raw`(?<![\w$.])\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?`,
    String.raw`@{0,2}[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*`,
  ].join('|'),
  'g',
);

function replacementOf(token: string): string {
  if (/^(?:--|#|\/\*)/.test(token)) return ' ';
  const isName =
    token.startsWith('`') ||
    (/^@{0,2}[A-Za-z_$\u0080-\uffff]/.test(token) && !/['"]$/.test(token) && !token.includes("'"));
  return isName ? token : '?';
}
