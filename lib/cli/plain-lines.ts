import type { Writable } from 'node:stream';
import { showDuration } from '../duration';
import { inOneLine } from '../report/sanitize';
import type { RehearsalEvent } from '../rehearsal/journal';
import type { Progress } from './progress';

/** When the first line was written. */
export interface Clock {
  startedAt?: number;
}

/** Progress for a log: one line for each event, with the seconds since the first, and no control characters. */
export class PlainLines implements Progress {
  readonly #stderr: Writable;
  readonly #depths = new Map<number, number>();
  readonly #lead: string;
  readonly #clock: Clock;

  /**
   * @param label - what is said of every line. @default - nothing
   * @param clock - what several have in common. @default - it has its own
   */
  constructor(stderr: Writable, label?: string, clock: Clock = {}) {
    this.#stderr = stderr;
    this.#lead = label === undefined ? '' : `${label}  `;
    this.#clock = clock;
  }

  readonly listener = (event: RehearsalEvent): void => {
    const at = Date.parse(event.at);
    this.#clock.startedAt ??= at;
    const seconds = ((at - this.#clock.startedAt) / 1000).toFixed(1).padStart(7);
    this.#write(`${seconds} s  ${this.#lead}${'  '.repeat(this.#depthOf(event))}${textOf(event)}`);
  };

  note(message: string): void {
    this.#write(`${this.#lead}${message}`);
  }

  close(): void {}

  #write(line: string): void {
    this.#stderr.write(`${line}\n`);
  }

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
