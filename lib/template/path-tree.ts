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
  at(path: Path): PathTree<T> {
    let tree: PathTree<T> = this;
    for (const step of path) {
      let next = tree.below(step);
      if (!next) tree.#below.set(String(step), (next = new PathTree<T>()));
      tree = next;
    }
    return tree;
  }

  get isEmpty(): boolean {
    return this.#below.size === 0 && this.value === undefined;
  }
}
