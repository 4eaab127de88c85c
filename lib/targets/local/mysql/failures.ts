import { TwinError } from '../../../error';
import type { Program } from '../process/machine';

const NO_SPACE = /No space left on device|errno: 28\b|OS errno 28\b|\berror number 28\b/i;

/** The error for a program of MySQL or MariaDB that ended unexpectedly: the cause is in the end of its log. */
export function endedEarly(name: string, program: Program, folder: string): TwinError {
  const lines = program.tail().trim().split('\n');
  const full = lines.find((line) => NO_SPACE.test(line));
  if (full !== undefined) return diskFull(full, folder);
  const first = lines.find((line) => /\bERROR\b|\[FATAL\]/.test(line) && !/Aborting\s*$/.test(line));
  const cause = first ?? lines.at(-1) ?? '';
  return new TwinError({
    code: 'mysql-ended',
    message: `the server "${name}" ended: ${withoutPrefix(cause) || 'it wrote nothing'}`,
    fix: `Remove the cause and try again; logs/${name}.log has more.`,
    isMachineFault: true,
  });
}

/** Whether a server found its port taken: another program was quicker. */
export const isPortTaken = (program: Program): boolean =>
  /Address already in use|Can't start server: Bind/i.test(program.tail());

/** The error for a full disk; undefined for any other cause. */
export function whenDiskIsFull(cause: unknown, folder: string): TwinError | undefined {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isFull =
    code === 'ENOSPC' || code === 'ER_DISK_FULL' || code === 'ER_RECORD_FILE_FULL' || NO_SPACE.test(message);
  return isFull && !(cause instanceof TwinError) ? diskFull(message, folder, cause) : undefined;
}

function diskFull(line: string, folder: string, cause?: unknown): TwinError {
  return new TwinError({
    code: 'disk-full',
    message: `the disk is full: ${withoutPrefix(line)}`,
    fix: `Free some space on the file system of ${folder}, or set TMPDIR to another one.`,
    cause,
    isMachineFault: true,
  });
}

/** A line of the log without its time, thread, severity and source. */
const withoutPrefix = (line: string): string =>
  line.replace(/^\d{4}-\d\d-\d\d.*?\[\w+\] (?:\[[\w-]+\] )*/, '').trim();
