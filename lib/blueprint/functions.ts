import { isObject, type Json } from '../json';
import { idsIn } from '../template/references';
import { textOf } from '../template/values';
import type { FunctionTier, ReadTier } from './blueprint';
import type { Resource, Resources } from './resources';

/** Reads a Lambda function; undefined for one that only helps with the deployment. */
export function functionTier(it: Resource, resources: Resources): ReadTier<FunctionTier> | undefined {
  if (helpsToDeploy(it, resources)) return undefined;
  return { kind: 'function', runtime: textOf(it.properties['Runtime']) };
}

/**
 * Whether CloudFormation calls a function for a custom resource: the function that the resource names, and one that this function
 * is given the name of, as the CDK's provider framework is.
 */
export function helpsToDeploy(it: Resource, resources: Resources): boolean {
  const called = resources.all
    .filter(({ properties }) => properties['ServiceToken'] !== undefined)
    .flatMap((custom) => functionsIn(custom.properties['ServiceToken'], custom, resources));
  const passed = new Set<Resource>();
  for (let at = called.pop(); at; at = called.pop()) {
    if (passed.has(at)) continue;
    passed.add(at);
    called.push(...functionsIn(at.properties['Environment'], at, resources));
  }
  return passed.has(it);
}

function functionsIn(value: Json | undefined, from: Resource, resources: Resources): Resource[] {
  const ids = idsIn(isObject(value) ? value : {});
  const direct = resources.referred(value, from);
  return resources
    .ofType('AWS::Lambda::Function')
    .filter((it) => it === direct || (it.stack === from.stack && ids.has(it.logicalId)));
}
