import { TwinError } from '../../error';

/**
 * Waits for all of several works, so that none is still going on when one has failed.
 *
 * @throws the reason of the first that failed
 */
export async function settled(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((it) => it.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Does several works, so many at one time, and none after a group in which one has failed.
 *
 * @throws the reason of the first that failed
 */
export async function inGroups(works: readonly (() => Promise<unknown>)[], atOnce: number): Promise<void> {
  for (let first = 0; first < works.length; first += atOnce)
    await settled(works.slice(first, first + atOnce).map((work) => work()));
}

/**
 * Does one work after the other, also where those before failed: what is removed costs nothing any more. Stops with the signal.
 *
 * @throws TwinError that says what each said which failed
 */
export async function oneByOne(works: readonly (() => Promise<void>)[], signal: AbortSignal): Promise<void> {
  const errors: unknown[] = [];
  for (const work of works) {
    signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
    }
  }
  if (errors.length > 0) throw inOne(errors);
}

/** A bug is none of the errors that can be reported together. */
function inOne(errors: readonly unknown[]): unknown {
  const bug = errors.find((it) => !(it instanceof TwinError));
  const [first, ...others] = errors as readonly TwinError[];
  if (bug !== undefined || others.length === 0) return bug ?? first;
  const all = [first!, ...others];
  return new TwinError({
    code: first!.code,
    message: [...new Set(all.map(({ message }) => message))].join('\n  '),
    fix: [...new Set(all.map(({ fix }) => fix))].join(' '),
    cause: first,
  });
}
