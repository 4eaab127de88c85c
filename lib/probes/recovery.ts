import { setTimeout as sleep } from 'node:timers/promises';
import { send, shortfall } from './http';
import { fill } from './placeholders';
import type { RequestPlan } from './plan';

/** Requests that go on until they are stopped. */
export interface RecoveryWatch {
  /**
   * Ends the watch and says what it saw.
   *
   * @param patienceMs - how much longer it may go on while requests still fail; 0 unless given
   */
  stop(patienceMs?: number): Promise<Recovery>;
}

/** How long requests failed. */
export interface Recovery {
  readonly requests: number;
  readonly failures: number;
  /** ISO 8601, UTC: when the first request was sent that failed. @default - none failed */
  readonly firstFailureAt?: string;
  /** What the first one that failed saw. @default - none failed */
  readonly firstFailure?: string;
  /**
   * Milliseconds from the first failure to the first success after which nothing failed any more: 0 when nothing failed,
   * undefined when it never recovered.
   */
  readonly recoveryMs: number | undefined;
}

/** What a watch needs. */
export interface WatchProps {
  readonly url: string;
  readonly signal: AbortSignal;
}

const EVERY_MS = 25;
const TIMEOUT_MS = 1_000;

/** Sends a request again and again, one at a time, while something is broken on purpose. Ends by itself on abort. */
export function watchRecovery(plan: RequestPlan, props: WatchProps): RecoveryWatch {
  let stopAt = Infinity;
  let patience = 0;
  const seen = new Failures();
  const ended = (async () => {
    while (!props.signal.aborted) {
      if (Date.now() >= stopAt && (!seen.isFailing || Date.now() >= stopAt + patience)) break;
      await once(plan, props, seen);
    }
    return seen.recovery();
  })();
  return {
    stop: (patienceMs = 0) => {
      patience = patienceMs;
      stopAt = Date.now();
      return ended;
    },
  };
}

async function once(plan: RequestPlan, { url, signal }: WatchProps, seen: Failures): Promise<void> {
  const sentAt = Date.now();
  const request = fill(plan, { i: seen.requests + 1 });
  const reply = await send(url, request, { signal, timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
    // a request that was broken off says nothing
    if (!signal.aborted) throw error;
  });
  if (reply === undefined) return;
  seen.record(sentAt, shortfall(reply, request));
  const restMs = Math.max(0, sentAt + EVERY_MS - Date.now());
  await sleep(restMs, undefined, { signal }).catch(() => {});
}

class Failures {
  requests = 0;
  private failures = 0;
  private first: { readonly sentAt: number; readonly what: string } | undefined;
  private recoveredAt: number | undefined;

  get isFailing(): boolean {
    return this.first !== undefined && this.recoveredAt === undefined;
  }

  record(sentAt: number, what: string | undefined): void {
    this.requests++;
    if (what === undefined) {
      this.recoveredAt ??= Date.now();
      return;
    }
    this.failures++;
    this.first ??= { sentAt, what };
    this.recoveredAt = undefined;
  }

  recovery(): Recovery {
    const { requests, failures, first, recoveredAt } = this;
    if (!first) return { requests, failures, recoveryMs: 0 };
    return {
      requests,
      failures,
      firstFailureAt: new Date(first.sentAt).toISOString(),
      firstFailure: first.what,
      recoveryMs: recoveredAt === undefined ? undefined : recoveredAt - first.sentAt,
    };
  }
}
