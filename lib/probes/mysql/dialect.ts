import type { Dialect } from '../dialect';
import { MARKER_TABLE } from '../marker';
import { lookAt } from './activity';
import { data } from './data';
import { MysqlDriver } from './driver';

/** MySQL, MariaDB and Aurora MySQL. */
export const mysql: Dialect = {
  driver: (props) => new MysqlDriver(props),
  lookAt,
  isReplica: async (session) => {
    const [row] = await session.ask('select @@global.read_only as refuses');
    return Number(row?.['refuses']) === 1;
  },
  marker: {
    create: `create table if not exists ${MARKER_TABLE} (id integer primary key, token varchar(64) not null)`,
    write: `replace into ${MARKER_TABLE} (id, token) values (1, ?)`,
    read: `select token from ${MARKER_TABLE} where id = 1`,
    drop: `drop table if exists ${MARKER_TABLE}`,
  },
  data,
};
