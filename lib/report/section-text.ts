import type { Lines, Style } from './lines';
import { inOneLine } from './sanitize';
import { textOf, type Cell, type Column, type MarkedCell, type Section } from './section';

const INDENT = '  ';
const GAP = '  ';
/** Prose in a narrower column is not readable. */
const MIN_PROSE = 28;
/** Where several columns share the room. */
const MIN_SHARED = 18;

const STYLES: Readonly<Record<MarkedCell['mark'], Style>> = { good: 'green', bad: 'red', doubtful: 'yellow' };

/** Writes a section for a terminal or a log: its columns are aligned as far as they fit. */
export function writeSection(page: Lines, section: Section): void {
  const { title, beside, about, rows, empty, notes = [] } = section;
  page.heading(title, beside === undefined ? {} : { beside });
  for (const sentence of about) page.words(sentence, { lead: INDENT, style: 'dim' });
  if (rows.length === 0) page.words(empty, { lead: INDENT });
  else writeTable(page, section);
  for (const note of notes) page.words(note, { lead: INDENT });
}

/** One column of one prose stands above its row where there is no room beside it; rows that fit no line become blocks. */
function writeTable(page: Lines, { columns, rows }: Section): void {
  const widthOf = (i: number): number =>
    Math.max(columns[i]!.title.length, ...rows.map((row) => inOneLine(textOf(row[i]!)).length));
  // a column without a value needs no room
  const shown = columns.map((_, i) => i).filter((i) => rows.some((row) => textOf(row[i]!) !== ''));
  const isProse = (i: number): boolean => columns[i]!.kind === 'prose';
  const prose = shown.filter(isProse);
  const short = shown.filter((i) => !isProse(i));
  const used = short.reduce((sum, i) => sum + widthOf(i) + GAP.length, INDENT.length) - GAP.length;
  const room = page.width - used - prose.length * GAP.length;
  const share = Math.floor(room / prose.length);
  const widths = shared(
    prose.map((i) => [i, widthOf(i)] as const),
    room,
  );
  const placed = (indent: string, is: readonly number[]): Placed[] =>
    is.map((i) => ({
      i,
      indent: i === is[0] ? indent : GAP,
      width: widths.get(i) ?? widthOf(i),
      column: columns[i]!,
    }));
  if (prose.length === 0 ? used <= page.width : share >= (prose.length === 1 ? MIN_PROSE : MIN_SHARED))
    return writeAligned(page, placed(INDENT, shown), rows);
  const above = INDENT + INDENT;
  if (prose.length !== 1 || used + INDENT.length > page.width)
    return rows.forEach((row) => writeBlock(page, columns, row));
  const own = placed(above, short);
  writeAligned(page, own, rows, (row) => {
    const cell = row[prose[0]!]!;
    if (textOf(cell) !== '') page.words(textOf(cell), { lead: INDENT, ...styleOf(cell) });
  });
}

/** What a column does not need is for the others. */
function shared(
  needs: readonly (readonly [column: number, width: number])[],
  room: number,
): Map<number, number> {
  let rest = room;
  const ordered = needs.toSorted(([, a], [, b]) => a - b);
  return new Map(
    ordered.map(([column, width], n) => {
      const own = Math.min(width, Math.floor(rest / (ordered.length - n)));
      rest -= own;
      return [column, own];
    }),
  );
}

/** A column in a line. */
interface Placed {
  readonly i: number;
  readonly column: Column;
  /** What stands before it. */
  readonly indent: string;
  readonly width: number;
}

function writeAligned(
  page: Lines,
  placed: readonly Placed[],
  rows: Section['rows'],
  before: (row: Section['rows'][number]) => void = () => {},
): void {
  const titles = placed.map(({ column, indent, width }) => `${indent}${align(column.title, column, width)}`);
  page.line(page.paint('dim', titles.join('').trimEnd()));
  for (const row of rows) {
    before(row);
    const cells = placed.map(({ i, width }) => page.wrapped(textOf(row[i]!), width));
    const height = Math.max(...cells.map(({ length }) => length));
    for (let n = 0; n < height; n++) {
      const line = placed.map(({ i, column, indent, width }, c) => {
        const text = cells[c]![n] ?? '';
        const isLast = placed.slice(c + 1).every((_, later) => (cells[c + 1 + later]![n] ?? '') === '');
        // nothing stands at the end of a line, not even in a colour
        return (
          indent +
          page.paint(
            styleOf(row[i]!).style,
            isLast && column.kind !== 'figure' ? text : align(text, column, width),
          )
        );
      });
      page.line(line.join('').trimEnd());
    }
  }
}

const align = (text: string, { kind }: Column, width: number): string =>
  kind === 'figure' ? text.padStart(width) : text.padEnd(width);

function writeBlock(page: Lines, columns: readonly Column[], row: readonly Cell[]): void {
  const [first = '', ...others] = row;
  page.words(textOf(first), { lead: INDENT, ...styleOf(first) });
  others.forEach((cell, i) => {
    if (textOf(cell) === '') return;
    page.words(textOf(cell), { lead: `${INDENT}${INDENT}${columns[i + 1]!.title}  `, ...styleOf(cell) });
  });
}

const styleOf = (cell: Cell): { readonly style?: Style } =>
  typeof cell === 'string' ? {} : { style: STYLES[cell.mark] };
