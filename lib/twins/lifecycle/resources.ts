import { CfnResource, Stack } from 'aws-cdk-lib';
import { isObject, type Json, type JsonObject } from '../../json';

/** A resource as it stands in its template now, tokens resolved. */
export function entryOf(node: CfnResource): JsonObject {
  const made = (node as unknown as { _toCloudFormation(): object })._toCloudFormation();
  const template = Stack.of(node).resolve(made) as { Resources?: Readonly<Record<string, Json>> };
  const [entry] = Object.values(template.Resources ?? {});
  // Without what is undefined, which no template says.
  return isObject(entry) ? (JSON.parse(JSON.stringify(entry)) as JsonObject) : {};
}

/** A resource's properties as they stand now. */
export function propertiesOf(node: CfnResource): JsonObject {
  const properties = entryOf(node)['Properties'];
  return isObject(properties) ? properties : {};
}

/** Whether a resource may have one of these properties: it was given it, or something of it is overridden. Nothing is resolved. */
export function mayHave(node: CfnResource, properties: readonly string[]): boolean {
  if (properties.length === 0) return false;
  const { cfnProperties: given, rawOverrides } = node as unknown as Record<string, unknown>;
  if (!isObject(given) || !isObject(rawOverrides) || Object.keys(rawOverrides).length > 0) return true;
  const names = new Set(properties.map((name) => name.toLowerCase())); // an L1 calls them `deletionProtectionEnabled`
  return Object.keys(given).some((key) => given[key] !== undefined && names.has(key.toLowerCase()));
}

/** A resource's logical id. */
export const idOf = (node: CfnResource): string => String(Stack.of(node).resolve(node.logicalId));

/** The resources of a stack, without those of stacks that are nested in it. */
export const resourcesIn = (stack: Stack): CfnResource[] =>
  stack.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.stack === stack);

/** The stack that a stack is nested in, at whatever depth, or itself: that one has a name before it is deployed. */
export const outermost = (stack: Stack): Stack =>
  stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
