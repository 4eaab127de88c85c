import type { Writable } from 'node:stream';
import { showDuration } from '../duration';
import { inOneLine } from '../report/sanitize';
import type { RehearsalEvent } from '../rehearsal/journal';
import type { Progress } from './progress';
import { ENDS, Repainted } from './repainted';
import type { Screen } from './terminal';

/** A part of the work that is running. */
interface Running {
  readonly name: string;
  readonly depth: number;
  readonly startedAt: number;
  /** Its last line of progress. */
  message: string;
}

/** The steps that have ended, one line each, and below them the running ones, repainted as they progress. */
export class LiveList implements Progress {
  readonly #running = new Map<number, Running>();
  readonly #screen: Repainted;

  constructor(stderr: Writable, screen: Screen) {
    this.#screen = new Repainted(stderr, screen, (now, spinner) => this.#lines(now, spinner));
  }

  readonly listener = (event: RehearsalEvent): void => {
    if (event.event === 'run-start') return this.#screen.paint([event.rehearsal]);
    if (event.event === 'log') return this.#log(event.span, inOneLine(event.message));
    if (event.event === 'span-start') {
      const depth = event.parent === null ? 0 : (this.#running.get(event.parent)?.depth ?? 0) + 1;
      this.#running.set(event.span, {
        name: event.name,
        depth,
        startedAt: Date.parse(event.at),
        message: '',
      });
      return this.#screen.paint();
    }
    const message = this.#running.get(event.span)?.message ?? '';
    this.#running.delete(event.span);
    if (event.parent !== null) return this.#screen.paint();
    const [mark, style] = ENDS[event.outcome];
    const isWhole = event.outcome === 'done' || message === '';
    const took = this.#screen.style('dim', showDuration(event.ms));
    const line = `${this.#screen.style(style, mark)} ${inOneLine(event.name)} ${took}`;
    this.#screen.paint(isWhole ? [line] : [line, `  ${message}`]);
  };

  note(message: string): void {
    this.#screen.paint([message]);
  }

  close(): void {
    this.#running.clear();
    this.#screen.close();
  }

  #log(span: number | null, message: string): void {
    const running = span === null ? undefined : this.#running.get(span);
    if (running) running.message = message;
    else this.#screen.paint([message]);
  }

  #lines(now: number, spinner: string): string[] {
    return [...this.#running.values()].map(({ name, depth, startedAt, message }) => {
      const time = showDuration(Math.max(0, now - startedAt));
      return `${'  '.repeat(depth)}${spinner} ${inOneLine(name)} ${time}${message === '' ? '' : `  ${message}`}`;
    });
  }
}
