import { isDeepStrictEqual } from 'node:util';
import { numberOf } from '../scale/property-kinds';
import { isSize, partsOf } from '../scale/sizes';
import type { FindMember } from './enums';
import type { FindReference, Reference } from './references';
import { libraryClass, sourceOf, type Source } from './sources';

/** A number, a class or a size somewhere in what a construct is given. */
export interface Leaf {
  readonly path: readonly (string | number)[];
  readonly value: number | string;
  /** The object that it stands for, such as an `InstanceType` of a class. @default - itself */
  readonly of?: object;
}

/** A construct's props, as far as another process could be given the same. */
export class Given {
  readonly leaves: readonly Leaf[];
  /** Texts that are called as a release is, such as `imageTag`. */
  readonly releases: readonly Leaf[];
  /** What cannot be written down: `code is a function`. */
  readonly obstacles: readonly string[];
  /** What other constructs of the app have, by where it is given. */
  readonly references: ReadonlyMap<string, Reference>;

  /**
   * @param name - what the construct is called beside others of its environment: paths begin with it. @default - it is alone
   * @param find - finds what is given among what other constructs have. @default - no other is looked at
   */
  constructor(
    readonly props: Readonly<Record<string, unknown>>,
    { name, find = () => undefined }: { readonly name?: string; readonly find?: FindReference } = {},
  ) {
    this.start = name === undefined ? [] : [name];
    const leaves: Leaf[] = [];
    const releases: Leaf[] = [];
    const obstacles: string[] = [];
    const references = new Map<string, Reference>();
    const sources = new Map<string, Source>();
    look(props, this.start, {
      find,
      leaf: (it) => leaves.push(it),
      release: (it) => releases.push(it),
      obstacle: (it) => obstacles.push(it),
      reference: (path, it) => references.set(keyOf(path), it),
      source: (path, it) => sources.set(keyOf(path), it),
    });
    this.leaves = leaves;
    this.releases = releases;
    this.obstacles = obstacles;
    this.references = references;
    this.sources = sources;
  }

  /** What the paths of all leaves begin with. */
  private readonly start: readonly string[];
  /** What makes the objects among them, by where they are given. */
  private readonly sources: ReadonlyMap<string, Source>;

  /**
   * The props with other values in the places of some leaves.
   *
   * @param resolved - what stands for what other constructs have. @default - that of the app
   */
  with(
    values: ReadonlyMap<Leaf, number | string>,
    resolved?: (reference: Reference) => unknown,
  ): Record<string, unknown> {
    const at = new Map([...values].map(([{ path }, value]) => [keyOf(path), value]));
    const of = new Map(this.leaves.map((leaf) => [keyOf(leaf.path), leaf.of]));
    const copy = (node: unknown, path: Leaf['path']): unknown => {
      const key = keyOf(path);
      const reference = this.references.get(key);
      if (reference) return resolved ? resolved(reference) : node;
      if (at.has(key)) {
        const object = of.get(key);
        return object ? rebuilt(object, at.get(key)!) : at.get(key);
      }
      if (Array.isArray(node)) return node.map((it, i) => copy(it, [...path, i]));
      return isPlain(node)
        ? Object.fromEntries(Object.entries(node).map(([name, it]) => [name, copy(it, [...path, name])]))
        : node;
    };
    return copy(this.props, this.start) as Record<string, unknown>;
  }

  /** The value of a prop as code. */
  propCode(prop: string, words: Words): string {
    return this.codeOf([...this.start, prop], this.props[prop], words);
  }

  private codeOf(path: Leaf['path'], value: unknown, words: Words): string {
    const reference = this.references.get(keyOf(path));
    if (reference) return words.reference(reference);
    const leaf = [...this.leaves, ...this.releases].find((it) => keyOf(it.path) === keyOf(path));
    const name = leaf && words.names.get(leaf);
    const source = this.sources.get(keyOf(path));
    if (source) return sourceCode(source, words);
    if (leaf?.of) {
      const { className, module } = libraryClass(leaf.of.constructor)!;
      words.imported(className, module);
      return `new ${className}(${name ?? literal(leaf.value)})`;
    }
    if (name !== undefined) return name;
    if (Array.isArray(value))
      return `[${value.map((it, i) => this.codeOf([...path, i], it, words)).join(', ')}]`;
    if (!isPlain(value)) return enumOrLiteral(path, value, words);
    const entries = Object.entries(value).filter(([, it]) => it !== undefined);
    const members = entries.map(([key, it]) => {
      const code = this.codeOf([...path, key], it, words);
      return code === key ? key : `${memberName(key)}: ${code}`;
    });
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
}

/** What code is made of. */
export interface Words {
  /** The code of the leaves that have another. */
  readonly names: ReadonlyMap<Leaf, string>;
  readonly member: FindMember;
  /** The code of what another construct has. */
  readonly reference: (reference: Reference) => string;
  /** Takes each class and each enum that the code needs. */
  readonly imported: (name: string, from: string) => void;
}

function sourceCode({ className, module, member, given }: Source, { imported }: Words): string {
  imported(className, module);
  return `${className}.${member}${given ? `(${given.map((it) => literal(it)).join(', ')})` : ''}`;
}

function enumOrLiteral(path: Leaf['path'], value: unknown, { member, imported }: Words): string {
  const prop = path.findLast((step) => typeof step === 'string');
  const found = prop === undefined ? undefined : member(prop, value);
  if (!found) return literal(value);
  imported(found.name, found.module);
  return `${found.name}.${found.member}`;
}

/** How the key of an object is written. */
export const memberName = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key));

/** A primitive as code, in single quotes as the CDK's own apps are written, unless it has some. */
export function literal(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'bigint' ? `${value}n` : String(value);
  const inDouble = JSON.stringify(value);
  return value.includes("'") || /["\\]/.test(value) ? inDouble : `'${inDouble.slice(1, -1)}'`;
}

export const showProp = (path: Leaf['path']): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

const keyOf = (path: Leaf['path']): string => JSON.stringify(path);

interface Seen {
  readonly find: FindReference;
  readonly leaf: (leaf: Leaf) => void;
  readonly release: (leaf: Leaf) => void;
  readonly obstacle: (text: string) => void;
  readonly reference: (path: Leaf['path'], reference: Reference) => void;
  readonly source: (path: Leaf['path'], source: Source) => void;
}

function look(node: unknown, path: Leaf['path'], seen: Seen): void {
  const found = canBeReferredTo(node) ? seen.find(node, String(path.at(-1))) : undefined;
  if (found) seen.reference(path, found);
  else if (typeof node === 'number' || typeof node === 'string') {
    if (isUnknownYet(node)) seen.obstacle(`${showProp(path)} comes from another construct`);
    else if (typeof node === 'string' && isCalledRelease(String(path.at(-1))))
      seen.release({ path, value: node });
    else if (isScalable(node)) seen.leaf({ path, value: node });
  } else if (Array.isArray(node)) {
    if (isUnknownYet(node[0])) seen.obstacle(`${showProp(path)} comes from another construct`);
    else node.forEach((it, i) => look(it, [...path, i], seen));
  } else if (isPlain(node)) {
    for (const [key, it] of Object.entries(node)) look(it, [...path, key], seen);
  } else if (typeof node === 'object' && node !== null) {
    const text = textOf(node);
    const source = text === undefined ? sourceOf(node) : undefined;
    if (text !== undefined) seen.leaf({ path, value: text, of: node });
    else if (source) seen.source(path, source);
    else seen.obstacle(`${showProp(path)} is ${inWords(node)}`);
  } else if (typeof node === 'function' || typeof node === 'symbol') {
    seen.obstacle(`${showProp(path)} is a ${typeof node}`);
  }
}

/** Whether a prop or a key of the context is called as a release is. */
export const isCalledRelease = (name: string): boolean =>
  /^(?:(?:app|application|image|docker|container|service|code)[_-]?)?(?:release|version|tag)$/i.test(name);

/** A number that may be a size, an instance class, or a size of one. */
const isScalable = (value: number | string): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : partsOf(value) !== undefined || isSize(value) || numberOf(value) !== undefined;

/** Whether a value can have come from another construct: other texts and numbers are the same wherever they stand. */
function canBeReferredTo(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isUnknownYet(value);
  if (Array.isArray(value)) return isUnknownYet(value[0]);
  return !isPlain(value) && textOf(value) === undefined;
}

/** What the CDK writes for a value that is only known when it is synthesised or deployed. */
const isUnknownYet = (value: unknown): boolean =>
  typeof value === 'string' ? /[$#@]\{Token\[/.test(value) : typeof value === 'number' && value < -1e100;

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The text that an object of the CDK is made of, where one that is made of it is the same: of an `InstanceType` its class. */
function textOf(object: object): string | undefined {
  if (!libraryClass(object.constructor) || Object.hasOwn(object, 'node')) return undefined;
  try {
    const text = String(object);
    return partsOf(text) && isDeepStrictEqual(rebuilt(object, text), object) ? text : undefined;
  } catch {
    return undefined; // its class is not made of a text
  }
}

const rebuilt = (object: object, value: number | string): object =>
  Reflect.construct(object.constructor, [value]) as object;

function inWords(object: object): string {
  const { node } = object as { readonly node?: { readonly path?: string } };
  return node?.path === undefined
    ? `an object (${object.constructor.name}), of which no code can be seen that makes it: give the class what it is made of, such as the tag of an image, and make it there`
    : `the construct ${node.path}, which no public property of its stack has: make it one`;
}
