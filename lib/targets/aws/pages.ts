/** A page of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[] | undefined;
  /** Undefined or empty after the last one. */
  readonly next: string | undefined;
}

/** Every item of a list that a service gives page by page. @param ask - for the page at a token; for the first without one */
export async function allPages<T>(ask: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await ask(token);
    all.push(...items);
    token = next === '' ? undefined : next;
  } while (token !== undefined);
  return all;
}
