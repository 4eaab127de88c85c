import type { Session } from '../session';
import { shownName, shownTable } from '../statement';

/** In a query on `pg_class c` and its `pg_namespace n`: the tables of users, without those that extensions bring. */
export const USER_SCHEMAS = `n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relpersistence <> 't'
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

const FROM_TABLES = `from pg_class c join pg_namespace n on n.oid = c.relnamespace`;

const QUERY = `
select 'index' as kind, n.nspname as schema, c.relname as "table", x.relname as name
  ${FROM_TABLES} join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid
  where not i.indisvalid and ${USER_SCHEMAS}
union all
select 'constraint', n.nspname, c.relname, k.conname
  ${FROM_TABLES} join pg_constraint k on k.conrelid = c.oid
  where not k.convalidated and k.conparentid = 0 and ${USER_SCHEMAS}
union all
select 'unlogged', n.nspname, c.relname, ''
  ${FROM_TABLES} where c.relkind = 'r' and c.relpersistence = 'u' and ${USER_SCHEMAS}
union all
select 'key', n.nspname, c.relname, ''
  ${FROM_TABLES} where c.relkind in ('r', 'p') and not c.relispartition and ${USER_SCHEMAS}
    and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
order by 1, 2, 3, 4`;

interface Fault {
  readonly kind: keyof typeof SENTENCES;
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}

const SENTENCES = {
  index: (name: string, table: string) =>
    `the index ${name} of ${table} is invalid: no query uses it; drop it, or make it anew with REINDEX INDEX CONCURRENTLY`,
  constraint: (name: string, table: string) =>
    `the constraint ${name} of ${table} is NOT VALID: rows that were there before may break it; VALIDATE CONSTRAINT checks them`,
  unlogged: (_: string, table: string) =>
    `the table ${table} is unlogged: a crash or a failover empties it, and replicas cannot read it`,
  key: (_: string, table: string) =>
    `the table ${table} has no primary key: logical replication can neither update nor delete its rows`,
} as const;

/**
 * What is wrong with the schema of a database, in a sentence each.
 *
 * @throws DatabaseFault
 */
export async function readSchemaFaults(session: Session): Promise<readonly string[]> {
  const faults = (await session.ask(QUERY)) as unknown as readonly Fault[];
  return faults.map(({ kind, name, ...table }) =>
    SENTENCES[kind](shownName(name), shownTable({ schema: table.schema, name: table.table })),
  );
}
