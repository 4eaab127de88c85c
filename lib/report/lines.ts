import { styleText } from 'node:util';
import { inOneLine } from './sanitize';

/** What `util.styleText` takes. */
export type Style = Parameters<typeof styleText>[0];

/** What a paragraph is written with. */
interface WordsOptions {
  /** What stands before the first line; the next ones are indented by its width. @default '' */
  readonly lead?: string;
  /** Of the lead. @default - none */
  readonly leadStyle?: Style;
  readonly style?: Style;
  /** Whether what does not fit in one line is left out. @default false */
  readonly isBrief?: boolean;
}

/** The least width that the leads leave room in. */
const MIN_WIDTH = 40;
/** Of a lead, at the most: the rest is for the words. */
const MAX_LEAD = 0.6;

/** Lines for a terminal or a log, none of them wider than allowed. */
export class Lines {
  readonly #lines: string[] = [];
  readonly width: number;
  readonly #color: boolean;

  constructor({ width, color }: { readonly width: number; readonly color: boolean }) {
    this.width = Math.max(width, MIN_WIDTH);
    this.#color = color;
  }

  /** A line as it is. */
  line(text = ''): this {
    this.#lines.push(text);
    return this;
  }

  /** A paragraph, wrapped between words, and inside of those that are longer than a line. */
  words(text: string, { lead = '', leadStyle, style, isBrief = false }: WordsOptions = {}): this {
    const before = lead.length > this.width * MAX_LEAD ? '    ' : lead;
    if (before !== lead) this.words(lead.trimEnd(), leadStyle ? { style: leadStyle } : {});
    const room = this.width - before.length;
    const lines = isBrief ? [cut(inOneLine(text), room)] : wrap(inOneLine(text), room);
    lines.forEach((line, i) => {
      const first = i === 0 && before === lead;
      const start = first ? this.paint(leadStyle, before) : ' '.repeat(before.length);
      this.#lines.push((start + this.paint(style, line)).trimEnd());
    });
    return this;
  }

  /** A text as lines of so many characters, for those who place them by themselves. */
  wrapped(text: string, room: number): string[] {
    return wrap(inOneLine(text), room);
  }

  /** A heading, with a line of air before it. */
  heading(text: string, { beside = '' } = {}): this {
    const end = beside === '' ? '' : `  ${this.paint('dim', beside)}`;
    const room = this.width - (beside === '' ? 0 : beside.length + 2);
    this.#lines.push('', this.paint('bold', cut(inOneLine(text), room)) + end);
    return this;
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  /** A text in a style, where there are colours. */
  paint(style: Style | undefined, text: string): string {
    // whether to colour is decided by the caller, not by what stdout is
    return this.#color && style && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  }
}

function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((it) => it.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [''])) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`;
