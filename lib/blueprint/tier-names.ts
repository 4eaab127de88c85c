import { pathOf } from '../template/constructs';
import type { Resource } from './resources';

/**
 * The names of tiers: the first part of the construct's path inside its stack, and as many more parts as it takes to be
 * unique. Where paths are equal, the stack or the logical id is added.
 *
 * @param taken - names that are none of these
 */
export function namesOf(tiers: readonly Resource[], taken: ReadonlySet<string> = new Set()): string[] {
  const candidates = tiers.map(candidatesOf);
  const chosen = candidates.map(() => 0);
  const nameOf = (i: number): string => candidates[i]![Math.min(chosen[i]!, candidates[i]!.length - 1)]!;
  for (;;) {
    const names = tiers.map((_, i) => nameOf(i));
    const shared = names.flatMap((name, i) =>
      names.indexOf(name) === names.lastIndexOf(name) && !taken.has(name) ? [] : [i],
    );
    const growing = shared.filter((i) => chosen[i]! < candidates[i]!.length - 1);
    if (growing.length === 0) return names;
    for (const i of growing) chosen[i]!++;
  }
}

/** A resource's construct path inside its stack; its logical id when the template has none. */
export function insideStack({ stack, path }: Pick<Resource, 'stack' | 'path'>): string {
  const prefix = `${pathOf(stack)}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

/** From the shortest; the last one is unique in every environment. */
function candidatesOf(resource: Resource): string[] {
  const { stack, logicalId, path } = resource;
  const parts = insideStack(resource).split('/');
  const inside = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  return [...inside, path, `${pathOf(stack)}/${logicalId}`.replace(/^\//, '')];
}
