import { isSelectingNothing } from '../aws/backup-selection';
import { CLONE, CLONE_OF, leftOutBeside, lifeSettingsOf, RESTORES, type LifeSetting } from '../aws/life';
import { keptAt, physicalNameOf } from '../aws/types';
import { hangsOnStack } from '../checks/names';
import { SERVICE_LOGS } from '../checks/service-logs';
import { equalJson, isObject, listOf, own, type Json, type JsonObject } from '../json';
import { ASSETS } from '../template/deployment';
import type { Difference, Path } from '../template/differences';
import {
  addedByLifecycle,
  EMPTYING_TAG,
  publishedByLifecycle,
  isEmptierStatement,
  isEmptierStatements,
  isOwnLogGroup,
  isOwnLogs,
  isEmptier,
  isSchedule,
  propertiesOf,
} from './lifecycle-resources';
import type { Model } from '../template/model';
import { textOf } from '../template/text';

/** That a data tier is restored: of all that the life list has, this alone a second production may have too. */
export const SEED = 'seed';

/** The construct that removes a staging by itself; its logical ids begin with it. */
export const SELF_DESTRUCT = 'SelfDestruct';

/** A difference with what is known of its resource, of which most rules ask little. */
class Case {
  readonly prod: Json | undefined;
  readonly staging: Json | undefined;

  /** @param below - what is below the resource: `Properties`, `DeletionProtection` */
  constructor(
    { prod, staging }: Difference,
    readonly below: Path,
    private readonly entries: { readonly prod: Json | undefined; readonly staging: Json | undefined },
  ) {
    this.prod = prod;
    this.staging = staging;
  }

  get type(): string {
    const entry = this.entries.staging ?? this.entries.prod;
    return isObject(entry) ? String(entry['Type']) : '';
  }

  /** The resource's properties on each side. */
  get properties(): { readonly prod: JsonObject; readonly staging: JsonObject } {
    return { prod: propertiesOf(this.entries.prod), staging: propertiesOf(this.entries.staging) };
  }
}

/** What being ephemeral changes at a place, with the only values that it may have. */
interface LifecycleRule {
  readonly what: string;
  readonly allows: (it: Case) => boolean;
}

const POLICY: readonly LifecycleRule[] = [
  { what: 'deletion policy', allows: ({ below, staging }) => below.length === 1 && staging === 'Delete' },
];

/** The closed list of what being ephemeral changes, by the attribute of a resource that it stands in. */
const RULES: Readonly<Record<string, readonly LifecycleRule[]>> = {
  DeletionPolicy: POLICY,
  UpdateReplacePolicy: POLICY,
  DependsOn: [
    { what: 'self-destruct', allows: (it) => isWaiting(it, isSchedule) },
    {
      what: 'emptying before deletion',
      allows: (it) => isWaiting(it, (id) => isSchedule(id) || isEmptier(id)),
    },
    {
      what: 'logs of its own',
      allows: (it) => isWaiting(it, (id) => isSchedule(id) || isEmptier(id) || isOwnLogs(id)),
    },
  ],
  Properties: [
    { what: 'deletion protection', allows: isProtectionLifted },
    {
      what: 'backup retention',
      allows: (it) =>
        isSetting(it, 'backup retention') || isLifted(it, 'automated-backups') || isDeselected(it),
    },
    { what: SEED, allows: isSeed },
    {
      what: 'emptying before deletion',
      allows: (it) => isSetting(it, 'emptying before deletion') || isEmptied(it),
    },
    { what: 'logs of its own', allows: isLoggedApart },
    { what: 'volumes', allows: (it) => isLifted(it, 'volume') },
    { what: 'physical name', allows: isOwnName },
  ],
};

/** What the life list says of a difference: which of its rules permits it, or nothing. */
export function explainLifecycle(difference: Difference, prod: Model, staging: Model): string | undefined {
  const [section, id, ...below] = difference.path;
  if (section === ASSETS && id !== undefined && below.length === 0)
    return difference.prod === undefined
      ? publishedByLifecycle(String(id), difference.staging, prod, staging)
      : undefined;
  if (section !== 'Resources' || typeof id !== 'string') return undefined;
  if (below.length === 0)
    return difference.prod === undefined ? addedByLifecycle(id, difference.staging) : undefined;
  const rules = own(RULES, String(below[0])) ?? [];
  if (rules.length === 0) return undefined;
  const entries = { prod: own(prod.Resources, id), staging: own(staging.Resources, id) };
  const it = new Case(difference, below, entries);
  return rules.find((rule) => rule.allows(it))?.what;
}

/**
 * Whether production keeps a resource, or a snapshot of it, by a policy that staging leaves out, so that it is deleted: a
 * stack that Twins did not make need not say so. What it leaves out where the default keeps something is a difference.
 */
export function isDeletedByDefault({ path, prod, staging }: Difference, model: Model): boolean {
  const [section, id, policy, ...rest] = path;
  const isPolicy = section === 'Resources' && typeof id === 'string' && rest.length === 0;
  if (!isPolicy || prod === undefined || staging !== undefined) return false;
  // AWS CloudFormation Template Reference, "UpdateReplacePolicy attribute": "By default, CloudFormation then deletes the old
  // resource."
  if (policy === 'UpdateReplacePolicy') return true;
  return policy === 'DeletionPolicy' && !isSnapshotByDefault(own(model.Resources, id));
}

/**
 * AWS CloudFormation Template Reference, "DeletionPolicy attribute": "The default policy is Snapshot for AWS::RDS::DBCluster
 * resources and for AWS::RDS::DBInstance resources that don't specify the DBClusterIdentifier property."
 */
function isSnapshotByDefault(entry: Json | undefined): boolean {
  const type = isObject(entry) ? entry['Type'] : undefined;
  if (type === 'AWS::RDS::DBInstance') return propertiesOf(entry)['DBClusterIdentifier'] === undefined;
  return type === 'AWS::RDS::DBCluster';
}

/** Whether the staging value is the one that being ephemeral sets. */
function isSetting({ type, below, staging, properties: sides }: Case, what: LifeSetting['what']): boolean {
  const [properties, name, ...rest] = below;
  if (properties !== 'Properties' || rest.length > 0) return false;
  const setting = lifeSettingsOf(type, sides.prod).find((it) => it.property === name && it.what === what);
  return setting !== undefined && equalJson(staging ?? null, setting.set);
}

function isProtectionLifted(it: Case): boolean {
  if (isLifted(it, 'protected')) return true;
  const [properties, attributes, index, value, ...rest] = it.below;
  const isProtection = (side: JsonObject): boolean => {
    const attribute = listOf(side['LoadBalancerAttributes'])[Number(index)];
    return isObject(attribute) && attribute['Key'] === 'deletion_protection.enabled';
  };
  return (
    it.type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' &&
    properties === 'Properties' &&
    attributes === 'LoadBalancerAttributes' &&
    value === 'Value' &&
    rest.length === 0 &&
    isProtection(it.properties.prod) &&
    isProtection(it.properties.staging) &&
    it.prod === 'true' &&
    it.staging === 'false'
  );
}

/** Whether what keeps something in production keeps nothing in staging. */
function isLifted({ type, below: [section, ...path], prod, staging }: Case, rule: string): boolean {
  const kept = section === 'Properties' ? keptAt(type, path) : undefined;
  return kept !== undefined && kept.rule === rule && prod !== undefined && staging === kept.lifted;
}

/** A backup plan goes on and selects nothing. */
const isDeselected = ({ type, below: [section, ...path], prod, staging }: Case): boolean =>
  type === 'AWS::Backup::BackupSelection' &&
  section === 'Properties' &&
  isSelectingNothing(path, prod, staging);

/** What it is restored from, its key, what makes a clone, and what must be left out beside; without a source none of them. */
function isSeed({ type, below, staging, properties }: Case): boolean {
  const [section, name, ...rest] = below;
  if (section !== 'Properties' || typeof name !== 'string' || rest.length > 0) return false;
  const sources = own(RESTORES, type)?.from ?? [];
  const source = sources.find((it) => properties.staging[it] !== undefined);
  const leftOut = source === undefined ? undefined : leftOutBeside(type, source);
  if (!leftOut) return false;
  if (leftOut.includes(name)) return staging === undefined;
  if (source === CLONE_OF && Object.hasOwn(CLONE, name)) return equalJson(staging ?? null, CLONE[name]);
  return (name === source || name === 'KmsKeyId') && staging !== undefined;
}

/** Everything in an ephemeral stack waits for the schedule that deletes it, and what may write to a bucket for its emptying. */
function isWaiting({ below, prod, staging }: Case, isWaitedFor: (id: Json) => boolean): boolean {
  if (below.length !== 1) return false;
  const added = listOf(staging).filter((item) => !listOf(prod).includes(item));
  const kept = listOf(staging).filter((item) => !added.includes(item));
  return added.length > 0 && added.every(isWaitedFor) && equalJson(kept, listOf(prod));
}

/** A function writes to a log group that goes with the stack; what exports logs is called by what its log groups are. */
function isLoggedApart({ type, below, prod, staging, properties }: Case): boolean {
  const place = below.join('.');
  const isIdentifier =
    /^Properties\.DB(?:Cluster|Instance)Identifier$/.test(place) ||
    (type === 'AWS::EKS::Cluster' && place === 'Properties.Name');
  if (isIdentifier && prod === undefined)
    return (
      exportsLogs(type, properties.staging) &&
      typeof staging === 'string' &&
      /^[a-z][a-z0-9-]*-[0-9a-f]{8}$/.test(staging)
    );
  if (type !== 'AWS::Lambda::Function' || prod !== undefined) return false;
  if (place === 'Properties.LoggingConfig.LogGroup') return isOwnLogGroup(staging);
  return (
    place === 'Properties.LoggingConfig' &&
    isObject(staging) &&
    Object.keys(staging).join() === 'LogGroup' &&
    isOwnLogGroup(staging['LogGroup'])
  );
}

/** Whether a service makes log groups for a resource. */
const exportsLogs = (type: string, properties: JsonObject): boolean =>
  (own(SERVICE_LOGS, type)?.({ id: '', type, entry: {}, properties }, new Map()) ?? []).length > 0;

/** A name that is production's alone: staging has a generated one, or the same with more behind it. */
function isOwnName({ type, below: [section, property, ...rest], prod, staging }: Case): boolean {
  const named = section === 'Properties' && rest.length === 0 ? physicalNameOf(type) : undefined;
  const name = textOf(prod);
  if (!named || named.property !== property || name === undefined || name === '' || hangsOnStack(name))
    return false;
  if (staging === undefined) return named.isGenerated;
  const other = named.isGenerated ? undefined : textOf(staging);
  return other?.startsWith(`${name}-`) === true && /^[\w-]+$/.test(other.slice(name.length + 1));
}

/** The statements of a bucket's policy, or one of them. */
const STATEMENTS = /^Properties\.PolicyDocument(?:\.Fn::If\.<item>)*\.Statement(\.<item>)?$/;

function isEmptied({ type, below, prod, staging }: Case): boolean {
  const place = below.map((key) => (typeof key === 'number' ? '<item>' : key)).join('.');
  if (type === 'AWS::S3::BucketPolicy') {
    const [within, item] = STATEMENTS.exec(place) ?? [];
    if (within === undefined) return false;
    // Where others differ too, in the account that they name, each is told by itself.
    if (item !== undefined) return prod === undefined && isEmptierStatement(staging);
    const before = Array.isArray(prod) || prod === undefined ? listOf(prod) : [prod];
    return isEmptierStatements(staging, before);
  }
  if (type !== 'AWS::S3::Bucket' || prod !== undefined) return false;
  return place === 'Properties.Tags'
    ? equalJson(staging, [EMPTYING_TAG])
    : place === 'Properties.Tags.<item>' && equalJson(staging, EMPTYING_TAG);
}
