import type { LagOfReplicas } from '../dialect';
import type { Session } from '../session';

const FUNCTION = 'aurora_replica_status()';

/**
 * What Aurora PostgreSQL says of its readers (Amazon Aurora User Guide, "aurora_replica_status"); undefined of any other PostgreSQL,
 * which has no such function.
 */
export async function lagOfReplicas(writer: Session): Promise<LagOfReplicas | undefined> {
  const [known] = await writer.ask('select to_regprocedure($1) is not null as known', [FUNCTION]);
  if (known?.['known'] !== true) return undefined;
  const rows = await writer.ask(
    `select server_id, replica_lag_in_msec from ${FUNCTION} where session_id <> 'MASTER_SESSION_ID'`,
  );
  const replicas = rows.flatMap(({ server_id: name, replica_lag_in_msec: ms }) =>
    ms === null ? [] : [{ name: String(name), ms: Math.round(Number(ms)) }],
  );
  return { by: FUNCTION, replicas };
}
