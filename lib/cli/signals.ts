import { TwinError } from '../error';
import { EXIT } from './outcome';

/** Where the signals to this process come from. */
export interface Signals {
  on(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  off(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  /** Ends the process at once. */
  exit(exitCode: number): unknown;
}

/** What a rehearsal hears of signals. */
export interface Stop {
  /** Aborts with the first signal to the process, with an error that names it. */
  readonly signal: AbortSignal;
  /** Leaves signals to the process again. */
  close(): void;
}

/** Those that ask a process to end: Ctrl-C, a build server, a terminal that is closed. */
const HEEDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Stops a rehearsal on the first signal; the tear-down goes on. A second signal ends the process at once.
 *
 * @param tell - says something to the person at once
 * @param finish - the command that goes on where the process ends
 */
export function heed(signals: Signals, tell: (message: string) => void, finish: () => string): Stop {
  const stop = new AbortController();
  const listener = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) {
      tell(`${name} again: something may be left; finish with ${finish()}`);
      signals.exit(EXIT.left);
      return;
    }
    tell(`stopping: tearing down; press Ctrl-C again to leave it to ${finish()}`);
    stop.abort(new TwinError({ code: 'stopped', message: `stopped by ${name}`, fix: 'Rehearse again.' }));
  };
  for (const name of HEEDED) signals.on(name, listener);
  return {
    signal: stop.signal,
    close: () => {
      for (const name of HEEDED) signals.off(name, listener);
    },
  };
}
