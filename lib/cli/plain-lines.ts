import type { Writable } from 'node:stream';
import { showDuration } from '../duration';
import { inOneLine } from '../report/sanitize';
import type { RehearsalEvent } from '../rehearsal/journal';
import type { Progress } from './progress';

/** Progress for a log: one line for each event, with the seconds since the first, and no control characters. */
export class PlainLines implements Progress {
  readonly #stderr: Writable;
  readonly #depths = new Map<number, number>();
  #startedAt: number | undefined;

  constructor(stderr: Writable) {
    this.#stderr = stderr;
  }

  readonly listener = (event: RehearsalEvent): void => {
    const at = Date.parse(event.at);
    this.#startedAt ??= at;
    const seconds = ((at - this.#startedAt) / 1000).toFixed(1).padStart(7);
    this.note(`${seconds} s  ${'  '.repeat(this.#depthOf(event))}${textOf(event)}`);
  };

  note(message: string): void {
    this.#stderr.write(`${message}\n`);
  }

  close(): void {}

  #depthOf(event: RehearsalEvent): number {
    if (event.event === 'run-start' || event.span === null) return 0;
    if (event.event === 'log') return (this.#depths.get(event.span) ?? 0) + 1;
    const depth = event.parent === null ? 0 : (this.#depths.get(event.parent) ?? 0) + 1;
    this.#depths.set(event.span, depth);
    return depth;
  }
}

function textOf(event: RehearsalEvent): string {
  if (event.event === 'run-start') return `rehearsal ${event.rehearsal} in ${event.folder}`;
  if (event.event === 'log') return inOneLine(event.message);
  const name = inOneLine(event.name);
  if (event.event === 'span-start') return name;
  return `${name}: ${event.outcome} ${event.outcome === 'done' ? 'in' : 'after'} ${showDuration(event.ms)}`;
}
