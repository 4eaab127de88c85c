import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { Span } from '../evidence/evidence';
import { showDuration } from '../duration';
import { inOneLine } from '../report/sanitize';
import type { RehearsalEvent } from '../rehearsal/journal';
import type { Progress } from './progress';
import type { Screen } from './terminal';

/** A part of the work that is running. */
interface Running {
  readonly name: string;
  readonly depth: number;
  readonly startedAt: number;
  /** Its last line of progress. */
  message: string;
}

type Style = Parameters<typeof styleText>[0];

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REPAINT_MS = 100;
const ENDS: Readonly<Record<Span['outcome'], readonly [mark: string, style: Style]>> = {
  done: ['✔', 'green'],
  failed: ['✖', 'red'],
  stopped: ['■', 'yellow'],
};

/** The steps that have ended, one line each, and below them the running ones, repainted as they progress. */
export class LiveList implements Progress {
  readonly #stderr: Writable;
  readonly #screen: Screen;
  readonly #running = new Map<number, Running>();
  readonly #timer: NodeJS.Timeout;
  #painted = 0;

  constructor(stderr: Writable, screen: Screen) {
    this.#stderr = stderr;
    this.#screen = screen;
    this.#timer = setInterval(() => this.#paint([]), REPAINT_MS);
    this.#timer.unref();
  }

  readonly listener = (event: RehearsalEvent): void => {
    if (event.event === 'run-start') return this.#paint([event.rehearsal]);
    if (event.event === 'log') return this.#log(event.span, inOneLine(event.message));
    if (event.event === 'span-start') {
      const depth = event.parent === null ? 0 : (this.#running.get(event.parent)?.depth ?? 0) + 1;
      this.#running.set(event.span, {
        name: event.name,
        depth,
        startedAt: Date.parse(event.at),
        message: '',
      });
      return this.#paint([]);
    }
    const message = this.#running.get(event.span)?.message ?? '';
    this.#running.delete(event.span);
    if (event.parent !== null) return this.#paint([]);
    const [mark, style] = ENDS[event.outcome];
    const isWhole = event.outcome === 'done' || message === '';
    const line = `${this.#style(style, mark)} ${inOneLine(event.name)} ${this.#style('dim', showDuration(event.ms))}`;
    this.#paint(isWhole ? [line] : [line, `  ${message}`]);
  };

  note(message: string): void {
    this.#paint([message]);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#running.clear();
    this.#paint([]);
  }

  #log(span: number | null, message: string): void {
    const running = span === null ? undefined : this.#running.get(span);
    if (running) running.message = message;
    else this.#paint([message]);
  }

  /** Writes lines that stay, and below them the running parts. */
  #paint(staying: readonly string[]): void {
    const now = Date.now();
    const spinner = SPINNER[Math.floor(now / REPAINT_MS) % SPINNER.length]!;
    const lines = [...this.#running.values()].map(({ name, depth, startedAt, message }) => {
      const time = showDuration(Math.max(0, now - startedAt));
      const text = `${'  '.repeat(depth)}${spinner} ${inOneLine(name)} ${time}${message === '' ? '' : `  ${message}`}`;
      return this.#style('cyan', cut(text, this.#screen.columns() - 1));
    });
    if (staying.length + lines.length + this.#painted === 0) return;
    const back = this.#painted === 0 ? '' : `\u001B[${this.#painted}A\u001B[0J`;
    this.#stderr.write(back + [...staying, ...lines].map((line) => `${line}\n`).join(''));
    this.#painted = lines.length;
  }

  #style(style: Style, text: string): string {
    return this.#screen.color ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** A line that wraps could not be painted over. */
const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
