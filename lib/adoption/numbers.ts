import { isObject, type Json, type JsonObject } from '../json';
import { hasParts, isCalledCount, partsFor, valueOfParts } from '../parity/factor-values';
import { placeFor } from '../parity/suggest/candidates';
import type { Factor, FactorKind, FactorValue } from '../scale/kinds';
import { smallerValue } from '../scale/smaller';
import { sourcesOf, stackArtifacts } from '../template/assembly';
import { constructOf } from '../template/constructs';
import type { Path } from '../template/differences';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeAt, placeKey } from './followers';
import { camelCase } from './names';
import { freeName, LAMBDA } from './proposals';

/** A size that a stack has in a template, and that nothing it is given decides. */
export interface FoundNumber {
  /** The stack's path in the app. */
  readonly stack: string;
  readonly construct: string;
  /** What a prop for it may be called. */
  readonly name: string;
  /** Below its properties: `DesiredCount`. */
  readonly property: string;
  readonly kind: FactorKind;
  readonly isLambda: boolean;
  readonly value: FactorValue;
  /** What a staging could have instead. */
  readonly smaller: FactorValue;
  /** Where the construct was made: file, line and column. @default - not known */
  readonly source?: string;
}

/**
 * The sizes in the templates of an assembly, by what factors are known to stand for: classes, counts, ranges, memory, storage and
 * throughput, of which a staging could have less.
 *
 * @param following - places that follow what a stack is given: these are no literals
 */
export function numbersIn(assembly: string, following: ReadonlySet<string>): FoundNumber[] {
  const artifacts = stackArtifacts(assembly);
  const sources = sourcesOf(artifacts);
  const found = artifacts.flatMap(({ id, file, artifact }) => {
    const stack = typeof artifact['displayName'] === 'string' ? artifact['displayName'] : id;
    const template = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as JsonObject;
    return sizesIn(stack, template, following).map(({ logicalId, ...it }) => {
      const source = sources.get(file)?.get(logicalId);
      return { ...it, ...(source !== undefined && { source }) };
    });
  });
  const names = new Map<string, Set<string>>();
  return found.map((it): FoundNumber => {
    const [environment = ''] = it.stack.split('/');
    if (!names.has(environment)) names.set(environment, new Set());
    return { ...it, name: nameFor(it, names.get(environment)!) };
  });
}

/** A name like that of the construct and its property; one that its environment has begins with the stack's. */
function nameFor(it: Omit<FoundNumber, 'name'>, names: Set<string>): string {
  const { stack, construct, kind } = it;
  const property = it.property !== '' ? it.property : kind === 'fargateSize' ? 'size' : 'range';
  const name = camelCase(`${construct}.${property}`.replaceAll(/\b\d+\b/g, ' '));
  return freeName(names.has(name) ? camelCase(`${stack} ${name}`) : name, names);
}

type Found = Omit<FoundNumber, 'name'> & { readonly logicalId: string };

function sizesIn(stack: string, template: JsonObject, following: ReadonlySet<string>): Found[] {
  const resources = isObject(template['Resources']) ? template['Resources'] : {};
  const found = new Map<string, Found>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (!isObject(resource)) continue;
    const type = String(resource['Type']);
    for (const path of leavesBelow(resource['Properties'] ?? {}, ['Properties'])) {
      if (following.has(placeKey(stack, logicalId, path))) continue;
      const size = sizeAt({ logicalId, type, path, prod: nodeAt(resource, path)! }, template, resource);
      if (!size) continue;
      const construct = constructOf(resource) ?? logicalId;
      const { at, ...rest } = size;
      const property = at.slice(1).join('.');
      found.set(placeKey(stack, logicalId, at), { stack, construct, property, logicalId, ...rest });
    }
  }
  return [...found.values()];
}

/** What a place is as a size of its own or a part of one; undefined where no staging could have less. */
function sizeAt(
  entry: { readonly logicalId: string; readonly type: string; readonly path: Path; readonly prod: Json },
  template: JsonObject,
  resource: JsonObject,
) {
  const { kinds, path: at } = placeFor(entry, { prod: template, staging: template });
  const [kind] = kinds;
  const property = String(entry.path.at(-1));
  if (kind === undefined || kind === 'duration') return undefined; // time costs little
  if (kind === 'count' && !isCalledCount(property)) return undefined; // a threshold, a number of attempts
  const value = valueAt(kind, entry.path, property, resource);
  const isLambda = kind === 'memory' && entry.type === 'AWS::Lambda::Function';
  const factor: Factor = { kind, reason: 'found', ...(isLambda && LAMBDA) };
  const smaller = value === undefined ? undefined : smallerValue(factor, value);
  return smaller === undefined ? undefined : { kind, isLambda, at, value: value!, smaller };
}

function valueAt(
  kind: FactorKind,
  path: Path,
  property: string,
  resource: JsonObject,
): FactorValue | undefined {
  if (!hasParts(kind)) {
    const value = nodeAt(resource, path);
    return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : (value as FactorValue);
  }
  const holder = nodeAt(resource, path.slice(0, -1));
  const parts = partsFor(kind, property, { prod: holder, staging: holder });
  return parts && (valueOfParts(kind, parts, holder) as unknown as FactorValue);
}

/** The paths of all numbers and texts below a node; a reference is neither. */
function leavesBelow(node: Json, path: Path): Path[] {
  if (Array.isArray(node)) return (node as Json[]).flatMap((it, i) => leavesBelow(it, [...path, i]));
  if (isObject(node)) return Object.entries(node).flatMap(([key, it]) => leavesBelow(it, [...path, key]));
  return typeof node === 'number' || typeof node === 'string' ? [path] : [];
}
