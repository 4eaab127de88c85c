import { isObject, own, type Json } from '../json';
import { typesIn } from './by-service';
import types from './types.json';

/** A property that keeps a resource from being deleted, or something of it from vanishing, where it stands in a resource. */
export interface Lift extends Kept {
  /** Below `Properties`. */
  readonly path: readonly (string | number)[];
  /** What stands there. */
  readonly value: Json;
}

/** What a property keeps, and the value at which it keeps nothing. */
interface Kept {
  readonly lifted: string | boolean;
  /** A stable name for what is wrong with any other value. */
  readonly rule: 'protected' | 'automated-backups' | 'volume';
  /** What any other value does: goes on from "got X, which". */
  readonly does: string;
}

type ByPath = Readonly<Record<string, Kept>>;

const POINT_IN_TIME: Kept = {
  lifted: false,
  rule: 'automated-backups',
  does: 'leaves a backup of the table for 35 days after its deletion',
};

const VOLUME: Kept = { lifted: true, rule: 'volume', does: 'leaves the volume of an instance behind' };

/** What the specification does not say, with its source. */
const RECORDS: Readonly<Record<string, ByPath>> = {
  // Amazon DynamoDB Developer Guide, "Point-in-time backups for DynamoDB": deleting a table makes a system backup.
  'AWS::DynamoDB::Table': { 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled': POINT_IN_TIME },
  'AWS::DynamoDB::GlobalTable': {
    'Replicas.*.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled': POINT_IN_TIME,
  },
  // Amazon EFS User Guide, "Backing up EFS file systems": recovery points outlive the file system.
  'AWS::EFS::FileSystem': {
    'BackupPolicy.Status': {
      lifted: 'DISABLED',
      rule: 'automated-backups',
      does: "leaves recovery points in the account's backup vault",
    },
  },
  // Amazon EC2 User Guide, "Preserve data when an instance is terminated".
  'AWS::EC2::Instance': { 'BlockDeviceMappings.*.Ebs.DeleteOnTermination': VOLUME },
  'AWS::AutoScaling::LaunchConfiguration': { 'BlockDeviceMappings.*.Ebs.DeleteOnTermination': VOLUME },
  'AWS::EC2::LaunchTemplate': { 'LaunchTemplateData.BlockDeviceMappings.*.Ebs.DeleteOnTermination': VOLUME },
};

const PROTECTIONS: Readonly<Record<string, Readonly<Record<string, string | boolean>>>> = types.protections;

/** What keeps resources of a type, by path; `*` is every item of a list. */
function keptBy(type: string): ByPath {
  const known = keptByType.get(type);
  if (known) return known;
  const protections = Object.entries(own(PROTECTIONS, type) ?? {}).map(([path, lifted]): [string, Kept] => [
    path,
    { lifted, rule: 'protected', does: 'stops the deletion of the stack' },
  ]);
  const all = { ...Object.fromEntries(protections), ...own(RECORDS, type) };
  keptByType.set(type, all);
  return all;
}

/** {@link keptBy} of each type that was asked for: it is asked at every difference. */
const keptByType = new Map<string, ByPath>();

const STATEFUL: ReadonlySet<string> = new Set(types.stateful);
const LEAVING: ReadonlySet<string> = new Set(types.leaving);
const SINGLETONS: ReadonlySet<string> = new Set(types.singletons);
const SPECIFIED: ReadonlySet<string> = new Set(typesIn(types.services));

/** The properties that can keep resources of a type, or hold what does; none for most types. */
export const keepingProperties = (type: string): readonly string[] =>
  Object.keys(keptBy(type)).map((path) => path.split('.')[0]!);

/** What keeps a resource: a global table's replicas and a launch template's instances are protected one by one. */
export function liftsIn(type: string, properties: Json): Lift[] {
  return Object.entries(keptBy(type)).flatMap(([path, kept]) =>
    placesOf(properties, path.split('.'), [])
      .filter(({ value }) => String(value) !== String(kept.lifted))
      .map((place) => ({ ...place, ...kept })),
  );
}

/** What a place below `Properties` keeps of a resource; undefined where nothing is kept. */
export const keptAt = (type: string, path: readonly (string | number)[]): Kept | undefined =>
  own(keptBy(type), path.map((step) => (typeof step === 'number' ? '*' : step)).join('.'));

const RELATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = types.relations;
/** Properties that name a resource of one of several services, which the specification does not say. */
const OF_ANY_SERVICE: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': ['ResourceId'],
  'AWS::SNS::Subscription': ['Endpoint'],
  'AWS::SNS::Topic': ['Subscription.*.Endpoint'],
};
const ANY: readonly string[] = ['*'];

/**
 * The types of the resource that a place names; none where it names no resource.
 *
 * @param path - below `Properties`, without intrinsics
 */
export function relatedTypes(type: string, path: readonly (string | number)[]): readonly string[] {
  const steps = path.map((step) => (typeof step === 'number' ? '*' : step));
  const relations = own(RELATIONS, type) ?? {};
  if (own(OF_ANY_SERVICE, type)?.includes(steps.join('.')) === true) return ANY;
  // What is a list of names is one property.
  const found =
    own(relations, steps.join('.')) ??
    (steps.at(-1) === '*' ? own(relations, steps.slice(0, -1).join('.')) : undefined);
  return found?.split(' ') ?? [];
}

/** Where a physical name is the only one of its kind. */
export type Scope = 'region' | 'account' | 'world';

/** How resources of a type are called. */
export interface PhysicalName {
  /** The property that is the name, below `Properties`. */
  readonly property: string;
  /** What two resources of one name must differ in. */
  readonly beside: readonly string[];
  /** Whether CloudFormation generates one when it is left out. */
  readonly isGenerated: boolean;
  /** Where no two resources may have it. */
  readonly scope: Scope;
}

const NAMES: Readonly<Record<Scope, Readonly<Record<string, string>>>> = types.names;
/** Unlike what their ARNs say: Amazon Cognito Developer Guide, "Using your own domain". */
const DOMAINS: Readonly<Record<string, string>> = { 'AWS::Cognito::UserPoolDomain': 'Domain!' };
const SCOPES = Object.keys(NAMES) as Scope[];

/** How resources of a type are called; undefined for those that have no name of their own. */
export function physicalNameOf(type: string): PhysicalName | undefined {
  const domain = own(DOMAINS, type);
  const scope = domain === undefined ? SCOPES.find((it) => Object.hasOwn(NAMES[it], type)) : 'world';
  if (scope === undefined) return undefined;
  const text = domain ?? NAMES[scope][type]!;
  const [property, ...beside] = text.replace(/!$/, '').split('+') as [string, ...string[]];
  return { property, beside, isGenerated: !text.endsWith('!'), scope };
}

const ARNS: Readonly<Record<string, Readonly<Record<string, string>>>> = types.arns;

/** The type and the name of the resource that an ARN's service and last part are of; undefined when that has no known form. */
export function namedByArn(
  service: string,
  last: string,
): { readonly type: string; readonly name: string } | undefined {
  const forms = Object.entries(own(ARNS, service) ?? {});
  const [form, type] =
    forms.toSorted(([a], [b]) => b.length - a.length).find(([it]) => last.startsWith(it.slice(0, -1))) ?? [];
  if (form === undefined || type === undefined) return undefined;
  // What comes after the name is a part of the resource: a version, an index, a stream.
  return { type, name: last.slice(form.length - 1) };
}

/** Whether an account, or a region of it, has one of a type and no more. */
export const isSingleton = (type: string): boolean => SINGLETONS.has(type);

/** Whether a resource is custom code: no specification says what it does when it is deleted. */
export const isCustom = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

/**
 * Whether CloudFormation's specification knows a type and has nothing in it that would stay: no data, and no snapshots,
 * backups or contents. That is no proof that nothing does.
 */
export const seemsToVanish = (type: string): boolean =>
  SPECIFIED.has(type) && !STATEFUL.has(type) && !LEAVING.has(type) && !isCustom(type);

type Place = Pick<Lift, 'path' | 'value'>;

function placesOf(value: Json | undefined, [key, ...rest]: readonly string[], path: Lift['path']): Place[] {
  if (value === undefined) return [];
  if (key === undefined) return [{ path, value }];
  if (key === '*')
    return Array.isArray(value)
      ? (value as Json[]).flatMap((item, i) => placesOf(item, rest, [...path, i]))
      : [];
  return isObject(value) && Object.hasOwn(value, key) ? placesOf(value[key], rest, [...path, key]) : [];
}

/**
 * Accounts of AWS beside those in the facts of the AWS CDK: Powertools for AWS Lambda, EKS add-ons, AWS for Fluent Bit, and the
 * publisher of the applications that rotate secrets, in each partition.
 */
const PUBLISHERS = [
  '017000801446',
  '602401143452',
  '906394416424',
  '297356227824',
  '193023089310',
  '023102451235',
];
const ACCOUNTS: ReadonlySet<string> = new Set([...types.accounts, ...PUBLISHERS]);

/** Whether an account is one in which AWS publishes what everybody uses. */
export const isAccountOfAws = (account: string): boolean => ACCOUNTS.has(account);
