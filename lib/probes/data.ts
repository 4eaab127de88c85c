import type { ProbeDatabase } from './context';
import type { DataStatements } from './dialect';
import { dialectOf } from './dialects';
import { DatabaseFault, type Row, type Session } from './session';
import { Sessions } from './sessions';

/** What a SQL tier holds at one time: how many rows and values, and none of them. Plain JSON. */
export interface DataState {
  readonly tier: string;
  /** Those of users: a partitioned table counts with its partitions, once. */
  readonly tables: readonly TableState[];
  /** What is wrong with the schema, in a sentence each. */
  readonly faults: readonly string[];
  /** Why nothing was read; absent where it was. */
  readonly unread?: string;
}

/** A table. */
export interface TableState {
  /** It keeps this when it is renamed; where it is rewritten, MySQL gives it another one. */
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Those of PostgreSQL keep their numbers when they are renamed; MySQL has none. */
  readonly columns: readonly { readonly name: string; readonly number?: number }[];
  /** Absent where it was not counted. */
  readonly count?: TableCount;
  /** The same of the rows that were there at the reading before, as far as a key shows which they are. */
  readonly kept?: TableCount;
  /** The highest value of its key; absent without rows, and without a key of integers. */
  readonly bound?: KeyBound;
  /** Why it was not counted. */
  readonly notCounted?: string;
}

/** How much is in a table. */
export interface TableCount {
  readonly rows: number;
  /** How many of them have a value, not null, in each column, in the order of the columns. */
  readonly values: readonly number[];
}

/** The highest value of the first column of a primary key: rows that are added later are above it, as long as a sequence makes them. */
export interface KeyBound extends Pick<TableState, 'oid' | 'schema' | 'name'> {
  readonly column: string;
  /** A whole number as a text: it may be larger than JavaScript counts. */
  readonly most: string;
}

/** The bounds of tables, by tier. */
export type KeyBounds = Readonly<Record<string, readonly KeyBound[]>>;

/** How long a reading may take. */
export interface ReadLimits {
  /** For one table. */
  readonly tableMs: number;
  /** For all tables of a database. */
  readonly allMs: number;
}

const LIMITS: ReadLimits = { tableMs: 60_000, allMs: 300_000 };

/**
 * Reads what databases hold, on their writers: replicas may be behind. It waits for no lock for long, and reads each table once.
 *
 * @param bounds - of the tables at the reading before
 */
export async function readData(
  databases: readonly ProbeDatabase[],
  bounds: KeyBounds,
  signal: AbortSignal,
  limits = LIMITS,
): Promise<readonly DataState[]> {
  return Promise.all(
    databases.map((database) => readOne(database, bounds[database.tier] ?? [], signal, limits)),
  );
}

/** The bounds of tables at a reading, for the next one. */
export const boundsOf = (states: readonly DataState[]): KeyBounds =>
  Object.fromEntries(
    states.map(({ tier, tables }) => [tier, tables.flatMap(({ bound }) => (bound ? [bound] : []))]),
  );

async function readOne(
  database: ProbeDatabase,
  bounds: readonly KeyBound[],
  signal: AbortSignal,
  { tableMs, allMs }: ReadLimits,
): Promise<DataState> {
  const { tier, writer } = database;
  const sessions = new Sessions(database, signal);
  try {
    const session = await sessions.open(`the writer of ${tier}`, writer, tableMs + LATE_MS);
    const { data } = dialectOf(database);
    await data.prepare(session);
    const faults = await data.faultsOf(session, database.database);
    const catalog = await data.tablesOf(session, database.database);
    await data.limit(session, tableMs);
    const end = performance.now() + allMs;
    const tables: TableState[] = [];
    for (const table of catalog) {
      const bound =
        bounds.find(({ oid }) => oid === table.oid) ??
        bounds.find(({ schema, name }) => schema === table.schema && name === table.name);
      tables.push(
        performance.now() < end
          ? await counted(session, data, table, bound)
          : { ...shown(table), notCounted: `the others took ${allMs / 1000} s` },
      );
    }
    return { tier, tables, faults };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DatabaseFault)) throw error;
    return { tier, tables: [], faults: [], unread: error.message };
  } finally {
    await sessions.close();
  }
}

/** How much later than by the server a statement is given up here. */
const LATE_MS = 5_000;

/** A table as the catalog has it. */
export interface CatalogTable extends Pick<TableState, 'oid' | 'schema' | 'name'> {
  /** As a query reads it. */
  readonly from: string;
  readonly columns: readonly (TableState['columns'][number] & { readonly nullable: boolean })[];
  /** The first column of the primary key, where it holds whole numbers. */
  readonly key: string | null;
}

const shown = ({ oid, schema, name, columns }: CatalogTable): TableState => ({
  oid,
  schema,
  name,
  columns: columns.map(({ name: of, number: at }) => ({ name: of, ...(at !== undefined && { number: at }) })),
});

/** Counts rows and values in one pass. */
async function counted(
  session: Session,
  data: DataStatements,
  table: CatalogTable,
  bound: KeyBound | undefined,
): Promise<TableState> {
  const isKept = bound !== undefined && table.columns.some(({ name }) => name === bound.column);
  try {
    const [row = {}] = await session.ask(
      data.countOf(table, isKept ? bound.column : undefined),
      isKept ? [bound.most] : [],
    );
    const most = row['most'] as string | null | undefined;
    return {
      ...shown(table),
      count: countIn(row, 'all_', table),
      ...(isKept && { kept: countIn(row, 'kept_', table) }),
      ...(table.key !== null &&
        most && {
          bound: { oid: table.oid, schema: table.schema, name: table.name, column: table.key, most },
        }),
    };
  } catch (error) {
    if (!(error instanceof DatabaseFault) || error.kind === 'connection') throw error; // no other table can be read either
    return { ...shown(table), notCounted: error.reason };
  }
}

function countIn(row: Row, prefix: string, { columns }: CatalogTable): TableCount {
  const rows = Number(row[`${prefix}rows`]);
  const nullable = columns.filter((it) => it.nullable);
  const values = columns.map((it) => (it.nullable ? Number(row[`${prefix}${nullable.indexOf(it)}`]) : rows));
  return { rows, values };
}
