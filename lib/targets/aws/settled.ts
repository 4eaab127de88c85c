/**
 * Waits for all of several works, so that none is still going on when one has failed.
 *
 * @throws the reason of the first that failed
 */
export async function settled(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((it) => it.status === 'rejected');
  if (failed) throw failed.reason;
}
