/** How a table is laid out. */
export interface TableOptions {
  /** How many characters fit in a line. */
  readonly width: number;
  /** Before every line. @default two spaces */
  readonly indent?: string;
}

/** Shorter texts are not readable. */
const MIN_COLUMN = 8;

/**
 * The lines of a table with aligned columns: the first two are texts, the others figures, aligned to the right. Texts are
 * shortened where a line would be too long; an empty column is left out.
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

/** The text columns, in the order in which they are shortened. */
const TEXTS = [1, 0];

function align(text: string, width: number, column: number): string {
  if (!TEXTS.includes(column)) return text.padStart(width);
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
