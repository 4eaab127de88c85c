import type { Writable } from 'node:stream';
import { TwinError } from '../error';

/** Where a command writes, and how. */
export interface Terminal {
  /** For results. */
  readonly stdout: Writable;
  /** For errors. */
  readonly stderr: Writable;
  /** How many characters fit in a line of stdout. */
  readonly columns: number;
  /** Whether stdout shows colours. */
  readonly color: boolean;
  /** How progress is shown where stderr is a screen. @default - it is none: lines that stay, as in a log */
  readonly screen?: Screen;
}

/** A screen on which lines can be written over. */
export interface Screen {
  /** How many characters fit in a line now. */
  columns(): number;
  readonly color: boolean;
}

/** What a log without a width of its own is wrapped at. */
const DEFAULT_COLUMNS = 80;
/** Longer lines are hard to read. */
const MAX_COLUMNS = 120;

/** The terminal, file or pipe that a process writes to. Knows NO_COLOR and FORCE_COLOR. */
export function terminalOf({ stdout, stderr, env }: NodeJS.Process): Terminal {
  for (const stream of [stdout, stderr]) stream.on('error', toldByWrite);
  const isForced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '';
  const isColorful = stdout.isTTY && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
  // a build server may give a terminal, but keeps what is written over
  const isScreen = stderr.isTTY && env['TERM'] !== 'dumb' && !env['CI'];
  return {
    stdout,
    stderr,
    columns: Math.min(stdout.columns || DEFAULT_COLUMNS, MAX_COLUMNS),
    color: isForced ? env['FORCE_COLOR'] !== '0' : isColorful,
    ...(isScreen && {
      screen: { columns: () => stderr.columns || DEFAULT_COLUMNS, color: !env['NO_COLOR'] },
    }),
  };
}

/** Without a listener the process would end with a trace, though `write` tells of the error too. */
function toldByWrite(): void {}

/**
 * Writes a text and waits until it is written: a process that ends earlier would cut it off when stdout is a pipe.
 * A reader that has gone away, as in `twin parity | head -1`, has read what it wanted.
 *
 * @throws TwinError `unwritable` when it cannot be written, such as to a full disk
 */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: NodeJS.ErrnoException | null) => {
      if (!error || error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') resolve();
      else reject(unwritable(error));
    });
  });
}

function unwritable(cause: NodeJS.ErrnoException): TwinError {
  return new TwinError({
    code: 'unwritable',
    message: `the result could not be written (${cause.code ?? cause.message})`,
    fix: 'Write it to where there is room.',
    cause,
  });
}
