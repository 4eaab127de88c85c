import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { RunningProperty, RunningResource } from '../observe';
import { CACHE_LAG } from './lag-metrics';
import { lagOf } from './observe-lag';
import { values } from './observe-parameters';
import {
  declaredProperty,
  gone,
  ifThere,
  property,
  running,
  state,
  type Declared,
  type Sight,
} from './observe-sight';
import { allPages } from './pages';

/** Describes Amazon ElastiCache: replication groups and parameter groups. */
export async function describeCaches(sight: Sight): Promise<RunningResource[]> {
  const described: RunningResource[] = [];
  for (const it of sight.of('AWS::ElastiCache::ReplicationGroup'))
    described.push(await describeGroup(it, sight));
  for (const it of sight.of('AWS::ElastiCache::ParameterGroup')) {
    const all = await ifThere(() =>
      allPages(async (Marker) => {
        const page = await sight.ask('elasticache').describeCacheParameters({
          CacheParameterGroupName: it.physicalId,
          Marker,
        });
        return { items: page.Parameters, next: page.Marker };
      }),
    );
    described.push(all ? running(it, values(it, 'Properties', all)) : gone(it));
  }
  return described;
}

async function describeGroup(it: Declared, sight: Sight): Promise<RunningResource> {
  const caches = sight.ask('elasticache');
  const group = await ifThere(async () => {
    const { ReplicationGroups = [] } = await caches.describeReplicationGroups({
      ReplicationGroupId: it.physicalId,
    });
    return ReplicationGroups[0];
  });
  if (group === undefined) return gone(it);
  const nodes = (group.NodeGroups ?? []).flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers);
  const names = group.MemberClusters ?? nodes.flatMap(({ CacheClusterId: name }) => name ?? []);
  // the version and the parameter group are those of each node, and the same for all of them
  const node = await sight.mayFail(`the version of ${sight.shown(it.physicalId)}`, undefined, async () => {
    const [CacheClusterId] = names;
    if (CacheClusterId === undefined) return undefined;
    return (await caches.describeCacheClusters({ CacheClusterId })).CacheClusters?.[0];
  });
  const zones = new Set(nodes.flatMap(({ PreferredAvailabilityZone: zone }) => zone || []));
  const replicas = nodes
    .filter(({ CurrentRole: role }) => role === 'replica')
    .flatMap(({ CacheClusterId: name }) => name ?? []);
  return running(it, groupProperties(it, group, node, sight), {
    states: [
      ...state(
        'engine',
        [group.Engine ?? node?.Engine, node?.EngineVersion].filter(Boolean).join(' '),
        'any',
      ),
      ...state('status', group.Status, 'any'),
      ...state('members', nodes.length, 'plurality'),
      ...state('shards', group.NodeGroups?.length, 'plurality'),
      ...state('zones', zones.size, 'plurality'),
      ...state('replica lag', await lagOf(CACHE_LAG, replicas, sight), 'any'),
      ...state('parameters', node?.CacheParameterGroup?.ParameterApplyStatus ?? 'in-sync', 'same'),
      ...state('pending maintenance', await updatesOf(it, sight), 'same'),
    ],
  });
}

function groupProperties(
  it: Declared,
  group: ReplicationGroup,
  node: CacheCluster | undefined,
  sight: Sight,
): RunningProperty[] {
  const shards = group.NodeGroups ?? [];
  // where shards differ, the one with the fewest replicas is what a failure meets
  const fewest = Math.min(...shards.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length));
  const all = shards.reduce((sum, { NodeGroupMembers = [] }) => sum + NodeGroupMembers.length, 0);
  const isOn = (value: string | undefined): boolean | undefined =>
    value === undefined ? undefined : value === 'enabled' || value === 'enabling';
  const parameters = node?.CacheParameterGroup?.CacheParameterGroupName;
  return [
    ...property('CacheNodeType', group.CacheNodeType),
    ...property('Engine', group.Engine ?? node?.Engine),
    ...property('EngineVersion', node?.EngineVersion, { isVersion: true }),
    ...declaredProperty(it, 'NumNodeGroups', shards.length),
    ...declaredProperty(it, 'ReplicasPerNodeGroup', fewest - 1),
    ...declaredProperty(it, 'NumCacheClusters', all),
    ...property('AutomaticFailoverEnabled', isOn(group.AutomaticFailover)),
    ...property('MultiAZEnabled', isOn(group.MultiAZ), { default: false }),
    ...property('AutoMinorVersionUpgrade', group.AutoMinorVersionUpgrade),
    ...property('TransitEncryptionEnabled', group.TransitEncryptionEnabled),
    ...property('AtRestEncryptionEnabled', group.AtRestEncryptionEnabled),
    ...property('SnapshotRetentionLimit', group.SnapshotRetentionLimit, { default: 0 }),
    ...property('CacheParameterGroupName', parameters && sight.named(parameters)),
  ];
}

function updatesOf({ physicalId }: Declared, sight: Sight): Promise<string | undefined> {
  return sight.mayFail('pending maintenance of caches', undefined, async () => {
    const all = await allPages(async (Marker) => {
      const page = await sight.ask('elasticache').describeUpdateActions({
        ReplicationGroupIds: [physicalId],
        UpdateActionStatus: ['not-applied', 'waiting-to-start', 'scheduling', 'scheduled'],
        Marker,
      });
      return { items: page.UpdateActions, next: page.Marker };
    });
    const names = all.flatMap(({ ServiceUpdateName: name }) => name ?? []);
    return names.toSorted().join(', ') || 'none';
  });
}
