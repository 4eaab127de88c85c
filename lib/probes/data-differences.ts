import type { DataState, TableCount, TableState } from './data';
import { DEFAULT_SCHEMA, shownName, shownTable } from './statement';

/** What became of the data of a tier between two readings. */
export interface DataDifferences {
  /** Tables that lost rows or are gone, and columns that lost values. */
  readonly losses: readonly Loss[];
  /** What is worth knowing, in a sentence each: it is no loss, or nobody knows. */
  readonly advice: readonly string[];
  /** How many tables, and rows in them, were counted both times. */
  readonly tables: number;
  readonly rows: number;
}

/** A table or a column that holds less than before. */
export interface Loss {
  /** The table as a config names it, `orders` or `sales.orders`; for a column with its name, `orders.total`. */
  readonly of: string;
  /** Such as `orders: 1,050 rows became 1,040`. */
  readonly detail: string;
}

/**
 * Compares two readings. Rows that are added meanwhile count neither for a table nor against it, where its key shows which they are;
 * elsewhere they can hide a loss, and never make one.
 */
export function compareData(before: DataState, after: DataState): DataDifferences {
  const pairs = before.tables.map((old) => ({ old, now: counterpartOf(old, after) }));
  const counted = pairs.filter(({ old, now }) => old.count && now?.count);
  const found = pairs.map(({ old, now }) => (now ? compareTables(old, now) : gone(old)));
  const isNew = (fault: string): boolean => !before.faults.includes(fault);
  return {
    losses: found.flatMap(({ losses }) => losses),
    advice: [...found.flatMap(({ advice }) => advice), ...after.faults.filter(isNew)],
    tables: counted.length,
    rows: counted.reduce((sum, { old }) => sum + old.count!.rows, 0),
  };
}

type Found = Pick<DataDifferences, 'losses' | 'advice'>;

/** The table that services find under the same name; or the same one, which has another name now. */
const counterpartOf = (old: TableState, { tables }: DataState): TableState | undefined =>
  tables.find(({ schema, name }) => schema === old.schema && name === old.name) ??
  tables.find(({ oid }) => oid === old.oid);

const gone = (old: TableState): Found => ({
  losses: [
    {
      of: nameOf(old),
      detail: `${shownTable(old)} is gone${old.count ? `, with ${amount(old.count.rows, 'row')}` : ''}`,
    },
  ],
  advice: [],
});

function compareTables(old: TableState, now: TableState): Found {
  const why = old.notCounted ?? now.notCounted;
  if (!old.count || !now.count) {
    return { losses: [], advice: [`${shownTable(old)} was not counted: ${why}`] };
  }
  const kept = now.kept ?? now.count;
  const columns = now.columns.map((column, i) => {
    const at = old.columns.findIndex(({ name }) => name === column.name);
    const renamed = old.columns.findIndex((it) => isSameColumn(it, column));
    const from = at < 0 && old.oid === now.oid ? renamed : at;
    return compareColumn({
      of: `${nameOf(now)}.${column.name}`,
      shown: `${shownTable(now)}.${shownName(column.name)}`,
      before: from < 0 ? undefined : { rows: old.count!.rows, value: old.count!.values[from]! },
      after: { rows: kept.rows, value: kept.values[i]! },
      rows: old.count!.rows,
    });
  });
  return {
    losses: [...lostRows(old, kept), ...columns.flatMap(({ losses }) => losses)],
    advice: [...columns.flatMap(({ advice }) => advice), ...droppedColumns(old, now)],
  };
}

const isSameColumn = (one: Numbered, other: Numbered): boolean =>
  one.number !== undefined && one.number === other.number;

type Numbered = Pick<TableState['columns'][number], 'number'>;

/** No loss, since a release that needs a column no longer drops it; but no roll back brings its values back. */
const droppedColumns = (old: TableState, now: TableState): string[] =>
  old.columns.flatMap(({ name, number: at }, i) => {
    const values = old.count!.values[i]!;
    const isThere = now.columns.some(
      (it) => it.name === name || (isSameColumn(it, { number: at }) && old.oid === now.oid),
    );
    return isThere || values === 0
      ? []
      : [`${shownTable(old)}.${shownName(name)} is gone, with ${amount(values, 'value')}`];
  });

function lostRows(old: TableState, kept: TableCount): Loss[] {
  const { rows } = old.count!;
  if (kept.rows >= rows) return [];
  return [
    { of: nameOf(old), detail: `${shownTable(old)}: ${number(rows)} rows became ${number(kept.rows)}` },
  ];
}

interface ComparedColumn extends Pick<Loss, 'of'> {
  readonly shown: string;
  /** Undefined for a column that is new. */
  readonly before: { readonly rows: number; readonly value: number } | undefined;
  readonly after: { readonly rows: number; readonly value: number };
  /** How many rows the table had before. */
  readonly rows: number;
}

/** A new column with fewer nulls than one row in so many is one that was meant to be filled. */
const SPARSE = 20;

/**
 * A column loses values when it had one in every row, and now rows that existed have none: one that had nulls before may have more at
 * any time, since a service writes them. A new column is empty until something fills it: a few nulls are rows that were missed, and
 * many are those that have no such value.
 */
function compareColumn({ of, shown, before, after, rows }: ComparedColumn): Found {
  // rows that are new may be null: none of them counts as one that existed
  const nulls = after.rows - after.value - Math.max(0, after.rows - rows);
  if (nulls <= 0 || rows === 0) return NOTHING;
  const what = `null in ${number(nulls)} of ${number(rows)} rows that existed`;
  if (before !== undefined) {
    return before.value < before.rows
      ? NOTHING
      : { losses: [{ of, detail: `${shown} is ${what}; it was in none` }], advice: [] };
  }
  if (after.value === 0) return NOTHING;
  return nulls * SPARSE <= rows
    ? { losses: [{ of, detail: `${shown}, which is new, is ${what}: all others have a value` }], advice: [] }
    : { losses: [], advice: [`${shown}, which is new, is ${what}`] };
}

const NOTHING: Found = { losses: [], advice: [] };

const nameOf = ({ schema, name }: TableState): string =>
  schema === DEFAULT_SCHEMA ? name : `${schema}.${name}`;

const amount = (value: number, what: string): string => `${number(value)} ${what}${value === 1 ? '' : 's'}`;

/** `1,050`, wherever it runs. */
const number = (value: number): string => value.toLocaleString('en-US');
