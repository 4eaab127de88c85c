import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource, SpecDatabase } from '@aws-cdk/service-spec-types';
import { own } from '../lib/json';
import orders from './insertion-order.json';
import type { InsertionOrder, ListFacts } from './insertion-order';
import { orderOf, type ListContext, type ListOrder } from './list-order';

/** What lib/aws/properties.json holds; lib/aws/properties.ts reads it. */
export interface SpecifiedProperties {
  /** The object that the properties of each resource type are, by service: `Bucket:12 BucketPolicy:13`. */
  readonly types: Readonly<Record<string, string>>;
  /**
   * Objects: `Name` is a text, `Name=n` a number, `Name=b` a boolean, `Name=j` any JSON, `Name=J` the same
   * or a text of it, `Name=12` another object; a list begins with `[` where
   * the order counts, with `{` where it does not, with `{Key}` where it does not if each item has a `Key` of its own; `%` is a map.
   */
  readonly objects: readonly string[];
}

const ORDERS: InsertionOrder = orders;

/** Reads the properties of every resource type in the specification that is installed. */
export function propertiesOfSpecification(): SpecifiedProperties {
  const specification = loadAwsServiceSpecSync();
  const resources = [...specification.all('resource')].sort((a, b) =>
    a.cloudFormationType < b.cloudFormationType ? -1 : 1,
  );
  const objects = new Objects(specification);
  const roots = resources.map((resource) => [resource.cloudFormationType, objects.add(resource)] as const);
  const { texts, indexOf } = objects.joined();
  const types: Record<string, string[]> = {};
  for (const [type, root] of roots) {
    const [, service = type, last = ''] = /^(.+)::([^:]+)$/.exec(type) ?? [];
    (types[service] ??= []).push(`${last}:${indexOf(root)}`);
  }
  return {
    types: Object.fromEntries(Object.entries(types).map(([service, all]) => [service, all.join(' ')])),
    objects: texts,
  };
}

/** The lists of every resource type: `AWS::S3::Bucket.Rule.Transitions`. */
export function listsOfSpecification(): ReadonlySet<string> {
  const specification = loadAwsServiceSpecSync();
  const lists = new Set<string>();
  for (const { cloudFormationType, properties } of specification.all('resource')) {
    const seen = new Set<string>();
    const walk = (path: string, type: PropertyType): void => {
      if (type.type === 'array') lists.add(`${cloudFormationType}.${path}`);
      if (type.type === 'array') walk(`${path}[]`, type.element);
      if (type.type === 'map') walk(`${path}{}`, type.element);
      if (type.type !== 'ref' || seen.has(type.reference.$ref)) return;
      seen.add(type.reference.$ref);
      const { name, properties: inner } = specification.get('typeDefinition', type.reference.$ref);
      for (const [key, it] of Object.entries(inner)) walk(`${name}.${key}`, it.type);
    };
    for (const [name, { type }] of Object.entries(properties)) walk(name, type);
  }
  return lists;
}

/** A member of an object: its name, and its code with the object that it ends with, if any. */
interface Member {
  readonly name: string;
  readonly code: string;
  readonly object?: number;
}

/** The objects of all types; those that are alike are joined. */
class Objects {
  readonly #all: Member[][] = [];
  /** What is known of each definition of a type: its number. */
  #known = new Map<string, number>();
  #type = '';
  #facts: ReadonlyMap<string, ListContext['registry']> = new Map();

  constructor(private readonly specification: SpecDatabase) {}

  add({ cloudFormationType, properties }: Resource): number {
    this.#known = new Map();
    this.#type = cloudFormationType;
    this.#facts = factsOf(own(ORDERS, cloudFormationType));
    return this.object('', properties);
  }

  private object(prefix: string, properties: Readonly<Record<string, Property>>): number {
    const members: Member[] = [];
    const index = this.#all.push(members) - 1;
    if (prefix !== '') this.#known.set(prefix, index);
    for (const name of Object.keys(properties).sort())
      members.push({ name, ...this.code(`${prefix}${name}`, name, properties[name]!.type) });
    return index;
  }

  private code(path: string, name: string, type: PropertyType): Omit<Member, 'name'> {
    switch (type.type) {
      case 'string':
      case 'date-time':
        return { code: '' };
      case 'integer':
      case 'number':
        return { code: 'n' };
      case 'boolean':
        return { code: 'b' };
      case 'tag':
        return { code: '%' };
      case 'ref':
        return { code: '', object: this.definition(type.reference.$ref) };
      case 'map': {
        const element = this.code(`${path}{}`, name, type.element);
        return { ...element, code: `%${element.code}` };
      }
      case 'array': {
        const { specification } = this;
        const context = { specification, type: this.#type, path, name, element: type.element };
        const order = orderOf({ ...context, registry: this.#facts.get(path) });
        const element = this.code(`${path}[]`, name, type.element);
        return { ...element, code: `${bracketOf(order)}${element.code}` };
      }
      case 'union':
        return { code: codeOfUnion(type.types.map(({ type: is }) => is)) };
      case 'json':
        return { code: TEXT_MAPS.test(`${this.#type}.${path}`) ? '%' : 'j' };
      default:
        return { code: 'j' };
    }
  }

  private definition(id: string): number {
    const { name, properties } = this.specification.get('typeDefinition', id);
    return this.#known.get(`${name}.`) ?? this.object(`${name}.`, properties);
  }

  /** Objects with the same members are one: they are told apart until nothing more does so. */
  joined(): { texts: string[]; indexOf: (object: number) => number } {
    const textOf = (members: readonly Member[], of: (object: number) => string): string =>
      members
        .map(({ name, code, object }) => {
          const kind = `${code}${object === undefined ? '' : of(object)}`;
          return kind === '' ? name : `${name}=${kind}`;
        })
        .join(' ');
    let classes = this.#all.map(() => 0);
    for (let count = 1; ;) {
      const numbers = new Map<string, number>();
      const next = this.#all.map((members) => {
        const text = textOf(members, (object) => String(classes[object]));
        return numbers.get(text) ?? numbers.set(text, numbers.size).get(text)!;
      });
      classes = next;
      if (numbers.size === count) break;
      count = numbers.size;
    }
    const texts: string[] = [];
    this.#all.forEach((members, i) => {
      texts[classes[i]!] ??= textOf(members, (object) => String(classes[object]));
    });
    return { texts, indexOf: (object) => classes[object]! };
  }
}

/**
 * JSON that the specification has for a map of texts, by the services' API references: tags, stage variables, parameters of databases and
 * of jobs.
 */
const TEXT_MAPS =
  /\.(?:Tags|StageVariables|DefaultArguments|NonOverridableArguments)$|^AWS::(?:RDS|DocDB|Neptune)::DB\w*ParameterGroup\.Parameters$/;

/** Of scalars alone CloudFormation makes texts; what is JSON or a text of it is one of both. */
function codeOfUnion(kinds: readonly PropertyType['type'][]): string {
  if (kinds.every((kind) => SCALARS.has(kind))) return '';
  return kinds.length === 2 && kinds.includes('json') && kinds.includes('string') ? 'J' : 'j';
}

const SCALARS = new Set<string>(['string', 'integer', 'number', 'boolean', 'date-time']);

function bracketOf(order: ListOrder): string {
  if (typeof order !== 'string') return `{${order.unique}}`;
  return order === 'none' ? '{' : '[';
}

function factsOf(facts: ListFacts | undefined): ReadonlyMap<string, ListContext['registry']> {
  const kinds = ['unordered', 'ordered', 'enumerated'] as const;
  return new Map(
    kinds.flatMap((kind) => (facts?.[kind] ?? '').split(' ').map((path) => [path, kind] as const)),
  );
}
