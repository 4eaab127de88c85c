import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import { unlessAborted } from '../postgres/abort';
import { startOf } from '../sql/seed-file';
import type { Machine } from '../process/machine';
import type { MysqlNode } from './node';
import { clientFor, type MysqlPrograms } from './server';
import { ADMIN, REPLICATION } from './settings';

/** The owner of a database, and its content. */
export interface SeedProps {
  readonly username: string;
  readonly password: string;
  /** @default - the tier declares none */
  readonly database: string | undefined;
  /** A file of SQL. @default - the database stays empty */
  readonly file?: string | undefined;
  readonly replicationPassword: string;
  /** The superuser's. */
  readonly adminPassword: string;
  readonly programs: MysqlPrograms;
  readonly machine: Machine;
  /** The tier's folder. */
  readonly folder: string;
}

/**
 * Creates the data that a tier begins with, on a member that is stopped before and after.
 *
 * @param more - done in a session of the superuser before the seed runs
 * @throws TwinError `seed` when the file cannot be run
 */
export async function seedNode(
  node: MysqlNode,
  props: SeedProps,
  watch: Watch,
  more: (connection: Connection) => Promise<void>,
): Promise<void> {
  const { file } = props;
  const client = file === undefined ? undefined : clientOf(props.programs);
  if (file !== undefined) await startOf(file);
  await watch.span('initialise', () => node.initialise(watch.signal));
  try {
    await node.start({ name: 'seed' }, watch.signal);
    await node.session(async (connection) => {
      await makeUsers(connection, props);
      await more(connection);
    });
    if (file === undefined || client === undefined) return;
    watch.log(`${node.name}: running ${file}`);
    await watch.span('run the seed', () => runSeed(client, file, node, props, watch.signal));
  } finally {
    await node.stop();
  }
}

/** Runs a file through the client, which knows DELIMITER and the comments of mysqldump. */
async function runSeed(
  client: string,
  file: string,
  node: MysqlNode,
  { adminPassword, database, machine, folder }: SeedProps,
  signal: AbortSignal,
): Promise<void> {
  const options = join(folder, 'client.cnf');
  await writeFile(options, `[client]\nuser=${ADMIN}\npassword=${adminPassword}\nsocket=${node.socket}\n`, {
    mode: 0o600,
  });
  const program = machine.start({
    name: `${node.name}-seed`,
    command: '/bin/sh',
    args: [
      '-c',
      'exec "$@" < "$SEED"',
      'sh',
      client,
      `--defaults-file=${options}`,
      '--default-character-set=utf8mb4',
      '--binary-mode',
      ...(database === undefined ? [] : [database]),
    ],
    cwd: folder,
    env: { SEED: file, LC_ALL: 'C' },
  });
  const code = await unlessAborted(signal, () => program.kill(), program.ended);
  await rm(options);
  if (code === 0) return;
  const failure = node.failure();
  if (failure) throw failure;
  throw seedFailed(file, program.tail());
}

/** @throws TwinError `seed` */
function clientOf(programs: MysqlPrograms): string {
  const client = clientFor(programs);
  if (client !== undefined) return client;
  throw new TwinError({
    code: 'seed',
    message: 'neither mysql nor mariadb is on the PATH, the client that runs a seed',
    fix: 'Install one of them: brew install mysql-client, or apt-get install mariadb-client.',
  });
}

/**
 * Checks, before anything exists, that a database can be seeded from a file.
 *
 * @param programs - of the server; undefined where there is none, so that the tier is skipped
 * @throws TwinError `seed`
 */
export async function checkSeed(file: string, programs: MysqlPrograms | undefined): Promise<void> {
  if (programs) clientOf(programs);
  const start = await startOf(file);
  if (!start.includes(0)) return;
  throw new TwinError({
    code: 'seed',
    message: `${file} is no file of SQL`,
    fix: 'Name one, such as "mysqldump --single-transaction --routines --triggers" writes.',
  });
}

/** What the client writes: `ERROR 1064 (42000) at line 3: You have an error ...`. */
export function seedFailed(file: string, output: string): TwinError {
  const line =
    output.split('\n').findLast((it) => it.startsWith('ERROR')) ?? output.trim().split('\n').at(-1)!;
  const [, at, reason] = /^ERROR[^:]*? at line (\d+)(?: in file: '.*?')?: (.*)$/.exec(line) ?? [];
  const message =
    reason === undefined ? `${file}: ${line || 'the client wrote nothing'}` : `${file}:${at}: ${reason}`;
  return new TwinError({
    code: 'seed',
    message,
    fix: /gtid_purged/i.test(line)
      ? 'Make the dump without positions of replication: mysqldump --set-gtid-purged=OFF.'
      : 'Correct that line; create dumps with "mysqldump --single-transaction --routines --triggers".',
  });
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
async function makeUsers(connection: Connection, props: SeedProps): Promise<void> {
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
  await connection.query(`create user ?@'%' identified ${await pluginFor(connection, props.programs)} by ?`, [
    username,
    password,
  ]);
  const privileges = MASTER_PRIVILEGES.filter((it) => has.has(it));
  await connection.query(`grant ${privileges.join(', ')} on *.* to ?@'%' with grant option`, [username]);
  if (database !== undefined) await connection.query('create database ??', [database]);
}

/** What Amazon RDS signs in with: MySQL's own password, where the server still has that. */
async function pluginFor(connection: Connection, { engine }: MysqlPrograms): Promise<string> {
  if (engine === 'MariaDB') return ''; // its default
  const [found] = await connection.query<RowDataPacket[]>(
    `select 1 from information_schema.plugins where plugin_name = 'mysql_native_password' and plugin_status = 'ACTIVE'`,
  );
  return found.length > 0 ? 'with mysql_native_password' : '';
}
