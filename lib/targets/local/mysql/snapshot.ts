import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import {
  ADMIN_PASSWORD,
  checkPasswords,
  notInSnapshot,
  snapshotAt,
  type SnapshotSource,
} from '../sql/final-snapshot';
import { copyData } from './data';
import type { MysqlNode } from './node';
import type { MysqlPrograms } from './server';
import { signsInWith, type Users } from './users';

/** What is in the data directory of one engine and never in that of the other. */
const MARKERS: Readonly<Record<MysqlPrograms['engine'], string>> = {
  MySQL: 'mysql.ibd',
  MariaDB: 'aria_log_control',
};

/** What replicas sign in with. */
export const REPLICATION_PASSWORD = 'replication.password';

const PASSWORDS = [ADMIN_PASSWORD, REPLICATION_PASSWORD];

/** A final snapshot of a server. */
export interface MysqlSnapshot extends SnapshotSource {
  readonly engine: MysqlPrograms['engine'];
}

/** The final snapshot at a path, of either engine; undefined where there is none. */
export function mysqlSnapshotAt(path: string): MysqlSnapshot | undefined {
  for (const engine of ['MySQL', 'MariaDB'] as const) {
    const found = snapshotAt(path, MARKERS[engine]);
    if (found) return { ...found, engine };
  }
  return undefined;
}

/**
 * Checks that a server can start on a final snapshot.
 *
 * @throws TwinError `seed`
 */
export function checkSnapshot(snapshot: MysqlSnapshot, { engine }: MysqlPrograms): void {
  if (snapshot.engine !== engine)
    throw new TwinError({
      code: 'seed',
      message: `${snapshot.path} holds the files of ${snapshot.engine}, and this machine stands ${engine} up for this tier`,
      fix: `Start them with ${snapshot.engine}, and name what "mysqldump --single-transaction --routines --triggers" writes.`,
    });
  checkPasswords(snapshot, PASSWORDS);
}

/** Has the superuser and the replicas sign in as they do in a final snapshot, whose users these are. @param folder - the tier's */
export async function takePasswords({ path }: SnapshotSource, folder: string): Promise<void> {
  for (const name of PASSWORDS) await copyFile(join(path, name), join(folder, name));
}

/**
 * Gives a member that is stopped the files of a final snapshot, and its master user the password of this environment, as Amazon RDS does
 * where what was restored is modified.
 *
 * @throws TwinError `seed` where there is no such user or schema
 */
export async function restoreNode(
  node: MysqlNode,
  { path, data }: SnapshotSource,
  { username, password, database, programs }: Users,
  watch: Watch,
): Promise<void> {
  await watch.span('copy the snapshot', () => copyData(data, node.data, watch.signal));
  try {
    // with its binary log, by which the server decides what was committed when the copy was made
    await node.start({ name: 'member', isSynchronous: false }, watch.signal);
    await node.session(async (connection) => {
      const has = async (sql: string, name: string): Promise<boolean> =>
        (await connection.query<RowDataPacket[]>(sql, [name]))[0].length > 0;
      if (!(await has(`select 1 from mysql.user where user = ? and host = '%'`, username)))
        throw notInSnapshot(path, 'user', username);
      if (database !== undefined && !(await has(SCHEMA, database)))
        throw notInSnapshot(path, 'database', database);
      const plugin = await signsInWith(connection, programs);
      await connection.query(`alter user ?@'%' identified ${plugin} by ?`, [username, password]);
    });
  } finally {
    await node.stop();
  }
}

const SCHEMA = 'select 1 from information_schema.schemata where schema_name = ?';
