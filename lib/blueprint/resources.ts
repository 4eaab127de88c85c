import { isObject, listOf, own, type Json, type JsonObject } from '../json';
import { constructOf, pathOf } from '../template/constructs';
import type { Address, BlueprintStack } from './blueprint';

/** A resource of an environment. */
export interface Resource extends Address {
  readonly type: string;
  readonly properties: JsonObject;
  /** The logical ids that it depends on. */
  readonly dependsOn: readonly string[];
  /** The construct path inside the environment; the logical id when the template has none. */
  readonly path: string;
}

/** The resources of an environment, in the order of its templates, and their references. */
export class Resources {
  readonly all: readonly Resource[];
  private readonly nested: readonly NestedStack[];

  constructor(private readonly stacks: readonly BlueprintStack[]) {
    this.all = stacks.flatMap(resourcesIn);
    this.nested = this.all.flatMap((resource) => nestedBy(resource, stacks));
  }

  /** The resources of one type. */
  ofType(type: string): Resource[] {
    return this.all.filter((resource) => resource.type === type);
  }

  /** The resource that a value refers to: in the same stack, another one, or one nested in either. */
  referred(value: Json | undefined, { stack }: Address): Resource | undefined {
    return this.follow(value, stack, MAX_STEPS);
  }

  /** The first resource of a type that any part of `value` refers to. */
  referredWithin(value: Json | undefined, from: Address, type: string): Resource | undefined {
    const direct = this.referred(value, from);
    if (direct?.type === type) return direct;
    const parts = isObject(value) ? Object.values(value) : listOf(value);
    for (const part of parts) {
      const found = this.referredWithin(part, from, type);
      if (found) return found;
    }
    return undefined;
  }

  private follow(value: Json | undefined, stack: string, steps: number): Resource | undefined {
    if (!isObject(value) || steps === 0) return undefined;
    const from = (next: Json | undefined, other: string | undefined): Resource | undefined =>
      other === undefined ? undefined : this.follow(next, other, steps - 1);
    if (typeof value['Ref'] === 'string') {
      const [id, outer] = [value['Ref'], this.nested.find(({ inner }) => inner === stack)];
      return this.find(stack, id) ?? from(own(outer?.parameters ?? {}, id), outer?.stack);
    }
    const [id, ...attribute] = attributeOf(value);
    if (id !== undefined) {
      const within = this.nested.find((it) => it.stack === stack && it.logicalId === id);
      const output = attribute.join('.').replace(/^Outputs\./, '');
      return within ? from(this.output(within.inner, output), within.inner) : this.find(stack, id);
    }
    const [exporting, exported] = this.imported(value) ?? [];
    return from(exported, exporting);
  }

  private find(stack: string, logicalId: string): Resource | undefined {
    return this.all.find((it) => it.stack === stack && it.logicalId === logicalId);
  }

  /** The value that a stack imports from another stack of the environment, with the path of that stack. */
  private imported(value: JsonObject): readonly [stack: string, value: Json | undefined] | undefined {
    const name = value['Fn::ImportValue'];
    for (const { path, template } of typeof name === 'string' ? this.stacks : []) {
      const output = entriesOf(template, 'Outputs').find(
        ([, { Export: it }]) => isObject(it) && it['Name'] === name,
      );
      if (output) return [path, output[1]['Value']];
    }
    const wanted = value['Fn::GetStackOutput'];
    if (!isObject(wanted)) return undefined;
    const stack = this.stacks.find((it) => it.name === wanted['StackName']);
    return stack && [stack.path, this.output(stack.path, String(wanted['OutputName']))];
  }

  private output(stack: string, name: string): Json | undefined {
    const { template } = this.stacks.find(({ path }) => path === stack)!;
    return entriesOf(template, 'Outputs').find(([id]) => id === name)?.[1]['Value'];
  }
}

/** A limit, because a malformed template may have circular references. */
const MAX_STEPS = 20;

/** A nested stack: its resource, and the path of its template. */
interface NestedStack extends Address {
  readonly inner: string;
  readonly parameters: JsonObject;
}

function nestedBy(resource: Resource, stacks: readonly BlueprintStack[]): NestedStack[] {
  if (resource.type !== 'AWS::CloudFormation::Stack') return [];
  // the CDK places `Nested.NestedStack/Nested.NestedStackResource` beside the construct `Nested`
  const construct = resource.path.replace(/\.NestedStack\/[^/]*$/, '');
  const inner = stacks.find(({ path }) => pathOf(path) === construct);
  const { Parameters: parameters = {} } = resource.properties;
  const { stack, logicalId } = resource;
  return inner
    ? [{ stack, logicalId, inner: inner.path, parameters: isObject(parameters) ? parameters : {} }]
    : [];
}

function resourcesIn({ path: stack, template }: BlueprintStack): Resource[] {
  return entriesOf(template, 'Resources').map(([logicalId, entry]) => {
    const { Type: type, Properties: properties = {}, DependsOn: dependsOn = [] } = entry;
    return {
      stack,
      logicalId,
      type: String(type),
      properties: isObject(properties) ? properties : {},
      dependsOn: (typeof dependsOn === 'string' ? [dependsOn] : listOf(dependsOn)).map(String),
      path: constructOf(entry) || logicalId, // empty for a resource that is the environment itself
    };
  });
}

function entriesOf(template: JsonObject, section: string): [string, JsonObject][] {
  const entries = template[section];
  return Object.entries(isObject(entries) ? entries : {}).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
}

/** The logical id and the attribute of a `Fn::GetAtt`, which is a list or a text with a dot. */
function attributeOf(value: JsonObject): string[] {
  const attribute = value['Fn::GetAtt'];
  return typeof attribute === 'string' ? attribute.split('.') : listOf(attribute).map(String);
}
