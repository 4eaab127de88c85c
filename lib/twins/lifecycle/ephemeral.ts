import { Aspects, CfnDeletionPolicy, CfnResource, Stack, Validations, type IAspect } from 'aws-cdk-lib';
import { CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import { BaseLoadBalancer, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { selectingNothing } from '../../aws/backup-selection';
import {
  CLONE,
  CLONE_OF,
  leftOutBeside,
  LIFE_SETTINGS,
  lifeSettingsOf,
  RESTORES,
  type LifeSetting,
} from '../../aws/life';
import { beginningOf, type RestoreRequest } from '../../aws/restore-request';
import { standsAlone } from '../../aws/stands-alone';
import { keepingProperties, liftsIn } from '../../aws/types';
import { didYouMean, TwinError } from '../../error';
import { isObject, own } from '../../json';
import { SELF_DESTRUCT } from '../../parity/lifecycle';
import { emptyBuckets } from './buckets';
import type { Snapshot } from '../definition';
import { keepLogs } from './logs';
import { mayHave, propertiesOf } from './resources';
import { SelfDestruct, type SelfDestructProps } from './self-destruct';

/** After everything that others do by aspects, before what only reads. */
const LAST_WORD = 900;

/** Gives a stack the life of a staging: nothing is retained, nothing is protected, and it removes itself. */
export function makeEphemeral(stack: Stack, props: SelfDestructProps): void {
  stack.terminationProtection = false; // it would keep the schedule from deleting the stack
  const selfDestruct = new SelfDestruct(stack, SELF_DESTRUCT, props);
  for (const it of stack.node.findAll().filter((node) => Stack.isStack(node))) emptyBuckets(it);
  Aspects.of(stack).add(new Ephemeral(selfDestruct), { priority: LAST_WORD });
}

/** Sets what {@link LIFE_SETTINGS} says on every resource, and makes each wait for the self-destruct. */
class Ephemeral implements IAspect {
  constructor(private readonly selfDestruct: SelfDestruct) {}

  visit(node: IConstruct): void {
    // An aspect of the app may protect every stack again, on whichever construct of it.
    Stack.of(this.selfDestruct).terminationProtection = false;
    if (node instanceof BaseLoadBalancer) node.setAttribute('deletion_protection.enabled', 'false');
    if (!CfnResource.isCfnResource(node)) return;
    node.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    node.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
    if (!isClusterMember(node)) {
      for (const { property, set } of settingsOf(node))
        if (set === null) node.addPropertyDeletionOverride(property);
        else node.addPropertyOverride(property, set);
    }
    if (mayHave(node, keepingProperties(node.cfnResourceType))) liftProtections(node);
    if (node instanceof CfnLoadBalancer) liftAttribute(node);
    if (node instanceof CfnBackupSelection) backUpNothing(node);
    keepLogs(node);
    if (Stack.of(node) === Stack.of(this.selfDestruct)) this.selfDestruct.guard(node);
  }
}

/** What is set on a resource; most have nothing to set, and are not looked into. */
const settingsOf = (node: CfnResource): readonly LifeSetting[] =>
  Object.hasOwn(LIFE_SETTINGS, node.cfnResourceType)
    ? lifeSettingsOf(node.cfnResourceType, propertiesOf(node))
    : [];

/** Backups and protection of an Aurora instance are its cluster's: on the instance they do not apply. */
function isClusterMember(node: CfnResource): boolean {
  return node instanceof CfnDBInstance && node.dbClusterIdentifier !== undefined;
}

/** What protects a resource from being deleted is lifted where it stands; what is not protected stays as it is. */
function liftProtections(node: CfnResource): void {
  for (const { path, lifted } of liftsIn(node.cfnResourceType, propertiesOf(node)))
    node.addPropertyOverride(path.join('.'), lifted);
}

/** Backup plans stay and select nothing: recovery points would outlive the stack, and keep their vault from being deleted. */
function backUpNothing(node: CfnBackupSelection): void {
  const selection = propertiesOf(node)['BackupSelection'];
  const conditions = isObject(selection) ? selection['Conditions'] : undefined;
  node.addPropertyOverride('BackupSelection.Conditions', selectingNothing(conditions));
}

/** A load balancer made without the L2 has its attributes as a plain list. */
function liftAttribute(loadBalancer: CfnLoadBalancer): void {
  const attributes = loadBalancer.loadBalancerAttributes;
  if (!Array.isArray(attributes)) return;
  loadBalancer.loadBalancerAttributes = attributes.map((attribute) =>
    'key' in attribute && attribute.key === 'deletion_protection.enabled'
      ? { ...attribute, value: 'false' }
      : attribute,
  );
}

/**
 * Restores the data tiers of an environment from snapshots.
 *
 * @throws TwinError `restore-from` for a path without a tier that can be restored
 */
export function restore(environment: IConstruct, snapshots: Readonly<Record<string, Snapshot>>): void {
  const tiers = restorable(environment);
  for (const [path, from] of Object.entries(snapshots)) {
    const tier = tiers.get(path);
    if (!tier) {
      throw new TwinError({
        code: 'restore-from',
        message: `"${path}" is no tier that can be restored; ${didYouMean(path, [...tiers.keys()])}`,
        fix: 'Name the tier by its construct path inside the environment.',
      });
    }
    restoreTier(path, tier, from);
  }
}

/** What a rehearsal asks to restore an environment from: each tier from a snapshot of its own, or a cluster. */
export function snapshotsFor(
  environment: IConstruct,
  request: RestoreRequest,
): Readonly<Record<string, Snapshot>> {
  const { kmsKeyArn } = request;
  const found = [...restorable(environment)].flatMap(([path, tier]): [string, Snapshot][] => {
    const { cfnResourceType: type } = tier;
    const inStack = tier.node.path.slice(tier.stack.node.path.length + 1);
    const beginning = beginningOf(request, [path, inStack], type === CACHE);
    if (beginning === 'empty') return [];
    // what cannot be cloned stays as it is, and the rehearsal says so
    if ('clone' in beginning)
      return own(RESTORES, type)?.isCloned ? [[path, { ...beginning, kmsKeyArn }]] : [];
    const { snapshot } = beginning;
    if (type === CACHE) return [[path, { cacheSnapshot: snapshot }]];
    return [[path, type === INSTANCE ? { instanceSnapshot: snapshot } : { snapshot, kmsKeyArn }]];
  });
  return Object.fromEntries(found);
}

const CACHE = 'AWS::ElastiCache::ReplicationGroup';
const INSTANCE = 'AWS::RDS::DBInstance';

/** The clusters, and the instances that are in none, of an environment by the path of the construct that holds them. */
function restorable(environment: IConstruct): ReadonlyMap<string, CfnResource> {
  const tiers = new Map<string, CfnResource>();
  for (const node of environment.node.findAll()) {
    if (!CfnResource.isCfnResource(node) || !own(RESTORES, node.cfnResourceType)?.leaveOut) continue;
    if (node.cfnResourceType === INSTANCE && !standsAlone(propertiesOf(node))) continue;
    const path = node.node.path.slice(environment.node.path.length + 1);
    tiers.set(path.replace(/\/(Resource|Default)$/, ''), node);
  }
  return tiers;
}

function restoreTier(path: string, tier: CfnResource, from: Snapshot): void {
  const { cfnResourceType: type } = tier;
  const { keys, fix } = own(FORMS, type) ?? OF_CLUSTER;
  if (!keys.some((key) => key in from)) {
    throw new TwinError({
      code: 'restore-from',
      message: `"${path}" is an ${type}, which is not restored from ${Object.keys(from).join(' and ')}`,
      fix,
    });
  }
  const seed = seedOf(from);
  const leftOut = leftOutBeside(type, Object.keys(seed)[0]!)!;
  for (const name of leftOut) tier.addPropertyDeletionOverride(name);
  for (const [name, value] of Object.entries(seed)) tier.addPropertyOverride(name, value);
  if (!leftOut.includes('MasterUsername')) return;
  Validations.of(tier).acknowledge({
    id: 'CloudFormation-Validate::F3021',
    reason: 'The user name comes with the snapshot and may not be given beside it; the password is set anew.',
  });
}

/** By what a type is restored, and how that is said. */
interface Form {
  readonly keys: readonly string[];
  readonly fix: string;
}

const OF_CLUSTER: Form = {
  keys: ['snapshot', 'clone'],
  fix: 'Give it snapshot and kmsKeyArn, or clone and kmsKeyArn.',
};
const FORMS: Readonly<Record<string, Form>> = {
  [CACHE]: {
    keys: ['cacheSnapshot', 'cacheSnapshotArns'],
    fix: 'Give it cacheSnapshot or cacheSnapshotArns.',
  },
  [INSTANCE]: {
    keys: ['instanceSnapshot'],
    fix: 'Give it instanceSnapshot: it stays under the key of its snapshot.',
  },
};

/** What it is restored from comes first. */
function seedOf(from: Snapshot): Record<string, unknown> {
  if ('clone' in from) return { [CLONE_OF]: from.clone, ...CLONE, KmsKeyId: from.kmsKeyArn };
  if ('snapshot' in from) return { SnapshotIdentifier: from.snapshot, KmsKeyId: from.kmsKeyArn };
  if ('instanceSnapshot' in from) return { DBSnapshotIdentifier: from.instanceSnapshot };
  if ('cacheSnapshot' in from) return { SnapshotName: from.cacheSnapshot };
  return { SnapshotArns: from.cacheSnapshotArns };
}
