import type { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { givenNames, keyOf } from '../../checks/names';
import { isObject, type Json, type JsonObject } from '../../json';
import { stacksOf } from '../instances/instance';
import { outermost } from './resources';
import { whenWritten, writtenBy } from '../instances/written';

/**
 * Lets CloudFormation generate every physical name of a staging that production gives to a resource of the same type, and adds
 * the stack's name to those that it does not generate.
 */
export function generateNames(staging: IConstruct, prod: IConstruct): void {
  whenWritten(staging, (template, stack) => {
    const taken = new Set(stacksOf(prod).flatMap((it) => givenNames(writtenBy(it)).map(keyOf)));
    const shared = givenNames(template).filter((given) => taken.has(keyOf(given)));
    const { Resources: resources = {} } = template as { Resources?: JsonObject };
    const changed = shared.map(({ logicalId, property, name, isGenerated }): [string, Json] => {
      const entry = resources[logicalId] as JsonObject;
      const { [property]: value, ...rest } = isObject(entry['Properties']) ? entry['Properties'] : {};
      const properties = isGenerated
        ? rest
        : { ...rest, [property]: withSuffix(value!, suffixOf(stack, name)) };
      return [logicalId, { ...entry, Properties: properties }];
    });
    return changed.length === 0
      ? template
      : { ...template, Resources: { ...resources, ...Object.fromEntries(changed) } };
  });
}

const withSuffix = (value: Json, suffix: string): Json =>
  typeof value === 'string' ? `${value}-${suffix}` : { 'Fn::Join': ['', [value, `-${suffix}`]] };

/** The name of the outermost stack; in lower case where the name is, since services may allow nothing else. */
function suffixOf(stack: Stack, name: string): string {
  const { stackName } = outermost(stack);
  return name === name.toLowerCase() ? stackName.toLowerCase() : stackName;
}
