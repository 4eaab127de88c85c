import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where a PostgreSQL server notes what it holds. */
const LOCK_FILE = 'postmaster.pid';
/** Its line with the key and the id of a segment of System V shared memory. */
const MEMORY_LINE = 6;

/**
 * Removes the shared memory that killed PostgreSQL servers have left behind: a segment each, which belongs to the kernel
 * and not to a process or a folder. A server that ends by itself removes its own.
 *
 * @param folder - the data of one server, or any folder around those of several
 */
export async function releaseMemory(folder: string): Promise<void> {
  for (const id of await segmentsOf(folder)) {
    // There is nothing to remove when another server that was started on the same data did it.
    await promisify(execFile)('ipcrm', ['-m', String(id)]).catch(() => {});
  }
}

/** The ids of the segments that servers in a folder hold, or held when they were killed. */
export async function segmentsOf(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // it was removed meanwhile
  if (entries.some(({ name }) => name === LOCK_FILE)) return segmentIn(join(folder, LOCK_FILE));
  const folders = entries.filter((entry) => entry.isDirectory());
  return (await Promise.all(folders.map(({ name }) => segmentsOf(join(folder, name))))).flat();
}

async function segmentIn(file: string): Promise<readonly number[]> {
  const line = (await readFile(file, 'utf8')).split('\n')[MEMORY_LINE] ?? '';
  const id = Number(line.trim().split(/\s+/)[1]);
  return Number.isInteger(id) ? [id] : [];
}
