import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder';

/**
 * Writes files into a folder: none appears half written under its name, and they appear in their order, so that where the last one exists
 * the others do.
 *
 * @param failed - the error to throw where they cannot be written: then none of them is new
 */
export function writeFiles(
  folder: string,
  files: readonly (readonly [name: string, text: string])[],
  failed: (cause: NodeJS.ErrnoException) => Error,
): void {
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}`);
  try {
    makeFolder(folder);
    // all are written before the first is renamed: on a full disk none appears
    for (const [name, text] of files) writeFileSync(temporary(name), text);
    for (const [name] of files) renameSync(temporary(name), join(folder, name));
  } catch (cause) {
    for (const [name] of files) rmSync(temporary(name), { force: true });
    throw failed(cause as NodeJS.ErrnoException);
  }
}
