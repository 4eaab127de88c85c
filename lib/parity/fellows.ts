import type { Difference } from '../template/differences';
import { equalJson } from '../json';
import { referenceOf } from '../template/references';
import type { Members } from './manifest';

/**
 * The factor by which a reference may be to another resource: what it refers to is a member that the other side has not, and that one
 * refers to a fellow of it. Undefined for any other difference.
 */
export function factorOfFellows(
  { prod, staging }: Difference,
  groups: readonly Members[],
): string | undefined {
  const [p, s] = [referenceOf(prod), referenceOf(staging)];
  if (!p || !s || !equalJson(p.attribute ?? null, s.attribute ?? null)) return undefined;
  return groups.find(({ path, prod: all, staging: others }) => {
    const shared = Math.min(all.length, others.length);
    return (
      path.length === 1 &&
      path[0] === 'Resources' &&
      ((all.indexOf(p.id) >= shared && others.includes(s.id)) ||
        (others.indexOf(s.id) >= shared && all.includes(p.id)))
    );
  })?.factor;
}
