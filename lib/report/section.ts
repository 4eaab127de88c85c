/** A part of a report that is a table: written once, for every format. */
export interface Section {
  /** In lower case, for links to it. */
  readonly id: string;
  readonly title: string;
  /** What it comes to, in a phrase. @default - nothing */
  readonly beside?: string;
  /** What its figures are, in sentences. */
  readonly about: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** What is said where there is no row. */
  readonly empty: string;
  /** What is to be known of the rows, in sentences. @default - nothing */
  readonly notes?: readonly string[];
}

/** A column of it. */
export interface Column {
  readonly title: string;
  /** `figure` is aligned right; those of `prose` share the room that the others leave. @default words */
  readonly kind?: 'words' | 'figure' | 'prose';
}

/** A text, or one that says how good it is. */
export type Cell = string | MarkedCell;

/** A text that says how good it is. */
export interface MarkedCell {
  readonly text: string;
  readonly mark: 'good' | 'bad' | 'doubtful';
}

/** What a cell says. */
export const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);
