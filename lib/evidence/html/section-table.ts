import { textOf, type Cell, type MarkedCell, type Section } from '../../report/section';
import { markup, outcome, table, type Content } from './syntax';

/** The table of a section, without columns that are empty. @param links - where the first cell of each row leads, if anywhere */
export function tableOf(
  { title, columns, rows, empty }: Section,
  links: readonly (string | undefined)[] = [],
): Content {
  if (rows.length === 0) return markup`<p>${empty}</p>\n`;
  const shown = columns.map((_, i) => i).filter((i) => rows.some((row) => textOf(row[i]!) !== ''));
  return table(
    title,
    shown.map((i) => ({ title: columns[i]!.title, figures: columns[i]!.kind === 'figure' })),
    rows.map((row, n) => shown.map((i) => linked(cellOf(row[i]!), i === 0 ? links[n] : undefined))),
  );
}

const linked = (content: Content, link: string | undefined): Content =>
  link === undefined ? content : markup`<a href="${link}">${content}</a>`;

const SIGNS = { good: 'passed', bad: 'failed', doubtful: 'skipped' } as const satisfies Record<
  MarkedCell['mark'],
  string
>;

/** A cell with its sign, where it has one. */
export const cellOf = (cell: Cell): Content =>
  typeof cell === 'string' ? cell : outcome(SIGNS[cell.mark], cell.text);
