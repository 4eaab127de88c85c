import { TwinError } from '../../error';

/** What is waited for. */
export interface UntilProps {
  /** Completes "gave up waiting until ...". */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Says more about what is wrong, when it is given up. @default - nothing */
  readonly seen?: () => string;
  /** @default a minute: long enough for a machine that does ten other things */
  readonly limitMs?: number;
}

/**
 * Asks again and again until something is so.
 *
 * @throws TwinError `timeout` when it is not so in time; whatever the signal was aborted with
 */
export async function until(
  isSo: () => Promise<boolean>,
  { what, signal, seen, limitMs = 60_000 }: UntilProps,
): Promise<void> {
  const giveUp = Date.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await isSo()) return;
    if (Date.now() > giveUp) {
      throw new TwinError({
        code: 'timeout',
        message: `gave up waiting until ${what} after ${limitMs / 1000} s${seen ? `: ${seen()}` : ''}`,
        fix: 'See the logs of the environment, and try again when the machine is less busy.',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
