import { dirname, join, sep } from 'node:path';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { TwinError } from '../error';
import { show } from '../field';
import { shown } from './shown-path';

/** What the code of a config exports. */
export interface Exported {
  /** Whether there is a default export. */
  readonly isThere: boolean;
  readonly value?: unknown;
  /** What of it is no data, such as `checks.smoke[0].path is a function`. @default - it is data */
  readonly code?: readonly string[];
}

/** The answer of the thread. */
type Answer =
  { readonly exported: Exported } | { readonly code: readonly string[] } | { readonly error: Thrown };

/** What was thrown: an error, or something else. */
type Thrown = Pick<Error, 'name' | 'message' | 'stack'> | { readonly thrown: unknown };

/**
 * Runs the code of a config in a thread, which ends with it: whatever it does or leaves running, it ends no process.
 *
 * @param limitMs - how long that may take
 * @throws TwinError `config` with the place where it failed
 */
export async function runConfig(file: string, limitMs: number): Promise<Exported> {
  const thread = new Worker(join(__dirname, 'runner.cjs'), { workerData: { file }, env: SHARE_ENV });
  let clock: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer>((done, fail) => {
      const late = new Error(`it is not loaded after ${limitMs / 1000} s`);
      clock = setTimeout(fail, limitMs, late);
      thread
        .once('message', done)
        .once('error', fail)
        .once('exit', (code) => fail(new Error(`it calls process.exit(${code})`)));
    });
    if ('error' in answer) throw answer.error;
    return 'code' in answer ? { isThere: true, code: answer.code } : answer.exported;
  } catch (cause) {
    throw broken(file, cause as Thrown);
  } finally {
    clearTimeout(clock);
    await thread.terminate();
  }
}

function broken(file: string, cause: Thrown): TwinError {
  const { place, what } = whatBroke(file, cause);
  return new TwinError({
    code: 'config',
    message: `cannot run ${shown(file)}: ${what} (${shown(place)})`,
    fix: 'Correct that place, or install what it imports.',
    cause,
  });
}

/** The place of the failure, as `file:line` or `file:line:column` where that is known, and its cause in one line. */
function whatBroke(file: string, cause: Thrown): { readonly place: string; readonly what: string } {
  if ('thrown' in cause) return { place: file, what: `${show(cause.thrown)} was thrown` };
  const { name, message, stack } = cause;
  const syntax = /^ParseError: (.*?)\.?\s*\n\s*(\S.*:\d+:\d+)/.exec(message);
  if (syntax) return { what: syntax[1]!, place: syntax[2]! };
  const [firstLine] = message.split('\n');
  // columns are those of the compiled JavaScript; only the lines are those of the source
  const frames = [...(stack ?? '').matchAll(/\(?((?:file:\/\/)?\/[^()\n]+:\d+):\d+\)?$/gm)]
    .map(([, frame]) => frame!.replace(/^file:\/\//, ''))
    .filter((frame) => !frame.includes(`${sep}node_modules${sep}`));
  const place = frames.find((frame) => frame.startsWith(dirname(file)));
  const kind = name === 'Error' ? '' : `${name}: `;
  return { what: `${kind}${firstLine}`, place: place ?? file };
}
