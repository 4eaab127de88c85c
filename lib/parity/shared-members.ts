import { keyOf, type Path } from '../template/differences';
import type { Fault } from './findings';
import { REWRITE, type Members } from './manifest';
import { disagrees } from './text-law';

/**
 * Members of one side that one group names twice, or that one group leaves out and another keeps: as many would be left out
 * as no factor says.
 */
export function sharedMembers(groups: readonly Members[], side: 'prod' | 'staging'): Fault[] {
  const fates = new Map<string, boolean>();
  const fault = (path: Path, why: string): Fault[] => [
    { path, prod: undefined, staging: undefined, ...disagrees(why), fix: REWRITE },
  ];
  return groups.flatMap(({ path, factor, prod, staging, [side]: members }) =>
    members.flatMap((member, i): Fault[] => {
      const at_ = [...path, member];
      const isLeftOut = i >= Math.min(prod.length, staging.length);
      if (members.indexOf(member) < i)
        return fault(at_, `the manifest names it twice as a member of ${factor}`);
      if ((fates.get(keyOf(at_)) ?? isLeftOut) !== isLeftOut)
        return fault(at_, `the manifest keeps it and leaves it out, as a member of ${factor}`);
      fates.set(keyOf(at_), isLeftOut);
      return [];
    }),
  );
}
