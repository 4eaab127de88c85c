import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import { unlessAborted } from '../postgres/abort';
import { startOf } from '../sql/seed-file';
import type { Machine } from '../process/machine';
import type { MysqlNode } from './node';
import { clientFor, type MysqlPrograms } from './server';
import { ADMIN } from './settings';
import { checkSnapshot, mysqlSnapshotAt, restoreNode, takePasswords } from './snapshot';
import { makeUsers, type Users } from './users';

/** The owner of a database, and its content. */
export interface SeedProps extends Users {
  /** A file of SQL, or a final snapshot. @default - the database stays empty */
  readonly file?: string | undefined;
  /** The superuser's. */
  readonly adminPassword: string;
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
  const snapshot = file === undefined ? undefined : mysqlSnapshotAt(file);
  const sql = snapshot ? undefined : file;
  const client = sql === undefined ? undefined : clientOf(props.programs);
  if (sql !== undefined) await startOf(sql);
  if (snapshot) await takePasswords(snapshot, props.folder);
  await watch.span('initialise', () => node.initialise(watch.signal));
  try {
    await node.start({ name: 'seed' }, watch.signal);
    await node.session(async (connection) => {
      await makeUsers(connection, props);
      await more(connection);
    });
    if (sql !== undefined && client !== undefined) {
      watch.log(`${node.name}: running ${sql}`);
      await watch.span('run the seed', () => runSeed(client, sql, node, props, watch.signal));
    }
  } finally {
    await node.stop();
  }
  if (snapshot) await restoreNode(node, snapshot, props, watch);
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
  const snapshot = mysqlSnapshotAt(file);
  if (snapshot) return programs && checkSnapshot(snapshot, programs);
  if (programs) clientOf(programs);
  const start = await startOf(file);
  if (!start.includes(0)) return;
  throw new TwinError({
    code: 'seed',
    message: `${file} is no file of SQL, and no final snapshot`,
    fix: 'Name one, such as "mysqldump --single-transaction --routines --triggers" writes, or the folder that twin list names for a final snapshot.',
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
