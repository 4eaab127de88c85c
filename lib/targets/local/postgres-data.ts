import { constants } from 'node:fs';
import { chown, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { UNPRIVILEGED } from './machine';

/** What belongs to the running server, not to its data; the backup has its own WAL. */
const NOT_DATA = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'backup_label', 'tablespace_map']);
const EMPTIED = new Set(['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_dynshmem', 'pg_notify', 'pgsql_tmp']);

/** How data are copied. */
interface CopyProps {
  readonly signal: AbortSignal;
  /** Whether a server writes to them meanwhile. */
  readonly isLive?: boolean;
}

/** Copies a data directory, in place of what was there. */
export async function copyData(from: string, to: string, props: CopyProps): Promise<void> {
  await rm(to, { recursive: true, force: true, maxRetries: 3 });
  await copyTree(from, to, props);
}

/** Copies the data of a primary while it runs, so that a server started on them has all that was committed before. */
export async function backUp(client: Client, from: string, to: string, signal: AbortSignal): Promise<void> {
  // The slot keeps the WAL that the copy needs; it goes with the session.
  await client.query(`select pg_create_physical_replication_slot('twin_' || pg_backend_pid(), true, true)`);
  const first = await one(client, `select pg_walfile_name(pg_backup_start('twin', true)) as file`);
  await copyData(from, to, { signal, isLive: true });
  const last = await one(
    client,
    'select pg_walfile_name(lsn - 1) as file, labelfile as label from pg_backup_stop(false)',
  );
  await put(join(to, 'backup_label'), last['label']!);
  const [oldest, newest] = [first['file']!, last['file']!];
  // These segments are complete: the end of a backup begins a new one.
  const needed = (name: string): boolean =>
    name.endsWith('.history') || (name.length === oldest.length && name >= oldest && name <= newest);
  for (const name of (await readdir(join(from, 'pg_wal'))).filter(needed)) {
    await copyOne(join(from, 'pg_wal', name), join(to, 'pg_wal', name));
  }
}

/** Writes a file of a server's. */
export async function put(file: string, content: string): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  await own(file);
}

/** Makes a folder of a server's. */
export async function makeOwn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await own(folder);
}

async function copyTree(from: string, to: string, props: CopyProps): Promise<void> {
  props.signal.throwIfAborted();
  await makeOwn(to);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory() && props.isLive && EMPTIED.has(entry.name)) return makeOwn(target);
      if (entry.isDirectory()) return copyTree(source, target, props);
      if (entry.isFile() && !(props.isLive && NOT_DATA.has(entry.name))) {
        await copyOne(source, target, props.isLive);
      }
    }),
  );
}

async function copyOne(from: string, to: string, mayVanish = false): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    // A table that is dropped while it is copied: the WAL says so, too.
    if (mayVanish && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await own(to);
}

async function own(path: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
}

async function one(client: Client, sql: string): Promise<Readonly<Record<string, string>>> {
  return (await client.query<Record<string, string>>(sql)).rows[0]!;
}
