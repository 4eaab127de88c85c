import { execFileSync } from 'node:child_process';
import { programsOnPath } from '../../../on-path';

/** A program that stands in for ElastiCache for Memcached. */
export interface MemcachedServer {
  /** Its path. */
  readonly command: string;
  /** Such as `1.6.18`. */
  readonly version: string;
}

/** Why a cache is skipped where {@link memcachedServer} finds nothing, and what to do about it. */
export const NO_MEMCACHED =
  'no memcached of version 1.6 or later is on the PATH: install Memcached (apt-get install memcached, or brew install memcached)';

/**
 * The first `memcached` of version 1.6 or later on a path.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 * @returns undefined when there is none that runs
 */
export function memcachedServer(path?: string): MemcachedServer | undefined {
  for (const command of programsOnPath('memcached', path)) {
    const version = versionOf(command);
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

function versionOf(command: string): string | undefined {
  try {
    const output = execFileSync(command, ['-V'], { encoding: 'utf8', stdio: 'pipe', timeout: 5000 });
    return /^memcached (1\.(?:[6-9]|\d\d)\.\S+)/.exec(output)?.[1];
  } catch {
    return undefined; // does not run on this machine
  }
}

/** How many connections each node of ElastiCache offers. */
const CONNECTIONS = 65_000;

/** How many connections a node offers here: a server takes no more than the files that a process may open. */
export function connectionsHere(): number {
  const limit = Number(execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }));
  return Number.isNaN(limit) ? CONNECTIONS : Math.min(CONNECTIONS, limit - 100);
}
