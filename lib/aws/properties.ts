import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own } from '../json';
import { ANY, TEXT, type ChoiceShape, type ObjectShape, type Shape } from '../shape';
import { POLICY } from './policy-document';

/** JSON that may be given as a text of it. */
const OPEN: ChoiceShape = { kind: 'choice', choose: () => ANY, isOpen: true };

const SHAPES: Readonly<Record<string, Shape>> = {
  n: { kind: 'number' },
  b: { kind: 'boolean' },
  j: ANY,
  J: OPEN,
};

/** The same in a property that is called a policy. */
const POLICIES: Readonly<Record<string, Shape>> = {
  '': { kind: 'text', json: POLICY },
  j: POLICY,
  J: { ...POLICY, isOpen: true },
};

const IS_POLICY = /Polic(?:y|ies)(?:Document|Text)?$|^Statement$/;

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
  const entries = own(read().types, service)?.split(' ') ?? [];
  const found = new Map(
    entries.map((entry): [string, number] => {
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
      const policy = IS_POLICY.test(name) ? own(POLICIES, code) : undefined;
      const member = members.get(name) ?? policy ?? shapeOf(code);
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
  if (bracket === undefined) return /^\d/.test(code) ? objectOf(Number(code)) : (own(SHAPES, code) ?? TEXT);
  const element = shapeOf(code.slice(bracket.length));
  if (bracket === '%') return { kind: 'map', element };
  const order = unique === undefined ? (bracket === '[' ? 'kept' : 'none') : { unique };
  return { kind: 'list', element, order };
}
