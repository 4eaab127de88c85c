import type { Child } from './child';

/** What one stack has and another is given: `vpc` of the stack Network. */
export interface Reference {
  readonly of: Child;
  /** From the stack on: names of properties, and places in lists. Empty for the stack itself. */
  readonly path: readonly (string | number)[];
}

/**
 * Finds what a prop was given among what other stacks have. Of several paths it is the shortest, and of those the one that is called
 * as the prop is.
 */
export type FindReference = (value: unknown, prop: string) => Reference | undefined;

/** `cluster.clusterEndpoint.hostname` has three steps. */
const MOST_STEPS = 3;

/** What every construct has, and what leads out of it. */
const OF_ALL = new Set(['constructor', 'env', 'node', 'parent', 'scope', 'stack']);

/** Finds what stacks are given in those that were made before them. */
export function referencesIn(stacks: readonly Child[]): (child: Child) => FindReference {
  const known = new Map<unknown, Reference[]>();
  for (const of of stacks)
    walk(of.construct, (value, path) => {
      const all = known.get(value) ?? [];
      known.set(value, all);
      all.push({ of, path });
    });
  return (child) => {
    const before = new Set(stacks.slice(0, stacks.indexOf(child)));
    return (value, prop) => {
      const found = (known.get(keyOf(value)) ?? []).filter(({ of }) => before.has(of));
      const own = found.filter(({ of }) => isIn(of, value));
      const [best] = (own.length > 0 ? own : found).toSorted((a, b) => rank(a, prop) - rank(b, prop));
      return best;
    };
  };
}

/** A list that is only known when it is deployed is made anew whenever it is asked for: it is its one text. */
const keyOf = (value: unknown): unknown =>
  Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value;

const rank = ({ path }: Reference, prop: string): number =>
  2 * path.length - (String(path.at(-1)).toLowerCase() === prop.toLowerCase() ? 1 : 0);

/** Whether a construct is part of a stack, which may be another than those that keep it in a property. */
function isIn({ id }: Child, value: unknown): boolean {
  const { node } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly node?: { readonly path?: unknown };
  };
  return typeof node?.path === 'string' && node.path.split('/')[0] === id;
}

/** Visits what a construct has in public, by JavaScript's measure: TypeScript's own is gone when an app runs. */
function walk(root: object, visit: (value: unknown, path: Reference['path']) => void): void {
  const seen = new Set<object>([root]);
  visit(root, []);
  let level: (readonly [object, Reference['path']])[] = [[root, []]];
  for (let step = 0; step < MOST_STEPS; step++) {
    const next: typeof level = [];
    for (const [object, path] of level)
      for (const [name, value] of membersOf(object)) {
        const at = [...path, name];
        if (typeof value === 'string' || typeof value === 'number' || isObjectLike(value))
          visit(keyOf(value), at);
        if (!isObjectLike(value) || seen.has(value)) continue;
        seen.add(value);
        next.push([value, at]);
      }
    level = next;
  }
}

const isObjectLike = (value: unknown): value is object => typeof value === 'object' && value !== null;

function* membersOf(object: object): Generator<readonly [string | number, unknown]> {
  if (Array.isArray(object)) {
    yield* object.entries();
    return;
  }
  const names = new Set<string>();
  for (let it: unknown = object; it !== null && it !== Object.prototype; it = Object.getPrototypeOf(it))
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(it)))
      if (
        ('get' in descriptor || descriptor.enumerable === true) &&
        /^[A-Za-z]\w*$/.test(name) &&
        !OF_ALL.has(name)
      )
        names.add(name);
  for (const name of names)
    try {
      yield [name, (object as Record<string, unknown>)[name]];
    } catch {
      // a property that the construct has in some forms only: nobody was given it
    }
}

/** What stands at the path of a reference below another stack of the same class. */
export const valueAt = (stack: object, path: Reference['path']): unknown =>
  path.reduce<unknown>((it, step) => (it as Record<string | number, unknown>)[step], stack);

/** The code of a path: `network.subnets[0]`. */
export const pathCode = (variable: string, path: Reference['path']): string =>
  variable + path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
