import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The program of an environment that has no number of its own: its supervisor, a command of the team's. */
const NO_PROGRAM = 0;
/** How many programs have a number of their own; those after them begin again. */
const PROGRAMS = 2 ** 16;

/**
 * Marks a process and all that it starts, in a way that a program does not notice and that survives a fork, a session of its
 * own, another working folder and an empty environment: the soft limit of file locks, which each process inherits and which
 * Linux has not applied since 2.4.25 (getrlimit(2), RLIMIT_LOCKS). Unlike a PID namespace it needs no right, no second user
 * database and no other `/proc`, so that a program sees no difference, and `sudo` works. Other systems have no such mark.
 *
 * @param folder - the environment's
 * @param program - the program's number in the environment
 * @returns the words before the words of a command; none where there is no such limit
 */
export function markingWords(folder: string, program: number = NO_PROGRAM): readonly string[] {
  if (process.platform !== 'linux') return [];
  const mark = firstMarkOf(folder) + offsetOf(program);
  // dash and busybox call it w, bash calls it x; a kernel without it starts the program unmarked
  const set = `ulimit -S -w ${mark} 2>/dev/null || ulimit -S -x ${mark} 2>/dev/null; exec "$@"`;
  return ['/bin/sh', '-c', set, 'sh'];
}

/** Whether a process has the mark of an environment, or of one of its programs. */
export function hasMark(pid: string, folder: string, program?: number): boolean {
  const mark = markOf(pid) - firstMarkOf(folder);
  return program === undefined ? mark >= 0 && mark < PROGRAMS : mark === offsetOf(program);
}

/** Where a program's mark stands among those of its environment. */
const offsetOf = (program: number): number =>
  program === NO_PROGRAM ? NO_PROGRAM : 1 + ((program - 1) % (PROGRAMS - 1));

/** The limit of a process; NaN when it has none, or has ended. */
function markOf(pid: string): number {
  try {
    const limits = readFileSync(join('/proc', pid, 'limits'), 'utf8');
    return Number(/^Max file locks\s+(\d+)/m.exec(limits)?.[1]);
  } catch {
    return NaN; // ended meanwhile
  }
}

/** 48 bits, which the shells and JavaScript can both hold; far beyond what anybody would set. */
function firstMarkOf(folder: string): number {
  const digest = createHash('sha256').update(folder).digest();
  return (digest.readUInt32BE() + 1) * PROGRAMS;
}
