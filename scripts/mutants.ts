import { isObject, type Json } from '../lib/json';

/** One change to a template. */
export interface Mutant {
  /** What was done and where: `change Resources.Web.Properties.DesiredCount`. */
  readonly name: string;
  /** Makes the change in place. */
  readonly apply: () => void;
  /** Takes it back. */
  readonly revert: () => void;
}

/** What holds values: an object, or a list. */
export type Holder = Record<string | number, Json>;

/** Which parts of JSON are left alone. */
export type LeftAlone = (path: readonly (string | number)[], node: Holder) => boolean;

/**
 * Every single change to a template that no scale factor explains: each value changed, each attribute, resource and list
 * item removed, and to each object and list something added. Metadata that nothing acts on is left alone: it is not compared.
 *
 * @param isLeftAlone - what else is not changed. @default - nothing
 */
export function* mutants(template: Json, isLeftAlone: LeftAlone = () => false): Generator<Mutant> {
  yield* inside(
    template as unknown as Holder,
    [],
    (path, node) => isMetadata(path, node) || isLeftAlone(path, node),
  );
}

/** The same of other JSON, such as the list of an assembly. */
export function* changes(json: Json, isLeftAlone: LeftAlone): Generator<Mutant> {
  yield* inside(json as unknown as Holder, [], isLeftAlone);
}

function* inside(
  node: Holder,
  path: readonly (string | number)[],
  isLeftAlone: LeftAlone,
): Generator<Mutant> {
  for (const key of keysOf(node)) {
    const here = [...path, key];
    if (isLeftAlone(here, node)) continue;
    const value = node[key]!;
    if (path.length > 0) yield removal(node, key, here);
    if (typeof value === 'object' && value !== null)
      yield* inside(value as unknown as Holder, here, isLeftAlone);
    else yield replacement('change', node, key, changed(value), here);
  }
  if (path.length > 0 && !isLeftAlone([...path, 'Added'], node)) yield* additions(node, path);
}

function* additions(node: Holder, path: readonly (string | number)[]): Generator<Mutant> {
  if (Array.isArray(node)) {
    const items = node as Json[];
    yield listChange('add an item to', items, [...items, 'added'], path);
    if (items.length > 0) yield listChange('repeat the last item of', items, [...items, items.at(-1)!], path);
    if (items.length > 1 && path.at(-1) !== 'DependsOn') {
      yield listChange('turn round', items, items.toReversed(), path);
    }
    return;
  }
  const isResources = path.length === 1 && path[0] === 'Resources';
  yield addition(node, 'Added', isResources ? { Type: 'AWS::SNS::Topic' } : 'added', path);
  const first = Object.values(node)[0];
  if (isResources && first !== undefined) yield addition(node, 'Copied', first, path);
}

const keysOf = (node: Holder): (string | number)[] =>
  Array.isArray(node) ? node.map((_, i) => i) : Object.keys(node);

/** What only tells of a template or a resource; what scripts of CloudFormation carry out on an instance is none of it. */
function isMetadata(path: readonly (string | number)[], node: Holder): boolean {
  const [section, , attribute, entry] = path;
  const key = path.at(-1)!;
  if (path.length === 1) return section === 'Metadata';
  if (path.length === 2) {
    const value = node[key]; // undefined for what is added
    return key === 'CDKMetadataAvailable' || (isObject(value) && value['Type'] === 'AWS::CDK::Metadata');
  }
  if (section !== 'Resources' || attribute !== 'Metadata') return false;
  if (path.length === 3) return !Object.keys(node[key] ?? {}).some(isCarriedOut);
  return path.length === 4 && !isCarriedOut(String(entry)); // what is added, too
}

const isCarriedOut = (key: string): boolean => /^AWS::CloudFormation::(?:Init|Authentication)$/.test(key);

function changed(value: Json): Json {
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `${String(value)}-changed`;
}

/** One value in the place of another. */
export function replacement(
  what: string,
  node: Holder,
  key: string | number,
  to: Json,
  path: readonly (string | number)[],
): Mutant {
  const before = node[key]!;
  return {
    name: `${what} ${path.join('.')}`,
    apply: () => void (node[key] = to),
    revert: () => void (node[key] = before),
  };
}

function addition(node: Holder, key: string, value: Json, path: readonly (string | number)[]): Mutant {
  return {
    name: `add ${[...path, key].join('.')}`,
    apply: () => void (node[key] = value),
    revert: () => void delete node[key],
  };
}

/** Removes a key, and puts all back in the order in which they were. */
export function removal(node: Holder, key: string | number, path: readonly (string | number)[]): Mutant {
  if (Array.isArray(node)) {
    const items = node as Json[];
    return listChange(
      `remove item ${key} of`,
      items,
      items.filter((_, i) => i !== key),
      path.slice(0, -1),
    );
  }
  const before = { ...node };
  return {
    name: `remove ${path.join('.')}`,
    apply: () => void delete node[key],
    revert: () => {
      for (const name of Object.keys(node)) delete node[name];
      Object.assign(node, before);
    },
  };
}

/** Other items in a list. */
export function listChange(
  what: string,
  items: Json[],
  to: readonly Json[],
  path: readonly (string | number)[],
): Mutant {
  const before = [...items];
  return {
    name: `${what} ${path.join('.')}`,
    apply: () => void items.splice(0, items.length, ...to),
    revert: () => void items.splice(0, items.length, ...before),
  };
}

/** One change to a template that changes nothing about what it makes. */
export function* harmless(template: Json): Generator<Mutant> {
  const root = template as unknown as Holder;
  const resources = root['Resources'] as unknown as Record<string, Holder>;
  for (const [id, resource] of Object.entries(resources)) {
    const path = ['Resources', id];
    yield metadataChange(resource, path);
    yield keyOrder(resource, path);
    if (isObject(resource['Properties'])) yield keyOrder(resource['Properties'], [...path, 'Properties']);
    const waits = resource['DependsOn'];
    if (Array.isArray(waits) && waits.length > 1) {
      yield listChange('turn round', waits as Json[], (waits as Json[]).toReversed(), [...path, 'DependsOn']);
    }
  }
  yield keyOrder(root['Resources'] as unknown as Holder, ['Resources']);
  yield keyOrder(root, []);
  if (root['Metadata'] !== undefined) yield replacement('change', root, 'Metadata', {}, ['Metadata']);
}

function metadataChange(resource: Holder, path: readonly (string | number)[]): Mutant {
  const before = resource['Metadata'];
  const entries = Object.entries(isObject(before) ? before : {});
  const carriedOut = Object.fromEntries(entries.filter(([key]) => isCarriedOut(key)));
  return {
    name: `change what ${[...path, 'Metadata'].join('.')} only tells`,
    apply: () => void (resource['Metadata'] = { ...carriedOut, note: 'changed' }),
    revert: () => {
      if (before === undefined) delete resource['Metadata'];
      else resource['Metadata'] = before;
    },
  };
}

/** The keys of an object the other way round. */
export function keyOrder(node: Holder, path: readonly (string | number)[]): Mutant {
  const before = { ...node };
  const refill = (entries: [string, Json][]): void => {
    for (const name of Object.keys(node)) delete node[name];
    Object.assign(node, Object.fromEntries(entries));
  };
  return {
    name: `turn round the keys of ${path.join('.') || 'the template'}`,
    apply: () => refill(Object.entries(before).toReversed()),
    revert: () => refill(Object.entries(before)),
  };
}
