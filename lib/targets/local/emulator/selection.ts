import type { Blueprint, FunctionTier, StorageTier, Tier } from '../../../blueprint/blueprint';
import { Resources, type Resource } from '../../../blueprint/resources';
import { isObject, listOf, type Json } from '../../../json';
import { idsIn } from '../../../template/references';

/** A tier that an emulator can stand in for. */
export type EmulatedTier = StorageTier | FunctionTier;

/** Storage that programs reach at the endpoint of AWS itself. All other storage has a host and a protocol of its own. */
const AT_THE_ENDPOINT = /^AWS::(DynamoDB|Events|Kinesis|KinesisFirehose|S3|S3Express|SNS|SQS|Timestream)::/;

export const isEmulated = (tier: Tier): tier is EmulatedTier =>
  tier.kind === 'function' || (tier.kind === 'storage' && AT_THE_ENDPOINT.test(tier.type));

/**
 * What is not made in an emulator: what runs on this machine as itself, or not at all, with the network around it; what watches and
 * saves an environment; and what only CloudFormation has.
 */
const NOT_MADE =
  /^(Custom|AWS::(ApplicationAutoScaling|AutoScaling|Backup|CDK|CloudFormation|CloudWatch|DocDB|EC2|ECS|EKS|ElastiCache|ElasticLoadBalancing|ElasticLoadBalancingV2|RDS|Route53))::/;

/**
 * The CDK's custom resource for the events of a bucket: CloudFormation itself cannot make a bucket and the function that it notifies
 * in one step. What its handler calls is called here instead.
 */
export const BUCKET_NOTIFICATIONS = 'Custom::S3BucketNotifications';

/** The resources of an environment that an emulator is to make. */
export interface Selection {
  readonly made: readonly Resource[];
  /** Custom resources that belong to a resource which is made. */
  readonly custom: readonly Resource[];
  /** What a resource refers to. */
  refersTo(from: Resource): ReadonlySet<Resource>;
}

/**
 * Chooses the tiers that an emulator stands in for, what the containers of services are given the names of, what those refer to, and
 * what connects them: event source mappings, subscriptions, rules; but no policy, of which emulators enforce none or some. What only waits for another resource does not need it:
 * every resource of a staging waits for the schedule that deletes it.
 *
 * @param tiers - those of its tiers that are to be emulated
 */
export function selectionOf(blueprint: Blueprint, tiers: readonly Tier[]): Selection {
  const resources = new Resources(blueprint.stacks);
  const references = new Map(resources.all.map((it) => [it, referredIn(it.properties, it, resources)]));
  const refersTo = (from: Resource): ReadonlySet<Resource> => references.get(from) ?? new Set();
  const isNotRun = (it: Resource): boolean => it.type === 'AWS::Lambda::Function' && !isTierOf(it, tiers);
  const candidates = resources.all.filter(
    // what gives events to a function that is not there has nothing to do
    (it) => !NOT_MADE.test(it.type) && !isNotRun(it) && ![...refersTo(it)].some(isNotRun),
  );
  const made = new Set(candidates.filter((it) => isTierOf(it, tiers) || isNamedByContainers(it, resources)));
  for (let size = -1; size !== made.size;) {
    size = made.size;
    for (const it of candidates) {
      const isNeeded = [...made].some((other) => refersTo(other).has(it));
      const connects = !it.type.endsWith('Policy') && [...refersTo(it)].some((other) => made.has(other));
      if (isNeeded || connects) made.add(it);
    }
  }
  const custom = resources.all.filter(
    (it) => isCustom(it) && [...refersTo(it)].some((other) => made.has(other)),
  );
  return { made: resources.all.filter((it) => made.has(it)), custom, refersTo };
}

const isTierOf = ({ stack, logicalId }: Resource, tiers: readonly Tier[]): boolean =>
  tiers.some((tier) => tier.stack === stack && tier.logicalId === logicalId);

const isCustom = ({ type }: Resource): boolean =>
  /^(Custom::|AWS::CloudFormation::CustomResource$)/.test(type);

/** Whether a container's environment variables have the name of a resource: its code calls it. */
function isNamedByContainers(it: Resource, resources: Resources): boolean {
  return resources.ofType('AWS::ECS::TaskDefinition').some((task) =>
    listOf(task.properties['ContainerDefinitions'])
      .filter(isObject)
      .some((container) => referredIn(container['Environment'] ?? [], task, resources).has(it)),
  );
}

/** The resources that a value refers to, in the same stack and in others. */
function referredIn(value: Json, from: Resource, resources: Resources): ReadonlySet<Resource> {
  const ids = idsIn(value);
  const near = resources.all.filter(({ stack, logicalId }) => stack === from.stack && ids.has(logicalId));
  return new Set([...near, ...farIn(value, from, resources)]);
}

function farIn(value: Json, from: Resource, resources: Resources): Resource[] {
  const referred = isObject(value) ? resources.referred(value, from) : undefined;
  const parts: readonly Json[] = isObject(value) ? Object.values(value) : listOf(value);
  return [...(referred ? [referred] : []), ...parts.flatMap((part) => farIn(part, from, resources))];
}
