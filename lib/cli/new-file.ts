import { writeFileSync } from 'node:fs';
import { TwinError } from '../error';

/**
 * Writes a file that is not there yet.
 *
 * @throws TwinError `file-exists` when it is, `unwritable` when it cannot be written
 */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new TwinError({
        code: 'file-exists',
        message: `${file} is there already`,
        fix: 'Give the name of a new file: what is written in this one is not replaced.',
        cause,
      });
    throw new TwinError({
      code: 'unwritable',
      message: `${file} cannot be written (${code ?? message})`,
      fix: 'Give a file in a folder that exists and may be written to.',
      cause,
    });
  }
}
