import {
  Aspects,
  CfnDeletionPolicy,
  CfnResource,
  Fn,
  Mixins,
  Stack,
  Validations,
  type IAspect,
} from 'aws-cdk-lib';
import { BaseLoadBalancer, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnBucket, mixins } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { didYouMean, TwinError } from '../error';
import { EPHEMERAL_SETTINGS, LEFT_OUT_BESIDE_SNAPSHOT, SELF_DESTRUCT } from '../parity/lifecycle';
import type { Snapshot } from './definition';
import { SelfDestruct, type SelfDestructProps } from './self-destruct';

/** After everything that others do by aspects, before what only reads. */
const LAST_WORD = 900;

/** Gives a stack the life of a staging: nothing is retained, nothing is protected, and it removes itself. */
export function makeEphemeral(stack: Stack, { expires }: SelfDestructProps): void {
  stack.terminationProtection = false; // it would keep the schedule from deleting the stack
  const selfDestruct = new SelfDestruct(stack, SELF_DESTRUCT, { expires });
  for (const own of stack.node.findAll().filter((node) => Stack.isStack(node))) emptyBuckets(own);
  Aspects.of(stack).add(new Ephemeral(selfDestruct), { priority: LAST_WORD });
}

/** Sets what {@link EPHEMERAL_SETTINGS} says on every resource, and makes each wait for the self-destruct. */
class Ephemeral implements IAspect {
  constructor(private readonly selfDestruct: SelfDestruct) {}

  visit(node: IConstruct): void {
    if (node instanceof BaseLoadBalancer) node.setAttribute('deletion_protection.enabled', 'false');
    if (!CfnResource.isCfnResource(node)) return;
    node.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    node.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
    if (!isClusterMember(node)) {
      const settings = EPHEMERAL_SETTINGS[node.cfnResourceType] ?? {};
      for (const [name, value] of Object.entries(settings)) node.addPropertyOverride(name, value);
    }
    if (node instanceof CfnLoadBalancer) liftProtection(node);
    if (Stack.of(node) === Stack.of(this.selfDestruct)) this.selfDestruct.guard(node);
  }
}

/** Backups and protection of an Aurora instance are its cluster's: on the instance they do not apply. */
function isClusterMember(node: CfnResource): boolean {
  return node instanceof CfnDBInstance && node.dbClusterIdentifier !== undefined;
}

/** A load balancer made without the L2 has its attributes as a plain list. */
function liftProtection(loadBalancer: CfnLoadBalancer): void {
  const attributes = loadBalancer.loadBalancerAttributes;
  if (!Array.isArray(attributes)) return;
  loadBalancer.loadBalancerAttributes = attributes.map((attribute) =>
    'key' in attribute && attribute.key === 'deletion_protection.enabled'
      ? { ...attribute, value: 'false' }
      : attribute,
  );
}

/** A bucket that the topology itself has emptied, in every environment. */
const isEmptiedAlready = (bucket: IConstruct): boolean =>
  bucket.node.scope?.node.tryFindChild('AutoDeleteObjectsCustomResource') !== undefined;

/** CloudFormation deletes no bucket that holds something: the CDK's own custom resource empties them before. */
function emptyBuckets(stack: Stack): void {
  const buckets = stack.node
    .findAll()
    .filter((node) => CfnBucket.isCfnBucket(node) && Stack.of(node) === stack && !isEmptiedAlready(node));
  if (buckets.length === 0) return;
  for (const bucket of buckets) Mixins.of(bucket).apply(new mixins.BucketAutoDeleteObjects());
  const isEmptier = (node: IConstruct): node is CfnResource =>
    CfnResource.isCfnResource(node) && node.node.path.includes('AutoDeleteObjects');
  const emptiers = stack.node.findAll().filter(isEmptier);
  const handler = emptiers.find(({ cfnResourceType }) => cfnResourceType === 'AWS::Lambda::Function');
  if (!handler) return;
  // Lambda makes this group by itself and leaves it behind; one that is there already is deleted with the stack.
  const logs = new CfnLogGroup(stack, 'AutoDeleteObjectsLogs', {
    logGroupName: Fn.join('/', ['', 'aws', 'lambda', handler.ref]),
    retentionInDays: 1,
  });
  for (const emptier of emptiers) {
    if (emptier.cfnResourceType === 'Custom::S3AutoDeleteObjects') {
      emptier.addResourceDependency(logs);
    }
  }
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

/** The clusters of an environment by the path of the construct that holds them. */
function restorable(environment: IConstruct): ReadonlyMap<string, CfnResource> {
  const tiers = new Map<string, CfnResource>();
  for (const node of environment.node.findAll()) {
    if (!CfnResource.isCfnResource(node) || !Object.hasOwn(LEFT_OUT_BESIDE_SNAPSHOT, node.cfnResourceType))
      continue;
    const path = node.node.path.slice(environment.node.path.length + 1);
    tiers.set(path.replace(/\/(Resource|Default)$/, ''), node);
  }
  return tiers;
}

function restoreTier(path: string, tier: CfnResource, from: Snapshot): void {
  const isCache = tier.cfnResourceType === 'AWS::ElastiCache::ReplicationGroup';
  if (isCache === 'snapshot' in from) {
    throw new TwinError({
      code: 'restore-from',
      message: `"${path}" is an ${tier.cfnResourceType}, which is not restored from ${Object.keys(from).join(' and ')}`,
      fix: isCache ? 'Give it cacheSnapshot or cacheSnapshotArns.' : 'Give it snapshot and kmsKeyArn.',
    });
  }
  for (const [name, value] of Object.entries(propertiesOf(from))) tier.addPropertyOverride(name, value);
  for (const name of LEFT_OUT_BESIDE_SNAPSHOT[tier.cfnResourceType]!) tier.addPropertyDeletionOverride(name);
  if (isCache) return;
  Validations.of(tier).acknowledge({
    id: 'CloudFormation-Validate::F3021',
    reason: 'The user name comes with the snapshot and may not be given beside it; the password is set anew.',
  });
}

function propertiesOf(from: Snapshot): Record<string, unknown> {
  if ('snapshot' in from) return { SnapshotIdentifier: from.snapshot, KmsKeyId: from.kmsKeyArn };
  if ('cacheSnapshot' in from) return { SnapshotName: from.cacheSnapshot };
  return { SnapshotArns: from.cacheSnapshotArns };
}
