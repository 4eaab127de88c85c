import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Asks the person at a terminal. Ctrl-C interrupts the process, as it does elsewhere. */
export async function answerTo(
  question: string,
  [input, output]: readonly [Readable, Writable],
  signal: AbortSignal,
): Promise<string> {
  const lines = createInterface({ input, output });
  // readline takes Ctrl-C for itself
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, ended.signal]) });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (ended.signal.aborted) return ''; // the end of the input
    throw error;
  } finally {
    lines.close();
  }
}
