import { isObject, listOf, type Json } from '../json';
import type { CacheProps, CacheTier, ReadTier, StorageTier } from './blueprint';
import { usersOf } from './cache-users';
import type { Resource, Resources } from './resources';
import { DEFAULT_VERSION, numberOf, textOf } from '../template/values';

/** Reads an ElastiCache replication group. */
export function cacheTier(group: Resource, resources: Resources): ReadTier<CacheTier> {
  const { Engine, EngineVersion, Port, AuthToken, CacheNodeType, CacheParameterGroupName } = group.properties;
  const parameters = parametersOf(group, resources);
  const shards = shardsOf(group);
  const isClustered =
    textOf(group.properties['ClusterMode']) === 'enabled' ||
    parameters['cluster-enabled'] === 'yes' ||
    textOf(CacheParameterGroupName)?.endsWith('.cluster.on') === true;
  return {
    kind: 'cache',
    engine: engineOf(Engine),
    engineVersion: textOf(EngineVersion) ?? DEFAULT_VERSION,
    port: numberOf(Port) ?? 6379,
    authToken: AuthToken,
    ...usersOf(listOf(group.properties['UserGroupIds']), group, resources),
    ...tlsOf(group),
    clusterMode: isClustered || shards > 1,
    shards,
    replicas: replicasOf(group),
    class: textOf(CacheNodeType) ?? 'unknown',
    parameters,
  };
}

/** Reads a cluster of nodes without replicas: Memcached, or a single node of Valkey or Redis. */
export function nodeCache(cluster: Resource, resources: Resources): ReadTier<StorageTier> {
  const { Engine, EngineVersion, Port, NumCacheNodes, CacheNodeType } = cluster.properties;
  const engine = engineOf(Engine);
  const cache: CacheProps = {
    engine,
    engineVersion: textOf(EngineVersion) ?? DEFAULT_VERSION,
    port: numberOf(Port) ?? portOf(engine),
    isServerless: false,
    nodes: numberOf(NumCacheNodes) ?? 1,
    encrypts: String(cluster.properties['TransitEncryptionEnabled']) === 'true',
    class: textOf(CacheNodeType) ?? 'unknown',
    parameters: parametersOf(cluster, resources),
  };
  return { kind: 'storage', type: cluster.type, cache };
}

/**
 * Reads a serverless cache, whose clients always encrypt:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
 */
export function serverlessCache(cache: Resource, resources: Resources): ReadTier<StorageTier> {
  const { type, properties } = cache;
  const engine = engineOf(properties['Engine']);
  const maxBytes = bytesOf(properties['CacheUsageLimits']);
  const read: CacheProps = {
    engine,
    engineVersion: textOf(properties['MajorEngineVersion']) ?? DEFAULT_VERSION,
    port: portOf(engine),
    isServerless: true,
    nodes: 1,
    encrypts: true,
    ...usersOf(properties['UserGroupId'] === undefined ? [] : [properties['UserGroupId']], cache, resources),
    ...(maxBytes !== undefined && { maxBytes }),
    parameters: {},
  };
  return { kind: 'storage', type, cache: read };
}

const engineOf = (engine: Json | undefined): string => textOf(engine)?.toLowerCase() ?? 'redis';

const portOf = (engine: string): number => (engine === 'memcached' ? 11_211 : 6379);

/** The largest amount of data, of which gigabytes are the only unit. */
function bytesOf(limits: Json | undefined): number | undefined {
  const storage = isObject(limits) ? limits['DataStorage'] : undefined;
  const gigabytes = isObject(storage) ? numberOf(storage['Maximum']) : undefined;
  return gigabytes === undefined ? undefined : gigabytes * 1024 ** 3;
}

/** Required unless the group says that it is preferred. */
function tlsOf({ properties }: Resource): Pick<CacheTier, 'tls'> {
  if (String(properties['TransitEncryptionEnabled']) !== 'true') return {};
  return { tls: textOf(properties['TransitEncryptionMode']) === 'preferred' ? 'preferred' : 'required' };
}

function shardsOf({ properties: { NumNodeGroups, NodeGroupConfiguration } }: Resource): number {
  return numberOf(NumNodeGroups) ?? Math.max(listOf(NodeGroupConfiguration).length, 1);
}

function replicasOf({ properties }: Resource): number {
  const { ReplicasPerNodeGroup, NodeGroupConfiguration, NumCacheClusters } = properties;
  const [shard] = listOf(NodeGroupConfiguration);
  const declared = isObject(shard) ? shard['ReplicaCount'] : undefined;
  return numberOf(ReplicasPerNodeGroup) ?? numberOf(declared) ?? (numberOf(NumCacheClusters) ?? 1) - 1;
}

function parametersOf(group: Resource, resources: Resources): Record<string, string> {
  const parameters = resources.referred(group.properties['CacheParameterGroupName'], group)?.properties[
    'Properties'
  ];
  if (!isObject(parameters)) return {};
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
