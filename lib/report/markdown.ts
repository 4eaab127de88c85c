import { printable } from './words';

/** A table; its cells are Markdown already. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(titles), row(titles.map(() => '---')), ...rows.map(row)].join('\n');
}

/** A row of a table; its cells are Markdown already. */
export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Something to open: its content is Markdown already. */
export const details = (summary: string, content: string): string =>
  `<details><summary>${prose(summary)}</summary>\n\n${content}\n\n</details>`;

/** Lines of code as they are; a fence that is longer than any in them. */
export function block(language: string, lines: readonly string[]): string {
  const inside = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(2, ...inside) + 1);
  return [`${fence}${language}`, ...lines.map(printable), fence].join('\n');
}

/** A text in which nothing is markup, nor the name of a person or an issue. */
export const prose = (text: string): string => entities(printable(text), /[&<>|*_`[\]\\~#@]/g);

/** A text as code; one that would end the code or the table's cell is written with entities. */
export function code(text: string): string {
  const clean = printable(text);
  return /[`|]/.test(clean) ? `<code>${entities(clean, /[^\w ".,/-]/gu)}</code>` : `\`${clean}\``;
}

const entities = (text: string, unsafe: RegExp): string =>
  text.replaceAll(unsafe, (char) => `&#${char.codePointAt(0)};`);
