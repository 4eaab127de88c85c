import type { CheckResult } from '../probes/check';
import { legible } from '../parity/legible';

/** Markup: what stands in it is safe to show. Made by {@link markup} alone. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in markup: texts are escaped, lists are joined, nothing is left out. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** A template of HTML or SVG in which every value is escaped, attributes included as long as they are quoted. */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? show(values[i]) : '')).join(''));
}

function show(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(show).join('');
  return legible(String(content)).replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A part of the page with a heading that can be linked to. */
export const section = (id: string, title: string, ...content: readonly Content[]): Markup =>
  markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>
`;

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Whether it holds figures, which are set right. @default false */
  readonly figures?: boolean;
}

/** The title of a first column that tells how something ended. */
export const RESULT = 'Result';

/** A table in a box of its own that scrolls when it is too wide; on a phone each row is a block with the titles before the values. */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
): Markup {
  const kind = ({ figures }: Column): string => (figures === true ? 'figure' : 'words');
  // a row that begins with how it ended reads as one line with its name
  const isLed = columns[0]?.title === RESULT;
  const head = columns.map((column) => markup`<th scope="col" class="${kind(column)}">${column.title}</th>`);
  const body = rows.map((cells) => {
    const row = columns.map(
      (column, i) =>
        markup`<td class="${kind(column)}" data-title="${column.title}"><div>${cells[i]}</div></td>`,
    );
    return markup`<tr>${row}</tr>\n`;
  });
  return markup`<div class="box" role="region" aria-label="${label}" tabindex="0"><table${isLed ? new Markup(' class="led"') : undefined}>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody>
</table></div>
`;
}

const SIGNS = { passed: '✓', failed: '✕', 'not rehearsed': '–' } as const;

/** How something ended: a sign, a word and a colour. */
export function outcome(of: CheckResult['outcome'], word: string = of): Markup {
  const name = of.replace(' ', '-');
  return markup`<span class="outcome ${name}"><span aria-hidden="true">${SIGNS[of]}</span> ${word}</span>`;
}

/** What a program wrote, as it wrote it. */
export const output = (label: string, text: string): Markup =>
  markup`<pre class="box" role="region" aria-label="${label}" tabindex="0"><code>${text}</code></pre>
`;
