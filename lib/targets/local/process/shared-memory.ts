import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TwinError } from '../../../error';

/** The lock file of a PostgreSQL server. */
const LOCK_FILE = 'postmaster.pid';
/** The line with the key and the id of a segment of System V shared memory. */
const MEMORY_LINE = 6;

/**
 * Removes the shared memory of killed PostgreSQL servers: one segment each, which belongs to the kernel, not to a process or
 * a folder. A server that ends by itself removes its own.
 *
 * @param folder - the data of one server, or any folder around those of several
 * @throws TwinError `shared-memory` when a segment cannot be removed
 */
export async function releaseMemory(folder: string): Promise<void> {
  for (const id of await segmentsOf(folder)) await remove(id);
}

async function remove(id: number): Promise<void> {
  try {
    await promisify(execFile)('ipcrm', ['-m', String(id)], { env: { ...process.env, LC_ALL: 'C' } });
  } catch (cause) {
    const { message } = cause as Error;
    // Another server that was started on the same data has removed it.
    if (/invalid id|already removed/.test(message)) return;
    throw new TwinError({
      code: 'shared-memory',
      message: `the shared memory ${id} of a killed PostgreSQL could not be removed: ${message.trim().split('\n').at(-1)}`,
      fix: `Run "ipcrm -m ${id}".`,
      cause,
      isMachineFault: true,
    });
  }
}

/** The ids of the segments that servers in a folder hold, or held when they were killed. */
export async function segmentsOf(folder: string): Promise<readonly number[]> {
  const entries = await entriesOf(folder);
  if (entries.some(({ name }) => name === LOCK_FILE)) return segmentIn(join(folder, LOCK_FILE));
  const folders = entries.filter((entry) => entry.isDirectory());
  return (await Promise.all(folders.map(({ name }) => segmentsOf(join(folder, name))))).flat();
}

/** The entries of a folder; empty when it does not exist, or was removed meanwhile. */
async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function segmentIn(file: string): Promise<readonly number[]> {
  const line = (await readFile(file, 'utf8')).split('\n')[MEMORY_LINE] ?? '';
  const id = Number(line.trim().split(/\s+/)[1]);
  return Number.isInteger(id) ? [id] : [];
}
