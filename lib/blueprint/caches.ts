import { isObject, listOf } from '../json';
import type { CacheTier, ReadTier } from './blueprint';
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
    engine: textOf(Engine)?.toLowerCase() ?? 'redis',
    engineVersion: textOf(EngineVersion) ?? DEFAULT_VERSION,
    port: numberOf(Port) ?? 6379,
    authToken: AuthToken,
    ...(listOf(group.properties['UserGroupIds']).length > 0 && { hasUsers: true }),
    ...tlsOf(group),
    clusterMode: isClustered || shards > 1,
    shards,
    replicas: replicasOf(group),
    class: textOf(CacheNodeType) ?? 'unknown',
    parameters,
  };
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
