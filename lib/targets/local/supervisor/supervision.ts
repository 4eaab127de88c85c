import { spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TwinError } from '../../../error';
import { withSignal, type Handle, type Watch } from '../../target';
import { crashLine } from '../process/crash-line';
import { MARK } from '../process/owned-processes';
import { markingWords } from '../process/process-mark';
import { environmentFor } from '../process/processes';
import { call } from './rpc';

/** The handle of an environment, in its folder. */
export const HANDLE_FILE = 'handle.json';

/** The socket of an environment's supervisor. */
export const socketOf = (folder: string): string => join(folder, 'control.sock');

/**
 * Starts the supervisor of an environment, unless it has been started, and waits until it answers.
 *
 * @param script - its program
 * @throws TwinError `folder` or `supervisor`
 */
export async function startSupervisor(script: string, handle: Handle, watch: Watch): Promise<void> {
  const { name: folder, block = '', expires = '' } = handle;
  if (existsSync(socketOf(folder))) return;
  checkLength(folder);
  makeFolder(folder);
  writeFileSync(join(folder, HANDLE_FILE), JSON.stringify(handle));
  const log = join(folder, 'logs', 'supervisor.log');
  const output = openSync(log, 'a');
  const [first, ...others] = [...markingWords(folder), process.execPath, script, folder, block, expires];
  const child = spawn(first, others, {
    cwd: folder,
    env: { ...environmentFor(folder), [MARK]: folder },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  child.unref();
  const giveUp = Date.now() + START_LIMIT_MS;
  while (!(await answers(handle, watch))) {
    if (ended || Date.now() > giveUp) throw notStarted(readFileSync(log, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a supervisor answers: its socket exists from `bind` on, which is before it listens. */
async function answers(handle: Handle, watch: Watch): Promise<boolean> {
  watch.signal.throwIfAborted();
  const signal = AbortSignal.any([watch.signal, AbortSignal.timeout(START_LIMIT_MS)]);
  try {
    await callSupervisor(handle, 'ping', {}, withSignal(watch, signal));
    return true;
  } catch (error) {
    watch.signal.throwIfAborted();
    if ((error as TwinError).code === 'environment-lost' || signal.aborted) return false;
    throw error;
  }
}

/** Calls the supervisor of an environment. */
export async function callSupervisor(
  { name: folder }: Handle,
  name: string,
  argument: object,
  watch: Watch,
): Promise<unknown> {
  return call(socketOf(folder), name, argument, watch);
}

/** A process that has ended is seen at once: only a machine that is very busy makes this long. */
const START_LIMIT_MS = 60_000;

/** Whether nothing listens on the socket of a supervisor. */
export const isRefused = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ENOENT'].includes(
    ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '',
  );

/** The longest path of a Unix socket on macOS; on Linux it is 4 bytes longer. A longer path is truncated silently. */
const SOCKET_BYTES = 103;

function checkLength(folder: string): void {
  const excess = Buffer.byteLength(socketOf(folder)) - SOCKET_BYTES;
  if (excess <= 0) return;
  throw new TwinError({
    code: 'folder',
    message: `the path of the folder for temporary files is too long for a socket: ${dirname(folder)}`,
    fix: `Set TMPDIR to a path that is at least ${excess} bytes shorter, such as /tmp.`,
  });
}

function makeFolder(folder: string): void {
  try {
    if (!existsSync(folder)) mkdirSync(folder); // not TMPDIR itself, which would not be removed
    mkdirSync(join(folder, 'logs'), { recursive: true });
    mkdirSync(join(folder, 'tmp'), { recursive: true });
    chmodSync(folder, 0o711); // PostgreSQL may run as another user, who needs to traverse it
  } catch (cause) {
    throw new TwinError({
      code: 'folder',
      message: `the folder of the environment could not be created: ${(cause as Error).message}`,
      fix: 'Set TMPDIR to a writable folder with free space.',
      cause,
      isMachineFault: true,
    });
  }
}

function notStarted(log: string): TwinError {
  return new TwinError({
    code: 'supervisor',
    message: `the supervisor of the environment did not start: ${crashLine(log)}`,
    fix: 'See logs/supervisor.log in the evidence.',
    isMachineFault: true,
  });
}
