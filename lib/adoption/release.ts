import { equalJson, isObject, type Json } from '../json';
import { isCalledRelease, literal, type Leaf } from './given';
import type { FollowedRelease } from './observation';
import type { Templates } from './trial-app';

/** The key that `twin rehearse` gives the release under, unless the config names another. */
export const RELEASE_KEY = 'release';

/** What runs code of a release. */
const OF_CODE = new Set(['AWS::ECS::TaskDefinition', 'AWS::Lambda::Function', 'AWS::AppRunner::Service']);

/** Of texts that are called as a release is those that decide which code runs, as far as they are one release. */
export function releasesAmong(
  leaves: readonly Leaf[],
  base: Templates,
  at: (values: ReadonlyMap<Leaf, string>) => Templates | undefined,
): Leaf[] {
  const found = leaves.filter((leaf) => {
    const other = at(new Map([[leaf, `${leaf.value}-next`]]));
    return other !== undefined && !equalJson(codeIn(base), codeIn(other));
  });
  return found.filter(({ value }) => value === found[0]!.value);
}

const codeIn = (templates: Templates): Json =>
  [...templates].map(([, template]) => {
    const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
    return Object.values(resources).filter((it) => isObject(it) && OF_CODE.has(String(it['Type'])));
  });

/** The code of a release in the Twins: what `twin rehearse` says, or what production runs. */
export const releaseCode = ({ value }: Leaf): string => `${RELEASE_KEY} ?? ${literal(value)}`;

/** The release that constructs read from the context themselves, by what they read of it. */
export function releaseInContext(context: Readonly<Record<string, unknown>>): FollowedRelease | undefined {
  const keys = Object.keys(context).filter((key) => isCalledRelease(key));
  const key = keys.find((it) => it === RELEASE_KEY) ?? keys[0];
  if (key === undefined) return undefined;
  const value = context[key];
  return { key, ...(typeof value === 'string' && { value }) };
}
