/** How a table is laid out. */
export interface TableOptions {
  /** How many characters fit in a line. */
  readonly width: number;
  /** What stands before every line. @default two spaces */
  readonly indent?: string;
}

/** Less of a text says nothing. */
const MIN_COLUMN = 8;

/**
 * Lines of a table in aligned columns: the first two are texts, the others figures, aligned to the right. The texts are
 * shortened where a line would be too long; a column that is empty takes no room.
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  { width, indent = '  ' }: TableOptions,
): string[] {
  const columns = rows[0]!.map((_, i) => i).filter((i) => rows.some((row) => row[i] !== ''));
  const widths = new Map(columns.map((i) => [i, Math.max(...rows.map((row) => row[i]!.length))]));
  const total = (): number =>
    indent.length + [...widths.values()].reduce((sum, it) => sum + it, 0) + 2 * (columns.length - 1);
  for (const i of TEXTS.filter((it) => widths.has(it))) {
    const own = widths.get(i)!;
    widths.set(i, Math.min(own, Math.max(MIN_COLUMN, own - Math.max(0, total() - width))));
  }
  return rows.map((row) => {
    const cells = columns.map((i) => align(row[i]!, widths.get(i)!, i));
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** The columns that are shortened: what first, then whose. */
const TEXTS = [1, 0];

function align(text: string, width: number, column: number): string {
  if (!TEXTS.includes(column)) return text.padStart(width);
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
