import { standsAlone } from '../aws/stands-alone';
import { STORAGE_TYPES } from '../aws/storage';
import { own } from '../json';
import type { ComputeTier, ReadTier, StorageTier, Tier } from './blueprint';
import { cacheTier, nodeCache, serverlessCache } from './caches';
import { documentTier, isMember, sqlTier } from './databases';
import { functionTier } from './functions';
import { instanceTier, primaryOf } from './instances';
import type { Resource, Resources } from './resources';
import { serviceTier } from './services';

/** Reads the tier that a resource is; undefined for a resource that is not a tier. */
export function tierOf(resource: Resource, resources: Resources): ReadTier<Tier> | undefined {
  const read = own(READERS, resource.type) ?? (STORAGE_TYPES.has(resource.type) ? storageTier : undefined);
  return read?.(resource, resources);
}

type Reader = (resource: Resource, resources: Resources) => ReadTier<Tier> | undefined;

const storageTier = ({ type }: Resource): ReadTier<StorageTier> => ({ kind: 'storage', type });

const computeTier = ({ type }: Resource): ReadTier<ComputeTier> => ({ kind: 'compute', type });

/** An instance that forwards the packets of others is a part of the network: a NAT instance. */
const virtualMachine = (it: Resource): ReadTier<ComputeTier> | undefined =>
  it.properties['SourceDestCheck'] === false ? undefined : computeTier(it);

/** A group that tasks of ECS run on is a part of their services. */
const machineGroup = (group: Resource, resources: Resources): ReadTier<ComputeTier> | undefined =>
  resources
    .ofType('AWS::ECS::CapacityProvider')
    .some((it) => resources.referredWithin(it.properties, it, group.type) === group)
    ? undefined
    : computeTier(group);

/** An instance that is in no cluster. A read replica is a part of the tier of its source, where that is in the environment. */
function databaseInstance(instance: Resource, resources: Resources): ReadTier<Tier> | undefined {
  if (isMember(instance) || primaryOf(instance, resources)) return undefined;
  return standsAlone(instance.properties) ? instanceTier(instance, resources) : storageTier(instance);
}

const READERS: Readonly<Record<string, Reader>> = {
  'AWS::RDS::DBCluster': (cluster, resources) => sqlTier(cluster, resources) ?? storageTier(cluster),
  'AWS::RDS::DBInstance': databaseInstance,
  'AWS::DocDB::DBCluster': documentTier,
  'AWS::ElastiCache::ReplicationGroup': cacheTier,
  'AWS::ElastiCache::CacheCluster': nodeCache,
  'AWS::ElastiCache::ServerlessCache': serverlessCache,
  'AWS::ECS::Service': serviceTier,
  'AWS::Lambda::Function': functionTier,
  'AWS::EC2::Instance': virtualMachine,
  'AWS::AutoScaling::AutoScalingGroup': machineGroup,
  'AWS::EKS::Cluster': computeTier,
  'Custom::AWSCDK-EKS-Cluster': computeTier,
};
