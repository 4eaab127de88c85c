import { programsOnPath } from '../../on-path';

/**
 * Why DocumentDB is skipped on this machine. MongoDB is not used in its place: no test covers that.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 */
export function whyNoDocuments(path?: string): string {
  const [mongod] = programsOnPath('mongod', path);
  return mongod === undefined
    ? 'nothing on this machine stands in for DocumentDB; rehearse it on AWS'
    : `nothing on this machine stands in for DocumentDB, and ${mongod} is not used: MongoDB in its place is not tested; rehearse it on AWS`;
}
