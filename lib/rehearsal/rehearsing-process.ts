import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that works on a rehearsal. */
export interface RehearsingProcess {
  readonly pid: number;
  readonly host: string;
  /** When it started, as the system reports it: process ids are reused, so the id alone identifies no process. */
  readonly startedAt: string;
}

/** A process of this host. @param pid - its id @default - that of this process */
export const processOf = (pid: number = process.pid): RehearsingProcess => ({
  pid,
  host: hostname(),
  startedAt: startOf(pid) ?? '',
});

/** Whether a process other than this one still runs on this host; false for a process of another host. */
export function isAtWork(holder: RehearsingProcess): boolean {
  const { pid, startedAt } = holder;
  return isHere(holder) && pid !== process.pid && startOf(pid) === startedAt;
}

/** Whether a process is, or was, one of this host: whether one of another host still runs cannot be known here. */
export const isHere = ({ host }: RehearsingProcess): boolean => host === hostname();

/** When a process started; undefined when there is none. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startOnLinux(pid) : startFromPs(pid);
}

/** In ticks since boot, so with the boot beside it. A zombie has ended. */
function startOnLinux(pid: number): string | undefined {
  try {
    // the name of the program, in brackets, may hold blanks and brackets itself
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const found = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return found.toString().trim() || undefined;
  } catch {
    return undefined;
  }
}
