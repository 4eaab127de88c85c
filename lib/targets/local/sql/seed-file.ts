import { open } from 'node:fs/promises';
import { TwinError } from '../../../error';

/** The start of a file of a seed. @throws TwinError `seed` when it cannot be read */
export async function startOf(file: string): Promise<Buffer> {
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
      message: `${file} cannot be read: ${(cause as Error).message}`,
      fix: 'Name an existing file of SQL.',
      cause,
    });
  }
}

/** As much of a file as is looked at to know what it is. */
export const START_BYTES = 64 * 1024;
