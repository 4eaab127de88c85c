import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestPlan } from '../config/types';
import { cookiesOf, send, shortfall, type Reply } from './http';
import { readAfter } from './placeholders';

/** A write that was sent. */
export interface SentWrite {
  /** The number of the attempt. */
  readonly i: number;
  readonly reply: Reply;
}

const TIMEOUT_MS = 5_000;
/** How often a clean-up is sent that is not answered as expected, and how far apart. */
const TIMES = 3;
const APART_MS = 500;

/** For requests that a stop must not break off: a write whose answer is not read can not be cleaned up. */
export const UNBROKEN: AbortSignal = new AbortController().signal;

/**
 * Undoes a write, whatever is to stop meanwhile.
 *
 * @returns why what was written may still be there; undefined where it is gone
 */
export async function cleanUp(
  url: string,
  plan: RequestPlan,
  { i, reply }: SentWrite,
): Promise<string | undefined> {
  const answer = reply.answered ? { body: reply.body, cookies: cookiesOf(reply) } : { body: '' };
  const { read: request, missing } = readAfter(plan, { i, ...answer });
  if (missing !== undefined) return `its clean-up needs "${missing}" in the answer`;
  for (let time = 1; ; time++) {
    const answered = await send(url, request, { signal: UNBROKEN, timeoutMs: TIMEOUT_MS });
    const problem = shortfall(answered, request);
    // a write that was not answered may never have arrived
    const isNone = !reply.answered && answered.answered && answered.status === 404;
    if (problem === undefined || isNone) return undefined;
    if (time === TIMES) return `its clean-up failed: ${problem}`;
    await sleep(APART_MS);
  }
}
