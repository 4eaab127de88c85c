import { TwinError } from '../../error';

/** What is waited for. */
export interface UntilProps {
  /** Completes "gave up waiting until ...". */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Says more about what is wrong, when it is given up. @default - nothing */
  readonly seen?: () => string;
}

/** Long enough for a machine that does ten other things. */
const LIMIT_MS = 60_000;

/**
 * Asks again and again until something is so.
 *
 * @throws TwinError `timeout` when it is not so after a minute; whatever the signal was aborted with
 */
export async function until(isSo: () => Promise<boolean>, { what, signal, seen }: UntilProps): Promise<void> {
  const giveUp = Date.now() + LIMIT_MS;
  for (;;) {
    signal.throwIfAborted();
    if (await isSo()) return;
    if (Date.now() > giveUp) {
      throw new TwinError({
        code: 'timeout',
        message: `gave up waiting until ${what} after ${LIMIT_MS / 1000} s${seen ? `: ${seen()}` : ''}`,
        fix: 'See the logs of the environment, and try again when the machine is less busy.',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
