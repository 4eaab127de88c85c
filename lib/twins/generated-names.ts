import { Aspects, CfnResource, Stack, type IAspect } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { physicalNameOf } from '../aws/types';
import { hangsOnStack } from '../checks/names';
import type { Json } from '../json';
import { textOf } from '../template/text';
import { propertiesOf } from './resources';

/** After what others name by aspects, with the lifecycle. */
const LAST_WORD = 900;

/**
 * Lets CloudFormation generate every physical name of a staging that production gives to a resource of the same type, and adds
 * the stack's name to those that it does not generate.
 */
export function generateNames(staging: IConstruct, prod: IConstruct): void {
  const taken = new Set(
    prod.node
      .findAll()
      .filter((node) => CfnResource.isCfnResource(node))
      .flatMap((node) => nameOf(node)?.key ?? []),
  );
  Aspects.of(staging).add(new GeneratedNames(taken), { priority: LAST_WORD });
}

class GeneratedNames implements IAspect {
  /** @param taken - the names of production's resources, each after its type */
  constructor(private readonly taken: ReadonlySet<string>) {}

  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node)) return;
    const named = nameOf(node);
    if (!named || !this.taken.has(named.key)) return;
    const { property, isGenerated } = named.of;
    if (isGenerated) node.addPropertyDeletionOverride(property);
    else node.addPropertyOverride(property, withSuffix(named.value, `-${suffixOf(node, named.text)}`));
  }
}

/** A resource's name, when it hangs on nothing in its stack. */
function nameOf(node: CfnResource) {
  const of = physicalNameOf(node.cfnResourceType);
  const value = of && propertiesOf(node)[of.property];
  const text = textOf(value);
  if (!of || value === undefined || text === undefined || hangsOnStack(text)) return undefined;
  return { key: `${node.cfnResourceType} ${text}`, value, text, of };
}

const withSuffix = (value: Json, suffix: string): Json =>
  typeof value === 'string' ? `${value}${suffix}` : { 'Fn::Join': ['', [value, suffix]] };

/** The name of the outermost stack; in lower case where the name is, since services may allow nothing else. */
function suffixOf(node: CfnResource, name: string): string {
  let stack = Stack.of(node);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  return name === name.toLowerCase() ? stack.stackName.toLowerCase() : stack.stackName;
}
