import { propertiesOf } from '../aws/properties';
import { isCustom } from '../aws/types';
import { isObject, type Json, type JsonObject } from '../json';
import { ANY, objectShape, oneOrMany, TEXT, TEXTS, type ListShape, type Shape } from '../shape';
import { meaningOf } from '../template/meaning';
import { SECTIONS, type Model, type Section } from '../template/model';
import { inOneSpelling, type Both } from '../template/spelling';

/** Two models in one spelling. */
export interface Spelt {
  readonly prod: Model;
  readonly staging: Model;
}

/**
 * Two models in which only what CloudFormation makes something else of is different: production's is written as staging's is, in which
 * nothing moves.
 */
export function speltAlike(prod: Model, staging: Model): Spelt {
  const sides = { prod: {}, staging: {} } as Record<'prod' | 'staging', Record<string, JsonObject>>;
  for (const section of SECTIONS) {
    const ids = Object.keys({ ...prod[section], ...staging[section] });
    const both = ids.map(
      (id) => [id, entriesAlike(section, prod[section][id], staging[section][id])] as const,
    );
    const side = (index: 0 | 1) =>
      both.flatMap(([id, values]) => (values[index] === undefined ? [] : [[id, values[index]]]));
    sides.prod[section] = Object.fromEntries(side(0)) as JsonObject;
    sides.staging[section] = Object.fromEntries(side(1)) as JsonObject;
  }
  const [top, other] = inOneSpelling(withVersion(prod.top), withVersion(staging.top), TOP);
  return {
    prod: { ...sides.prod, top: top as JsonObject } as Model,
    staging: { ...sides.staging, top: other as JsonObject } as Model,
  };
}

/** A model that says what another one means, however that is written: equal entries mean the same. References stand in it as they were. */
export function meaningOfModel(model: Model): Model {
  const sections = SECTIONS.map((section) => [
    section,
    Object.fromEntries(
      Object.entries(model[section]).map(([id, entry]) => [
        id,
        withWaiting(entry, meaningOf(withDefaults(section, entry), shapeOf(section, entry)) ?? null),
      ]),
    ),
  ]);
  return { ...Object.fromEntries(sections), top: model.top } as Model;
}

function entriesAlike(section: Section, prod: Json | undefined, staging: Json | undefined): Both {
  if (prod === undefined || staging === undefined) return [prod, staging];
  const isOneKind = isObject(prod) && isObject(staging) && prod['Type'] === staging['Type'];
  if (section === 'Resources' && !isOneKind) return [prod, staging];
  const [p, s] = withSameDefaults(section, prod, staging);
  return inOneSpelling(p, s, isOneKind ? shapeOf(section, staging) : SHAPES[section]);
}

/** What deletes a resource, where nothing says it. */
const POLICIES = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;

/**
 * "The default policy is Snapshot for AWS::RDS::DBCluster resources and for AWS::RDS::DBInstance resources that don't specify the
 * DBClusterIdentifier property", and Delete for all others: AWS CloudFormation User Guide, "DeletionPolicy attribute". A resource that is
 * replaced is deleted: "UpdateReplacePolicy attribute".
 */
function defaultOf(policy: (typeof POLICIES)[number], { Type, Properties }: JsonObject): string | undefined {
  if (policy === 'UpdateReplacePolicy' || (Type !== 'AWS::RDS::DBCluster' && Type !== 'AWS::RDS::DBInstance'))
    return 'Delete';
  const cluster = isObject(Properties) ? meaningOf(Properties['DBClusterIdentifier'], TEXT) : undefined;
  if (Type === 'AWS::RDS::DBCluster' || cluster === undefined) return 'Snapshot';
  return isObject(cluster) && 'Fn::If' in cluster ? undefined : 'Delete';
}

/** What is not said on one side, and is on the other, is said on both. */
function withSameDefaults(section: Section, prod: Json, staging: Json): readonly [prod: Json, staging: Json] {
  if (section !== 'Resources' || !isObject(prod) || !isObject(staging)) return [prod, staging];
  const said = (entry: JsonObject, other: JsonObject): JsonObject => {
    const missing = POLICIES.filter((policy) => !(policy in entry) && policy in other).map((policy) => [
      policy,
      defaultOf(policy, entry),
    ]);
    const waits = 'DependsOn' in other && !('DependsOn' in entry) ? { DependsOn: [] } : {};
    return { ...entry, ...Object.fromEntries(missing.filter(([, value]) => value !== undefined)), ...waits };
  };
  return [said(prod, staging), said(staging, prod)];
}

function withDefaults(section: Section, entry: Json): Json {
  if (section !== 'Resources' || !isObject(entry)) return entry;
  const policies = POLICIES.flatMap((policy) => {
    const value = entry[policy] ?? defaultOf(policy, entry);
    return value === undefined ? [] : [[policy, value]];
  });
  return { ...entry, ...Object.fromEntries(policies) };
}

/** What a resource waits for is a list of ids, which are references. */
const withWaiting = (entry: Json, meaning: Json): Json =>
  isObject(entry) && isObject(meaning) && 'Properties' in entry
    ? { ...meaning, DependsOn: entry['DependsOn'] ?? [] }
    : meaning;

/** The only version that there is: AWS CloudFormation User Guide, "Template format version". */
const withVersion = (top: JsonObject): JsonObject => ({ AWSTemplateFormatVersion: '2010-09-09', ...top });

const IN_ORDER: ListShape = { kind: 'list', element: TEXT, order: 'kept' };

const TOP = objectShape({ Transform: oneOrMany(ANY, 'kept') });

function shapeOf(section: Section, entry: Json): Shape {
  const type = isObject(entry) ? String(entry['Type']) : '';
  if (section === 'Resources') return resourceOf(type);
  return section === 'Parameters' ? parameterOf(type) : SHAPES[section];
}

const SHAPES: Readonly<Record<Section, Shape>> = {
  Resources: ANY,
  Parameters: TEXTS,
  Conditions: TEXTS,
  Rules: TEXTS,
  // "The values can be String or List types."
  Mappings: TEXTS,
  Outputs: objectShape({
    Value: TEXT,
    Description: TEXT,
    Condition: TEXT,
    Export: objectShape({ Name: TEXT }),
  }),
};

const UPDATE_POLICY: Shape = {
  kind: 'map',
  element: {
    kind: 'object',
    member: (name) => (name === 'SuspendProcesses' ? oneOrMany(TEXT) : TEXTS),
  },
};

function resourceOf(type: string): Shape {
  // Custom code gets every number and boolean as a text.
  const properties = isCustom(type) ? TEXTS : (propertiesOf(type) ?? ANY);
  return objectShape({
    Type: TEXT,
    Condition: TEXT,
    DependsOn: oneOrMany(TEXT),
    DeletionPolicy: TEXT,
    UpdateReplacePolicy: TEXT,
    CreationPolicy: TEXTS,
    UpdatePolicy: UPDATE_POLICY,
    Properties: properties,
  });
}

/** The values of parameters are texts, some of them of a list: "Commas separate the items, and spaces around them are trimmed." */
function parameterOf(type: string): Shape {
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  const list: ListShape = {
    ...IN_ORDER,
    understood: (value) =>
      typeof value === 'string' || typeof value === 'number'
        ? String(value)
            .split(',')
            .map((item) => item.trim())
        : value,
  };
  return {
    kind: 'object',
    member: (name) => {
      if (name === 'AllowedValues') return oneOrMany(TEXT);
      return name === 'Default' && isList ? list : TEXTS;
    },
  };
}
