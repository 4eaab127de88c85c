/** Waits for work, and interrupts it with `stop` when the signal aborts. @throws the signal's reason */
export async function unlessAborted<T>(
  signal: AbortSignal,
  stop: () => Promise<void>,
  work: Promise<T>,
): Promise<T> {
  let stopping: Promise<void> | undefined;
  const onAbort = (): void => {
    stopping = stop();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const result = await work;
    signal.throwIfAborted();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await stopping;
  }
}
