import { selectsNothing } from '../aws/backup-selection';
import { isCustom, isSingleton, liftsIn, seemsToVanish } from '../aws/types';
import { equalJson, listOf, isObject, type Json, type JsonObject } from '../json';
import type { Breach, CheckFinding } from './finding';
import { ruleId } from './rules';
import { knownOf, SERVICE_LOGS } from './service-logs';
import { textOf } from '../template/text';
import { breach, logGroupsOf, type Path, type Resource, type Rule, type Stack } from './resource';
import { isEmptied, isGoneBeforeEmptying } from './tear-down-buckets';
import { namesOwnGroup, ownsItsLogs } from './tear-down-logs';
import { CLEAN_TYPES, FORBIDDEN_TYPES, hasSettings, settingsOf, type Setting } from './tear-down-types';

/**
 * What in a template would be left when its stack is deleted, or would stop the deletion. Of a type that holds data, or
 * that is unknown, it has to be known what it leaves behind.
 *
 * @param template - one synthesized CloudFormation template
 * @param stackName - the name that the stack is deployed by. @default - not known, as of one that is nested
 */
export function tearDownFindings(template: unknown, stackName?: string): CheckFinding[] {
  const resources = resourcesOf(template);
  const known = knownOf(stackName);
  const stack: Stack = {
    resources: new Map(resources.map((r) => [r.id, r])),
    logGroups: logGroupsOf(resources, known),
    known,
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

function resourceOf(id: string, entry: JsonObject): Resource {
  const properties = isObject(entry['Properties']) ? entry['Properties'] : {};
  return { id, type: textOf(entry['Type']) ?? '', entry, properties };
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

/** Whether it is known what a type leaves behind. */
const isLookedAt = (type: string): boolean =>
  CLEAN_TYPES.has(type) ||
  hasSettings(type) ||
  [SERVICE_LOGS, BY_TYPE].some((table) => Object.hasOwn(table, type));

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

function isSet({ type, properties }: Resource): Breach[] {
  return settingsOf(type, properties).flatMap((setting) =>
    valuesAt(properties, setting.path, ['Properties']).flatMap(([path, value]) =>
      setting.allowed.some((it) => equalJson(it, value)) ? [] : [unset(setting, path, value)],
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

/** What is asked of a type and is no matter of one setting. */
const BY_TYPE: Readonly<Record<string, Rule>> = {
  'AWS::RDS::DBCluster': saysDelete,
  'AWS::RDS::DBInstance': saysDelete,
  'AWS::S3::Bucket': isEmptied,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': isBalancerLoose,
  'AWS::Backup::BackupSelection': isBackupOff,
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
