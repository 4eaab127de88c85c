import type { ProbeDatabase } from './context';
import { MARKER_TABLE } from './replica-lag';
import { readSchemaFaults, USER_SCHEMAS } from './schema-faults';
import { DatabaseFault, Sessions, type Row, type Session } from './session';

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
  /** It keeps this when it is renamed. */
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly number: number }[];
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
export interface KeyBound {
  readonly oid: string;
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
    await prepare(session);
    const faults = await readSchemaFaults(session);
    const catalog = await tablesOf(session);
    await session.ask(`set statement_timeout = ${tableMs}`);
    const end = performance.now() + allMs;
    const tables: TableState[] = [];
    for (const table of catalog) {
      const bound = bounds.find(({ oid }) => oid === table.oid);
      tables.push(
        performance.now() < end
          ? await counted(session, table, bound)
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

/** How much later than PostgreSQL a statement is given up here. */
const LATE_MS = 5_000;

/** Row security would leave rows out without a word; off, it refuses. */
async function prepare(session: Session): Promise<void> {
  await session.ask('set default_transaction_read_only = on');
  await session.ask('set row_security = off');
  await session.ask(`set lock_timeout = '2s'`);
}

/** A table as the catalog has it. */
interface CatalogTable extends Pick<TableState, 'oid' | 'schema' | 'name'> {
  readonly isPartitioned: boolean;
  readonly columns: readonly (TableState['columns'][number] & { readonly nullable: boolean })[];
  /** The first column of the primary key, where it holds whole numbers. */
  readonly key: string | null;
}

async function tablesOf(session: Session): Promise<readonly CatalogTable[]> {
  const rows: readonly unknown[] = await session.ask(
    `select c.oid::text, n.nspname as schema, c.relname as name, c.relkind = 'p' as "isPartitioned",
       (select coalesce(json_agg(json_build_object('name', attname, 'number', attnum, 'nullable', not attnotnull)
           order by attnum), '[]')
         from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where i.indrelid = c.oid and i.indisprimary
           and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)) as key
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1 and ${USER_SCHEMAS}
     order by n.nspname, c.relname`,
    [MARKER_TABLE],
  );
  return rows as readonly CatalogTable[];
}

const shown = ({ oid, schema, name, columns }: CatalogTable): TableState => ({
  oid,
  schema,
  name,
  columns: columns.map((it) => ({ name: it.name, number: it.number })),
});

/** Counts rows and values in one pass. */
async function counted(
  session: Session,
  table: CatalogTable,
  bound: KeyBound | undefined,
): Promise<TableState> {
  const isKept = bound !== undefined && table.columns.some(({ name }) => name === bound.column);
  const nullable = table.columns.filter((it) => it.nullable);
  const all = (filter: string, prefix: string): string[] => [
    `count(*)${filter} as ${prefix}rows`,
    ...nullable.map(({ name, number }) => `count(${quoted(name)})${filter} as ${prefix}${number}`),
  ];
  const what = [
    ...all('', 'all_'),
    ...(isKept ? all(` filter (where ${quoted(bound.column)} <= $1)`, 'kept_') : []),
    ...(table.key === null ? [] : [`max(${quoted(table.key)})::text as most`]),
  ];
  // a parent of tables that inherit from it counts without them: they are tables themselves
  const from = `${table.isPartitioned ? '' : 'only '}${quoted(table.schema)}.${quoted(table.name)}`;
  try {
    const [row = {}] = await session.ask(
      `select ${what.join(', ')} from ${from}`,
      isKept ? [bound.most] : [],
    );
    const most = row['most'] as string | null | undefined;
    return {
      ...shown(table),
      count: countIn(row, 'all_', table),
      ...(isKept && { kept: countIn(row, 'kept_', table) }),
      ...(table.key !== null && most && { bound: { oid: table.oid, column: table.key, most } }),
    };
  } catch (error) {
    if (!(error instanceof DatabaseFault) || isBroken(error)) throw error;
    return { ...shown(table), notCounted: error.reason };
  }
}

/** Whether the connection broke, so that no other table can be read either: everything else has an SQLSTATE of a statement. */
const isBroken = ({ code = '' }: DatabaseFault): boolean =>
  !/^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) || /^(08|57P)/.test(code);

function countIn(row: Row, prefix: string, { columns }: CatalogTable): TableCount {
  const rows = Number(row[`${prefix}rows`]);
  const values = columns.map((it) => (it.nullable ? Number(row[`${prefix}${it.number}`]) : rows));
  return { rows, values };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
