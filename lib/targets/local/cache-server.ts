import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** A program that stands for ElastiCache. */
export interface CacheServer {
  /** Its path. */
  readonly command: string;
  readonly engine: 'Valkey' | 'Redis';
  /** Such as `9.1.0`. */
  readonly version: string;
}

/** Why a cache is not rehearsed where {@link cacheServer} finds nothing, and what to do about it. */
export const NO_CACHE_SERVER =
  'there is no valkey-server, nor a redis-server from 7 on, on the PATH: install Valkey (apt-get install valkey-server, or brew install valkey) or Redis 7 (apt-get install redis-server)';

/**
 * The first `valkey-server` of a path, else the first `redis-server` from 7 on: older ones are unproven.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 * @returns undefined when there is neither, or none that runs
 */
export function cacheServer(path = process.env['PATH'] ?? ''): CacheServer | undefined {
  const folders = path.split(delimiter).filter(isAbsolute);
  for (const name of ['valkey-server', 'redis-server']) {
    for (const folder of folders) {
      const server = serverAt(join(folder, name));
      if (server) return server;
    }
  }
  return undefined;
}

/** What a program says of itself: `redis-server` may be Valkey by another name. */
function serverAt(command: string): CacheServer | undefined {
  try {
    accessSync(command, constants.X_OK);
    const said = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 5000 });
    const [, engine, version] = /^(Valkey|Redis) server v=(\S+)/.exec(said) ?? [];
    if (version === undefined || Number.parseInt(version, 10) < 7) return undefined;
    return { command, engine: engine as CacheServer['engine'], version };
  } catch {
    return undefined; // not there, or not for this machine
  }
}

/** Whether a server gives the shards of a cluster ids: Valkey, and Redis from 7.2 on. */
export function hasShardIds({ engine, version }: CacheServer): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return engine === 'Valkey' || major > 7 || (major === 7 && minor >= 2);
}
