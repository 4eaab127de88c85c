import { code as codeOf, details as detailsOf, prose as proseOf } from '../parity/markdown-syntax';
import { inOneLine, legible } from '../parity/legible';

/** Something to open: its content is Markdown already. */
export const details = (summary: string, content: string): string => detailsOf(inOneLine(summary), content);

/** A text that others wrote, in one line in which nothing is markup. */
export const prose = (text: string): string => proseOf(inOneLine(text));

/** The same as code. */
export const code = (text: string): string => codeOf(inOneLine(text));

/** Several lines as they are: the fence is longer than any in them. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...legible(text).matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${legible(text)}\n${fence}`;
}
