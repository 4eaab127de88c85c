import type { Path } from './differences';

/**
 * Values by their paths, for a walk down a template that takes the tree with it: where nothing is known below, nothing has to be
 * looked for.
 */
export class PathTree<T> {
  readonly #below = new Map<string, PathTree<T>>();
  /** What is known of the place itself. */
  value: T | undefined;

  /** The tree at a step; undefined where nothing is known of the place, nor of any below it. */
  below(step: string | number): PathTree<T> | undefined {
    return this.#below.get(String(step));
  }

  /** The tree at a path, made where there is none yet. */
  at([step, ...rest]: Path): PathTree<T> {
    if (step === undefined) return this;
    let next = this.below(step);
    if (!next) this.#below.set(String(step), (next = new PathTree<T>()));
    return next.at(rest);
  }

  get isEmpty(): boolean {
    return this.#below.size === 0 && this.value === undefined;
  }
}
