import { execFileSync, spawnSync } from 'node:child_process';
import { programsOnPath } from '../../../on-path';

/** A program that stands in for ElastiCache. */
export interface CacheServer {
  /** Its path. */
  readonly command: string;
  readonly engine: 'Valkey' | 'Redis';
  /** Such as `9.1.0`. */
  readonly version: string;
  /** Whether it was built with TLS. */
  readonly hasTls: boolean;
}

/** Why a cache is skipped where {@link cacheServer} finds nothing, and what to do about it. */
export const NO_CACHE_SERVER =
  'neither valkey-server nor redis-server 7 or later is on the PATH: install Valkey (apt-get install valkey-server, or brew install valkey) or Redis 7 (apt-get install redis-server)';

/**
 * The first `valkey-server` on a path, otherwise the first `redis-server` of version 7 or later: older ones are not tested.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 * @returns undefined when there is neither, or none that runs
 */
export function cacheServer(path?: string): CacheServer | undefined {
  for (const command of ['valkey-server', 'redis-server'].flatMap((name) => programsOnPath(name, path))) {
    const server = serverAt(command);
    if (server) return server;
  }
  return undefined;
}

/** The server at a path, by its own `--version`: `redis-server` may be Valkey. */
function serverAt(command: string): CacheServer | undefined {
  try {
    const output = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 5000 });
    const [, engine, version] = /^(Valkey|Redis) server v=(\S+)/.exec(output) ?? [];
    if (version === undefined || Number.parseInt(version, 10) < 7) return undefined;
    return { command, engine: engine as CacheServer['engine'], version, hasTls: knowsTls(command) };
  } catch {
    return undefined; // does not run on this machine
  }
}

/** Nothing but its configuration says so: one without TLS does not know the directive, and one with TLS rejects the value. */
function knowsTls(command: string): boolean {
  const { stdout, stderr } = spawnSync(command, ['--tls-port', 'none'], { encoding: 'utf8', timeout: 5000 });
  return `${stdout}${stderr}`.includes("couldn't be parsed");
}

/** Whether a server gives ids to the shards of a cluster: Valkey, and Redis 7.2 or later. */
export function hasShardIds({ engine, version }: CacheServer): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return engine === 'Valkey' || major > 7 || (major === 7 && minor >= 2);
}
