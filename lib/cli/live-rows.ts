import type { Writable } from 'node:stream';
import { showDuration } from '../duration';
import { inOneLine } from '../report/sanitize';
import type { RehearsalEvent } from '../rehearsal/journal';
import type { Progress } from './progress';
import { ENDS, Repainted } from './repainted';
import type { Screen } from './terminal';

/** What runs in a rehearsal at the moment. */
interface Row {
  /** The parts that run, the outermost first, by their number. */
  readonly running: Map<number, string>;
  startedAt: number;
  /** The last line of progress. */
  message: string;
}

/**
 * Rehearsals that run at the same time: a line for each step that has ended, with the name of its rehearsal, and below them one for each that
 * is at work.
 */
export class LiveRows {
  readonly #rows = new Map<string, Row>();
  readonly #screen: Repainted;
  readonly #width: number;

  /** @param names - of the rehearsals, in the order of their rows */
  constructor(stderr: Writable, screen: Screen, names: readonly string[]) {
    this.#width = Math.max(...names.map((name) => name.length));
    for (const name of names) this.#rows.set(name, { running: new Map(), startedAt: 0, message: '' });
    this.#screen = new Repainted(stderr, screen, (now, spinner) => this.#lines(now, spinner));
  }

  /** The progress of one of them. */
  of(name: string): Progress {
    const row = this.#rows.get(name)!;
    const lead = name.padEnd(this.#width);
    return {
      listener: (event) => this.#hear(row, lead, event),
      note: (message) => this.#screen.paint([`${lead}  ${message}`]),
      close: () => {
        row.running.clear();
        this.#screen.paint();
      },
    };
  }

  /** Shows a message that belongs to none of them. */
  note(message: string): void {
    this.#screen.paint([message]);
  }

  close(): void {
    this.#screen.close();
  }

  #hear(row: Row, lead: string, event: RehearsalEvent): void {
    if (event.event === 'run-start') return this.#screen.paint([`${lead}  ${event.rehearsal}`]);
    if (event.event === 'log') {
      row.message = inOneLine(event.message);
      return;
    }
    if (event.event === 'span-start') {
      row.running.set(event.span, inOneLine(event.name));
      row.message = '';
      if (event.parent === null) row.startedAt = Date.parse(event.at);
      return this.#screen.paint();
    }
    row.running.delete(event.span);
    if (event.parent !== null) return this.#screen.paint();
    const [mark, style] = ENDS[event.outcome];
    const took = this.#screen.style('dim', showDuration(event.ms));
    const line = `${lead}  ${this.#screen.style(style, mark)} ${inOneLine(event.name)} ${took}`;
    const why = event.outcome === 'done' || row.message === '' ? [] : [`${lead}    ${row.message}`];
    this.#screen.paint([line, ...why]);
  }

  /** The step and the last part of it that was started: others may run beside that one. */
  #lines(now: number, spinner: string): string[] {
    return [...this.#rows].flatMap(([name, { running, startedAt, message }]) => {
      const parts = [...running.values()];
      const [step] = parts;
      if (step === undefined) return [];
      const time = showDuration(Math.max(0, now - startedAt));
      const part = parts.length === 1 ? '' : `  ${parts.at(-1)}`;
      return [
        `${name.padEnd(this.#width)}  ${spinner} ${step} ${time}${part}${message === '' ? '' : `  ${message}`}`,
      ];
    });
  }
}
