import type { Activity, Blocker } from '../database-activity';
import { APPLICATION, type Session } from '../session';
import { shownName } from '../statement';
import { withoutLiterals } from './statement';

/** How much of a statement PostgreSQL is asked for. */
const LENGTH = 2_000;

/**
 * One statement, so that a look is one round trip. It reads what PostgreSQL keeps in memory, and locks no table. A lock on a table that
 * the same transaction has made is none that keeps anything waiting: the table is not visible here. Waits for a virtual transaction are
 * those of CREATE INDEX CONCURRENTLY, and advisory locks are the application's own: services wait for them to elect a leader.
 */
const LOOK = `
with session as materialized (
  select pid, application_name <> '${APPLICATION}' as counts, application_name as application, state,
    backend_xid is not null as written, left(query, ${LENGTH}) as query,
    pid || '/' || extract(epoch from coalesce(xact_start, backend_start)) as transaction,
    pid || '/' || extract(epoch from query_start) as id,
    extract(epoch from clock_timestamp() - xact_start) * 1000 as ms,
    extract(epoch from clock_timestamp() - state_change) * 1000 as state_ms
  from pg_stat_activity where backend_type = 'client backend'
), locks as materialized (
  select l.*, case when n.nspname = 'public' then '' else n.nspname end as schema, c.relname, c.relkind,
    n.nspname
  from pg_locks l
  left join pg_class c on c.oid = l.relation
    and l.database = (select oid from pg_database where datname = current_database())
  left join pg_namespace n on n.oid = c.relnamespace
), blocked as materialized (
  select l.pid, l.schema, l.relname,
    extract(epoch from clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz) * 1000 as ms,
    pg_blocking_pids(l.pid) as blockers
  from locks l where not l.granted and l.locktype in ('relation', 'tuple', 'transactionid')
)
select
  (select json_agg(json_build_object('by', l.pid, 'schema', l.schema, 'table', l.relname))
    from locks l join session s using (pid)
    where s.counts and l.granted and l.locktype = 'relation' and l.relkind in ('r', 'p', 'm') and l.nspname !~ '^pg_'
      and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) as holds,
  (select json_agg(json_build_object('id', s.id, 'pid', b.pid, 'query', s.query, 'ms', b.ms, 'blockers', b.blockers,
      'schema', coalesce(b.schema, t.schema), 'table', coalesce(b.relname, t.relname)))
    from blocked b join session s using (pid)
    left join lateral (select schema, relname from locks
      where locks.pid = b.pid and locktype = 'tuple' and granted limit 1) t on true
    where s.counts) as waits,
  (select json_agg(json_build_object('pid', s.pid, 'transaction', s.transaction, 'query', s.query, 'ms', s.ms,
      'idleMs', case when s.state like 'idle in transaction%' then s.state_ms else 0 end, 'counts', s.counts,
      'application', s.application, 'written', s.written))
    from session s where s.ms is not null) as transactions,
  (select count(*)::int from session where counts) as open,
  (select sum(setting::int * case name when 'max_connections' then 1 else -1 end)::int from pg_settings
    where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')) as limit,
  (select json_agg(json_build_object('name', application_name, 'lagMs', extract(epoch from replay_lag) * 1000))
    from pg_stat_replication where replay_lag is not null) as replicas,
  pg_current_wal_lsn() is not null as writes`;

/**
 * What the sessions of a database do now.
 *
 * @throws DatabaseFault, also where the server is a replica
 */
export async function lookAt(session: Session): Promise<Activity> {
  const [row] = (await session.ask(LOOK)) as unknown as readonly [LookRow];
  const { open, limit, holds, replicas } = row;
  const waits = row.waits ?? [];
  const transactions = row.transactions ?? [];
  const blockerOf = (pid: number): Blocker => {
    const it = transactions.find((other) => other.pid === pid);
    const behind = waits
      .find((wait) => wait.pid === pid)
      ?.blockers.map((other) => transactions.find((by) => by.pid === other)?.query)
      .find((query) => query !== undefined);
    return {
      id: it?.transaction ?? String(pid),
      statement: withoutLiterals(it?.query ?? ''),
      isIdle: (it?.idleMs ?? 0) > 0,
      behind: behind === undefined ? undefined : withoutLiterals(behind),
    };
  };
  return {
    holds: (holds ?? []).map((hold) => ({ by: blockerOf(hold.by), on: nameOf(hold)! })),
    waits: waits.map((wait) => ({
      id: wait.id,
      statement: withoutLiterals(wait.query),
      on: nameOf(wait),
      ms: wait.ms ?? undefined,
      blockers: [...new Set(wait.blockers)].map(blockerOf),
    })),
    transactions: transactions
      .filter(({ counts }) => counts)
      .map(({ transaction: id, query, written: hasWritten, ...it }) => ({
        id,
        statement: withoutLiterals(query),
        hasWritten,
        application: it.application,
        ms: it.ms,
        idleMs: it.idleMs,
      })),
    connections: { open, limit },
    replicas: replicas ?? [],
  };
}

/** The answer: a list without entries is null. */
interface LookRow {
  readonly holds: readonly HoldRow[] | null;
  readonly waits: readonly WaitRow[] | null;
  readonly transactions: readonly TransactionRow[] | null;
  readonly open: number;
  readonly limit: number;
  readonly replicas: Activity['replicas'] | null;
}

interface Named {
  readonly schema: string | null;
  readonly table: string | null;
}

interface HoldRow extends Named {
  readonly by: number;
}

interface WaitRow extends Named {
  readonly id: string;
  readonly pid: number;
  readonly query: string;
  readonly ms: number | null;
  /** Empty where the lock has been given meanwhile; 0 is a prepared transaction. */
  readonly blockers: readonly number[];
}

interface TransactionRow {
  readonly pid: number;
  readonly transaction: string;
  readonly query: string;
  readonly ms: number;
  readonly idleMs: number;
  readonly counts: boolean;
  readonly application: string;
  readonly written: boolean;
}

function nameOf({ schema, table }: Named): string | undefined {
  if (table === null) return undefined;
  return schema ? `${shownName(schema)}.${shownName(table)}` : shownName(table);
}
