import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasProc, readProc } from './proc';

/**
 * Sends a signal to every process of a group.
 *
 * @returns whether the group has a process
 */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false; // all have ended
    throw error;
  }
}

/** Whether a process of the group runs; a zombie does not. */
export function groupLives(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  return !hasProc() || livingGroups(CACHE_MS).has(group);
}

/** What the processes of a group use. */
export interface GroupUsage {
  /** In bytes, without what the kernel can reclaim: programs and files that are mapped. */
  readonly memory: number;
  /** Files and sockets. */
  readonly openFiles: number;
}

/** Measures a process group. Its memory counts against the limit of a container as it does here. */
export function usageOf(group: number, limit = Infinity): GroupUsage {
  const pids = livingGroups(USAGE_CACHE_MS).get(group) ?? [];
  const sum = (measure: (pid: string) => number): number =>
    pids.reduce((total, pid) => total + measure(pid), 0);
  const memory = sum(memoryOf);
  return {
    // Processes of one program share pages until they write to them. To count them once is slow, and seldom matters.
    memory: memory > limit && pids.length > 1 ? Math.min(memory, sum(shareOfMemory)) : memory,
    openFiles: sum(openFilesOf),
  };
}

let cached: { readonly at: number; readonly groups: ReadonlyMap<number, readonly string[]> } | undefined;

/**
 * The process groups with a running process, and their processes. Cached, because many calls come at once: at a tear-down,
 * and where every task is measured.
 */
function livingGroups(cacheMs: number): ReadonlyMap<number, readonly string[]> {
  const now = performance.now();
  if (cached && now - cached.at < cacheMs) return cached.groups;
  const groups = new Map<number, string[]>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [state, , group] = statOf(pid);
    if (group === undefined || state === 'Z') continue;
    const pids = groups.get(Number(group));
    if (pids) pids.push(pid);
    else groups.set(Number(group), [pid]);
  }
  cached = { at: now, groups };
  return groups;
}

const CACHE_MS = 10;
const USAGE_CACHE_MS = 500;

/** State, parent and process group, which follow the command in parentheses. */
function statOf(pid: string): readonly string[] {
  const stat = readProc(pid, 'stat');
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
}

/** Anonymous and shared memory; all that is resident where the kernel does not say which is which. */
function memoryOf(pid: string): number {
  const status = readProc(pid, 'status');
  const anonymous = kibibytes(status, 'RssAnon');
  const kib =
    anonymous === undefined ? kibibytes(status, 'VmRSS') : anonymous + (kibibytes(status, 'RssShmem') ?? 0);
  return (kib ?? 0) * 1024;
}

/** The same, of which every page counts for each process in its part; all of it where the kernel does not say. */
function shareOfMemory(pid: string): number {
  const rollup = readProc(pid, 'smaps_rollup');
  const anonymous = kibibytes(rollup, 'Pss_Anon');
  return anonymous === undefined ? memoryOf(pid) : (anonymous + (kibibytes(rollup, 'Pss_Shmem') ?? 0)) * 1024;
}

function kibibytes(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  return found ? Number(found[1]) : undefined;
}

function openFilesOf(pid: string): number {
  try {
    return readdirSync(join('/proc', pid, 'fd')).length;
  } catch {
    return 0; // it has ended meanwhile, or is another user's
  }
}
