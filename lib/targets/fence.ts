/**
 * Waits for work that a signal stops. Work that has not ended some time after the signal is fenced: nobody goes on while it
 * might still create something.
 *
 * @param fence - resolves when the work can have no effect any more
 * @throws what the work throws; the signal's reason when it had to be fenced
 */
export async function fenced<T>(
  work: Promise<T>,
  signal: AbortSignal,
  patienceMs: number,
  fence: () => Promise<void>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let aborted = (): void => {};
  const late = new Promise<'late'>((resolve) => {
    aborted = () => void (timer ??= setTimeout(() => resolve('late'), patienceMs));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
  try {
    const first = await Promise.race([work.then((result) => ({ result })), late]);
    if (first !== 'late') return first.result;
  } finally {
    signal.removeEventListener('abort', aborted);
    clearTimeout(timer);
  }
  work.catch(() => {}); // nobody waits for it any more
  await fence();
  throw signal.reason as Error;
}
