import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { Fact } from 'aws-cdk-lib/region-info';
import type { Property, PropertyType, Resource, SpecDatabase } from '@aws-cdk/service-spec-types';

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
  /**
   * The properties that together are the physical name of a resource, joined by `+`, by type and by where no two resources may
   * share it; `!` ends one that cannot be left out.
   */
  readonly names: Readonly<Record<Scope, Readonly<Record<string, string>>>>;
  /** By service, the forms that the last part of an ARN has, with the type of resource; `*` is its name. */
  readonly arns: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Accounts of AWS that the AWS CDK writes into templates: of load balancers' logs, of layers and of repositories. */
  readonly accounts: readonly string[];
}

/** Where a physical name is the only one of its kind. */
type Scope = 'region' | 'account' | 'world';

/** Reads the CloudFormation specification that is installed. */
export function typesOfSpecification(): SpecifiedTypes {
  const specification = loadAwsServiceSpecSync();
  const resources = [...specification.all('resource')].sort((a, b) =>
    a.cloudFormationType < b.cloudFormationType ? -1 : 1,
  );
  const services: Record<string, string[]> = {};
  const protections: Record<string, Record<string, string | boolean>> = {};
  const relations: Record<string, Record<string, string>> = {};
  const names: Record<Scope, Record<string, string>> = { region: {}, account: {}, world: {} };
  const arns: Record<string, Record<string, string>> = {};
  const scopes = scopesByService(resources);
  for (const resource of resources) {
    const { cloudFormationType: type, properties, primaryIdentifier = [] } = resource;
    const [, service = type, last = ''] = /^(.+)::([^:]+)$/.exec(type) ?? [];
    (services[service] ??= []).push(last);
    const found = protectionsIn(specification, type, properties);
    if (found.length > 0) protections[type] = Object.fromEntries(found);
    const related = relationsIn(specification, properties).filter(
      ([path, types]) => path !== primaryIdentifier.join() && saysSo(path, types),
    );
    if (related.length > 0) relations[type] = Object.fromEntries(related);
    const physical = nameOf(resource, new Set(related.map(([path]) => path)));
    if (physical === undefined) continue;
    names[scopeOf(resource) ?? scopes.get(service) ?? 'region'][type] = physical;
    const [arnOf, form] = arnFormOf(resource) ?? [];
    if (arnOf !== undefined && form !== undefined) (arns[arnOf] ??= {})[form] ??= type;
  }
  const typesOf = (is: (resource: (typeof resources)[number]) => boolean): string[] =>
    resources.filter(is).map(({ cloudFormationType }) => cloudFormationType);
  return {
    services: Object.fromEntries(Object.entries(services).map(([service, all]) => [service, all.join(' ')])),
    stateful: typesOf(({ isStateful }) => isStateful === true),
    protections,
    relations,
    names,
    arns,
    accounts: accountsOfAws(),
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

/** The properties that are the name of a resource, when it has one that its owner can give. */
function nameOf(resource: Resource, related: ReadonlySet<string>): string | undefined {
  const { properties, primaryIdentifier = [] } = resource;
  const isText = (name: string): boolean => properties[name]?.type.type === 'string' && !related.has(name);
  const given = primaryIdentifier.filter((name) => Object.hasOwn(properties, name));
  const own = given.filter((name) => isText(name) && !/(?:A[rR][nN]|^(?:\w*AccountId|Region))$/.test(name));
  const isWhole = given.length === primaryIdentifier.length || own.some((name) => name.endsWith('Name'));
  const isInAnother = given.some((name) => related.has(name));
  if (isInAnother || NOT_UNIQUE.has(resource.cloudFormationType)) return undefined;
  const names =
    own.length > 0 && own.length === given.length && isWhole
      ? own
      : Object.keys(properties).filter((name) => isText(name) && isUnique(resource, name));
  if (names.length === 0 || (names !== own && names.length > 1)) return undefined;
  const last = resource.cloudFormationType.split('::').at(-1)!;
  const isOwnId = (name: string): boolean => name === 'Id' || name === `${last}Id`;
  const main = names.find((name) => /(?:Name|Identifier|Identity|Label|Prefix)$/.test(name) || isOwnId(name));
  if (main === undefined) return undefined;
  const isRequired = properties[main]!.required === true;
  const within = WITHIN[resource.cloudFormationType] ?? [];
  return `${[main, ...within, ...names.filter((name) => name !== main)].join('+')}${isRequired ? '!' : ''}`;
}

/** Names that may be given twice, or are the only ones in an API alone: Amazon API Gateway Developer Guide. */
const NOT_UNIQUE: ReadonlySet<string> = new Set(['AWS::ApiGateway::ApiKey', 'AWS::ApiGateway::Model']);

/** Where a name is the only one in another resource, which may be a default one: user guides of EventBridge and its Scheduler. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'AWS::Events::Rule': ['EventBusName'],
  'AWS::Scheduler::Schedule': ['GroupName'],
};

/** Whether a property that is no identifier is a name that no two resources may share, by the ARN or by its documentation. */
function isUnique(
  { cloudFormationType: type, properties, arnTemplate = '' }: Resource,
  name: string,
): boolean {
  const { causesReplacement, documentation = '' } = properties[name]!;
  const last = type.split('::').at(-1)!;
  if (UNIQUE.has(`${type}.${name}`)) return true;
  if (!/(?:Name|Identifier)$/.test(name) || causesReplacement !== 'yes') return false;
  if (name !== 'Name' && !`${last}Name`.endsWith(name)) return false;
  const inArn = new Set([...arnTemplate.matchAll(/\$\{(\w+)\}/g)].map(([, word]) => word!.toLowerCase()));
  return (
    inArn.has(name.toLowerCase()) ||
    inArn.has(`${last}${name}`.toLowerCase()) ||
    (/generates? a (?:unique )?(?:physical )?(?:[\w ]+ )?(?:ID|name)|unique[^.]*(?:account|[Rr]egion)/.test(
      documentation,
    ) &&
      !/unique (?:within|in) (?:a|the|your) (?!AWS|account|Region)/.test(documentation))
  );
}

/**
 * Names that the specification does not tell: user guides of AWS Secrets Manager, IAM, Amazon EC2, Amazon MSK, AWS Network Firewall and
 * Amazon Cognito.
 */
const UNIQUE: ReadonlySet<string> = new Set([
  'AWS::SecretsManager::Secret.Name',
  'AWS::IAM::ManagedPolicy.ManagedPolicyName',
  'AWS::EC2::LaunchTemplate.LaunchTemplateName',
  'AWS::MSK::Cluster.ClusterName',
  'AWS::MSK::Configuration.Name',
  'AWS::NetworkFirewall::Firewall.FirewallName',
  'AWS::NetworkFirewall::FirewallPolicy.FirewallPolicyName',
  'AWS::NetworkFirewall::RuleGroup.RuleGroupName',
]);

/** Where the name in an ARN is unique: without an account in the world, without a region in the account. */
function scopeOf({ arnTemplate }: Pick<Resource, 'arnTemplate'>): Scope | undefined {
  if (arnTemplate === undefined) return undefined;
  if (/:\$\{Account\}:|\$\{Region\}/.test(arnTemplate))
    return arnTemplate.includes('${Region}') ? 'region' : 'account';
  return 'world';
}

/** The service in a type's ARNs, and the form of their last part, when it ends with one name. */
function arnFormOf({ arnTemplate = '' }: Resource): [service: string, form: string] | undefined {
  const [, service, rest] = /^arn:\$\{Partition\}:([\w-]+):[^:]*:[^:]*:(.+)$/.exec(arnTemplate) ?? [];
  const form = rest?.replaceAll(/\$\{\w+\}/g, '*');
  const isOne = form !== undefined && form.endsWith('*') && form.indexOf('*') === form.length - 1;
  return service !== undefined && isOne ? [service, form] : undefined;
}

/** The scope of services all of whose ARNs have one scope: for types without an ARN. */
function scopesByService(resources: readonly Resource[]): ReadonlyMap<string, Scope> {
  const found = new Map<string, Set<Scope>>();
  for (const { cloudFormationType: type, arnTemplate } of resources) {
    const service = type.slice(0, type.lastIndexOf('::'));
    const scope = scopeOf({ arnTemplate });
    if (scope) found.set(service, (found.get(service) ?? new Set()).add(scope));
  }
  return new Map(
    [...found].flatMap(([service, [scope, ...more]]) =>
      scope && more.length === 0 ? [[service, scope]] : [],
    ),
  );
}

/** The accounts in the facts of the AWS CDK, by region. */
function accountsOfAws(): string[] {
  const facts = Fact.regions.flatMap((region) => Fact.names.map((name) => Fact.find(region, name) ?? ''));
  return [...new Set(facts.flatMap((fact) => fact.match(/(?<!\d)\d{12}(?!\d)/g) ?? []))].sort();
}
