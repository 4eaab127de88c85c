import { setTimeout as sleep } from 'node:timers/promises';

/** What writes to a tier, as a client of its endpoint would. */
export interface Writer {
  /** Writes once. Rejects where the tier takes no write. */
  write(): Promise<void>;
  /** Removes what was written. */
  close(): Promise<void>;
}

/** How long the end of an outage is waited for, once what caused it is over. */
const LIMIT_MS = 30_000;
/** A write that takes longer was not taken. */
const WRITE_LIMIT_MS = 2_000;
const PAUSE_MS = 20;

/** How long something is waited for. */
export interface OutageLimits {
  /** The first write afterwards. @default 30,000 */
  readonly limitMs?: number;
  /** One write. @default 2,000 */
  readonly writeLimitMs?: number;
}

/**
 * Writes all the time while something is done.
 *
 * @returns for how long no write was taken at a stretch; null when none is taken since
 */
export async function longestOutage(
  writer: Writer,
  work: () => Promise<void>,
  { limitMs = LIMIT_MS, writeLimitMs = WRITE_LIMIT_MS }: OutageLimits = {},
): Promise<number | null> {
  const over = new AbortController();
  /** The last write that was taken. */
  const last = { sent: -Infinity, taken: performance.now() };
  let longest = 0;
  const attempt = async (): Promise<void> => {
    const start = performance.now();
    if (!(await isDone(writer.write(), writeLimitMs))) return;
    longest = Math.max(longest, performance.now() - last.taken);
    Object.assign(last, { sent: start, taken: performance.now() });
  };
  await attempt();
  const writing = (async () => {
    for (; !over.signal.aborted; await sleep(PAUSE_MS)) await attempt();
  })();
  try {
    await work();
    const end = performance.now();
    const isBack = (): boolean => last.sent >= end;
    while (!isBack() && performance.now() < end + limitMs) await sleep(PAUSE_MS);
    return isBack() ? Math.round(longest) : null;
  } finally {
    over.abort();
    await writing;
    await isDone(writer.close(), writeLimitMs); // a tier that takes no writes keeps the last one
  }
}

/** Whether something is done in time. */
async function isDone(work: Promise<void>, limitMs: number): Promise<boolean> {
  const late = new AbortController();
  const done = work.then(
    () => true,
    () => false,
  );
  const limit = sleep(limitMs, false, { signal: late.signal }).catch(() => false);
  try {
    return await Promise.race([done, limit]);
  } finally {
    late.abort();
  }
}
