import { isObject, listOf, type Json, type JsonObject } from '../json';
import type { RunningStack } from '../targets/observe';
import type { Path } from '../template/differences';

/** What a deployed template says at a place: a value, nothing, or something that CloudFormation alone can evaluate. */
export type Declared =
  { readonly is: 'value'; readonly value: Json } | { readonly is: 'unset' } | { readonly is: 'unknown' };

const UNSET: Declared = { is: 'unset' };
const UNKNOWN: Declared = { is: 'unknown' };

/** What a stack's template says of a resource. @param path - from the resource down */
export function declaredAt(stack: RunningStack, account: string, logicalId: string, path: Path): Declared {
  const resources = stack.template['Resources'];
  let node: Json | undefined = isObject(resources) ? resources[logicalId] : undefined;
  for (const key of path) {
    if (isIntrinsic(node)) return isNoValue(node) ? UNSET : UNKNOWN;
    node = isObject(node) ? node[String(key)] : listOf(node)[Number(key)];
    if (node === undefined || node === null) return UNSET;
  }
  return evaluate(node!, stack, account);
}

function isIntrinsic(value: Json | undefined): value is JsonObject {
  if (!isObject(value)) return false;
  const [key = '', ...others] = Object.keys(value);
  return others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
}

const isNoValue = (value: JsonObject): boolean => value['Ref'] === 'AWS::NoValue';

/** References to resources stay what they are: what runs is called by them too. */
function evaluate(value: Json, stack: RunningStack, account: string): Declared {
  if (!isIntrinsic(value)) return { is: 'value', value };
  if (isNoValue(value)) return UNSET;
  const id = value['Ref'];
  if (typeof id === 'string') {
    if (stack.deployedResources.has(id)) return { is: 'value', value };
    const known = stack.parameters.get(id) ?? pseudo(id, stack, account);
    return known === undefined ? UNKNOWN : { is: 'value', value: known };
  }
  const [separator, parts] = listOf(value['Fn::Join']);
  if (typeof separator !== 'string' || !Array.isArray(parts)) return UNKNOWN;
  const texts = (parts as Json[]).map((part) => evaluate(part, stack, account));
  const isText = texts.every((it) => it.is === 'value' && typeof it.value !== 'object');
  if (!isText) return UNKNOWN;
  return {
    is: 'value',
    value: texts.map((it) => (it.is === 'value' ? String(it.value) : '')).join(separator),
  };
}

function pseudo(
  id: string,
  { name, region, id: stackId }: RunningStack,
  account: string,
): string | undefined {
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::StackName': name,
    'AWS::StackId': stackId,
  };
  return Object.hasOwn(values, id) ? values[id] : undefined;
}

/**
 * Whether two values are the same to AWS: numbers and booleans are written as texts too, and names in either case.
 *
 * @param isVersion - whether the first may be the beginning of the second
 */
export function isSame(declared: Json, running: Json, isVersion = false): boolean {
  const [a, b] = [declared, running].map((it) =>
    (typeof it === 'object' ? JSON.stringify(it) : String(it)).toLowerCase(),
  ) as [string, string];
  return a === b || (isVersion && b.startsWith(`${a.replace(/\.x$/, '')}.`));
}
