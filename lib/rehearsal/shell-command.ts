import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { stripVTControlCharacters } from 'node:util';

/** A command of the app's own. */
export interface CommandProps {
  /** Run by the shell. */
  readonly line: string;
  readonly folder: string;
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The file for its whole output. */
  readonly log: string;
  readonly signal: AbortSignal;
}

/** How a command ended that was not stopped. */
export interface CommandEnd {
  readonly ended: number | NodeJS.Signals | null;
  /** What it wrote, without colours, for a message: ` and wrote nothing`, or a colon and its last lines. */
  readonly wrote: string;
}

/** How many of the last lines are shown; the log has all of them. */
const SHOWN_LINES = 12;

/** Of a line; Node.js shows the whole line of a program that throws, and a minified library has one. */
const SHOWN_LENGTH = 300;

/**
 * Runs a command to its end, with the commands of its folder's `node_modules` on the PATH.
 *
 * @throws the signal's reason when it aborts: then everything that the command started is killed
 */
export async function runCommand({
  line,
  folder,
  variables,
  log,
  signal,
}: CommandProps): Promise<CommandEnd> {
  signal.throwIfAborted();
  const child = spawn(line, {
    cwd: folder,
    shell: true,
    env: {
      ...process.env,
      ...variables,
      PATH: [...binFolders(folder), process.env['PATH'] ?? ''].join(delimiter),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that what the shell starts is ended with it
  });
  const { ended, tail } = await follow(child, log, signal);
  signal.throwIfAborted();
  const text = stripVTControlCharacters(tail).trimEnd();
  const lines = (errorsIn(text) ?? text)
    .split('\n')
    .slice(-SHOWN_LINES)
    .map((it) => (it.length <= SHOWN_LENGTH ? it.trimEnd() : `${it.slice(0, SHOWN_LENGTH).trimEnd()} ...`));
  return { ended, wrote: lines.join('').trim() === '' ? ' and wrote nothing' : `:\n${lines.join('\n')}` };
}

/** The errors of a report by the AWS CDK, which warnings follow. */
function errorsIn(text: string): string | undefined {
  const errors = text.split('\n\n').filter((paragraph) => /^ERROR /m.test(paragraph));
  return errors.length === 0 ? undefined : errors.join('\n');
}

/** Waits for the end of a command, and keeps its output. */
async function follow(child: ChildProcess, log: string, signal: AbortSignal) {
  const file = createWriteStream(log);
  const written = finished(file).catch(() => {}); // a full disk must not mask why the command failed
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-8_000);
      if (!file.destroyed) file.write(chunk);
    });
  }
  const kill = (): void => killGroup(child);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const [code, signalName] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { ended: code ?? signalName, tail };
  } finally {
    signal.removeEventListener('abort', kill);
    file.end();
    await written;
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has already ended
  }
}

/** The folders in which a script of the app's package.json would find its commands. */
function binFolders(folder: string): string[] {
  const parent = dirname(folder);
  const own = join(folder, 'node_modules', '.bin');
  return parent === folder ? [own] : [own, ...binFolders(parent)];
}
