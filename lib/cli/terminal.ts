import type { Writable } from 'node:stream';
import { TwinError } from '../error';
import { answerTo } from './answer';

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
  /** The screen, where stderr is one. @default - stderr is a log: progress is plain lines */
  readonly screen?: Screen;
  /** The file that holds the summary of the job, in Markdown. @default - the process runs in no job that has one */
  readonly summaryFile?: string;
  /** Asks the person at the screen. @default - nobody is there */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string>;
}

/** A screen on which lines can be overwritten. */
export interface Screen {
  /** How many characters fit in a line now. */
  columns(): number;
  readonly color: boolean;
}

/** The width of a log. */
const DEFAULT_COLUMNS = 80;
/** Longer lines are hard to read. */
const MAX_COLUMNS = 120;

/** The terminal, file or pipe that a process writes to. Respects NO_COLOR and FORCE_COLOR. */
export function terminalOf({ stdin, stdout, stderr, env }: NodeJS.Process): Terminal {
  for (const stream of [stdout, stderr]) stream.on('error', reportedByWrite);
  const isForced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '';
  const isColorful = stdout.isTTY && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
  // a build server may provide a terminal, but its log keeps the lines that are overwritten
  const isScreen = stderr.isTTY && env['TERM'] !== 'dumb' && !env['CI'];
  return {
    stdout,
    stderr,
    columns: Math.min(stdout.columns || DEFAULT_COLUMNS, MAX_COLUMNS),
    color: isForced ? env['FORCE_COLOR'] !== '0' : isColorful,
    ...(isScreen && {
      screen: { columns: () => stderr.columns || DEFAULT_COLUMNS, color: !env['NO_COLOR'] },
    }),
    ...(env['GITHUB_STEP_SUMMARY'] && { summaryFile: env['GITHUB_STEP_SUMMARY'] }),
    ...(isScreen &&
      stdin.isTTY && { ask: (question, signal) => answerTo(question, [stdin, stderr], signal) }),
  };
}

/** Without a listener the process would end with a trace, though `write` reports the error too. */
function reportedByWrite(): void {}

/**
 * Writes a text and waits until it is written: a process that ends earlier would cut it off when stdout is a pipe.
 * A reader that closes the pipe, as in `twin parity | head -1`, is not an error.
 *
 * @throws TwinError `unwritable` when the text cannot be written, such as to a full disk
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
    fix: 'Free some space, or write the result elsewhere.',
    cause,
  });
}
