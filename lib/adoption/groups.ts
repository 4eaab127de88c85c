import type { Child } from './child';
import { classOf, propsOf } from './child';
import { Given } from './given';
import type { FindReference } from './references';

/** What becomes one environment: a construct at the top of an app, or stacks that are given constructs of each other. */
export type Group = readonly Child[];

/** Joins those that are given what others have. They stay in the order in which they are made. */
export function groupsOf(children: readonly Child[], find: (child: Child) => FindReference): Group[] {
  const groups = new Map(children.map((child) => [child, new Set([child])]));
  for (const child of children)
    for (const { of } of new Given(propsOf(child), { find: find(child) }).references.values()) {
      const joined = new Set([...groups.get(child)!, ...groups.get(of)!]);
      for (const it of joined) groups.set(it, joined);
    }
  return [...new Set(groups.values())].map((group) => children.filter((child) => group.has(child)));
}

/** Those that are made by the same classes. */
export const groupsLike = (group: Group, groups: readonly Group[]): Group[] =>
  groups.filter(
    (it) => it.length === group.length && it.every((child, i) => classOf(child) === classOf(group[i]!)),
  );

/** Of several that are made by the same classes the one that is called production, or that has the larger numbers. */
export function productionAmong(group: Group, groups: readonly Group[]): Group {
  const same = groupsLike(group, groups);
  const size = (it: Group): number =>
    it
      .flatMap((child) => new Given(propsOf(child)).leaves)
      .reduce((sum, { value }) => sum + (Number(value) || 0), 0);
  return (
    same.find((it) => it.some(({ id }) => /prod/i.test(id))) ?? same.toSorted((a, b) => size(b) - size(a))[0]!
  );
}
