import type { ProcessorTime } from '../../target';
import { processesOf } from './owned-processes';
import { hasProc, readProc } from './proc';

/**
 * What this machine used of its processors since it started, and what of that was for an environment: by its processes, and by this
 * one, which sends the requests.
 *
 * @returns undefined where the system does not say
 */
export function processorTime(folder: string): ProcessorTime | undefined {
  if (!hasProc()) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, ...others] = /^cpu +(.+)/
    .exec(readProc('', 'stat'))![1]!
    .split(' ')
    .map(Number);
  // what a hypervisor gives to others is among them; what guests use is in `user` already
  const busy = user + nice + system + others.slice(0, 3).reduce((sum, it) => sum + it, 0);
  const pids = [...processesOf(folder).map(({ pid }) => pid), process.pid];
  return { total: busy + idle + waiting, busy, own: pids.reduce((sum, pid) => sum + ticksOf(pid), 0) };
}

/** What a process used, and those of its children that have ended; proc_pid_stat(5). */
function ticksOf(pid: number): number {
  const stat = readProc(String(pid), 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(UTIME, UTIME + 4).reduce((sum, it) => sum + Number(it), 0);
}

/** Where the time in user mode stands behind the command; that in kernel mode follows, and both of the children. */
const UTIME = 11;
