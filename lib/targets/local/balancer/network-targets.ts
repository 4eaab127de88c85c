import type { GroupChoice } from './group-choice';
import type { ListenerContext } from './listener';
import type { Targets } from './targets';

/** The targets that the next connection of a Network Load Balancer's listener goes to; undefined where no service here has them. */
export function networkTargets(context: ListenerContext, groups: GroupChoice): Targets | undefined {
  const { action } = context.listener().rules.at(-1)!;
  const group = action.kind === 'forward' ? groups.choose(action, {}).group : undefined;
  return group && context.targetsOf(group);
}

/** The target of a client's address: always the same. */
export function sticky(address: string, names: readonly string[]): string | undefined {
  const sum = Buffer.from(address).reduce((it, byte) => it + byte, 0);
  return names.toSorted()[sum % names.length];
}
