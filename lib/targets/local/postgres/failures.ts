import { TwinError } from '../../../error';
import type { Program } from '../process/machine';

const NO_SPACE = 'No space left on device';
/** The SQLSTATE of a full disk. */
export const DISK_FULL = '53100';

/** The error for a PostgreSQL program that ended unexpectedly: the cause is in the end of its log. */
export function endedEarly(name: string, program: Program, folder: string): TwinError {
  const lines = program.tail().trim().split('\n');
  const full = lines.find((line) => line.includes(NO_SPACE));
  if (full !== undefined) return diskFull(full, folder);
  const cause = lines.findLast((line) => /FATAL|PANIC|\berror\b/.test(line)) ?? lines.at(-1) ?? '';
  return new TwinError({
    code: 'postgres-ended',
    message: `PostgreSQL "${name}" ended: ${withoutPrefix(cause) || 'it wrote nothing'}`,
    fix: `Remove the cause and try again; logs/${name}.log has more.`,
    isMachineFault: true,
  });
}

/** Whether a program says that the disk is full. */
export const isFull = (program: Program): boolean => program.tail().includes(NO_SPACE);

/** The error for a full disk; undefined for any other cause. */
export function whenDiskIsFull(cause: unknown, folder: string): TwinError | undefined {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === DISK_FULL ? diskFull(message, folder, cause) : undefined;
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

/** A line of the log without its time and process id. */
const withoutPrefix = (line: string): string =>
  line.replace(/^.*?(?=FATAL|PANIC|ERROR|could not|initdb: )/, '').trim();

/** The error of a tier that is stood up before it has data. */
export function notSeeded(tier: string): TwinError {
  return new TwinError({
    code: 'not-seeded',
    message: `"${tier}" is not seeded`,
    fix: 'Call seed before up.',
  });
}
