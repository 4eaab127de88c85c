import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestPlan } from '../config/types';
import { percentile } from './load-figures';
import { send, type Reply } from './http';

/** A request with its time. */
export interface Timed {
  /** Milliseconds from the start. */
  readonly atMs: number;
  readonly plan: RequestPlan;
}

/** Where requests are sent, and how that is stopped. */
export interface OpenLoadProps {
  readonly url: string;
  readonly signal: AbortSignal;
  /** What became of each, as soon as it has ended. */
  readonly ended: (index: number, reply: Reply, ms: number) => void;
}

/** How requests were sent. */
export interface OpenLoadSent {
  /** From the first request to the end of the last answer. */
  readonly ms: number;
  /** Not sent, because too many had no answer yet. */
  readonly unsent: number;
  /** How late the twentieth part that was latest was sent: this machine is no faster. */
  readonly lateMs: number;
}

/** For the whole exchange, as in the checks. */
const TIMEOUT_MS = 5_000;
/** More requests without an answer would only use up this machine's memory. */
const MOST_UNDER_WAY = 2_000;

/**
 * Sends each request at its time, whether those before it are answered or not: as clients do that do not know of each other. A service that
 * becomes slow gets no fewer requests for it.
 *
 * @throws the signal's reason when it aborts
 */
export async function sendAtTimes(
  requests: Iterable<Timed>,
  { url, signal, ended }: OpenLoadProps,
): Promise<OpenLoadSent> {
  const agent = url.startsWith('https:')
    ? new SecureAgent({ keepAlive: true })
    : new Agent({ keepAlive: true });
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own); // every request listens: Node would warn of a leak
  const underWay = new Set<Promise<void>>();
  const late: number[] = [];
  let unsent = 0;
  let fault: unknown;
  const start = performance.now();
  const ask = async (index: number, plan: RequestPlan): Promise<void> => {
    const sentAt = performance.now();
    const reply = await send(url, plan, { signal: own, timeoutMs: TIMEOUT_MS, agent });
    ended(index, reply, performance.now() - sentAt);
  };
  try {
    let index = 0;
    for (const { atMs, plan } of requests) {
      const waitMs = start + atMs - performance.now();
      if (waitMs >= 1) await sleep(waitMs, undefined, { signal });
      signal.throwIfAborted();
      late.push(Math.max(0, performance.now() - start - atMs));
      if (underWay.size >= MOST_UNDER_WAY) {
        unsent++;
        index++;
        // answers get their turn, where all requests are late
        await sleep(0);
        continue;
      }
      const asked = ask(index++, plan)
        .catch((error: unknown) => (fault ??= error))
        .then(() => void underWay.delete(asked));
      underWay.add(asked);
    }
    await Promise.all(underWay);
    signal.throwIfAborted();
    if (fault !== undefined) throw fault;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    agent.destroy();
  }
  const sorted = Float64Array.from(late).sort();
  return { ms: performance.now() - start, unsent, lateMs: sorted.length === 0 ? 0 : percentile(sorted, 95) };
}
