import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { Span } from '../evidence/evidence';
import type { Screen } from './terminal';

type Style = Parameters<typeof styleText>[0];

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REPAINT_MS = 100;

/** How the end of a part of the work is marked. */
export const ENDS: Readonly<Record<Span['outcome'], readonly [mark: string, style: Style]>> = {
  done: ['✔', 'green'],
  failed: ['✖', 'red'],
  stopped: ['■', 'yellow'],
};

/** Lines that stay on a screen, and below them those of what runs, repainted as it progresses. */
export class Repainted {
  readonly #timer: NodeJS.Timeout;
  #painted = 0;

  /** @param running - the lines of what runs at a moment, with the sign of work in it */
  constructor(
    private readonly stderr: Writable,
    private readonly screen: Screen,
    private readonly running: (now: number, spinner: string) => readonly string[],
  ) {
    this.#timer = setInterval(() => this.paint(), REPAINT_MS);
    this.#timer.unref();
  }

  /** Writes lines that stay, and below them the running parts. */
  paint(staying: readonly string[] = []): void {
    const now = Date.now();
    const spinner = SPINNER[Math.floor(now / REPAINT_MS) % SPINNER.length]!;
    const room = this.screen.columns() - 1;
    const lines = this.running(now, spinner).map((line) => this.style('cyan', cut(line, room)));
    if (staying.length + lines.length + this.#painted === 0) return;
    const back = this.#painted === 0 ? '' : `\u001B[${this.#painted}A\u001B[0J`;
    this.stderr.write(back + [...staying, ...lines].map((line) => `${line}\n`).join(''));
    this.#painted = lines.length;
  }

  /** Leaves what stays alone on the screen. */
  close(): void {
    clearInterval(this.#timer);
    this.paint();
  }

  style(style: Style, text: string): string {
    return this.screen.color ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** A line that wraps could not be painted over. */
const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
