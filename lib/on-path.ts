import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The programs of a name, in the order in which a shell would find them.
 *
 * @param path - folders, as in the environment variable; relative ones, which another folder would change, are passed over
 * @default path - that of this process
 */
export const programsOnPath = (name: string, path = process.env['PATH'] ?? ''): readonly string[] =>
  path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .filter(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
