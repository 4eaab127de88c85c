import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Leftover } from '../../target';
import { controlGroupsOf } from './control-groups';
import { hasProc, readProc } from './proc';
import { hasMark } from './process-mark';

/** The environment variable by which the processes of an environment are found. Its value is the folder. */
export const MARK = 'TWIN_ENVIRONMENT';

/** A process of an environment. */
export interface OwnedProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every process that an environment started, whatever its parent: it has the limit that marks it, the mark in its environment,
 * or works inside the folder. No list of processes is kept, so this works for environments whose supervisor was killed.
 */
export function processesOf(folder: string): readonly OwnedProcess[] {
  const isOurs = (pid: string): boolean => hasMark(pid, folder) || isMarked(pid, folder);
  const found = hasProc() ? fromProc(isOurs) : fromPs(folder);
  return found.filter(({ pid }) => pid !== process.pid);
}

/** Kills every process of an environment, and those that they start meanwhile. @returns those that still run */
export const killAll = (folder: string): Promise<readonly OwnedProcess[]> =>
  killThose(() => processesOf(folder));

/** Kills what one program of an environment started, also what has left its group; by its number. */
export async function killProgram(folder: string, program: number): Promise<void> {
  if (hasProc()) await killThose(() => fromProc((pid) => hasMark(pid, folder, program)));
}

async function killThose(find: () => readonly OwnedProcess[]): Promise<readonly OwnedProcess[]> {
  const giveUp = Date.now() + KILL_LIMIT_MS;
  for (let wereGone = false; ;) {
    const alive = find();
    // Twice: what a process starts while the list is read is not in the list, and the process may have ended.
    if ((alive.length === 0 && wereGone) || Date.now() > giveUp) return alive;
    wereGone = alive.length === 0;
    for (const { pid } of alive) signal(pid);
    if (!wereGone) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const KILL_LIMIT_MS = 10_000;

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Ended meanwhile, or owned by another user: the next search shows which.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** What still exists of an environment: processes, listening ports on its addresses, its control groups, its folder. */
export function leftoversOf(folder: string, block: string): readonly Leftover[] {
  const processes = processesOf(folder).map(({ pid, command }) => ({
    kind: 'process' as const,
    what: `process ${pid}: ${command}`,
  }));
  const ports = listeningIn(block).map((what) => ({ kind: 'port' as const, what }));
  const folders = [...controlGroupsOf(folder), ...(existsSync(folder) ? [folder] : [])];
  const files = folders.map((what) => ({ kind: 'file' as const, what }));
  return [...processes, ...ports, ...files];
}

function fromProc(isOurs: (pid: string) => boolean): OwnedProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => isOurs(pid) && !hasEnded(pid))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

/** Whether all that is left of a process is its exit code, which its parent has not asked for. */
function hasEnded(pid: string): boolean {
  const stat = readProc(pid, 'stat');
  return /^[ZX]?$/.test(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
}

function isMarked(pid: string, folder: string): boolean {
  const environment = readProc(pid, 'environ').split('\0');
  if (environment.includes(`${MARK}=${folder}`)) return true;
  try {
    const cwd = readlinkSync(join('/proc', pid, 'cwd')).replace(/ \(deleted\)$/, '');
    return cwd === folder || cwd.startsWith(`${folder}/`);
  } catch {
    return false; // ended meanwhile, a zombie, or owned by another user: not started by an environment of ours
  }
}

const commandOf = (pid: string): string =>
  readProc(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 120) || readProc(pid, 'comm').trim();

/** macOS: `ps` shows the environment of the user's own processes after their commands. */
function fromPs(folder: string): OwnedProcess[] {
  const lines = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1e8 });
  return lines
    .split('\n')
    .filter((line) => line.includes(`${MARK}=${folder}`))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().split(' ')[1] ?? '' }));
}

/** The listening TCP sockets on addresses `127.a.b.n`. */
function listeningIn(block: string): string[] {
  const [, a, b] = block.split('.').map(Number);
  const suffix = `${hex(b!)}${hex(a!)}7F`;
  if (!existsSync('/proc/net/tcp')) return []; // macOS: without a process no port is held
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && local!.slice(2, 8) === suffix)
    .map(
      ([, local]) =>
        `${block}.${Number.parseInt(local!.slice(0, 2), 16)}:${Number.parseInt(local!.slice(9), 16)}`,
    );
}

const LISTEN = '0A';
const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
