import type { CheckResult } from '../../probes/check';
import { sanitize } from '../../report/sanitize';

/** Markup that is safe to show. Only {@link markup} creates it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What markup may contain: texts are escaped, lists are joined, undefined is empty. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** A template of HTML or SVG in which every value is escaped, attributes included as long as they are quoted. */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? show(values[i]) : '')).join(''));
}

function show(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(show).join('');
  return sanitize(String(content)).replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A part of the page. */
export interface Part {
  /** What it comes to, in a sentence or two: all that is seen of a part that is folded. */
  readonly lead?: Content;
  /** What it is and how it is read: after the lead, or inside where it is folded. @default - its title says it */
  readonly about?: string;
  readonly content: Content;
  /** Whether a reader opens it. @default false */
  readonly isFolded?: boolean;
}

/** A part with a heading that links can point to: one that is folded opens then, because its id is inside. */
export function section(id: string, title: string, { lead, about, content, isFolded = false }: Part): Markup {
  const heading = markup`<h2 id="${id}-title">${title}</h2>`;
  if (isFolded) {
    // a heading inside of a summary is none to a screen reader
    return markup`<section class="folded" aria-labelledby="${id}-title">
${heading}
<details><summary><span class="lead">${lead ?? title}</span></summary>
<div id="${id}">${about === undefined ? undefined : markup`<p class="note">${about}</p>\n`}${content}</div></details>
</section>
`;
  }
  const above = [lead, about].filter((it) => it !== undefined);
  return markup`<section id="${id}" aria-labelledby="${id}-title">
${heading}
${above.length === 0 ? undefined : markup`<p class="lead">${above.map((it) => markup`${it} `)}</p>\n`}${content}
</section>
`;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** What a phone has room for. @default - the title */
  readonly short?: string;
  /** Whether it holds figures, which are aligned right. @default false */
  readonly figures?: boolean;
}

/** The title of a first column with outcomes. */
export const RESULT = 'Result';

/** What a reader opens. */
export const folded = (summary: Content, content: Content, isOpen = false): Markup =>
  markup`<details${isOpen ? new Markup(' open') : undefined}><summary>${summary}</summary>
${content}</details>
`;

/**
 * A table in a box that scrolls when it is too wide; on a phone each row is a block with the titles before the values.
 *
 * @param isSlim - whether a row is a line on a phone too, with what follows its first three cells below them
 */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  isSlim = false,
): Markup {
  const kind = ({ figures }: Column): string => (figures === true ? 'figure' : 'words');
  // in a row that begins with its outcome, outcome and name share a line
  const isLed = columns[0]?.title === RESULT;
  const look = isLed ? new Markup(' class="led"') : isSlim ? new Markup(' class="slim"') : undefined;
  const head = columns.map((column) => markup`<th scope="col" class="${kind(column)}">${column.title}</th>`);
  const body = rows.map((cells) => {
    const row = columns.map(
      (column, i) =>
        markup`<td class="${kind(column)}" data-title="${column.short ?? column.title}"><div>${cells[i]}</div></td>`,
    );
    return markup`<tr>${row}</tr>\n`;
  });
  return markup`<div class="box" role="group" aria-label="${label}" tabindex="0"><table aria-label="${label}"${look}>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody>
</table></div>
`;
}

const SIGNS = { passed: '✓', failed: '✕', skipped: '–' } as const;

/** An outcome: a sign, a word and a colour. */
export function outcome(of: CheckResult['outcome'], word: string = of): Markup {
  return markup`<span class="outcome ${of}"><span aria-hidden="true">${SIGNS[of]}</span> ${word}</span>`;
}

/** Texts below each other. */
export const inLines = (lines: readonly string[]): Content =>
  lines.map((line, i) => (i === 0 ? line : markup`<br>${line}`));

/** The output of a program, verbatim. */
export const output = (label: string, text: string): Markup =>
  markup`<pre class="box" role="group" aria-label="${label}" tabindex="0"><code>${text}</code></pre>
`;
