import type { Session } from '../session';
import { shownName, shownTable } from '../statement';
import { schemaIn, USER_SCHEMAS } from './schemas';

/** MariaDB does not say of a view that it is broken before it is read. */
const QUERY = `
select 'engine' as kind, t.table_schema as owner, t.table_name as name, t.engine as detail
  from information_schema.tables t
  where t.table_type = 'BASE TABLE' and t.engine <> 'InnoDB' and ${USER_SCHEMAS}
union all
select 'key', t.table_schema, t.table_name, ''
  from information_schema.tables t
  where t.table_type = 'BASE TABLE' and ${USER_SCHEMAS}
    and not exists (select 1 from information_schema.table_constraints c
      where c.table_schema = t.table_schema and c.table_name = t.table_name and c.constraint_type = 'PRIMARY KEY')
union all
select 'view', t.table_schema, t.table_name, ''
  from information_schema.tables t
  where t.table_type = 'VIEW' and t.table_comment like '%references invalid table%' and ${USER_SCHEMAS}
order by 1, 2, 3`;

interface Fault {
  readonly kind: keyof typeof SENTENCES;
  readonly owner: string;
  readonly name: string;
  readonly detail: string;
}

const SENTENCES = {
  engine: (table: string, engine: string) =>
    `the table ${table} is of the engine ${engine}: a crash or a failover can lose its rows, and no transaction includes them`,
  key: (table: string) =>
    `the table ${table} has no primary key: a replica reads the whole table for every row that is changed`,
  view: (view: string) =>
    `the view ${view} is broken: it reads a table, a column or a function that is not there`,
} as const;

/**
 * What is wrong with the schema of a database, in a sentence each.
 *
 * @throws DatabaseFault
 */
export async function readSchemaFaults(session: Session, database: string): Promise<readonly string[]> {
  const faults = (await session.ask(QUERY)) as unknown as readonly Fault[];
  return faults.map(({ kind, owner, name, detail }) =>
    SENTENCES[kind](shownTable({ schema: schemaIn(owner, database), name }), shownName(detail)),
  );
}
