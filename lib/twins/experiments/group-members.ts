import type { Expression } from '../../parity/text';
import type { Followed, Wanted } from './follow';

/** Keys or items that are members, with what their number follows. */
export interface MemberGroup<K> {
  readonly keys: readonly K[];
  readonly followed: Followed & { readonly expression: Expression };
}

/**
 * Finds members whose number follows a factor, among keys or items that are alike.
 *
 * @param forms - the keys, each with its forms, the most precise one first: those that have one in common are alike
 * @param optional - those that are not everywhere, and have to be explained; the others may be members that are always there
 * @param follow - what the number of some keys follows
 * @returns the groups, those of the optional ones that are `left` without one, and what more would have to be seen
 */
export function groupMembers<K extends string | number>(
  forms: readonly (readonly [K, readonly string[]])[],
  optional: ReadonlySet<K>,
  follow: (keys: readonly K[]) => Followed,
): { readonly groups: readonly MemberGroup<K>[]; readonly left: Set<K>; readonly wanted: readonly Wanted[] } {
  const left = new Set(optional);
  const wanted: Wanted[] = [];
  let groups: MemberGroup<K>[] = [];
  for (let way = 0; forms.some(([, own]) => way < own.length); way++) {
    const byForm = new Map<string, K[]>();
    for (const [key, own] of forms) {
      const form = own[way];
      if (form !== undefined) byForm.set(form, [...(byForm.get(form) ?? []), key]);
    }
    for (const alike of byForm.values()) {
      // Whoever is a member by its number is none by its class too, unless that explains all that are of its class.
      const within = groups.filter(({ keys }) => keys.every((key) => alike.includes(key)));
      const free = alike.filter((key) => !groups.some(({ keys }) => keys.includes(key)));
      const whole = alike.filter(
        (key) => free.includes(key) || within.some(({ keys }) => keys.includes(key)),
      );
      for (const keys of free.length < whole.length ? [free, whole] : [free]) {
        if (!keys.some((key) => left.has(key))) continue;
        const followed = follow(keys);
        if (!followed.expression) {
          wanted.push(...followed.wanted);
          continue;
        }
        for (const key of keys) left.delete(key);
        if (keys === whole) groups = groups.filter((it) => !within.includes(it));
        groups.push({ keys, followed });
      }
    }
  }
  return { groups, left, wanted };
}
