import { createInterface } from 'node:readline/promises';

/**
 * Asks a question on the terminal.
 *
 * @returns whether the answer is yes; undefined where there is no terminal to ask
 */
export async function answerTo(
  question: string,
  signal: AbortSignal,
  { stdin, stderr }: Pick<NodeJS.Process, 'stdin' | 'stderr'> = process,
): Promise<boolean | undefined> {
  if (!stdin.isTTY) return undefined;
  const lines = createInterface({ input: stdin, output: stderr });
  // readline takes Ctrl-C for itself
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  try {
    const answer = await lines.question(question, { signal: AbortSignal.any([signal, ended.signal]) });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (ended.signal.aborted) return false; // the end of the input
    throw error;
  } finally {
    lines.close();
  }
}
