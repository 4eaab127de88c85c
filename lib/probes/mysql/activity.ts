import type { Activity, Blocker } from '../database-activity';
import { APPLICATION, DatabaseFault, type Row, type Session } from '../session';
import { shownName } from '../statement';
import { USER_SCHEMAS } from './schemas';
import { withoutLiterals } from './statement';

/** How much of a statement the server is asked for. */
const LENGTH = 2_000;

/** What a session has that a look needs; times in milliseconds. */
interface Thread {
  /** The server's number of it, beside the one that users see. */
  readonly thread: number;
  readonly session: number;
  readonly application: string;
  readonly statement: string;
  /** Its number, which no other statement of the session has. */
  readonly event: number;
  readonly isRunning: boolean;
  /** Of the statement: how long it has run, or since when it is over. */
  readonly statementMs: number;
  readonly idleMs: number;
  /** How long its transaction is under way; undefined without one. */
  readonly transactionMs: number | undefined;
  readonly transaction: number;
  readonly hasWritten: boolean;
}

/**
 * The sessions of clients, but neither those of replicas nor those of the service itself. Times are counted from the start of this very
 * statement, by the same clock.
 */
const THREADS = `
select t.thread_id as thread, t.processlist_id as session, coalesce(a.attr_value, '') as application,
    left(coalesce(e.sql_text, t.processlist_info, ''), ${LENGTH}) as statement, coalesce(e.event_id, 0) as event,
    t.processlist_command <> 'Sleep' as running,
    (n.now - cast(e.timer_start as signed)) / 1e9 as statement_ms, (n.now - cast(e.timer_end as signed)) / 1e9 as idle_ms,
    case when x.state = 'ACTIVE' then (n.now - cast(x.timer_start as signed)) / 1e9 end as transaction_ms,
    coalesce(x.event_id, 0) as transaction, coalesce(i.trx_rows_modified, 0) > 0 as written
  from performance_schema.threads t
  join (select cast(e.timer_start as signed) as now from performance_schema.events_statements_current e
    join performance_schema.threads m on m.thread_id = e.thread_id
    where m.processlist_id = connection_id() order by e.timer_start desc limit 1) n
  left join performance_schema.events_statements_current e on e.thread_id = t.thread_id and coalesce(e.nesting_event_type, 'TRANSACTION') = 'TRANSACTION'
  left join performance_schema.events_transactions_current x on x.thread_id = t.thread_id
  left join performance_schema.session_connect_attrs a
    on a.processlist_id = t.processlist_id and a.attr_name = 'program_name'
  left join information_schema.innodb_trx i on i.trx_mysql_thread_id = t.processlist_id
  where t.processlist_id is not null and t.type = 'FOREGROUND' and t.processlist_user not in ('rdsadmin', 'rdsrepladmin')
    and t.processlist_command not in ('Binlog Dump', 'Binlog Dump GTID', 'Daemon')`;

/** Locks on tables of users, by what a statement does with them. */
const TABLE_LOCKS = `
select t.thread as thread, t.table_schema as owner, t.table_name as name, t.lock_type as type, t.lock_status = 'PENDING' as waits
  from (select owner_thread_id as thread, lock_type, lock_status, object_schema as table_schema, object_name as table_name
    from performance_schema.metadata_locks where object_type = 'TABLE') t
  where ${USER_SCHEMAS}`;

/** Who waits for whose rows: MySQL has a table of its own for that, MariaDB still the older ones. */
const ROW_LOCKS = {
  MySQL: `select w.requesting_thread_id as waiter, w.blocking_thread_id as blocker, l.object_schema as owner, l.object_name as name
    from performance_schema.data_lock_waits w
    join performance_schema.data_locks l on l.engine_lock_id = w.requesting_engine_lock_id and l.engine = w.engine`,
  MariaDB: `select r.thread_id as waiter, b.thread_id as blocker, l.lock_table as path
    from information_schema.innodb_lock_waits w
    join information_schema.innodb_locks l on l.lock_id = w.requested_lock_id
    join information_schema.innodb_trx rt on rt.trx_id = w.requesting_trx_id
    join information_schema.innodb_trx bt on bt.trx_id = w.blocking_trx_id
    join performance_schema.threads r on r.processlist_id = rt.trx_mysql_thread_id
    join performance_schema.threads b on b.processlist_id = bt.trx_mysql_thread_id`,
} as const;

const SERVER = `select @@global.read_only as refuses, @@global.max_connections as most, version() as version, database() as base`;

/**
 * What the sessions of a database do now. A look reads what the server keeps in memory, and locks no table.
 *
 * @throws DatabaseFault, also where the server is a replica
 */
export async function lookAt(session: Session): Promise<Activity> {
  const [server = {}] = await session.ask(SERVER);
  if (Number(server['refuses']) === 1)
    throw new DatabaseFault('the writer refuses writes', 'statement', 'it refuses writes');
  const engine = String(server['version']).includes('MariaDB') ? 'MariaDB' : 'MySQL';
  const all = (await session.ask(THREADS)).map(threadOf);
  const tableLocks = (await session.ask(TABLE_LOCKS)).map(tableLockOf);
  const rowLocks = (await session.ask(ROW_LOCKS[engine])).map(rowLockOf);
  const base = String(server['base']);
  const clients = all.filter(({ application }) => application !== APPLICATION);
  const waits = waitsOf(tableLocks, rowLocks);
  const blockerOf = (thread: number): Blocker => {
    const it = all.find((other) => other.thread === thread);
    const others = new Set(
      waits.filter((wait) => wait.waiter === thread).flatMap(({ blockers }) => blockers),
    );
    const behind = all.find((other) => others.has(other.thread))?.statement;
    return {
      id: it ? `${it.session}/${it.transaction}` : String(thread),
      statement: withoutLiterals(it?.statement ?? ''),
      isIdle: it !== undefined && !it.isRunning,
      behind: behind === undefined ? undefined : withoutLiterals(behind),
    };
  };
  const isClient = (thread: number): boolean => clients.some((it) => it.thread === thread);
  return {
    holds: tableLocks
      .filter(
        ({ thread, type, waits: isWaiting }) => !isWaiting && KEEPS_WRITES_AWAY.has(type) && isClient(thread),
      )
      .map(({ thread, on }) => ({ by: blockerOf(thread), on: nameOf(on, base) })),
    waits: waits.flatMap(({ waiter, on, blockers }) => {
      const it = clients.find(({ thread }) => thread === waiter);
      if (!it) return [];
      return {
        id: `${it.session}/${it.event}`,
        statement: withoutLiterals(it.statement),
        on: nameOf(on, base),
        ms: it.statementMs,
        blockers: [...new Set(blockers)].map(blockerOf),
      };
    }),
    transactions: clients.flatMap((it) =>
      it.transactionMs === undefined
        ? []
        : {
            id: `${it.session}/${it.transaction}`,
            application: it.application,
            statement: withoutLiterals(it.statement),
            ms: it.transactionMs,
            idleMs: it.isRunning ? 0 : it.idleMs,
            hasWritten: it.hasWritten,
          },
    ),
    connections: { open: clients.length, limit: Number(server['most']) },
    replicas: [],
  };
}

type TableName = readonly [schema: string, name: string];

interface TableLock {
  readonly thread: number;
  readonly on: TableName;
  readonly type: string;
  readonly waits: boolean;
}

interface RowLock {
  readonly waiter: number;
  readonly blocker: number;
  readonly on: TableName;
}

interface Waiting {
  readonly waiter: number;
  readonly on: TableName;
  readonly blockers: readonly number[];
}

/**
 * With which locks of others each lock on a table cannot be had together.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classMDL__lock.html
 */
const CONFLICTS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    SHARED: 'EXCLUSIVE',
    SHARED_HIGH_PRIO: 'EXCLUSIVE',
    SHARED_READ: 'SHARED_NO_READ_WRITE EXCLUSIVE',
    SHARED_WRITE: 'SHARED_READ_ONLY SHARED_NO_WRITE SHARED_NO_READ_WRITE EXCLUSIVE',
    SHARED_WRITE_LOW_PRIO: 'SHARED_READ_ONLY SHARED_NO_WRITE SHARED_NO_READ_WRITE EXCLUSIVE',
    SHARED_UPGRADABLE: 'SHARED_UPGRADABLE SHARED_NO_WRITE SHARED_NO_READ_WRITE EXCLUSIVE',
    SHARED_READ_ONLY: 'SHARED_WRITE SHARED_WRITE_LOW_PRIO SHARED_NO_READ_WRITE EXCLUSIVE',
    SHARED_NO_WRITE:
      'SHARED_WRITE SHARED_WRITE_LOW_PRIO SHARED_UPGRADABLE SHARED_NO_WRITE SHARED_NO_READ_WRITE EXCLUSIVE',
    SHARED_NO_READ_WRITE:
      'SHARED_READ SHARED_WRITE SHARED_WRITE_LOW_PRIO SHARED_UPGRADABLE SHARED_READ_ONLY SHARED_NO_WRITE SHARED_NO_READ_WRITE EXCLUSIVE',
    EXCLUSIVE:
      'SHARED SHARED_HIGH_PRIO SHARED_READ SHARED_WRITE SHARED_WRITE_LOW_PRIO SHARED_UPGRADABLE SHARED_READ_ONLY SHARED_NO_WRITE SHARED_NO_READ_WRITE EXCLUSIVE',
  }).map(([type, others]) => [type, others.split(' ')]),
);

/** Locks that keep others from writing to a table. */
const KEEPS_WRITES_AWAY: ReadonlySet<string> = new Set(CONFLICTS['SHARED_WRITE']);

/** Each lock that is waited for, with the sessions that keep it away: those that have one, and else those that wait for one before it. */
function waitsOf(tables: readonly TableLock[], rows: readonly RowLock[]): readonly Waiting[] {
  const ofTables = tables
    .filter(({ waits }) => waits)
    .map((lock): Waiting => {
      const others = tables.filter(
        (it) =>
          it.thread !== lock.thread &&
          isSame(it.on, lock.on) &&
          CONFLICTS[lock.type]?.includes(it.type) === true,
      );
      const having = others.filter(({ waits }) => !waits);
      const blockers = (having.length > 0 ? having : others).map(({ thread }) => thread);
      return { waiter: lock.thread, on: lock.on, blockers };
    });
  const waiters = [...new Set(rows.map(({ waiter }) => waiter))];
  const ofRows = waiters.map((waiter): Waiting => {
    const own = rows.filter((it) => it.waiter === waiter);
    return { waiter, on: own[0]!.on, blockers: own.map(({ blocker }) => blocker) };
  });
  return [...ofTables, ...ofRows];
}

const isSame = (one: TableName, other: TableName): boolean => one.every((part, i) => part === other[i]);

const threadOf = (row: Row): Thread => ({
  thread: Number(row['thread']),
  session: Number(row['session']),
  application: String(row['application']),
  statement: String(row['statement']),
  event: Number(row['event']),
  isRunning: Number(row['running']) === 1,
  statementMs: Math.max(0, Number(row['statement_ms'] ?? 0)),
  idleMs: Math.max(0, Number(row['idle_ms'] ?? 0)),
  transactionMs: row['transaction_ms'] === null ? undefined : Math.max(0, Number(row['transaction_ms'])),
  transaction: Number(row['transaction']),
  hasWritten: Number(row['written']) === 1,
});

const tableLockOf = (row: Row): TableLock => ({
  thread: Number(row['thread']),
  on: [String(row['owner']), String(row['name'])],
  type: String(row['type']),
  waits: Number(row['waits']) === 1,
});

/** MariaDB names the table as a statement does: `` `shop`.`orders` ``. */
const rowLockOf = (row: Row): RowLock => {
  const path =
    row['path'] === undefined ? [] : [...String(row['path']).matchAll(/`([^`]*)`/g)].map(([, part]) => part!);
  return {
    waiter: Number(row['waiter']),
    blocker: Number(row['blocker']),
    on: [path[0] ?? String(row['owner']), path[1] ?? String(row['name'])],
  };
};

const nameOf = ([schema, name]: TableName, base: string): string =>
  schema === base ? shownName(name) : `${shownName(schema)}.${shownName(name)}`;
