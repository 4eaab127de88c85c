import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { TwinError } from '../error';
import type { SynthConfig } from './config';
import { shellWord } from './shell-word';

/** How the assembly of a release is made. */
export interface SynthesisProps {
  readonly release: string;
  /** Distinguishes the stacks of this rehearsal from those of others: letters, digits and hyphens. */
  readonly suffix: string;
  /** What the target adds to the context, by key. */
  readonly context: Readonly<Record<string, string>>;
  /** Where the assembly goes. */
  readonly output: string;
  /** The file for the whole output of the command. */
  readonly log: string;
  readonly signal: AbortSignal;
}

/** How many of the last lines are shown; the log has all of them. */
const SHOWN_LINES = 12;

/**
 * Returns a function that writes cloud assemblies: it runs the app's own command with a shell in the folder of the config,
 * with the commands of its `node_modules` on the PATH.
 */
export function synthesizer(folder: string, config: SynthConfig = {}) {
  const { command = 'cdk synth --quiet', releaseContext = 'release', nameContext = 'rehearsal' } = config;
  return async ({ release, suffix, context, output, log, signal }: SynthesisProps): Promise<void> => {
    signal.throwIfAborted();
    const keys = { [releaseContext]: release, [nameContext]: suffix, ...context };
    const words = [
      '--output',
      output,
      ...Object.entries(keys).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ];
    const line = [command, ...words.map(shellWord)].join(' ');
    const child = spawn(line, {
      cwd: folder,
      shell: true,
      env: { ...process.env, PATH: [...binFolders(folder), process.env['PATH'] ?? ''].join(delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group of its own, so that what the shell starts is ended with it
    });
    const { ended, tail } = await follow(child, log, signal);
    signal.throwIfAborted();
    if (ended !== 0) throw failed(release, command, ended, tail, log);
  };
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

function failed(
  release: string,
  command: string,
  ended: number | NodeJS.Signals | null,
  tail: string,
  log: string,
): TwinError {
  const lines = tail.trimEnd().split('\n').slice(-SHOWN_LINES);
  const output = lines.join('').trim() === '' ? ' and wrote nothing' : `:\n${lines.join('\n')}`;
  return new TwinError({
    code: 'synth',
    message: `"${command}" could not synthesise ${release}: it ended with ${ended}${output}`,
    fix: `Repair the app, or set synth.command in the config; the whole output is in ${log}.`,
  });
}

/** The folders in which a script of the app's package.json would find its commands. */
function binFolders(folder: string): string[] {
  const parent = dirname(folder);
  const own = join(folder, 'node_modules', '.bin');
  return parent === folder ? [own] : [own, ...binFolders(parent)];
}
