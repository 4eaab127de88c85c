import { isObject, own, type Json } from '../json';
import { hasParts, partsFor } from '../parity/factor-values';
import { parityOfTemplates } from '../parity/parity';
import type { Forbidden } from '../parity/report';
import { kindOfNumber, placeFor } from '../parity/suggest/candidates';
import type { FactorKind } from '../scale/kinds';
import { partsOf, type InstanceClassParts } from '../scale/sizes';
import type { Path } from '../template/differences';
import type { Templates } from './trial-app';

/** A place in a template that changes with a prop, and what kind of factor may stand there. */
export interface Follower {
  readonly kind: FactorKind;
  /** The place, the same for all props that are part of one value: a range's holder. */
  readonly holder: string;
  /** Which part of a value of several numbers it is: `min`. @default - the whole value */
  readonly part?: string;
  /** Of the instance class that stands there. @default - there is none */
  readonly instanceClass?: InstanceClassParts;
  /** Of the resource. */
  readonly type: string;
  /** For people: `Orders/Writer DBInstanceClass`. */
  readonly place: string;
  /** See {@link placeKey}. */
  readonly key: string;
}

/** What follows a prop: the differences between two assemblies that are alike but for its value. */
export function followersOf(larger: Templates, smaller: Templates): Follower[] {
  return [...larger].flatMap(([stack, prod]) => {
    const staging = smaller.get(stack);
    if (staging === undefined) return [];
    const { forbidden } = parityOfTemplates(prod, staging);
    return forbidden.flatMap((it) => followerAt(stack, it, { prod, staging }));
  });
}

function followerAt(
  stack: string,
  entry: Forbidden,
  templates: { readonly prod: unknown; readonly staging: unknown },
): Follower[] {
  const { logicalId, type, path, construct = logicalId } = entry;
  if (!type.includes('::')) return [];
  const key = placeKey(stack, logicalId, path);
  if (path.length === 0)
    return [{ kind: kindOfNumber(type), holder: `${stack} ${type}`, type, place: construct, key }];
  const { kinds, path: at } = placeFor(entry, templates);
  const [kind] = kinds;
  if (kind === undefined) return [];
  const resource = resourceIn(templates.prod, logicalId) ?? resourceIn(templates.staging, logicalId);
  const part = hasParts(kind) ? partAt(kind, path, resource) : undefined;
  const holder = placeKey(stack, logicalId, at);
  const place = `${construct} ${path.slice(1).join('.')}`;
  const { prod } = entry;
  const instanceClass = typeof prod === 'string' ? partsOf(prod) : undefined;
  return [
    {
      kind,
      holder,
      type,
      place,
      key,
      ...(part !== undefined && { part }),
      ...(instanceClass && { instanceClass }),
    },
  ];
}

/** One place of an assembly's templates as a text. */
export const placeKey = (stack: string, logicalId: string, path: Path): string =>
  [stack, logicalId, path.join('.')].join(' ');

function partAt(kind: FactorKind, path: Path, resource: Json | undefined): string | undefined {
  const holder = nodeAt(resource, path.slice(0, -1));
  const property = String(path.at(-1));
  return partsFor(kind, property, { prod: holder, staging: holder })?.[property];
}

/** What stands at a path below a node. */
export const nodeAt = (node: Json | undefined, path: Path): Json | undefined =>
  path.reduce<Json | undefined>(
    (it, step) =>
      Array.isArray(it) ? (it as Json[])[Number(step)] : isObject(it) ? own(it, String(step)) : undefined,
    node,
  );

function resourceIn(template: unknown, id: string): Json | undefined {
  const resources = isObject(template) ? template['Resources'] : undefined;
  return isObject(resources) ? own(resources, id) : undefined;
}
