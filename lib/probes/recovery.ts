import { setTimeout as sleep } from 'node:timers/promises';
import { send, shortfall } from './http';
import { fill, freshNumber } from './placeholders';
import type { RequestPlan } from './plan';

/** Requests that are repeated until they are stopped. */
export interface RecoveryWatch {
  /** Ends the watch and returns what it observed. */
  stop(): Promise<Recovery>;
}

/** How long requests failed. */
export interface Recovery {
  readonly requests: number;
  readonly failures: number;
  /** The first failure. @default - none */
  readonly firstFailure?: string;
  /**
   * Milliseconds from the first failure to the first success after which nothing failed: 0 when nothing failed, undefined
   * when it never recovered, or no request was sent.
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

/** Repeats a request, one at a time, while something is broken on purpose. Ends by itself on abort. */
export function watchRecovery(plan: RequestPlan, props: WatchProps): RecoveryWatch {
  const stopped = new AbortController();
  const either = AbortSignal.any([props.signal, stopped.signal]);
  const seen = new Failures();
  const ended = (async () => {
    while (!either.aborted) await once(plan, props, seen);
    return seen.recovery();
  })();
  return {
    stop: () => {
      stopped.abort();
      return ended;
    },
  };
}

async function once(plan: RequestPlan, { url, signal }: WatchProps, seen: Failures): Promise<void> {
  const sentAt = performance.now();
  const request = fill(plan, { i: freshNumber() });
  const reply = await send(url, request, { signal, timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
    // an aborted request is not a failure
    if (!signal.aborted) throw error;
  });
  if (reply === undefined) return;
  seen.record(sentAt, shortfall(reply, request));
  const restMs = Math.max(0, sentAt + EVERY_MS - performance.now());
  await sleep(restMs, undefined, { signal }).catch(() => {});
}

class Failures {
  requests = 0;
  private failures = 0;
  private first: { readonly sentAt: number; readonly what: string } | undefined;
  private recoveredAt: number | undefined;

  record(sentAt: number, what: string | undefined): void {
    this.requests++;
    if (what === undefined) {
      this.recoveredAt ??= performance.now();
      return;
    }
    this.failures++;
    this.first ??= { sentAt, what };
    this.recoveredAt = undefined;
  }

  recovery(): Recovery {
    const { requests, failures, first, recoveredAt } = this;
    if (!first) return { requests, failures, recoveryMs: requests === 0 ? undefined : 0 };
    return {
      requests,
      failures,
      firstFailure: first.what,
      recoveryMs: recoveredAt === undefined ? undefined : Math.round(recoveredAt - first.sentAt),
    };
  }
}
