import { setTimeout as sleep } from 'node:timers/promises';
import { NO_URL, type ProbeContext } from '../probes/context';
import { send, shortfall } from '../probes/http';
import { fill } from '../probes/placeholders';
import type { RequestPlan } from '../probes/plan';
import { watchRecovery, type Recovery } from '../probes/recovery';
import type { RecoverySeen } from './parts';

/** How long requests may go on failing once the target says that it has overcome. */
const LIMIT_MS = 60_000;
/** So many answers in a row count as having come back: requests are balanced over several tasks. */
const IN_A_ROW = 5;
const EVERY_MS = 25;
const TIMEOUT_MS = 1_000;

/** Repeats a request while something is broken, and after it until it is answered again. */
export async function seeRecovery(
  request: RequestPlan,
  context: ProbeContext,
  breakIt: () => Promise<void>,
): Promise<RecoverySeen> {
  const { url, signal } = context;
  if (url === undefined) {
    await breakIt();
    return { recoveryMs: undefined, detail: NO_URL.detail };
  }
  const watch = watchRecovery(request, { url, signal });
  try {
    await breakIt();
    await untilAnswered(url, request, signal);
  } finally {
    await watch.stop();
  }
  signal.throwIfAborted();
  return seenIn(await watch.stop());
}

async function untilAnswered(url: string, plan: RequestPlan, signal: AbortSignal): Promise<void> {
  const giveUp = Date.now() + LIMIT_MS;
  for (let i = 1, inARow = 0; inARow < IN_A_ROW && Date.now() < giveUp; i++) {
    // numbers far from those of the watch, which counts from 1: a request may have to be unique
    const request = fill(plan, { i: 1_000_000 + i });
    const reply = await send(url, request, { signal, timeoutMs: TIMEOUT_MS });
    inARow = shortfall(reply, request) === undefined ? inARow + 1 : 0;
    // stopped is said by the next request, with the reason
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

function seenIn({ requests, failures, firstFailure, recoveryMs }: Recovery): RecoverySeen {
  const counts = `${failures} of ${requests} requests failed`;
  if (recoveryMs === undefined) {
    return { recoveryMs, detail: `${counts} and they still do: ${firstFailure ?? 'no answer'}` };
  }
  if (failures === 0) return { recoveryMs, detail: `none of ${requests} requests failed` };
  return { recoveryMs, detail: `${counts}, for ${(recoveryMs / 1000).toFixed(1)} s: ${firstFailure}` };
}
