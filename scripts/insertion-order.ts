import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';
import { isObject, own, type Json, type JsonObject } from '../lib/json';

/** What the registry's schema of a type says of its lists. */
export interface ListFacts {
  /** Lists in which the order of items means nothing (`insertionOrder: false`), as `Property` or `Definition.Property`. */
  readonly unordered: string;
  /** Lists of which the schema says that the order is honored. */
  readonly ordered: string;
  /** Lists of which it says nothing of the kind, and whose items are of a few words that it names. */
  readonly enumerated: string;
}

/** {@link ListFacts} by resource type. */
export type InsertionOrder = Readonly<Record<string, ListFacts>>;

/**
 * Reads what the CloudFormation registry's schemas say of the order of lists, for the types of the specification that is installed.
 *
 * @param folder - `cfnlint/data/schemas` of the Python package cfn-lint, which carries the schemas
 */
export function insertionOrderOf(folder: string): InsertionOrder {
  const read = (file: string): JsonObject =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject;
  const files = read('providers/us-east-1.json');
  const specification = loadAwsServiceSpecSync();
  const found: Record<string, ListFacts> = {};
  const types = [...specification.all('resource')].sort((a, b) =>
    a.cloudFormationType < b.cloudFormationType ? -1 : 1,
  );
  for (const { cloudFormationType: type, properties } of types) {
    const file = own(files, type);
    if (file === undefined) continue;
    const facts = new Reader(specification, read(`resources/${String(file)}.json`)).read(properties);
    if (Object.values(facts).some((lists) => lists !== '')) found[type] = facts;
  }
  return found;
}

class Reader {
  readonly #seen = new Set<string>();
  readonly #facts = { unordered: [] as string[], ordered: [] as string[], enumerated: [] as string[] };

  constructor(
    private readonly specification: SpecDatabase,
    private readonly schema: JsonObject,
  ) {}

  read(properties: Readonly<Record<string, Property>>): ListFacts {
    this.walk('', properties, this.schema);
    const { unordered, ordered, enumerated } = this.#facts;
    return {
      unordered: unordered.sort().join(' '),
      ordered: ordered.sort().join(' '),
      enumerated: enumerated.sort().join(' '),
    };
  }

  private walk(prefix: string, properties: Readonly<Record<string, Property>>, schema: JsonObject): void {
    const members = this.membersOf(schema);
    for (const [name, { type }] of Object.entries(properties)) {
      const member = members.get(name);
      if (member !== undefined) this.property(`${prefix}${name}`, type, this.resolve(member));
    }
  }

  private property(path: string, type: PropertyType, schema: JsonObject): void {
    if (type.type === 'array') {
      const { insertionOrder } = schema;
      const items = this.resolve(schema['items'] ?? {});
      if (insertionOrder === false) this.#facts.unordered.push(path);
      else if (insertionOrder === true) this.#facts.ordered.push(path);
      else if (Array.isArray(items['enum'])) this.#facts.enumerated.push(path);
      this.property(`${path}[]`, type.element, items);
    } else if (type.type === 'map') {
      const values = Object.values(isObject(schema['patternProperties']) ? schema['patternProperties'] : {});
      const [value = schema['additionalProperties'] ?? {}] = values;
      this.property(`${path}{}`, type.element, this.resolve(value));
    } else if (type.type === 'ref') {
      if (this.#seen.has(type.reference.$ref)) return;
      this.#seen.add(type.reference.$ref);
      const { name, properties } = this.specification.get('typeDefinition', type.reference.$ref);
      this.walk(`${name}.`, properties, schema);
    }
  }

  /** The members of a schema, those of its alternatives too. */
  private membersOf(schema: JsonObject): Map<string, Json> {
    const members = new Map<string, Json>();
    for (const part of ['oneOf', 'anyOf', 'allOf'].flatMap((key) => schema[key] ?? [])) {
      for (const [key, member] of this.membersOf(this.resolve(part))) members.set(key, member);
    }
    const { properties } = schema;
    for (const [key, member] of Object.entries(isObject(properties) ? properties : {}))
      members.set(key, member);
    return members;
  }

  /** A schema with what it refers to in its place. */
  private resolve(schema: Json, depth = 0): JsonObject {
    if (!isObject(schema)) return {};
    const { $ref: reference, ...rest } = schema;
    if (typeof reference !== 'string' || !reference.startsWith('#/') || depth > 20) return schema;
    const target = reference
      .slice(2)
      .split('/')
      .reduce<Json>((node, step) => (isObject(node) ? (own(node, step) ?? {}) : {}), this.schema);
    return { ...this.resolve(target, depth + 1), ...rest };
  }
}
