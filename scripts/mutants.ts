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

type Holder = Record<string | number, Json>;

/**
 * Every single change to a template that no scale factor explains: each value changed, each attribute, resource and list
 * item removed, and to each object and list something added. Metadata is left alone: it is not compared.
 */
export function* mutants(template: Json): Generator<Mutant> {
  yield* inside(template as unknown as Holder, []);
}

function* inside(node: Holder, path: readonly (string | number)[]): Generator<Mutant> {
  for (const key of keysOf(node)) {
    if (isMetadata(key, path, node)) continue;
    const here = [...path, key];
    const value = node[key]!;
    if (path.length > 0) yield removal(node, key, here);
    if (typeof value === 'object' && value !== null) yield* inside(value as unknown as Holder, here);
    else yield replacement('change', node, key, changed(value), here);
  }
  if (path.length > 0) yield* additions(node, path);
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

function isMetadata(key: string | number, path: readonly (string | number)[], node: Holder): boolean {
  const isEntry = path.length === 2 && path[0] === 'Resources';
  const entry = path.length === 1 ? node[key] : undefined;
  const isUsage =
    key === 'CDKMetadataAvailable' || (isObject(entry) && entry['Type'] === 'AWS::CDK::Metadata');
  return (key === 'Metadata' && (path.length === 0 || isEntry)) || isUsage;
}

function changed(value: Json): Json {
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `${String(value)}-changed`;
}

function replacement(
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
function removal(node: Holder, key: string | number, path: readonly (string | number)[]): Mutant {
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

function listChange(
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
}

function metadataChange(resource: Holder, path: readonly (string | number)[]): Mutant {
  const before = resource['Metadata'];
  return {
    name: `change ${[...path, 'Metadata'].join('.')}`,
    apply: () => void (resource['Metadata'] = { note: 'changed' }),
    revert: () => {
      if (before === undefined) delete resource['Metadata'];
      else resource['Metadata'] = before;
    },
  };
}

function keyOrder(node: Holder, path: readonly (string | number)[]): Mutant {
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
