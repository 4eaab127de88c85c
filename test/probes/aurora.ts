/**
 * `aurora_replica_status()` in a PostgreSQL that has none: with the columns that are read, as Aurora's reference has them.
 *
 * @param lags - of each reader in milliseconds; null where it is not known
 */
export const auroraStatus = (lags: Readonly<Record<string, number | null>>): string => {
  const readers = Object.entries(lags).map(([name, ms]) => `('${name}', '${crypto.randomUUID()}', ${ms})`);
  return `create or replace function aurora_replica_status()
returns table (server_id text, session_id text, replica_lag_in_msec double precision) language sql as $$
  select * from (values ('orders-1', 'MASTER_SESSION_ID', null::double precision), ${readers.join(', ')}) as seen
$$;`;
};
