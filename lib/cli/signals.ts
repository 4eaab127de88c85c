import { TwinError } from '../error';
import { EXIT } from './outcome';

/** The source of signals to this process. */
export interface Signals {
  on(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  off(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  /** Ends the process at once. */
  exit(exitCode: number): unknown;
}

/** A stop that was requested by a signal. */
export interface Stop {
  /** Aborts with the first signal to the process, with an error that names it. */
  readonly signal: AbortSignal;
  /** Removes the listeners. */
  close(): void;
}

/** The signals that ask a process to end: Ctrl-C, a build server, a terminal that is closed. */
const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What is said of a stop. */
export interface StopWords {
  /** What happens now, and what a second signal leaves. */
  readonly first: () => string;
  /** What is left after a second one. */
  readonly second: () => string;
  /** What to do after the stop. */
  readonly fix: string;
}

/** @param finish - the command that continues where the process ends */
export const tearingDown = (finish: () => string): StopWords => ({
  first: () => `tearing down; press Ctrl-C again to leave that to ${finish()}`,
  second: () => `there may be leftovers; finish with ${finish()}`,
  fix: 'Rehearse again.',
});

/**
 * Stops on the first signal; what cleans up still runs. A second signal ends the process at once.
 *
 * @param note - shows a message at once
 */
export function onStopSignal(signals: Signals, note: (message: string) => void, words: StopWords): Stop {
  const stop = new AbortController();
  const listener = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) {
      note(`${name} again: ${words.second()}`);
      signals.exit(EXIT.leftovers);
      return;
    }
    note(`stopping: ${words.first()}`);
    stop.abort(stopped(name, words.fix));
  };
  return { signal: stop.signal, close: listen(signals, listener) };
}

/** Aborts what leaves nothing behind but what it has started itself: a second signal ends the process as if nobody listened. */
export function abortOnSignal(signals: Signals): Stop {
  const stop = new AbortController();
  const close = listen(signals, (name) => {
    close();
    stop.abort(stopped(name, 'Run it again.'));
  });
  return { signal: stop.signal, close };
}

const stopped = (name: NodeJS.Signals, fix: string): TwinError =>
  new TwinError({ code: 'stopped', message: `stopped by ${name}`, fix });

/** Listens to the signals that ask a process to end, until what it returns is called. */
function listen(signals: Signals, listener: (name: NodeJS.Signals) => void): () => void {
  for (const name of STOP_SIGNALS) signals.on(name, listener);
  return () => {
    for (const name of STOP_SIGNALS) signals.off(name, listener);
  };
}
