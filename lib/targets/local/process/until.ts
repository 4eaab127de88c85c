import { TwinError } from '../../../error';

/** What to wait for. */
export interface UntilProps {
  /** Completes "gave up waiting until ...". */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Further details for the error. @default - none */
  readonly seen?: () => string;
  /** @default a minute, for a busy machine */
  readonly limitMs?: number;
}

/**
 * Polls a condition until it holds.
 *
 * @throws TwinError `timeout` when it does not hold in time; the signal's reason when it aborts
 */
export async function until(
  holds: () => Promise<boolean>,
  { what, signal, seen, limitMs = 60_000 }: UntilProps,
): Promise<void> {
  const giveUp = Date.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await holds()) return;
    if (Date.now() > giveUp) {
      throw new TwinError({
        code: 'timeout',
        message: `gave up waiting until ${what} after ${limitMs / 1000} s${seen ? `: ${seen()}` : ''}`,
        fix: 'See the logs of the environment, or try again when the machine is less busy.',
        isMachineFault: true,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
