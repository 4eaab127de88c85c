/** A frame of a stack trace: JavaScript, Java and .NET write `at`, Ruby writes `from`. */
const FRAME = /^\s+(?:at|from) .*[(:<]/;
/** A frame of Python's, above the message. */
const PYTHON_FRAME = /^ {2}File "/;
/** The trace of a panic in Go, below the message. */
const GO_TRACE = /^goroutine \d+ \[/;
/** The first line of an error: `TypeError [ERR_X]: ...`, `error: ...`, `Caused by: java.io.IOException: ...`. */
const ERROR =
  /^\s*(?:\[[\w ]+\]: (?:\[ )?)?(?:[\w" -]+:? )?(?:[\w$.]*(?:error|exception)|fatal|panic)(?: \[\w+\])?:/i;
/** What Node and others write below an error: its properties, which are indented, their end, and Node's version. */
const BELOW = /^(?:\s.*|[\])}]+,?|Node\.js v[\d.]+)?$/;
/** How far from the end an error explains it, beside what else is written: by npm, by handlers of the exit. */
const NEAR = 10;

/**
 * The line of a program's output that explains its end: the message of the last stack trace, wherever the language writes it,
 * or a line that names an error, if one of them is near the end, and otherwise the last line.
 */
export function crashLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const message = [stackMessage, pythonMessage, goMessage, thrownValue]
    .map((find) => find(lines))
    .filter((it) => it !== undefined)
    .reduce<Message | undefined>((last, it) => (last && last.at >= it.at ? last : it), undefined);
  const words = lines.filter((line) => line !== '');
  const error = words.slice(-NEAR).findLast((line) => ERROR.test(line));
  return (message?.text ?? error ?? words.at(-1) ?? '').trim() || 'no output';
}

interface Message {
  readonly at: number;
  readonly text: string;
}

/** The message above the last stack trace, with that of the innermost cause, which Node writes indented below it. */
function stackMessage(lines: readonly string[]): Message | undefined {
  const last = lines.findLastIndex((line) => FRAME.test(line));
  if (last < 0 || !isNearEnd(lines, last)) return undefined;
  const heads = lines.flatMap((line, i) =>
    FRAME.test(line) && !FRAME.test(lines[i - 1]!) ? [headOf(lines, i)] : [],
  );
  const at = heads.findLast((head) => !/^\s/.test(lines[head]!));
  if (at === undefined) return undefined;
  const cause =
    heads.at(-1)! > at ? lines[heads.at(-1)!]!.replace(/^\s*\[[\w ]+\]:(?: \[)?|^\s+/, '').trim() : '';
  return { at, text: [lines[at]!, cause].filter((it) => it !== '').join('; cause: ') };
}

/** The first line of the message above a stack trace: the one that names an error, or the one directly above. */
function headOf(lines: readonly string[], trace: number): number {
  for (let at = trace - 1; at >= 0 && lines[at] !== '' && !FRAME.test(lines[at]!); at--) {
    if (ERROR.test(lines[at]!)) return at;
  }
  return Math.max(trace - 1, 0);
}

/** The message below the last frame of Python's, the first line that is not indented. */
function pythonMessage(lines: readonly string[]): Message | undefined {
  const frame = lines.findLastIndex((line) => PYTHON_FRAME.test(line));
  const at = lines.findIndex((line, i) => i > frame && /^\S/.test(line));
  return frame < 0 || at < 0 || !isNearEnd(lines, at) ? undefined : { at, text: lines[at]! };
}

/** The message above the traces of Go's goroutines. */
function goMessage(lines: readonly string[]): Message | undefined {
  const trace = lines.findIndex((line) => GO_TRACE.test(line));
  const at = lines.slice(0, trace + 1).findLastIndex((line) => ERROR.test(line));
  return trace < 0 || at < 0 ? undefined : { at, text: lines[at]! };
}

/** What Node writes below the place where something that is no error was thrown. */
function thrownValue(lines: readonly string[]): Message | undefined {
  const mark = lines.findLastIndex((line) => /^\s*\^+$/.test(line));
  const at = lines.findIndex((line, i) => i > mark && line !== '');
  return mark < 0 || at < 0 || !isNearEnd(lines, at) ? undefined : { at, text: lines[at]! };
}

/** Whether little is written after a line, but for what belongs to the error. */
const isNearEnd = (lines: readonly string[], at: number): boolean =>
  lines.slice(at + 1).filter((line) => !BELOW.test(line)).length < NEAR;
