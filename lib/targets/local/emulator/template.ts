import type { BlueprintStack } from '../../../blueprint/blueprint';
import type { Resource } from '../../../blueprint/resources';
import { isObject, listOf, type Json, type JsonObject } from '../../../json';
import type { EmulatedValues, Names } from '../names/names';
import { BUCKET_NOTIFICATIONS, type Selection } from './selection';

/** The template of an emulator's stack: resources of all the templates of an environment, and what is asked of them. */
export interface EmulatorTemplate {
  readonly template: { readonly Resources: JsonObject; readonly Outputs: JsonObject };
  /** The names of the outputs that have the values of `Ref` and `Fn::GetAtt`. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** The logical id in a key. */
export const idOf = (key: string): string => key.split(' ')[0]!;

/** What an emulator's template is made of. */
export interface TemplateProps {
  readonly stacks: readonly BlueprintStack[];
  readonly selection: Selection;
  /** The resources that the emulator does not make. */
  readonly leftOut: ReadonlySet<string>;
  /** The values of all others. */
  readonly names: Names;
  readonly pseudo: Readonly<Record<string, string>>;
}

/** The logical id of a resource in the emulator's template: that of its own, after the path of its stack. */
export const emulatorId = ({ stack, logicalId }: Pick<Resource, 'stack' | 'logicalId'>): string =>
  `${stack.replaceAll(/[^A-Za-z0-9]/g, '')}${logicalId}`;

/** The key of a value that is asked for: of `Ref` without an attribute. */
export const outputKey = (id: string, attribute?: string): string =>
  attribute === undefined ? id : `${id} ${attribute}`;

/**
 * Makes the template of an emulator's stack. References between its resources stay references; everything else is evaluated, so
 * that it needs neither parameters nor other stacks.
 */
export function emulatorTemplate(props: TemplateProps): EmulatorTemplate {
  const { stacks, selection, leftOut, names, pseudo } = props;
  const made = selection.made.filter((it) => !leftOut.has(emulatorId(it)));
  const ids = new Map(made.map((it) => [emulatorId(it), it]));
  const asked = new Set<string>();
  const live = names.with(tokens(ids, pseudo));
  const rendering = new Rendering(live);
  const resources = made.flatMap((it) => {
    const entry = entryOf(it, stacks);
    return isMade(it, entry, live)
      ? [[emulatorId(it), rendering.resource(it, entry, ids, names)] as const]
      : [];
  });
  const asking = names.with(tokens(ids, pseudo, (id, attribute) => asked.add(outputKey(id, attribute))));
  askAll(stacks, asking);
  for (const { type, stack, properties } of selection.custom)
    if (type === BUCKET_NOTIFICATIONS) asking.json(stack, properties);
  const outputs = new Map([...asked].map((key, i) => [key, `Value${i}`]));
  return {
    template: {
      Resources: Object.fromEntries(resources),
      Outputs: Object.fromEntries([...outputs].map(([key, name]) => [name, { Value: referenceOf(key) }])),
    },
    outputs,
  };
}

/** Asks for all values that containers are given. */
function askAll(stacks: readonly BlueprintStack[], names: Names): void {
  for (const { path, template } of stacks) {
    for (const resource of Object.values(sectionOf(template, 'Resources'))) {
      if (!isObject(resource) || resource['Type'] !== 'AWS::ECS::TaskDefinition') continue;
      const { ContainerDefinitions: containers } = isObject(resource['Properties'])
        ? resource['Properties']
        : {};
      for (const { Environment, Secrets } of listOf(containers).filter(isObject))
        names.json(path, [Environment ?? [], Secrets ?? []]);
    }
  }
}

function sectionOf(template: BlueprintStack['template'], name: string): JsonObject {
  const section = template[name];
  return isObject(section) ? section : {};
}

function entryOf({ stack, logicalId }: Resource, stacks: readonly BlueprintStack[]): JsonObject {
  const { template } = stacks.find(({ path }) => path === stack)!;
  return sectionOf(template, 'Resources')[logicalId] as JsonObject;
}

function isMade({ stack }: Resource, { Condition: condition }: JsonObject, names: Names): boolean {
  return condition === undefined || names.json(stack, { 'Fn::If': [condition, 'yes', 'no'] }) === 'yes';
}

/** Stands for a reference inside an evaluated text. No template has this character. */
const MARK = '\u0001';

/** Values that are tokens where a resource is made in the emulator. */
function tokens(
  ids: ReadonlyMap<string, Resource>,
  pseudo: EmulatedValues['pseudo'],
  onAsked: (id: string, attribute?: string) => void = () => {},
): EmulatedValues {
  return {
    pseudo,
    ref: (stack, logicalId) => {
      const id = emulatorId({ stack, logicalId });
      if (!ids.has(id)) return undefined;
      onAsked(id);
      return `${MARK}${outputKey(id)}${MARK}`;
    },
    attribute: (stack, logicalId, name) => {
      const id = emulatorId({ stack, logicalId });
      if (!ids.has(id)) return undefined;
      onAsked(id, name);
      return `${MARK}${outputKey(id, name)}${MARK}`;
    },
  };
}

/** Functions whose arguments have to be known: they stay where those are references. */
const STAYING = new Set(['Fn::Base64', 'Fn::Cidr', 'Fn::Join', 'Fn::Select', 'Fn::Split']);

class Rendering {
  /** @param names - with tokens for references that stay */
  constructor(private readonly names: Names) {}

  resource(it: Resource, entry: JsonObject, ids: ReadonlyMap<string, Resource>, names: Names): JsonObject {
    const properties = this.value(it.stack, entry['Properties'] ?? {});
    const dependsOn = it.dependsOn
      .map((logicalId) => emulatorId({ stack: it.stack, logicalId }))
      .filter((id) => ids.has(id));
    return {
      Type: it.type,
      Properties: adjusted(it, isObject(properties) ? properties : {}, names),
      ...(dependsOn.length > 0 && { DependsOn: dependsOn }),
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    };
  }

  /** @returns undefined for `AWS::NoValue` */
  private value(stack: string, value: Json): Json | undefined {
    if (Array.isArray(value))
      return (value as Json[]).map((item) => this.value(stack, item)).filter((item) => item !== undefined);
    if (!isObject(value)) return typeof value === 'string' ? untoken(this.names.text(stack, value)) : value;
    const [name, ...others] = Object.keys(value);
    if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::')))
      return this.call(stack, name, value[name]!);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const rendered = this.value(stack, item);
        return rendered === undefined ? [] : [[key, rendered]];
      }),
    );
  }

  private call(stack: string, name: string, argument: Json): Json | undefined {
    if (name === 'Ref' && argument === 'AWS::NoValue') return undefined;
    if (name === 'Fn::If') {
      const [condition = false, yes = '', no = ''] = listOf(argument);
      const branch = this.names.json(stack, { 'Fn::If': [condition, 'yes', 'no'] });
      return this.value(stack, branch === 'yes' ? yes : no);
    }
    if (STAYING.has(name)) {
      const rendered = this.value(stack, argument) ?? '';
      if (isLive(rendered)) return { [name]: rendered };
    }
    const evaluated = this.names.json(stack, { [name]: argument });
    return untoken(typeof evaluated === 'string' ? this.names.text(stack, evaluated) : evaluated);
  }
}

/** Whether a value has a reference in it. */
const isLive = (value: Json): boolean =>
  isObject(value)
    ? Object.entries(value).some(([key, item]) => key === 'Ref' || key.startsWith('Fn::') || isLive(item))
    : listOf(value).some(isLive);

/** An evaluated value with references in the places of their tokens. */
function untoken(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(untoken);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untoken(item)]));
  if (typeof value !== 'string' || !value.includes(MARK)) return value;
  const parts = value.split(MARK).map((part, i): Json => (i % 2 === 0 ? part : referenceOf(part)));
  const present = parts.filter((part) => part !== '');
  return present.length === 1 ? present[0]! : { 'Fn::Join': ['', present] };
}

/** @param key - see {@link outputKey} */
function referenceOf(key: string): Json {
  const [id = '', attribute] = key.split(' ');
  return attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, attribute] };
}

/** The properties of a resource as they make sense on this machine. */
function adjusted({ type, stack, logicalId }: Resource, properties: JsonObject, names: Names): JsonObject {
  if (type === 'AWS::Lambda::Function') {
    const { VpcConfig: _, FileSystemConfigs: __, ...others } = properties; // neither network nor file system is made
    return others;
  }
  if (type === 'AWS::SecretsManager::Secret') {
    const { GenerateSecretString: _, ...others } = properties;
    const text = names.secretText(stack, logicalId); // what containers get, and what databases were made with
    return text === undefined ? properties : { ...others, SecretString: text };
  }
  const protections = Object.keys(properties).filter((name) => name.startsWith('DeletionProtection'));
  return { ...properties, ...Object.fromEntries(protections.map((name) => [name, false])) };
}
