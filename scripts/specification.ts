import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';

/** What lib/aws/types.json holds. */
export interface SpecifiedTypes {
  /** Every resource type: the names by service. */
  readonly services: Readonly<Record<string, string>>;
  /** Types that hold data. */
  readonly stateful: readonly string[];
  /** By type, the properties that keep a resource from being deleted, with the value that lifts each; `*` is every item of a list. */
  readonly protections: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  /** Types with properties that tell of something that may be left behind: snapshots, backups, contents. */
  readonly leaving: readonly string[];
  /** Types of which an account, or a region of it, has one: that is what tells them apart. */
  readonly singletons: readonly string[];
  /** By type, the properties that name another resource, with the types that it may be; `*` is every item of a list. */
  readonly relations: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Reads the CloudFormation specification that is installed. */
export function typesOfSpecification(): SpecifiedTypes {
  const specification = loadAwsServiceSpecSync();
  const resources = [...specification.all('resource')].sort((a, b) =>
    a.cloudFormationType < b.cloudFormationType ? -1 : 1,
  );
  const services: Record<string, string[]> = {};
  const protections: Record<string, Record<string, string | boolean>> = {};
  const relations: Record<string, Record<string, string>> = {};
  for (const { cloudFormationType: type, properties, primaryIdentifier = [] } of resources) {
    const [, service = type, name = ''] = /^(.+)::([^:]+)$/.exec(type) ?? [];
    (services[service] ??= []).push(name);
    const found = protectionsIn(specification, type, properties);
    if (found.length > 0) protections[type] = Object.fromEntries(found);
    const related = relationsIn(specification, properties).filter(
      ([path, types]) => path !== primaryIdentifier.join() && saysSo(path, types),
    );
    if (related.length > 0) relations[type] = Object.fromEntries(related);
  }
  const typesOf = (is: (resource: (typeof resources)[number]) => boolean): string[] =>
    resources.filter(is).map(({ cloudFormationType }) => cloudFormationType);
  return {
    services: Object.fromEntries(
      Object.entries(services).map(([service, names]) => [service, names.join(' ')]),
    ),
    stateful: typesOf(({ isStateful }) => isStateful === true),
    protections,
    relations,
    leaving: typesOf(({ properties }) => Object.keys(properties).some((name) => LEAVING.test(name))),
    singletons: typesOf(({ primaryIdentifier = [] }) =>
      /^(?:(?:Aws)?AccountId|Region)$/.test(primaryIdentifier.join()),
    ),
  };
}

/** What services call the protection of a resource against its deletion. */
const PROTECTION =
  /^(?:DeletionProtection(?:Enabled|Status|Check)?|DeletionProtected|DeleteProtection|DisableApiTermination|(?:Managed)?TerminationProtect(?:ion|ed)(?:Enabled)?|NewInstancesProtectedFromScaleIn)$/;
const LEAVING =
  /FinalSnapshot|ForceDelete|EmptyOnDelete|DeleteAutomatedBackups|(?:Backup|Snapshot)\w*Retention|^BackupPolicy$/;

/** Values that the specification does not list; the API references of Amazon Cognito and Amazon EC2 Auto Scaling have them. */
const UNLISTED: Readonly<Record<string, string>> = {
  'AWS::Cognito::UserPool.DeletionProtection': 'INACTIVE',
  'AWS::AutoScaling::AutoScalingGroup.DeletionProtection': 'none',
};

type Found = readonly [path: string, lifted: string | boolean];

function protectionsIn(
  specification: SpecDatabase,
  type: string,
  properties: Readonly<Record<string, Property>>,
  path: readonly string[] = [],
  seen: ReadonlySet<string> = new Set(),
): Found[] {
  const isProtection = path.some((name) => PROTECTION.test(name));
  return Object.entries(properties).flatMap(([name, { type: is }]): Found[] => {
    const here = [...path, name];
    if (isProtection || PROTECTION.test(name)) {
      const lifted = liftedBy(is) ?? UNLISTED[`${type}.${here.join('.')}`];
      if (lifted !== undefined) return [[here.join('.'), lifted]];
    }
    const [of, below] = is.type === 'array' ? [is.element, [...here, '*']] : [is, here];
    if (of.type !== 'ref' || seen.has(of.reference.$ref)) return [];
    const { properties: inner } = specification.get('typeDefinition', of.reference.$ref);
    return protectionsIn(specification, type, inner, below, new Set([...seen, of.reference.$ref]));
  });
}

/** The value at which a property protects nothing, as far as the specification says. */
function liftedBy(type: PropertyType): string | boolean | undefined {
  if (type.type === 'boolean') return false;
  const allowed = type.type === 'string' ? (type.allowedValues ?? []) : [];
  return allowed.find((value) => /^(?:DISABLED|INACTIVE|NONE|BYPASS)$/i.test(value));
}

/**
 * Whether a property's own name says what it names: the specification takes some from examples, such as the bucket in an
 * `Origins.*.Id`.
 */
function saysSo(path: string, types: string): boolean {
  const name = path.split('.').findLast((step) => step !== '*')!;
  const targets = new Set(types.split(' ').flatMap((type) => wordsOf(type.replace(/^AWS::/, ''))));
  return /(?:Arns?|ARNs?)$/.test(name) || wordsOf(name).some((word) => targets.has(word));
}

const wordsOf = (name: string): string[] =>
  (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase().replace(/s$/, ''));

/** Properties that name another resource, with the types that it may be, as one text. */
function relationsIn(
  specification: SpecDatabase,
  properties: Readonly<Record<string, Property>>,
  path: readonly string[] = [],
  seen: ReadonlySet<string> = new Set(),
): [path: string, types: string][] {
  return Object.entries(properties).flatMap(([name, { type, relationshipRefs = [] }]): [string, string][] => {
    const types = [...new Set(relationshipRefs.map(({ cloudFormationType }) => cloudFormationType))].sort();
    const own: [string, string][] = types.length > 0 ? [[[...path, name].join('.'), types.join(' ')]] : [];
    const [of, below] =
      type.type === 'array' ? [type.element, [...path, name, '*']] : [type, [...path, name]];
    if (of.type !== 'ref' || seen.has(of.reference.$ref)) return own;
    const { properties: inner } = specification.get('typeDefinition', of.reference.$ref);
    return [...own, ...relationsIn(specification, inner, below, new Set([...seen, of.reference.$ref]))];
  });
}
