import { LiveRows } from './live-rows';
import { PlainLines } from './plain-lines';
import type { Progress } from './progress';
import { progressOn } from './rehearsed';
import type { Terminal } from './terminal';

/** The progress of rehearsals, of which some may run at the same time. */
export interface Progresses extends Pick<Progress, 'note' | 'close'> {
  /** That of one of them. */
  of(name: string): Progress;
}

/** Shows the progress of several rehearsals so that each line says whose it is; that of one alone as ever. */
export function progressesOn(terminal: Terminal, names: readonly string[]): Progresses {
  const { stderr, screen } = terminal;
  if (names.length === 1) {
    const progress = progressOn(terminal);
    return { of: () => progress, note: (it) => progress.note(it), close: () => progress.close() };
  }
  if (screen) return new LiveRows(stderr, screen, names);
  const width = Math.max(...names.map((name) => name.length));
  const clock = {};
  const unlabelled = new PlainLines(stderr);
  return {
    of: (name) => new PlainLines(stderr, name.padEnd(width), clock),
    note: (message) => unlabelled.note(message),
    close: () => {},
  };
}
