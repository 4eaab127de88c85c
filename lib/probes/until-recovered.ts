import { setTimeout as sleep } from 'node:timers/promises';
import { showDuration } from '../duration';
import { NO_URL, type ProbeContext } from './context';
import { send, shortfall } from './http';
import { fill, freshNumber } from './placeholders';
import type { RequestPlan } from './plan';
import { watchRecovery, type Recovery } from './recovery';

const LIMIT_MS = 60_000;
/** So many answers in a row count as recovered: requests are balanced over several tasks. */
const IN_A_ROW = 5;
const EVERY_MS = 25;
const TIMEOUT_MS = 1_000;

/** How something that was broken recovered. */
export interface RecoverySeen {
  /** How long requests failed; undefined when they still failed at the limit. */
  readonly recoveryMs: number | undefined;
  /** What was observed, in one line. */
  readonly detail: string;
}

/**
 * Repeats a request while something is broken, and then until it is answered again.
 *
 * @param limitMs - how long the request may still fail once the target reports that it has recovered
 */
export async function seeRecovery(
  request: RequestPlan,
  context: Pick<ProbeContext, 'url' | 'signal'>,
  breakIt: () => Promise<void>,
  limitMs: number = LIMIT_MS,
): Promise<RecoverySeen> {
  const { url, signal } = context;
  if (url === undefined) {
    await breakIt();
    return { recoveryMs: undefined, detail: NO_URL.detail };
  }
  const watch = watchRecovery(request, { url, signal });
  let lastFailure: string | undefined;
  try {
    await breakIt();
    lastFailure = await untilAnswered(url, request, signal, limitMs);
  } finally {
    await watch.stop();
  }
  signal.throwIfAborted();
  return observed(await watch.stop(), lastFailure);
}

/** @returns undefined once the request is answered; the last failure where it is not, or only now and then */
async function untilAnswered(
  url: string,
  plan: RequestPlan,
  signal: AbortSignal,
  limitMs: number,
): Promise<string | undefined> {
  const giveUp = performance.now() + limitMs;
  let failure: string | undefined;
  for (let inARow = 0; performance.now() < giveUp;) {
    const request = fill(plan, { i: freshNumber() });
    const reply = await send(url, request, { signal, timeoutMs: TIMEOUT_MS });
    const problem = shortfall(reply, request);
    inARow = problem === undefined ? inARow + 1 : 0;
    if (inARow === IN_A_ROW) return undefined;
    failure = problem ?? failure;
    // after an abort the next request throws the reason
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return failure ?? `fewer than ${IN_A_ROW} answers in ${limitMs / 1000} s`;
}

function observed(
  { requests, failures, firstFailure, recoveryMs }: Recovery,
  lastFailure: string | undefined,
): RecoverySeen {
  const counts = `${failures} of ${requests} requests failed`;
  if (recoveryMs === undefined || lastFailure !== undefined) {
    const what = lastFailure ?? firstFailure ?? 'no answer';
    return { recoveryMs: undefined, detail: `${counts}, and they still fail: ${what}` };
  }
  if (failures === 0) return { recoveryMs, detail: `no request failed (of ${requests})` };
  const detail = `recovered in ${showDuration(recoveryMs)} (${counts}; first: ${firstFailure})`;
  return { recoveryMs, detail };
}
