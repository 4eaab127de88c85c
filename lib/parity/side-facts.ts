import { isObject, type Json, type JsonObject } from '../json';
import { Evaluator, isKnown, type Hinge } from '../template/evaluate';
import { inText, parametersIn, parametersOf, valuesOf } from '../template/parameters';
import { pseudoOf } from '../template/pseudo';
import type { SideFacts } from './decided';
import { environment } from './environment';
import type { Definition, ManifestPair } from './manifest';
import { stacksOn, type StackFile } from './side-stacks';

/** A stack of one side of a pair, with its template. */
export interface SideStack extends Omit<StackFile, 'file'> {
  readonly template: unknown;
}

/**
 * What is known of the stacks of one environment before they are deployed, by their paths.
 *
 * @param given - the values of parameters. @default - none is known
 */
export function factsOfSide(
  stacks: readonly SideStack[],
  given?: ReadonlyMap<string, string>,
): ReadonlyMap<string, SideFacts> {
  const facts = new Map<string, SideFacts>();
  const factsFor = (stack: SideStack, around: readonly SideStack[]): SideFacts => {
    const found = facts.get(stack.path);
    if (found) return found;
    const pseudo = pseudoOf(stack.env);
    const nesting = around.includes(stack) ? undefined : nestingOf(stack, stacks);
    const own = nesting
      ? nestedFacts(stack, nesting.parameters, nesting.outer, factsFor(nesting.outer, [...around, stack]))
      : { parameters: valuesOf(stack.template, given) };
    const all = { ...own, pseudo };
    facts.set(stack.path, all);
    return all;
  };
  for (const stack of stacks) factsFor(stack, []);
  return facts;
}

/**
 * The same of an environment in a manifest.
 *
 * @param read - gives the template of a file
 */
export function factsOfEnvironment(
  definition: Definition,
  pair: ManifestPair,
  side: 'prod' | 'staging',
  read: (file: string) => unknown,
): ReadonlyMap<string, SideFacts> {
  const { parameters } = environment(definition, pair[side]);
  return factsOfSide(
    stacksOn(pair, side).map(({ file, ...it }) => ({ ...it, template: read(file) })),
    parameters && new Map(Object.entries(parameters)),
  );
}

/** The stack around a nested one, and what it gives it. */
function nestingOf({ nestedIn }: SideStack, stacks: readonly SideStack[]) {
  const outer = nestedIn && stacks.find(({ path }) => path === nestedIn.path);
  if (!nestedIn || !outer) return undefined;
  const entry = resourcesOf(outer.template)[nestedIn.logicalId];
  const properties = isObject(entry) ? entry['Properties'] : undefined;
  const parameters = isObject(properties) ? properties['Parameters'] : undefined;
  return { outer, parameters: isObject(parameters) ? parameters : {} };
}

function nestedFacts(
  { template }: SideStack,
  parameters: JsonObject,
  outer: SideStack,
  known: SideFacts,
): SideFacts {
  const evaluator = new Evaluator(isObject(outer.template) ? outer.template : {}, known);
  const given = Object.entries(parameters).map(([name, value]) => [name, evaluator.value(value)] as const);
  const values = given.flatMap(([name, it]): [string, string][] =>
    isKnown(it) && it.value !== undefined ? [[name, inText(it.value)]] : [],
  );
  const open = given.flatMap(([name, it]): [string, readonly Hinge[]][] => {
    if (isKnown(it)) return [];
    return [
      [
        name,
        it.unknown.flatMap(
          (hinge) => (hinge.kind === 'parameter' && known.outer?.get(hinge.name)) || [hinge],
        ),
      ],
    ];
  });
  const isOpen = new Set(open.map(([name]) => name));
  const all = [...valuesOf(template, new Map(values))].filter(([name]) => !isOpen.has(name));
  return { parameters: new Map(all), outer: new Map(open) };
}

/** A parameter that a template's own entries use, and that nobody has given a value yet. */
export interface GivenParameter {
  readonly name: string;
  /** Such as `String`, or `AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>`. */
  readonly type: string;
  /** @default - one must be given */
  readonly default?: string;
}

/** The parameters of a template that flow into what it makes, and get their values when it is deployed. */
export function givenAtDeployment(
  template: unknown,
  { parameters, outer }: SideFacts,
): readonly GivenParameter[] {
  const open = parametersOf(template).filter(({ name }) => !parameters?.has(name) && !outer?.has(name));
  if (open.length === 0) return [];
  const used = parametersIn(resourcesOf(template), new Set(open.map(({ name }) => name)));
  return open
    .filter(({ name }) => used.has(name))
    .map(({ name, type, default: standard, isHidden }) => ({
      name,
      type,
      ...(standard !== undefined && !isHidden && { default: standard }),
    }));
}

const resourcesOf = (template: unknown): JsonObject => {
  const resources: Json | undefined = isObject(template) ? template['Resources'] : undefined;
  return isObject(resources) ? resources : {};
};
