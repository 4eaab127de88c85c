import { code as codeOf, details as detailsOf, prose as proseOf } from '../report/markdown';
import { inOneLine, sanitize } from '../report/sanitize';

/** A section that opens on a click; its content is Markdown. */
export const details = (summary: string, content: string): string => detailsOf(inOneLine(summary), content);

/** A text from elsewhere, in one line and without markup. */
export const prose = (text: string): string => proseOf(inOneLine(text));

/** The same as code. */
export const code = (text: string): string => codeOf(inOneLine(text));

/** Several lines verbatim: the fence is longer than any in them. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...sanitize(text).matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${sanitize(text)}\n${fence}`;
}
