import { Token } from 'aws-cdk-lib';
import type { Findings } from '../experiments/experiments';
import type { Instance, InstanceStack } from '../instances/instance';
import type { Names } from '../instances/names';

/**
 * What is wrong with where a stack is deployed, or with its name: a stack may be in another region than its environment, and have any
 * name, but both must be the same whatever the scale and, where a stack is, the name is.
 *
 * @param stack - its index
 */
export function misplaced({ observed, neutral, pairing }: Findings, stack: number): string | undefined {
  const instances = [...observed.flatMap(({ real, plain }) => [real, plain]), ...neutral];
  const seen = instances.flatMap((instance) => {
    const own = instance.stacks.find((it) => pairing.of(it.stack).index === stack);
    return own && own.stack.nestedStackParent === undefined ? [{ instance, own }] : [];
  });
  const places = new Map<string, string>();
  for (const { instance, own } of seen) {
    const here = placeOf(own);
    const other = places.get(instance.given.env) ?? here;
    places.set(instance.given.env, other);
    if (here !== other)
      return `it is deployed to ${other} in one and to ${here} in another, which are given the same env`;
  }
  // The names of environments that are given one follow that, and others do not.
  const groups = [true, false].map((isNamed) =>
    seen.filter(({ instance }) => instance.given.isNamed === isNamed),
  );
  return groups.map(misnamed).find((why) => why !== undefined);
}

/** What is wrong with the names of a stack in several instances. */
function misnamed(
  seen: readonly { readonly instance: Instance; readonly own: InstanceStack }[],
): string | undefined {
  const called = seen.map(({ instance, own }) => [instance, nameOf(own, instance.names)] as const);
  const isShared = (name: string): boolean =>
    called.some(
      ([one, its]) => its === name && called.some(([other, it]) => it === name && isOther(one, other)),
    );
  const names = [...new Set(called.map(([, name]) => name))];
  const shared = names.find(isShared);
  return names.length > 1 && shared !== undefined
    ? `its name is "${shared}" in several instances and "${names.find((name) => name !== shared)!}" in another, and follows none of their names`
    : undefined;
}

/** Whether two instances have names that have nothing to do with each other. */
const isOther = (one: Instance, other: Instance): boolean =>
  one.names.get('name') !== other.names.get('name');

const placeOf = ({ stack: { account, region } }: InstanceStack): string =>
  [account, region].map((it) => (Token.isUnresolved(it) ? 'unknown' : it)).join('/');

/** A stack's name without the place where it is: that may be in it. */
const nameOf = ({ stack }: InstanceStack, names: Names): string =>
  ['account', 'region'].reduce((name, key) => {
    const text = names.get(key);
    return text === undefined ? name : name.replaceAll(text, `<${key}>`);
  }, stack.stackName);
