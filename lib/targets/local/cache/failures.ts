import { TwinError } from '../../../error';
import { NO_CACHE_SERVER } from './server';

/** There is neither Valkey nor Redis. */
export function noServer(): TwinError {
  return new TwinError({
    code: 'cache-server',
    message: NO_CACHE_SERVER,
    fix: 'Install one of them.',
  });
}

/** A failover without anybody who could take over. */
export function noReplica(tier: string): TwinError {
  return new TwinError({
    code: 'no-replica',
    message: `${tier} has no running replica that could become primary`,
    fix: 'Give the tier a replica, or leave it out of the failover drills.',
  });
}

/** A command of the seed failed. */
export function notLoaded(where: string, cause: Error): TwinError {
  return new TwinError({
    code: 'seed',
    message: `${where} failed: ${cause.message}`,
    fix: 'Correct that line of the seed.',
    cause,
  });
}
