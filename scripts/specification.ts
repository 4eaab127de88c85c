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
}

/** Reads the CloudFormation specification that is installed. */
export function typesOfSpecification(): SpecifiedTypes {
  const specification = loadAwsServiceSpecSync();
  const resources = [...specification.all('resource')].sort((a, b) =>
    a.cloudFormationType < b.cloudFormationType ? -1 : 1,
  );
  const services: Record<string, string[]> = {};
  const protections: Record<string, Record<string, string | boolean>> = {};
  for (const { cloudFormationType: type, properties } of resources) {
    const [, service = type, name = ''] = /^(.+)::([^:]+)$/.exec(type) ?? [];
    (services[service] ??= []).push(name);
    const found = protectionsIn(specification, type, properties);
    if (found.length > 0) protections[type] = Object.fromEntries(found);
  }
  const typesOf = (is: (resource: (typeof resources)[number]) => boolean): string[] =>
    resources.filter(is).map(({ cloudFormationType }) => cloudFormationType);
  return {
    services: Object.fromEntries(
      Object.entries(services).map(([service, names]) => [service, names.join(' ')]),
    ),
    stateful: typesOf(({ isStateful }) => isStateful === true),
    protections,
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
