/** What marks a line of output as a part of a message; all other lines come from elsewhere. */
const MARK = 'twin-probe';
/** Container logs cut lines that are longer than 16 KB. */
const PART_LENGTH = 8_000;

/** A message as lines of output, each short enough for a log. */
export function linesOf(message: unknown): string[] {
  const text = JSON.stringify(message);
  const count = Math.max(1, Math.ceil(text.length / PART_LENGTH));
  return Array.from({ length: count }, (_, i) => {
    const part = text.slice(i * PART_LENGTH, (i + 1) * PART_LENGTH);
    return `${MARK} ${i + 1}/${count} ${part}`;
  });
}

/** Puts messages together again from the lines of a log, in their order. */
export class MessageReader {
  private parts: string[] = [];

  /** @returns the message that a line completes */
  read(line: string): unknown {
    const [, at, count, part] = PATTERN.exec(line) ?? [];
    if (part === undefined) return undefined;
    this.parts.push(part);
    if (at !== count) return undefined;
    const text = this.parts.join('');
    this.parts = [];
    return JSON.parse(text);
  }
}

const PATTERN = new RegExp(String.raw`^${MARK} (\d+)/(\d+) (.*)$`, 's');
