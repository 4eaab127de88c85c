import { Script } from 'node:vm';
import type { Factor, FactorKind, FactorValue } from '../scale/kinds';
import { isRange, rangeLimits } from '../scale/limits';
import { numberOf } from '../scale/property-kinds';
import { checkShape, checkValue } from '../scale/rules';
import { isSize, partsOf, resized, sizesOf, type InstanceClassParts } from '../scale/sizes';
import { smallerValue } from '../scale/smaller';
import type { Follower } from './followers';
import { showProp, type Leaf } from './given';
import { camelCase } from './names';
import type { Proposed } from './observation';

/** A leaf with what was seen to follow it. */
export interface Tried {
  readonly leaf: Leaf;
  readonly followers: readonly Follower[];
}

/** A factor that is proposed, with the leaves that it gives values to: by part, or one under ''. */
export interface Proposal extends Proposed {
  readonly leaves: Readonly<Record<string, Leaf>>;
  /** The class that its only leaf is the size of. @default - the leaf is the whole value */
  readonly classOf?: InstanceClassParts;
}

/** Other values for a leaf, to see what follows it, the likeliest to be accepted by a construct first. */
export function otherValuesOf({ value }: Leaf): (number | string)[] {
  const parts = typeof value === 'string' ? partsOf(value) : undefined;
  if (parts)
    return sizesOf(parts.family, [parts.size])
      .filter((size) => size !== parts.size)
      .map((size) => resized(parts, size));
  if (typeof value === 'string' && isSize(value))
    return sizesOf('', [value]).filter((size) => size !== value);
  const n = numberOf(value)!;
  const numbers = [n % 2 === 0 && n >= 4 ? n / 2 : n - 1, n - 1, 2 * n, n + 1].filter((it) => it > 0);
  return [...new Set(numbers)].map((it) => (typeof value === 'string' ? String(it) : it));
}

/**
 * The factors that may be made of what a construct is given: one for each leaf, or for several that are the parts of one value.
 *
 * @param elsewhere - what another instance of the same class has in the place of a leaf: staging's value where the rules allow it
 * @param names - what the code around them calls otherwise
 */
export function proposalsFor(
  tried: readonly Tried[],
  {
    elsewhere = () => undefined,
    names = new Set(),
  }: {
    readonly elsewhere?: (leaf: Leaf) => number | string | undefined;
    readonly names?: Set<string>;
  } = {},
): Proposal[] {
  const composites = compositesOf(tried);
  const taken = new Set(composites.flatMap(({ leaves }) => Object.values(leaves)));
  const scalars = tried.filter(({ leaf }) => !taken.has(leaf)).flatMap((it) => scalarOf(it));
  return [...composites, ...scalars].flatMap((shape): Proposal[] => {
    const factor: Factor = { kind: shape.kind, reason: 'proposed', ...(shape.isLambda && LAMBDA) };
    const prod = valueOf(shape, ({ value }) => value);
    const other = valueOf(shape, (leaf) => elsewhere(leaf) ?? leaf.value);
    const staging = keepsShape(factor, prod, other) ? other : smallerValue(factor, prod);
    if (staging === undefined) return [];
    const name = freeName(nameOf(shape), names);
    const props = Object.values(shape.leaves).map(({ path }) => showProp(path));
    return [{ ...shape, name, props, prod, staging }];
  });
}

/** The limits of `lambdaMemory`. */
export const LAMBDA = { min: 128, max: 10_240 };

/** Whether a value is another than production's, and one that a staging may have. */
const keepsShape = (factor: Factor, prod: FactorValue, other: FactorValue): boolean =>
  JSON.stringify(other) !== JSON.stringify(prod) &&
  checkValue('', factor, prod).length === 0 &&
  checkValue('', factor, other).length === 0 &&
  checkShape('', factor, prod, other).length === 0;

type Shape = Pick<Proposal, 'kind' | 'leaves' | 'isLambda' | 'places' | 'classOf'>;

function compositesOf(tried: readonly Tried[]): Shape[] {
  const byHolder = new Map<string, { readonly kind: FactorKind; readonly leaves: Record<string, Leaf> }>();
  for (const { leaf, followers } of tried)
    for (const { kind, holder, part } of followers) {
      if (part === undefined) continue;
      const known = byHolder.get(`${kind} ${holder}`) ?? { kind, leaves: {} };
      known.leaves[part] ??= leaf;
      byHolder.set(`${kind} ${holder}`, known);
    }
  const taken = new Set<Leaf>();
  return [...byHolder.values()].flatMap(({ kind, leaves }): Shape[] => {
    const all = Object.values(leaves);
    const isWhole = partsIn(kind).every((part) => Object.hasOwn(leaves, part));
    if (!isWhole || new Set(all).size < all.length || all.some((leaf) => taken.has(leaf))) return [];
    all.forEach((leaf) => taken.add(leaf));
    return [{ kind, leaves, isLambda: false, places: placesOf(tried.filter((it) => all.includes(it.leaf))) }];
  });
}

const partsIn = (kind: FactorKind): readonly string[] =>
  isRange(kind) ? rangeLimits(kind).parts : ['cpu', 'memoryMiB'];

/** A leaf by itself: of what counts members or is most special, and never one end of a range as a range. */
function scalarOf({ leaf, followers }: Tried): Shape[] {
  const [first] = followers.toSorted((a, b) => rank(a) - rank(b));
  if (!first) return [];
  const { kind: found, part } = first;
  const kind = part === undefined ? found : 'count';
  const isLambda = kind === 'memory' && first.type === 'AWS::Lambda::Function';
  const shape: Shape = { kind, leaves: { '': leaf }, isLambda, places: placesOf([{ leaf, followers }]) };
  if (typeof leaf.value !== 'string' || !isSize(leaf.value)) return [shape];
  const { instanceClass } = first;
  return instanceClass ? [{ ...shape, classOf: withoutDb(instanceClass) }] : [];
}

/** Databases are given classes without `db.`, which the CDK writes before them. */
const withoutDb = (parts: InstanceClassParts): InstanceClassParts =>
  parts.service === 'db' ? { ...parts, service: '' } : parts;

const rank = ({ kind, part }: Follower): number => (part !== undefined ? 2 : kind === 'count' ? 1 : 0);

const placesOf = (tried: readonly Tried[]): string[] => [
  ...new Set(tried.flatMap(({ followers }) => followers.map(({ place }) => place))),
];

/** A factor's value, from its leaves. */
function valueOf(
  { leaves, classOf }: Pick<Shape, 'leaves' | 'classOf'>,
  of: (leaf: Leaf) => number | string,
): FactorValue {
  if (classOf) return resized(classOf, String(of(leaves['']!)));
  const entries = Object.entries(leaves).map(([part, leaf]) => [part, plain(of(leaf))] as const);
  const [[part, value]] = entries as [readonly [string, number | string]];
  return part === '' ? value : (Object.fromEntries(entries) as unknown as FactorValue);
}

const plain = (value: number | string): number | string => numberOf(value) ?? value;

/** What each leaf of a proposal is given for a value of the factor. */
export const leafValues = (
  { leaves, classOf }: Proposal,
  value: FactorValue,
): (readonly [Leaf, number | string])[] =>
  Object.entries(leaves).map(([part, leaf]) => {
    if (classOf) return [leaf, partsOf(String(value))!.size];
    const given = part === '' ? value : (value as unknown as Record<string, number>)[part]!;
    return [leaf, typeof leaf.value === 'string' ? String(given) : (given as number)];
  });

/**
 * The code of each leaf of a proposal, in which the factor is a name.
 *
 * @param sizeAs - a size as the code's language and the prop want it
 */
export const leafCode = (
  { name, leaves, classOf }: Proposal,
  sizeAs: (leaf: Leaf, code: string) => string,
): (readonly [Leaf, string])[] =>
  Object.entries(leaves).map(([part, leaf]) => {
    if (classOf) return [leaf, sizeAs(leaf, `${name}.split('.')[${classOf.service === '' ? 1 : 2}]`)];
    const code = part === '' ? name : `${name}.${part}`;
    const isText = typeof leaf.value === 'string' && numberOf(leaf.value) !== undefined;
    return [leaf, isText ? `String(${code})` : code];
  });

/** A name like that of the prop; of several the words that they share, or that of the object that they are in. */
function nameOf({ kind, leaves, classOf }: Shape): string {
  const paths = Object.values(leaves).map(({ path }) => path);
  const [first] = paths as [Leaf['path']];
  const last = (path: Leaf['path']): string =>
    path.map(String).findLast((step) => /^[A-Za-z]/.test(step)) ?? 'value';
  if (paths.length === 1) {
    // nested ones are called by their object too: `db.size` is dbSize
    const words = first.filter((step): step is string => typeof step === 'string' && /^[A-Za-z]/.test(step));
    const name = camelCase(words.slice(-2).join(' '));
    // what is given is a size, and the factor a class: `dbSize` is dbClass
    return classOf ? `${name.replace(/(?:instance)?(?:size|type)?$/i, '') || 'instance'}Class` : name;
  }
  const parent = first.slice(0, -1);
  const isOneObject = parent.length > 0 && paths.every((path) => path.slice(0, -1).join() === parent.join());
  const what = kind === 'fargateSize' ? 'size' : 'range';
  if (isOneObject) return suffixed(camelCase(last(parent)), what);
  const words = paths.map((path) => last(path).split(/(?=[A-Z])|_|-/));
  const shared = words[0]!.filter((word) =>
    words.every((it) => it.some((w) => w.toLowerCase() === word.toLowerCase())),
  );
  return suffixed(camelCase(shared.join(' ')), what);
}

/** A name that ends with a word: `webSize` is called that already. */
const suffixed = (name: string, word: string): string =>
  name.toLowerCase().endsWith(word) ? name : camelCase(`${name} ${word}`);

/** What the code around a factor's name calls otherwise. */
const RESERVED = new Set([
  'app',
  'env',
  'expires',
  'id',
  'named',
  'options',
  'prod',
  'rehearsal',
  'release',
  'scope',
  'stackName',
  'stage',
  'staging',
  'twins',
]);

/** A name that nothing else in the code has, and that is taken with this. */
export function freeName(wanted: string, names: Set<string>): string {
  const candidates = [wanted, `${wanted}Value`, ...Array.from({ length: 99 }, (_, i) => `${wanted}${i + 2}`)];
  const name = candidates.find((it) => !names.has(it) && !RESERVED.has(it) && !isKeyword(it))!;
  names.add(name);
  return name;
}

/** Whether JavaScript takes a word for something else than a name. */
function isKeyword(word: string): boolean {
  try {
    return !new Script(`'use strict'; const ${word} = 0;`); // the language itself knows its words
  } catch {
    return true;
  }
}

/** Whether a leaf is worth a trial: of none, and of one, there is no smaller number. */
export const isTriable = ({ value }: Leaf): boolean => {
  const n = numberOf(value);
  return n === undefined || n > 1;
};
