import { execFileSync } from 'node:child_process';
import { programsOnPath } from '../../../on-path';

/** A program that stands in for DocumentDB. */
export interface DocumentServer {
  /** Its path. */
  readonly command: string;
  /** Such as `3.6.8`. */
  readonly version: string;
}

/** Why a DocumentDB cluster is skipped where {@link documentServer} finds nothing, and what to do about it. */
export const NO_DOCUMENT_SERVER =
  'no mongod of MongoDB 3.6 or later is on the PATH: install MongoDB (brew install mongodb-community, or its packages for Linux)';

/** The same where our client is missing: it is an optional dependency. */
export const NO_DRIVER =
  'the package mongodb, by which members are arranged, is not installed: npm i -D mongodb';

/**
 * The first `mongod` of version 3.6 or later on a path: the version that DocumentDB began with.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 * @returns undefined when there is none that runs
 */
export function documentServer(path?: string): DocumentServer | undefined {
  for (const command of programsOnPath('mongod', path)) {
    const version = versionOf(command);
    if (version !== undefined && !isBefore(version, [3, 6])) return { command, version };
  }
  return undefined;
}

function versionOf(command: string): string | undefined {
  try {
    const output = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 5000 });
    return /^db version v(\d+\.\d+\.\d+)/m.exec(output)?.[1];
  } catch {
    return undefined; // does not run on this machine
  }
}

/** Whether a version comes before another one. */
export function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ofIt = 0, thenOfIt = 0] = version.split('.').map(Number);
  return ofIt < major || (ofIt === major && thenOfIt < minor);
}
