import type { CatalogTable } from '../data';
import type { DataStatements } from '../dialect';
import { MARKER_TABLE } from '../marker';
import { DatabaseFault, type Row, type Session } from '../session';
import { readSchemaFaults } from './schema-faults';
import { schemaIn, USER_SCHEMAS } from './schemas';

/** How the data of MySQL and MariaDB are read. */
export const data: DataStatements = {
  async prepare(session: Session): Promise<void> {
    await session.ask('set session transaction read only');
    await session.ask('set session lock_wait_timeout = 2');
  },

  async limit(session: Session, ms: number): Promise<void> {
    const isMaria = (await versionOf(session)).includes('MariaDB');
    await session.ask(
      isMaria ? `set session max_statement_time = ${ms / 1000}` : `set session max_execution_time = ${ms}`,
    );
  },

  async tablesOf(session: Session, database: string): Promise<readonly CatalogTable[]> {
    const [tables, columns, ids] = [
      await session.ask(
        `select t.table_schema as owner, t.table_name as name from information_schema.tables t
         where t.table_type = 'BASE TABLE' and t.table_name <> ? and ${USER_SCHEMAS} order by 1, 2`,
        [MARKER_TABLE],
      ),
      await session.ask(
        `select t.table_schema as owner, t.table_name as table_of, t.column_name as name, t.is_nullable = 'YES' as nullable,
           t.data_type in ('tinyint', 'smallint', 'mediumint', 'int', 'bigint') as whole,
           (select count(*) from information_schema.statistics s where s.table_schema = t.table_schema
             and s.table_name = t.table_name and s.index_name = 'PRIMARY' and s.seq_in_index = 1
             and s.column_name = t.column_name) as first
         from information_schema.columns t where ${USER_SCHEMAS} order by t.ordinal_position`,
      ),
      await idsOf(session),
    ];
    return tables.map(({ owner, name }) => {
      const own = columns.filter((it) => it['owner'] === owner && it['table_of'] === name);
      const key = own.find((it) => Number(it['first']) > 0 && Number(it['whole']) === 1);
      const path = `${String(owner)}/${String(name)}`;
      return {
        oid: ids.get(path) ?? path,
        schema: schemaIn(String(owner), database),
        name: String(name),
        from: `${quoted(String(owner))}.${quoted(String(name))}`,
        columns: own.map((it) => ({ name: String(it['name']), nullable: Number(it['nullable']) === 1 })),
        key: key ? String(key['name']) : null,
      };
    });
  },

  faultsOf: readSchemaFaults,

  countOf({ from, columns, key }: CatalogTable, kept: string | undefined): string {
    const nullable = columns.filter((it) => it.nullable).map(({ name }) => quoted(name));
    // a parameter for each place: there is one value, which a variable holds
    const isKept = `${kept === undefined ? '' : quoted(kept)} <= given.most`;
    const what = [
      'count(*) as all_rows',
      ...nullable.map((name, i) => `count(${name}) as all_${i}`),
      ...(kept === undefined
        ? []
        : [
            `count(case when ${isKept} then 1 end) as kept_rows`,
            ...nullable.map((name, i) => `count(case when ${isKept} then ${name} end) as kept_${i}`),
          ]),
      ...(key === null ? [] : [`cast(max(${quoted(key)}) as char) as most`]),
    ];
    const given = kept === undefined ? '' : ', (select cast(? as decimal(65)) as most) given';
    return `select ${what.join(', ')} from ${from}${given}`;
  },
};

/** By `schema/table`: what InnoDB calls a table, which stays when it is renamed. A user that may not ask gets none. */
async function idsOf(session: Session): Promise<ReadonlyMap<string, string>> {
  const isMaria = (await versionOf(session)).includes('MariaDB');
  const from = isMaria ? 'information_schema.innodb_sys_tables' : 'information_schema.innodb_tables';
  try {
    const rows = await session.ask(`select name as name, cast(table_id as char) as id from ${from}`);
    return new Map(rows.map(({ name, id }: Row) => [String(name), String(id)]));
  } catch (error) {
    if (!(error instanceof DatabaseFault) || error.kind === 'connection') throw error;
    return new Map();
  }
}

async function versionOf(session: Session): Promise<string> {
  const [row] = await session.ask('select version() as version');
  return String(row?.['version']);
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
