import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own } from '../json';

/** What may stand in a place of a template, and what CloudFormation makes of it. */
export type Shape = ScalarShape | AnyShape | ListShape | MapShape | ObjectShape;

/** A text, or a value of which CloudFormation makes a text or that it makes of one. */
export interface ScalarShape {
  readonly kind: 'text' | 'number' | 'boolean';
  /** What a JSON document in the text is. @default - any JSON */
  readonly json?: Shape;
}

/** Any JSON. */
export interface AnyShape {
  readonly kind: 'any';
  /** Whether numbers and booleans in it arrive as texts. @default false */
  readonly asTexts?: boolean;
  /** Whether a text that is JSON is the same as that JSON. @default false */
  readonly isOpen?: boolean;
}

/** A list. */
export interface ListShape {
  readonly kind: 'list';
  readonly element: Shape;
  /** Whether the order counts, counts for nothing, or counts for nothing if each item has a value of its own in a member. */
  readonly order: 'kept' | 'none' | { readonly unique: string };
  /** Whether a single item stands for a list of it. @default false */
  readonly isOneOrMany?: boolean;
}

/** An object with any keys. */
export interface MapShape {
  readonly kind: 'map';
  readonly element: Shape;
}

/** An object with named members. */
export interface ObjectShape {
  readonly kind: 'object';
  /** What a member is; undefined for one that is not known. */
  readonly member: (name: string) => Shape | undefined;
}

/** Of what nothing is known: it is what is written. */
export const ANY: AnyShape = { kind: 'any' };

/** A text. */
export const TEXT: ScalarShape = { kind: 'text' };

const SCALARS: Readonly<Record<string, Shape>> = {
  n: { kind: 'number' },
  b: { kind: 'boolean' },
  j: ANY,
};

/** What the properties of a resource type are, by the specification; undefined for a type that it does not have. */
export function propertiesOf(type: string): ObjectShape | undefined {
  const [, service = '', name = ''] = /^(.+)::([^:]+)$/.exec(type) ?? [];
  const index = typesOf(service).get(name);
  return index === undefined ? undefined : objectOf(index);
}

/** What `scripts/properties.ts` wrote. */
interface Table {
  readonly types: Readonly<Record<string, string>>;
  readonly objects: readonly string[];
}

let table: Table | undefined;
const types = new Map<string, ReadonlyMap<string, number>>();
const objects = new Map<number, ObjectShape>();

/** Read from beside this file, or beside the bundle: most templates that are compared are equal, and need none of it. */
const read = (): Table =>
  (table ??= JSON.parse(readFileSync(join(__dirname, 'properties.json'), 'utf8')) as Table);

function typesOf(service: string): ReadonlyMap<string, number> {
  const known = types.get(service);
  if (known) return known;
  const found = new Map(
    (own(read().types, service) ?? '').split(' ').map((entry): [string, number] => {
      const [name = '', index] = entry.split(':');
      return [name, Number(index)];
    }),
  );
  types.set(service, found);
  return found;
}

function objectOf(index: number): ObjectShape {
  const known = objects.get(index);
  if (known) return known;
  let codes: ReadonlyMap<string, string> | undefined;
  const members = new Map<string, Shape>();
  const shape: ObjectShape = {
    kind: 'object',
    member: (name) => {
      codes ??= codesIn(read().objects[index]!);
      const code = codes.get(name);
      if (code === undefined) return undefined;
      const member = members.get(name) ?? shapeOf(code);
      members.set(name, member);
      return member;
    },
  };
  objects.set(index, shape);
  return shape;
}

const codesIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(' ').map((member): [string, string] => {
      const [name = '', code = ''] = member.split('=');
      return [name, code];
    }),
  );

function shapeOf(code: string): Shape {
  const [, bracket, unique] = /^(\[|\{(?:([A-Z]\w*)\})?|%)/.exec(code) ?? [];
  if (bracket === undefined) return /^\d/.test(code) ? objectOf(Number(code)) : (own(SCALARS, code) ?? TEXT);
  const element = shapeOf(code.slice(bracket.length));
  if (bracket === '%') return { kind: 'map', element };
  const order = unique === undefined ? (bracket === '[' ? 'kept' : 'none') : { unique };
  return { kind: 'list', element, order };
}
