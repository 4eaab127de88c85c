import type { CatalogTable } from '../data';
import type { DataStatements } from '../dialect';
import { MARKER_TABLE } from '../marker';
import type { Session } from '../session';
import { readSchemaFaults, USER_SCHEMAS } from './schema-faults';

/** How the data of PostgreSQL are read. */
export const data: DataStatements = {
  async prepare(session: Session): Promise<void> {
    await session.ask('set default_transaction_read_only = on');
    await session.ask('set row_security = off'); // it would leave rows out without a word; off, it refuses
    await session.ask(`set lock_timeout = '2s'`);
  },

  async limit(session: Session, ms: number): Promise<void> {
    await session.ask(`set statement_timeout = ${ms}`);
  },

  async tablesOf(session: Session): Promise<readonly CatalogTable[]> {
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
    return (rows as readonly PostgresTable[]).map(({ isPartitioned, ...table }) => ({
      ...table,
      // a parent of tables that inherit from it counts without them: they are tables themselves
      from: `${isPartitioned ? '' : 'only '}${quoted(table.schema)}.${quoted(table.name)}`,
    }));
  },

  faultsOf: readSchemaFaults,

  countOf({ from, columns, key }: CatalogTable, kept: string | undefined): string {
    const nullable = columns.filter((it) => it.nullable);
    const all = (filter: string, prefix: string): string[] => [
      `count(*)${filter} as ${prefix}rows`,
      ...nullable.map(({ name }, i) => `count(${quoted(name)})${filter} as ${prefix}${i}`),
    ];
    const what = [
      ...all('', 'all_'),
      ...(kept === undefined ? [] : all(` filter (where ${quoted(kept)} <= $1)`, 'kept_')),
      ...(key === null ? [] : [`max(${quoted(key)})::text as most`]),
    ];
    return `select ${what.join(', ')} from ${from}`;
  },
};

interface PostgresTable extends Omit<CatalogTable, 'from'> {
  readonly isPartitioned: boolean;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
