import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TwinError } from '../../error';
import type { LocalSettings } from './settings';

/**
 * Checks, before anything exists, the folder where an environment is to stand.
 *
 * @param isRoot - whether root starts PostgreSQL, which then runs as another user
 * @throws TwinError `folder`
 */
export function checkFolder(folder: string, isRoot: boolean = process.getuid?.() === 0): void {
  const parent = dirname(folder);
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    if (!statSync(parent).isDirectory()) throw new Error(`${parent} is not a folder`);
  } catch (cause) {
    throw new TwinError({
      code: 'folder',
      message: `the folder for temporary files cannot be used: ${(cause as Error).message}`,
      fix: 'Set TMPDIR to a writable folder with free space.',
      cause,
    });
  }
  const closed = isRoot ? closedAround(folder) : undefined;
  if (closed === undefined) return;
  throw new TwinError({
    code: 'folder',
    message: `PostgreSQL does not run as root, and other users may not traverse ${closed}, in which the folder for temporary files is`,
    fix: `Set TMPDIR to a folder that every user can traverse, such as /tmp, or run "chmod o+x ${closed}".`,
  });
}

/** The folder around a path that other users may not traverse; undefined when they may traverse all. */
function closedAround(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  return closedAround(parent) ?? ((statSync(parent).mode & 0o001) === 0 ? parent : undefined);
}

/**
 * Checks, before anything exists, that the seeds are files of SQL.
 *
 * @throws TwinError `seed`
 */
export async function checkSeeds({ seed, folder }: Pick<LocalSettings, 'seed' | 'folder'>): Promise<void> {
  for (const [tier, file] of Object.entries(seed)) await checkSeed(tier, resolve(folder, file));
}

/** The file by which a folder is known as a dump of `pg_dump -Fd`. */
export const dumpFileIn = (folder: string): string => join(folder, 'toc.dat');

async function checkSeed(tier: string, file: string): Promise<void> {
  if (existsSync(dumpFileIn(file))) throw archive(tier, file, 'a dump in directory format');
  const start = await startOf(tier, file);
  if (start.subarray(0, 5).toString('latin1') === 'PGDMP')
    throw archive(tier, file, 'a dump in custom format');
  // tar: the name of the first member, and the magic word of its header
  const isTar = start.subarray(257, 262).toString('latin1') === 'ustar';
  if (isTar && start.toString('latin1').startsWith('toc.dat\0'))
    throw archive(tier, file, 'a dump in tar format');
  if (!isText(start)) {
    throw notPlain(
      tier,
      file,
      'no text in UTF-8',
      'Name a file of SQL, such as "pg_dump --no-owner --no-privileges" writes.',
    );
  }
}

async function startOf(tier: string, file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new TwinError({
      code: 'seed',
      message: `the seed of ${tier} cannot be read: ${(cause as Error).message}`,
      fix: 'Name an existing file of SQL.',
      cause,
    });
  }
}

const START_BYTES = 64 * 1024;

/** Whether bytes are UTF-8 without control characters of binary formats; the last character may be cut. */
function isText(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

const archive = (tier: string, file: string, what: string): TwinError =>
  notPlain(
    tier,
    file,
    what,
    `Make it plain SQL: pg_restore --no-owner --no-privileges -f seed.sql "${file}"`,
  );

const notPlain = (tier: string, file: string, what: string, fix: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the seed of ${tier} is ${what}, expected plain SQL: ${file}`,
    fix,
  });
