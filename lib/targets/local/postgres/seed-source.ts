import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { TwinError } from '../../../error';
import { ADMIN_PASSWORD, checkPasswords, snapshotAt, type SnapshotSource } from '../sql/final-snapshot';
import { START_BYTES, startOf } from '../sql/seed-file';
import { archiveReader, NO_RESTORE } from './archive-reader';
import { majorVersion } from './installation';

/** What a database can be seeded from. */
export type SeedSource =
  /** Files of SQL, some of them compressed by gzip, which run in this order. */
  | { readonly kind: 'sql'; readonly files: readonly string[] }
  /** What `pg_dump` writes in another format than plain SQL. */
  | { readonly kind: 'archive'; readonly path: string; readonly format: ArchiveFormat }
  | SnapshotSource;

export type ArchiveFormat = 'custom' | 'directory' | 'tar';

/**
 * Finds out what a path is: a file of SQL, a folder of such files, a dump of any format, or a final snapshot.
 *
 * @throws TwinError `seed` when it is none of them
 */
export async function seedSourceOf(path: string): Promise<SeedSource> {
  if (statOf(path)?.isDirectory() !== true) return fileSource(path);
  const snapshot = snapshotAt(path, VERSION_FILE);
  if (snapshot) return snapshot;
  if (existsSync(dumpFileIn(path))) return { kind: 'archive', path, format: 'directory' };
  const names = (await readdir(path)).filter((name) => /\.sql(\.gz)?$/.test(name)).toSorted();
  if (names.length === 0) {
    throw wrong(
      `${path} is a folder without a file that ends in .sql or .sql.gz, and no dump in directory format and no final snapshot`,
      'Name a file of SQL, a folder with such files, a dump of pg_dump, or the folder that twin list names for a final snapshot.',
    );
  }
  for (const name of names) {
    const source = await fileSource(join(path, name));
    if (source.kind === 'archive') {
      throw wrong(
        `${source.path} is a dump in ${source.format} format, expected SQL, as in every file of a folder`,
        `Name it alone, or make it plain SQL: pg_restore --no-owner --no-privileges -f seed.sql "${source.path}"`,
      );
    }
  }
  return { kind: 'sql', files: names.map((name) => join(path, name)) };
}

/**
 * Checks, before anything exists, that a database can be seeded from a path on this machine.
 *
 * @throws TwinError `seed`
 */
export async function checkSeed(path: string): Promise<void> {
  const source = await seedSourceOf(path);
  if (source.kind === 'sql') return;
  if (source.kind === 'snapshot') return checkSnapshot(source);
  const found = await archiveReader(source.path);
  if (typeof found === 'object') return;
  if (found === NO_RESTORE) {
    throw wrong(
      `${path} is a dump in ${source.format} format, which pg_restore reads, and this machine has none`,
      `Install the client programs of PostgreSQL ("apt-get install postgresql-client", "brew install libpq"), or make it plain SQL where there is one: pg_restore --no-owner --no-privileges -f seed.sql "${path}"`,
    );
  }
  throw wrong(
    `${path} is a dump in ${source.format} format, which cannot be read: ${found}`,
    'Use a pg_restore that is at least as new as the pg_dump that wrote it, or write the dump again.',
  );
}

async function checkSnapshot(snapshot: SnapshotSource): Promise<void> {
  const { path, data } = snapshot;
  const [kept, here] = [(await readFile(join(data, VERSION_FILE), 'utf8')).trim(), await majorVersion()];
  if (kept !== here)
    throw wrong(
      `${path} holds the files of PostgreSQL ${kept}, and this machine stands PostgreSQL ${here} up`,
      `Start them with PostgreSQL ${kept}, and name what its pg_dump writes.`,
    );
  checkPasswords(snapshot, [ADMIN_PASSWORD]);
}

/** What says which version the files of a database are for. */
const VERSION_FILE = 'PG_VERSION';

/** The file by which a folder is known as a dump of `pg_dump -Fd`. */
const dumpFileIn = (folder: string): string => join(folder, 'toc.dat');

async function fileSource(file: string): Promise<SeedSource> {
  const start = await startOf(file);
  const format = archiveFormat(start);
  if (format) return { kind: 'archive', path: file, format };
  if (isGzip(start)) {
    const text = inflatedStart(start, file);
    if (archiveFormat(text))
      throw wrong(`${file} is a dump that is compressed once more`, `Run: gunzip "${file}"`);
    if (isText(text)) return { kind: 'sql', files: [file] };
  }
  if (start.subarray(0, 4).equals(ZSTD))
    throw wrong(`${file} is compressed by zstd`, `Run: zstd -d "${file}"`);
  if (isText(start)) return { kind: 'sql', files: [file] };
  throw wrong(
    `${file} is no text in UTF-8, and no dump of pg_dump`,
    'Name a file of SQL, a folder with such files, or a dump of pg_dump.',
  );
}

function archiveFormat(start: Buffer): ArchiveFormat | undefined {
  if (start.subarray(0, 5).toString('latin1') === 'PGDMP') return 'custom';
  // tar: the name of the first member, and the magic word of its header
  const isTar = start.subarray(257, 262).toString('latin1') === 'ustar';
  return isTar && start.toString('latin1').startsWith('toc.dat\0') ? 'tar' : undefined;
}

/** Whether a file is compressed by gzip, by its start. */
export const isGzip = (start: Buffer): boolean => start[0] === 0x1f && start[1] === 0x8b;

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

function inflatedStart(start: Buffer, file: string): Buffer {
  try {
    // The text may go on behind what was read of it.
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, START_BYTES);
  } catch (cause) {
    throw wrong(`${file} cannot be decompressed: ${(cause as Error).message}`, 'Compress it again by gzip.');
  }
}

/** Whether bytes are UTF-8 without control characters of binary formats; the last character may be cut. */
function isText(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false });

const wrong = (message: string, fix: string, cause?: unknown): TwinError =>
  new TwinError({ code: 'seed', message, fix, cause });
