import { inOneLine, legible } from './legible';

/** A table; its cells are Markdown already. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(titles), row(titles.map(() => '---')), ...rows.map(row)].join('\n');
}

/** Something to open: its content is Markdown already. */
export const details = (summary: string, content: string): string =>
  `<details><summary>${prose(summary)}</summary>\n\n${content}\n\n</details>`;

/** A text in which nothing is markup. */
export const prose = (text: string): string =>
  inOneLine(text).replaceAll(/[&<>|*_`[\]\\~#@]/g, (char) => `&#${char.charCodeAt(0)};`);

/** A text as code; one that would end the code or the table's cell is written with entities. */
export function code(text: string): string {
  const clean = inOneLine(text);
  if (!/[`|]/.test(clean)) return `\`${clean}\``;
  return `<code>${clean.replaceAll(/[^\w ".,/-]/gu, (char) => `&#${char.codePointAt(0)};`)}</code>`;
}

/** Several lines as they are: the fence is longer than any in them. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...legible(text).matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${legible(text)}\n${fence}`;
}
