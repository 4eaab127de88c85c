import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TwinError } from '../error';
import { makeFolder } from '../make-folder';
import type { History } from './history';
import { renderPage } from './page';

/**
 * Writes the page of a history, in the place of the one before.
 *
 * @param tool - the version of cdk-twin
 * @returns its path, absolute
 * @throws TwinError `unwritable`
 */
export function writePage(file: string, history: History, tool: string): string {
  const path = resolve(file);
  const temporary = `${path}.${process.pid}`;
  try {
    makeFolder(dirname(path));
    writeFileSync(temporary, renderPage(history, { folder: dirname(path), tool }));
    renameSync(temporary, path);
    return path;
  } catch (cause) {
    rmSync(temporary, { force: true });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new TwinError({
      code: 'unwritable',
      message: `${file} could not be written (${code ?? syscall})`,
      fix: 'Give --html a file in a folder that may be written to.',
      cause,
    });
  }
}
