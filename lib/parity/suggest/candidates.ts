import { isObject, own, type Json, type JsonObject } from '../../json';
import type { FactorKind } from '../../scale/kinds';
import { kindOfProperty } from '../../scale/property-kinds';
import type { Path } from '../../template/differences';
import { calledAt, nameOf, partsFor, type Holders } from '../factor-values';
import type { ListedFactor } from '../factor-list';
import { showSteps, type Step } from '../listed-place';
import type { Forbidden } from '../report';

/** A factor that may explain some differences, before it has a name and a reason. */
export interface Candidate {
  readonly factor: Omit<ListedFactor, 'name' | 'reason'>;
  /** What a variable or an attribute at its place is called. @default - it has no name */
  readonly called?: string;
}

/** The templates of two stacks. */
export interface Templates {
  readonly prod: unknown;
  readonly staging: unknown;
}

/** A factor for the number of resources of each type of which production has some that staging lacks. */
export function numbersOf(forbidden: readonly Forbidden[]): Candidate[] {
  const missing = forbidden.filter(
    ({ path, staging, type }) => isType(type) && path.length === 0 && staging === undefined,
  );
  return [...new Set(missing.map(({ type }) => type))].map((type) => ({
    factor: { kind: kindOfNumber(type), type },
  }));
}

/** What the number of resources of a type is: databases are copies of one. */
export const kindOfNumber = (type: string): FactorKind =>
  type.endsWith('::DBInstance') ? 'replicas' : 'count';

/** For each group of differences that one factor may explain, that factor by each kind it may be of, the likeliest first. */
export function groupsOf(forbidden: readonly Forbidden[], templates: Templates): Candidate[][] {
  const groups = new Map<string, Group>();
  for (const entry of forbidden) {
    if (!isType(entry.type) || entry.path.length === 0) continue;
    const place = placeFor(entry, templates);
    if (place.kinds.length === 0) continue;
    const steps = place.path.map((step) => (typeof step === 'number' && !place.isNamed ? '*' : step));
    const key = JSON.stringify([entry.type, place.kinds, steps, place.isNamed && entry.logicalId]);
    const group = groups.get(key);
    if (!group) groups.set(key, { ...place, type: entry.type, ids: [entry.logicalId], paths: [place.path] });
    else {
      group.ids.push(entry.logicalId);
      group.paths.push(place.path);
    }
  }
  return [...groups.values()].map((group) => candidatesOf(group, templates));
}

const isType = (type: string): boolean => type.includes('::');

/** Where a factor may stand, and of which kinds it may be. */
export interface Place {
  readonly kinds: readonly FactorKind[];
  readonly path: Path;
  /** Whether its path leads through an item that has a name of its own: at the same index others have another one. */
  readonly isNamed: boolean;
  readonly called?: string | undefined;
}

interface Group extends Place {
  readonly type: string;
  readonly ids: string[];
  readonly paths: Path[];
}

function candidatesOf({ kinds, type, ids, paths, called }: Group, { prod, staging }: Templates): Candidate[] {
  const [id = ''] = ids;
  const isOne = ids.every((it) => it === id);
  const others = [prod, staging].flatMap((template) => idsIn(template, type)).filter((it) => it !== id);
  // one of several by its id: the others stay as they are
  const where = isOne && others.length > 0 ? { id } : { type };
  const path = showSteps(shared(paths));
  return kinds.map((kind) => ({
    factor: { kind, ...where, path },
    ...(called !== undefined && { called }),
  }));
}

/** One path for several that differ in indices alone. */
const shared = ([first = [], ...others]: readonly Path[]): Step[] =>
  first.map((step, i) => (others.every((path) => path[i] === step) ? step : '*'));

/** Where a factor may stand for a value that differs, or that could, and of which kinds it may be. */
export function placeFor(
  { logicalId, type, path, prod }: Pick<Forbidden, 'logicalId' | 'type' | 'path' | 'prod'>,
  templates: Templates,
): Place {
  const resource = resourceIn(templates.staging, logicalId) ?? resourceIn(templates.prod, logicalId) ?? {};
  const holder = path.slice(0, -1);
  const property = calledAt(path, nodeAt(resource, holder));
  const isNamed = path.some(
    (step, i) => typeof step === 'number' && nameOf(nodeAt(resource, path.slice(0, i + 1))),
  );
  const inHolder = (kinds: readonly FactorKind[]): Place => ({ kinds, path: holder, isNamed });
  if (type === 'AWS::ECS::TaskDefinition' && holder.length === 1 && /^(?:Cpu|Memory)$/.test(property))
    return inHolder(['fargateSize']);
  const holders: Holders = {
    prod: nodeAt(resourceIn(templates.prod, logicalId) ?? resource, holder),
    staging: nodeAt(resource, holder),
  };
  const ranges = rangeKinds(property, type, holder, resource).filter((kind) =>
    partsFor(kind, property, holders),
  );
  if (ranges.length > 0) return inHolder(ranges);
  const kind = kindOfProperty(property, prod);
  const called = path.includes(property) ? undefined : property;
  return { kinds: kind === undefined ? [] : [kind], path, isNamed, called };
}

/** The kinds of range that an end of one may belong to. */
function rangeKinds(property: string, type: string, holder: Path, resource: JsonObject): FactorKind[] {
  if (/Serverless|^ScalingConfiguration$/.test(String(holder.at(-1))) && type.endsWith('::DBCluster'))
    return ['capacityRange'];
  const isRate =
    property.endsWith('Units') ||
    THROUGHPUT_SERVICES.has(String(nodeAt(resource, ['Properties', 'ServiceNamespace'])));
  if (isRate) return ['throughputRange'];
  const isGroup = Object.keys(nodeAt(resource, holder) ?? {}).some((key) => /^Desired[A-Z]/.test(key));
  return [isGroup ? 'groupSize' : 'autoscalingRange'];
}

/** What Application Auto Scaling scales in units for each second. */
const THROUGHPUT_SERVICES: ReadonlySet<string> = new Set(['dynamodb', 'cassandra']);

function nodeAt(resource: JsonObject, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (node, step) =>
      Array.isArray(node)
        ? (node as Json[])[Number(step)]
        : isObject(node)
          ? own(node, String(step))
          : undefined,
    resource,
  );
}

const resourcesIn = (template: unknown): JsonObject => {
  const resources = isObject(template) ? template['Resources'] : undefined;
  return isObject(resources) ? resources : {};
};

function resourceIn(template: unknown, id: string): JsonObject | undefined {
  const entry = own(resourcesIn(template), id);
  return isObject(entry) ? entry : undefined;
}

const idsIn = (template: unknown, type: string): string[] =>
  Object.entries(resourcesIn(template)).flatMap(([id, entry]) =>
    isObject(entry) && entry['Type'] === type ? [id] : [],
  );
