import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandCheck } from '../config/types';
import { timeLimit, nonBlank } from '../field';
import { addressesOf } from './addresses';
import type { Probe, ProbeContext, Seen } from './context';
import { safeInProduction } from './in-production';
import { Tail } from './tail';
import type { CheckKind } from './check-kind';

/** How long a command may take that does not say. */
const TIMEOUT_SECONDS = 300;
/** The time between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000;
/** How long output is still read once the command has ended: its children can hold the pipe open for ever. */
const DRAIN_MS = 200;

/**
 * A team's own test, in its own process group. Processes of the group that remain when the command ends, exceeds its time
 * limit or is aborted are killed.
 */
export const command: Probe<CommandCheck> = async (check, context) => {
  const { timeoutSeconds = TIMEOUT_SECONDS } = check;
  const [first, ...others] = [...(context.launcher ?? []), 'sh', '-c', check.run];
  const child = spawn(first, others, {
    cwd: context.folder,
    env: environmentOf(context),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tail = new Tail(context.databases.map(({ password }) => password));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => tail.add(chunk));
  const closed = new Promise((resolve) => child.on('close', resolve));
  const end = await race(child, timeoutSeconds * 1000, context.signal);
  await killGroup(child);
  await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  context.signal.throwIfAborted();
  const output = tail.toString();
  return { ...verdict(end, timeoutSeconds), ...(output !== '' && { output }) };
};

/** How a command ended; `late` when it exceeded its time limit. */
type End = 'late' | { readonly code: number } | { readonly by: NodeJS.Signals } | { readonly error: Error };

/** Waits for the command's end, for its time limit or for the abort, whichever is first. */
async function race(child: ChildProcess, limitMs: number, signal: AbortSignal): Promise<End> {
  let clock: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  try {
    return await new Promise<End>((resolve) => {
      clock = setTimeout(() => resolve('late'), limitMs);
      stop = () => resolve('late');
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      // not 'close', which waits for every process that holds the pipe
      child.on('exit', (code, by) => resolve(code === null ? { by: by! } : { code }));
      child.on('error', (error) => resolve({ error }));
    });
  } finally {
    clearTimeout(clock);
    if (stop) signal.removeEventListener('abort', stop);
  }
}

function verdict(end: End, timeoutSeconds: number): Seen {
  if (end === 'late') {
    return {
      outcome: 'failed',
      detail: `killed: it still ran after its limit of ${timeoutSeconds} s`,
    };
  }
  if ('error' in end) return { outcome: 'failed', detail: `cannot be started: ${end.error.message}` };
  if ('by' in end) return { outcome: 'failed', detail: `ended by ${end.by}, expected exit code 0` };
  if (end.code === 0) return { outcome: 'passed', detail: 'exit code 0' };
  return { outcome: 'failed', detail: `exit code ${end.code}, expected 0` };
}

/** Ends every process of the command's group: with SIGTERM, then SIGKILL for those that still run. */
async function killGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  const deadline = performance.now() + GRACE_MS;
  let isThere = signalGroup(pid, 'SIGTERM');
  while (isThere && performance.now() < deadline) {
    await sleep(10);
    isThere = signalGroup(pid, 0);
  }
  if (isThere) signalGroup(pid, 'SIGKILL');
}

/** @returns whether the group has a process */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function environmentOf(context: ProbeContext): Record<string, string> {
  const { release, environment } = context;
  const ours = ['PATH', 'HOME', 'LANG'].map((name) => [name, process.env[name]] as const);
  const given = ours.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  return {
    ...Object.fromEntries(given),
    ...addressesOf(context),
    TWIN_RELEASE: release,
    ...environment,
  };
}

/** Commands. */
export const COMMANDS: CheckKind<'commands', 'command'> = {
  key: 'commands',
  kind: 'command',
  schema: (z) =>
    z
      .strictObject({
        name: nonBlank(z).describe('Its name in reports.'),
        run: nonBlank(z).describe(
          'Run by the shell in the folder of the config, with TWIN_URL, TWIN_RELEASE and the URLs of the databases.',
        ),
        timeoutSeconds: timeLimit(z).default(TIMEOUT_SECONDS).describe('How long it may take.'),
        safeInProduction: safeInProduction(z),
      })
      .meta({ name: 'CommandCheck', about: "A team's own test." }),
  run: command,
  isAlone: true,
};
