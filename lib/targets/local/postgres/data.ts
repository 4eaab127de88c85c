import { constants } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { releaseMemory } from '../process/shared-memory';
import { makeOwn, own, put, replacing } from '../sql/own-files';

/** Files of the running server, which are not data. */
const NOT_DATA = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal']);
/** Folders that a copy leaves empty; the backup copies the WAL that it needs afterwards. */
const EMPTIED = new Set(['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_dynshmem', 'pg_notify', 'pgsql_tmp']);

/** How data are copied. */
interface CopyProps {
  readonly signal: AbortSignal;
  /** Whether a server writes to the data meanwhile. */
  readonly isLive?: boolean;
}

/** Copies a data directory and replaces the target; the target is always complete. */
export async function copyData(from: string, to: string, signal: AbortSignal): Promise<void> {
  await releaseMemory(to); // of a server that was killed on this data
  await replacing(to, (part) => copyTree(from, part, { signal }));
}

/** Copies the data of a running primary; a server that starts on them has everything that was committed before. */
export async function backUp(client: Client, from: string, to: string, signal: AbortSignal): Promise<void> {
  // The slot keeps the WAL that the copy needs, and ends with the session.
  await client.query(`select pg_create_physical_replication_slot('twin_' || pg_backend_pid(), true, true)`);
  const first = await one(client, `select pg_walfile_name(pg_backup_start('twin', true)) as file`);
  await releaseMemory(to);
  await replacing(to, async (part) => {
    await copyTree(from, part, { signal, isLive: true });
    const last = await one(
      client,
      'select pg_walfile_name(lsn - 1) as file, labelfile as label from pg_backup_stop(false)',
    );
    await put(join(part, 'backup_label'), last['label']!);
    await copyWal(join(from, 'pg_wal'), join(part, 'pg_wal'), first['file']!, last['file']!);
  });
}

/** Copies complete segments of the WAL: the end of a backup switches to a new one. */
async function copyWal(from: string, to: string, first: string, last: string): Promise<void> {
  const isNeeded = (name: string): boolean =>
    name.endsWith('.history') || (name.length === first.length && name >= first && name <= last);
  const names = (await readdir(from)).filter(isNeeded);
  await Promise.all(names.map((name) => copyOne(join(from, name), join(to, name))));
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
      if (entry.isFile() && !NOT_DATA.has(entry.name)) {
        await copyOne(source, target, props.isLive);
      }
    }),
  );
}

async function copyOne(from: string, to: string, mayVanish = false): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    // A table that is dropped during the copy: the WAL records that too.
    if (mayVanish && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await own(to);
}

async function one(client: Client, sql: string): Promise<Readonly<Record<string, string>>> {
  return (await client.query<Record<string, string>>(sql)).rows[0]!;
}
