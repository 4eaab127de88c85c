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

/** A node ended before it answered. @param tail - the end of its output */
export function notStarted(name: string, end: number | NodeJS.Signals, tail: string): TwinError {
  return new TwinError({
    code: 'start',
    message: `${name} ended with ${end} before it answered: ${lastLine(tail)}`,
    fix: `See logs/${name}.log.`,
  });
}

/** The last line of an output. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1) || 'no output';
