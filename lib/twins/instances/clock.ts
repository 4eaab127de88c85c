/**
 * Holds the clock still while something synchronous is done: what is built a second later is built at the same time, so
 * that a construct that reads the clock gives every environment the same date.
 *
 * @param instant - in milliseconds since 1970
 */
export function heldAt<T>(instant: number, work: () => T): T {
  const Real = globalThis.Date;
  class Held extends Real {
    constructor(...given: readonly unknown[]) {
      // The parameters are those of Date, which has too many signatures to name them.
      super(...((given.length === 0 ? [instant] : given) as [number]));
    }

    static override now(): number {
      return instant;
    }
  }
  // `Date()` without `new` gives a text.
  const held = new Proxy(Held, { apply: () => new Real(instant).toString() });
  Object.defineProperty(held, Symbol.hasInstance, { value: (it: unknown) => it instanceof Real });
  globalThis.Date = held as unknown as DateConstructor;
  try {
    return work();
  } finally {
    globalThis.Date = Real;
  }
}
