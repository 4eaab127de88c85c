import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks until something is so. The target's limits end it.
 *
 * @throws the signal's reason when it aborts
 */
export async function until<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  { signal, pollMs }: { readonly signal: AbortSignal; readonly pollMs: number },
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const seen = await look();
    if (isSo(seen)) return seen;
    await sleep(pollMs, undefined, { signal }).catch(() => {}); // the next look throws the reason
  }
}
