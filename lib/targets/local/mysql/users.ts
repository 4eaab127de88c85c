import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { MysqlPrograms } from './server';
import { REPLICATION } from './settings';

/** Who signs in to the servers of a tier, beside the superuser. */
export interface Users {
  /** The master user's. */
  readonly username: string;
  readonly password: string;
  /** @default - the tier declares none */
  readonly database: string | undefined;
  readonly replicationPassword: string;
  readonly programs: MysqlPrograms;
}

/**
 * What the master user of Amazon RDS may do, on every schema. What an engine does not have is left out.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
 */
const MASTER_PRIVILEGES = [
  'select',
  'insert',
  'update',
  'delete',
  'create',
  'drop',
  'reload',
  'process',
  'references',
  'index',
  'alter',
  'show databases',
  'create temporary tables',
  'lock tables',
  'execute',
  'replication slave',
  'replication client',
  'create view',
  'show view',
  'create routine',
  'alter routine',
  'create user',
  'event',
  'trigger',
  'create role',
  'drop role',
  'role_admin',
  'application_password_admin',
  'xa_recover_admin',
  'set_user_id',
  'set_any_definer',
  'allow_nonexistent_definer',
  'slave monitor',
  'binlog monitor',
];

/** The users as on RDS: none but the master user and those of the service. */
export async function makeUsers(connection: Connection, props: Users): Promise<void> {
  const { username, password, database, replicationPassword } = props;
  const [users] = await connection.query<(RowDataPacket & { user: string; host: string })[]>(
    `select user as user, host as host from mysql.user where user in ('', 'root')`,
  );
  for (const { user, host } of users) await connection.query('drop user ?@?', [user, host]);
  await connection.query(`create user ?@'%' identified by ?`, [REPLICATION, replicationPassword]);
  const [known] = await connection.query<(RowDataPacket & { Privilege: string })[]>('show privileges');
  const has = new Set(known.map(({ Privilege: name }) => name.toLowerCase()));
  const forReplicas = ['replication slave', 'service_connection_admin', 'connection_admin'].filter((it) =>
    has.has(it),
  );
  await connection.query(`grant ${forReplicas.join(', ')} on *.* to ?@'%'`, [REPLICATION]);
  await connection.query(
    `create user ?@'%' identified ${await signsInWith(connection, props.programs)} by ?`,
    [username, password],
  );
  const privileges = MASTER_PRIVILEGES.filter((it) => has.has(it));
  await connection.query(`grant ${privileges.join(', ')} on *.* to ?@'%' with grant option`, [username]);
  if (database !== undefined) await connection.query('create database ??', [database]);
}

/** How the master user signs in on Amazon RDS: MySQL's own password, where the server still has that. */
export async function signsInWith(connection: Connection, { engine }: MysqlPrograms): Promise<string> {
  if (engine === 'MariaDB') return ''; // its default
  const [found] = await connection.query<RowDataPacket[]>(
    `select 1 from information_schema.plugins where plugin_name = 'mysql_native_password' and plugin_status = 'ACTIVE'`,
  );
  return found.length > 0 ? 'with mysql_native_password' : '';
}
