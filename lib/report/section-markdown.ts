import { prose, table } from './markdown';
import type { Cell, MarkedCell, Section } from './section';

const SIGNS: Readonly<Record<MarkedCell['mark'], string>> = { good: '✅', bad: '❌', doubtful: '⚠️' };

/** Writes a section in Markdown. */
export function sectionInMarkdown({
  title,
  beside,
  about,
  columns,
  rows,
  empty,
  notes = [],
}: Section): string {
  const shown = columns.map((_, i) => i).filter((i) => rows.some((row) => row[i] !== ''));
  const body =
    rows.length === 0
      ? prose(empty)
      : table(
          shown.map((i) => prose(columns[i]!.title)),
          rows.map((row) => shown.map((i) => cellOf(row[i]!))),
        );
  const heading = `#### ${prose(title)}${beside === undefined ? '' : `: ${prose(beside)}`}`;
  const says = about.length === 0 ? [] : [`<sub>${about.map(prose).join(' ')}</sub>`];
  return [heading, ...says, body, ...notes.map(prose)].join('\n\n');
}

const cellOf = (cell: Cell): string =>
  typeof cell === 'string' ? prose(cell).replaceAll('\n', '<br>') : `${SIGNS[cell.mark]} ${prose(cell.text)}`;
