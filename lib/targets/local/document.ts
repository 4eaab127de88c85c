import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Why DocumentDB is skipped on this machine. MongoDB is not used in its place: no test covers that.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 */
export function whyNoDocuments(path = process.env['PATH'] ?? ''): string {
  const mongod = path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, 'mongod'))
    .find(isExecutable);
  return mongod === undefined
    ? 'nothing on this machine stands in for DocumentDB; rehearse it on AWS'
    : `nothing on this machine stands in for DocumentDB, and ${mongod} is not used: MongoDB in its place is not tested; rehearse it on AWS`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
