import { selectsNothing } from '../aws/backup-selection';
import { isCustom, isSingleton, liftsIn, seemsToVanish } from '../aws/types';
import { listOf, isObject, type Json, type JsonObject } from '../json';
import type { Breach, CheckFinding } from './finding';
import { ruleId } from './rules';
import { SERVICE_LOGS } from './service-logs';
import { idsIn } from '../template/references';
import { textOf } from '../template/text';
import {
  CLEAN_TYPES,
  FORBIDDEN_TYPES,
  logGroupsOf,
  SETTINGS,
  type Resource,
  type Setting,
} from './tear-down-types';

/**
 * What in a template would be left when its stack is deleted, or would stop the deletion. Of a type that holds data, or
 * that is unknown, somebody has to have looked at what it leaves behind.
 *
 * @param template - one synthesized CloudFormation template
 */
export function tearDownFindings(template: unknown): CheckFinding[] {
  const resources = resourcesOf(template);
  const stack: Stack = {
    resources: new Map(resources.map((r) => [r.id, r])),
    logGroups: logGroupsOf(resources),
  };
  return resources.flatMap((resource) =>
    RULES.flatMap((rule) => rule(resource, stack)).map((found) => ({
      check: 'tear-down' as const,
      id: ruleId('tear-down', found.rule),
      logicalId: resource.id,
      type: resource.type,
      ...found,
    })),
  );
}

function resourcesOf(template: unknown): Resource[] {
  const section = isObject(template) ? template['Resources'] : undefined;
  return Object.entries(isObject(section) ? section : {}).flatMap(([id, entry]) =>
    isObject(entry) ? [resourceOf(id, entry)] : [],
  );
}

/** The template that a resource is in. */
interface Stack {
  readonly resources: ReadonlyMap<string, Resource>;
  /** The ids of the log groups, by name and by reference. */
  readonly logGroups: ReadonlyMap<string, string>;
}

type Path = CheckFinding['path'];
type Rule = (resource: Resource, stack: Stack) => readonly Breach[];

function resourceOf(id: string, entry: JsonObject): Resource {
  const properties = isObject(entry['Properties']) ? entry['Properties'] : {};
  return { id, type: textOf(entry['Type']) ?? '', entry, properties };
}

/** One breach; its value is told when there is one. */
function breach(rule: string, path: Path, value: Json | undefined, message: string, fix: string): Breach {
  return { rule, path, ...(value !== undefined && { value }), message, fix };
}

function isKnown(resource: Resource): Breach[] {
  const { type } = resource;
  if (Object.hasOwn(FORBIDDEN_TYPES, type)) {
    const { does, fix } = FORBIDDEN_TYPES[type]!;
    return [breach('forbidden-type', ['Type'], type, `got ${type}, which ${does}; none is allowed`, fix)];
  }
  if (isSingleton(type)) {
    const message = `got ${type}, of which an account or a region has one, so that it is not the environment's; none is allowed`;
    return [
      breach(
        'forbidden-type',
        ['Type'],
        type,
        message,
        'Make it once for the account, outside the environment.',
      ),
    ];
  }
  if (isLookedAt(type) || seemsToVanish(type) || isUndone(resource)) return [];
  const message = `got ${type}, of which it is not known what it leaves behind; allowed are types that are known to vanish with their stack`;
  const fix =
    'Keep it outside the environment, or, once it was seen to vanish with its stack, acknowledge cdk-twin-staging::TWIN-TD-002 on it with that reason.';
  return [breach('unknown-type', ['Type'], type, message, fix)];
}

/** Calls of AWS that change nothing, by the first word of their names. */
const READS = /"action":"(?:[Bb]atchGet|[Dd]escribe|[Gg]et|[Hh]ead|[Ll]ist|[Ll]ookup|[Ss]earch)[A-Z]/;

/** Whether a call of AWS, made by the CDK's custom resource for it, is undone when it is deleted, or changes nothing. */
function isUndone({ type, properties }: Resource): boolean {
  const calls = ['Create', 'Update'].flatMap((name) => textOf(properties[name]) ?? []);
  if (!isCustom(type) || calls.length === 0) return false;
  return properties['Delete'] !== undefined || calls.every((call) => READS.test(call));
}

/** Whether somebody looked at what a type leaves behind. */
const isLookedAt = (type: string): boolean =>
  CLEAN_TYPES.has(type) || [SETTINGS, SERVICE_LOGS, BY_TYPE].some((table) => Object.hasOwn(table, type));

/** What is worth knowing of a template's tear-down and is nothing to mend. */
export function tearDownNotes(template: unknown): string[] {
  const resources = resourcesOf(template);
  const unseen = resources.map(({ type }) => type).filter((type) => !isLookedAt(type) && seemsToVanish(type));
  const isInVpc = ({ type, properties }: Resource): boolean =>
    type === 'AWS::Lambda::Function' && properties['VpcConfig'] !== undefined;
  return [
    ...[...new Set(unseen)]
      .sort()
      .map(
        (type) =>
          `what ${type} leaves behind nobody has looked at; CloudFormation's specification has nothing that would stay`,
      ),
    ...(resources.some(isInVpc)
      ? ['the deletion waits 20 to 45 minutes for the network interfaces of its functions']
      : []),
  ];
}

function isNotRetained({ entry }: Resource): Breach[] {
  return ['DeletionPolicy', 'UpdateReplacePolicy'].flatMap((name) => {
    const policy = entry[name];
    if (policy === undefined || policy === 'Delete') return [];
    const message = `got ${name} ${JSON.stringify(policy)}, which leaves something behind; allowed is "Delete"`;
    return [breach('retained', [name], policy, message, 'Apply RemovalPolicy.DESTROY to it.')];
  });
}

function isNotKept({ type, properties }: Resource): Breach[] {
  return liftsIn(type, properties).map(({ path, value, lifted, rule, does }) => {
    const name = path.filter((step) => typeof step === 'string').join('.');
    const allowed = JSON.stringify(lifted);
    const message = `got ${name} ${JSON.stringify(value)}, which ${does}; allowed is ${allowed}`;
    return breach(rule, ['Properties', ...path], value, message, `Set ${name} to ${allowed}.`);
  });
}

function entriesBelow(value: Json, path: Path): [Path, Json][] {
  const isParent = isObject(value) || Array.isArray(value);
  const children = Array.isArray(value)
    ? [...(value as Json[]).entries()]
    : isParent
      ? Object.entries(value)
      : [];
  return children.flatMap(([key, child]): [Path, Json][] => [
    [[...path, key], child],
    ...entriesBelow(child as Json, [...path, key]),
  ]);
}

function isSet({ type, properties }: Resource): Breach[] {
  const settings = Object.hasOwn(SETTINGS, type) ? SETTINGS[type]! : [];
  return settings.flatMap((setting) =>
    valuesAt(properties, setting.path, ['Properties']).flatMap(([path, value]) =>
      setting.allowed.includes(value) ? [] : [unset(setting, path, value)],
    ),
  );
}

function valuesAt(
  value: Json | undefined,
  [key, ...rest]: readonly string[],
  path: Path,
): [Path, Json | undefined][] {
  if (key === undefined) return [[path, value]];
  if (key !== '*') return valuesAt(isObject(value) ? value[key] : undefined, rest, [...path, key]);
  return listOf(value).flatMap((item, i) => valuesAt(item, rest, [...path, i]));
}

function unset(
  { rule, path: [...keys], allowed, does, fix }: Setting,
  path: Path,
  value: Json | undefined,
): Breach {
  const name = keys.filter((key) => key !== '*').join('.');
  const got = value === undefined ? `no ${name}` : `${name} ${JSON.stringify(value)}`;
  const shown = new Set(
    allowed.map((item) => textOf(item) ?? (item === undefined ? 'nothing' : JSON.stringify(item))),
  );
  const allows = shown.size > 0 ? `allowed is ${[...shown].join(' or ')}` : 'none is allowed';
  return breach(rule, path, value, `got ${got}, which ${does}; ${allows}`, fix);
}

/** What a service writes its logs to has to be made by the stack before the service does it, and to go after it. */
function ownsItsLogs(resource: Resource, { logGroups, resources }: Stack): Breach[] {
  const logs = Object.hasOwn(SERVICE_LOGS, resource.type) ? SERVICE_LOGS[resource.type]!(resource) : [];
  return logs.flatMap(({ names, path, writesToTheEnd }) => {
    const at = ['Properties', ...path];
    const name = names[0]!;
    const group = names.map((it) => logGroups.get(it)).find((id) => id !== undefined);
    if (group === undefined) {
      const message = `got no log group "${name}" in the stack, so that the service makes one and leaves it behind; allowed is a log group of the stack`;
      return [breach('log-group', at, undefined, message, 'Create that log group in the stack first.')];
    }
    const waitsFor = resource.entry['DependsOn'];
    if (!writesToTheEnd || waitsFor === group || listOf(waitsFor).includes(group)) return [];
    if (areWritersGone(resource, group, resources)) return [];
    const message = `got the log group "${name}" without DependsOn, so that the service makes it again after it was deleted; allowed is to wait for it`;
    return [
      breach(
        'log-group-order',
        at,
        undefined,
        message,
        'Name the resource, and let it depend on its log group.',
      ),
    ];
  });
}

/** A cluster writes while it has services: those have to go before its group, and it need not. */
function areWritersGone({ id, type }: Resource, group: string, resources: Stack['resources']): boolean {
  if (type !== 'AWS::ECS::Cluster') return false;
  const services = [...resources.values()].filter(
    (it) => it.type === 'AWS::ECS::Service' && idsIn(it.entry).has(id),
  );
  return services.every((service) => needed(service.id, resources).has(group));
}

/** CloudFormation takes a snapshot of these by default, of an instance only when it is in no cluster. */
function saysDelete({ entry, properties }: Resource): Breach[] {
  if (properties['DBClusterIdentifier'] !== undefined && entry['Type'] === 'AWS::RDS::DBInstance') return [];
  return ['DeletionPolicy', 'UpdateReplacePolicy']
    .filter((name) => entry[name] === undefined)
    .map((name) => {
      const message = `got no ${name}, for which CloudFormation may take a snapshot; allowed is "Delete"`;
      return breach('default-snapshot', [name], undefined, message, 'Apply RemovalPolicy.DESTROY to it.');
    });
}

function isEmptied({ id, properties }: Resource, { resources }: Stack): Breach[] {
  const names = new Set([`\${${id}}`, textOf(properties['BucketName'])]);
  const isEmptier = (it: Resource): boolean =>
    it.type === EMPTIER && names.has(textOf(it.properties['BucketName']) ?? '');
  if ([...resources.values()].some(isEmptier)) return [];
  const message =
    'got a bucket that nothing empties, which is not deleted while it holds objects; allowed is one with Custom::S3AutoDeleteObjects';
  return [
    breach('not-emptied', ['Type'], 'AWS::S3::Bucket', message, 'Set autoDeleteObjects on the bucket.'),
  ];
}

/** The attributes of a load balancer are pairs, with texts for values. */
function isBalancerLoose({ properties }: Resource): Breach[] {
  const attributes = listOf(properties['LoadBalancerAttributes']);
  const valueOf = (key: string): Json | undefined => {
    const pair = attributes.find((item) => isObject(item) && item['Key'] === key);
    return isObject(pair) ? pair['Value'] : undefined;
  };
  return attributes.flatMap((item, i) => {
    const key = isObject(item) ? (textOf(item['Key']) ?? '') : '';
    const value = valueOf(key);
    if (value === undefined || value === 'false' || value === false) return [];
    const at = ['Properties', 'LoadBalancerAttributes', i, 'Value'];
    if (key === 'deletion_protection.enabled') {
      const message = `got ${key} ${JSON.stringify(value)}, which stops the deletion of the stack; allowed is "false"`;
      return [
        breach('protected', at, value, message, 'Turn the deletion protection of the load balancer off.'),
      ];
    }
    return [];
  });
}

/** What writes to a bucket until it is gone has to go before the bucket is emptied; what the emptying needs itself cannot. */
function isGoneBeforeEmptying({ type, id, entry, properties }: Resource, { resources }: Stack): Breach[] {
  if (!WRITERS.test(type)) return [];
  if (type.endsWith('::LoadBalancer') && !logsToBucket(properties)) return [];
  const refers = idsIn(entry);
  const emptiers = [...resources.values()].filter(({ type: is }) => is === EMPTIER);
  return emptiers.flatMap((emptier) => {
    const bucket = [...idsIn(emptier.entry)].find(
      (it) => refers.has(it) && resources.get(it)?.type === 'AWS::S3::Bucket',
    );
    if (bucket === undefined) return [];
    const waits = needed(id, resources).has(emptier.id);
    if (waits || needed(emptier.id, resources).has(id)) return [];
    const message = `got a reference to ${bucket} without waiting for ${emptier.id}, so that it may fill the bucket again after it was emptied; allowed is to wait for it`;
    return [breach('refilled-bucket', ['DependsOn'], undefined, message, `Let it depend on ${emptier.id}.`)];
  });
}

/** Whether a load balancer writes any of its logs. */
const logsToBucket = (properties: JsonObject): boolean =>
  listOf(properties['LoadBalancerAttributes']).some(
    (item) =>
      isObject(item) &&
      (textOf(item['Key']) ?? '').endsWith('_logs.s3.enabled') &&
      item['Value'] !== 'false' &&
      item['Value'] !== false,
  );

const EMPTIER = 'Custom::S3AutoDeleteObjects';
/** Services that deliver to a bucket by themselves. */
const WRITERS =
  /^AWS::(?:CloudFront::Distribution|CloudTrail::Trail|EC2::FlowLog|ElasticLoadBalancing(?:V2)?::LoadBalancer|KinesisFirehose::DeliveryStream|MSK::Cluster|S3::Bucket|WAFv2::LoggingConfiguration)$/;

/** Everything that a resource needs, by references and by what it waits for. */
function needed(id: string, resources: Stack['resources'], found = new Set<string>()): ReadonlySet<string> {
  for (const it of idsIn(resources.get(id)?.entry ?? {})) {
    if (found.has(it) || !resources.has(it)) continue;
    found.add(it);
    needed(it, resources, found);
  }
  return found;
}

/** Amazon EFS User Guide, "Backing up EFS file systems": those in one zone are backed up unless they say otherwise. */
function isBackedUpByDefault({ properties }: Resource): Breach[] {
  if (properties['AvailabilityZoneName'] === undefined || properties['BackupPolicy'] !== undefined) return [];
  const message =
    "got no BackupPolicy for a file system in one zone, which leaves recovery points in the account's backup vault; allowed is DISABLED";
  return [
    breach(
      'automated-backups',
      ['Properties', 'BackupPolicy'],
      undefined,
      message,
      'Set BackupPolicy.Status to DISABLED.',
    ),
  ];
}

function isBackupOff({ properties }: Resource): Breach[] {
  if (selectsNothing(properties)) return [];
  const message =
    'got a selection of a backup plan, whose recovery points outlive the stack and keep their vault from being deleted; allowed is one that selects nothing';
  const fix = "Leave its conditions as the staging's lifecycle sets them.";
  return [breach('automated-backups', ['Properties', 'BackupSelection'], undefined, message, fix)];
}

function isPrivateZone({ properties }: Resource): Breach[] {
  if (listOf(properties['VPCs']).length > 0) return [];
  const message =
    'got no VPCs, which makes a public zone that is not deleted while it holds records of others; allowed is a private zone';
  return [
    breach(
      'public-zone',
      ['Properties', 'VPCs'],
      undefined,
      message,
      'Keep public zones outside the environment.',
    ),
  ];
}

/** What a task or a flow log writes to by name has to be in the stack; what a parameter brings is another stack's. */
function namesOwnGroup(resource: Resource, { logGroups, resources }: Stack): Breach[] {
  const named = entriesBelow(resource.properties, ['Properties']).filter(([path]) =>
    ['awslogs-group', 'LogGroupName', 'LogGroup'].includes(String(path.at(-1))),
  );
  return named.flatMap(([path, value]) => {
    const name = textOf(value);
    const given = /^\$\{([\w:.]+)\}$/.exec(name ?? '')?.[1];
    if (name === undefined || logGroups.has(name) || (given !== undefined && !resources.has(given)))
      return [];
    const message = `got the log group "${name}", which is not in the stack and stays behind; allowed is a log group of the stack`;
    return [breach('log-group', path, value, message, 'Create that log group in the stack first.')];
  });
}

/** What is asked of a type and is no matter of one setting. */
const BY_TYPE: Readonly<Record<string, Rule>> = {
  'AWS::RDS::DBCluster': saysDelete,
  'AWS::RDS::DBInstance': saysDelete,
  'AWS::S3::Bucket': isEmptied,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': isBalancerLoose,
  'AWS::Backup::BackupSelection': isBackupOff,
  'AWS::EFS::FileSystem': isBackedUpByDefault,
  'AWS::Route53::HostedZone': isPrivateZone,
  'AWS::ECS::TaskDefinition': namesOwnGroup,
  'AWS::EC2::FlowLog': namesOwnGroup,
  'AWS::Lambda::Function': namesOwnGroup,
};

const RULES: readonly Rule[] = [
  isKnown,
  isNotRetained,
  isNotKept,
  isSet,
  isGoneBeforeEmptying,
  (resource, stack) =>
    Object.hasOwn(BY_TYPE, resource.type) ? BY_TYPE[resource.type]!(resource, stack) : [],
  ownsItsLogs,
];
