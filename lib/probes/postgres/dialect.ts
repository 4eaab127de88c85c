import type { Dialect } from '../dialect';
import { MARKER_TABLE } from '../marker';
import { lookAt } from './activity';
import { lagOfReplicas } from './aurora-lag';
import { data } from './data';
import { PostgresDriver } from './driver';

/** PostgreSQL and Aurora PostgreSQL. */
export const postgresql: Dialect = {
  driver: (props) => new PostgresDriver(props),
  lookAt,
  isReplica: async (session) => {
    const [row] = await session.ask('select pg_is_in_recovery() as recovering');
    return row?.['recovering'] === true;
  },
  lagOfReplicas,
  marker: {
    create: `create table if not exists ${MARKER_TABLE} (id integer primary key, token text not null)`,
    write: `insert into ${MARKER_TABLE} (id, token) values (1, $1) on conflict (id) do update set token = excluded.token`,
    read: `select token from ${MARKER_TABLE} where id = 1`,
    drop: `drop table if exists ${MARKER_TABLE}`,
  },
  data,
};
