import { setTimeout as sleep } from 'node:timers/promises';
import { mayPass } from './failed-call';

/** So often a change is asked for. */
const ATTEMPTS = 5;

/** A change, and what shows that it is made. */
export interface Change {
  readonly make: () => Promise<unknown>;
  /** Whether it is made, by this call or another. */
  readonly isMade: () => Promise<boolean>;
}

/**
 * Makes a change whose answer may be lost after the service has made it: that it is refused then, or cannot be read, means nothing
 * until it is looked whether it is there. It is asked for again only where it is not.
 */
export async function ensure({ make, isMade }: Change, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await make();
      return;
    } catch (error) {
      signal.throwIfAborted();
      // of two errors the first says more
      if (await isMade().catch(() => false)) return;
      if (!mayPass(error) || attempt === ATTEMPTS) throw error;
      await sleep(200 * 2 ** attempt, undefined, { signal }).catch(() => {}); // the next call throws the reason
    }
  }
}
