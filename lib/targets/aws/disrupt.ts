import type { NodeGroupMember } from '@aws-sdk/client-elasticache';
import { TwinError } from '../../error';
import { checkQuota } from '../failover-quota';
import type { Disrupted, Disruption, MemberState, Watch } from '../target';
import { ensure } from './ensure';
import type { LiveTier } from './live-tiers';
import { hasStandby, instanceOf } from './instances';
import { clusterOf, databasesOf, isInstance, membersOf, type Cluster } from './members';
import { nothingTo, loseZone, stopTask } from './stop-tasks';
import { testFailovers } from './test-failovers';
import { until } from './until';

/** Breaks something, and waits until the service has repaired it. */
export async function disrupt(
  live: LiveTier,
  disruption: Disruption,
  pollMs: number,
  watch: Watch,
): Promise<Disrupted> {
  const before = await membersOf(live, watch.signal);
  let lost: string | undefined;
  if (disruption.kind === 'kill task') await stopTask(live, before, pollMs, watch);
  else if (disruption.kind === 'lose zone') lost = await loseZone(live, pollMs, watch);
  else if (live.tier.kind === 'cache') await failOverCache(live, pollMs, watch);
  else if (isInstance(live.tier)) await failOverInstance(live, pollMs, watch);
  else await failOverCluster(live, before, pollMs, watch);
  return { before, after: await membersOf(live, watch.signal), ...(lost !== undefined && { lost }) };
}

/** Aurora and DocumentDB alike. */
async function failOverCluster(
  live: LiveTier,
  before: readonly MemberState[],
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const next = before.find(({ role, state }) => role === 'replica' && state === 'running')?.name;
  if (next === undefined) throw nothingTo('take over', live);
  const databases = databasesOf(live, watch.signal);
  const isWriter = ({ DBClusterMembers: members = [] }: Cluster): boolean =>
    members.some((it) => it.DBInstanceIdentifier === next && it.IsClusterWriter === true);
  const asked = { DBClusterIdentifier: live.physicalId, TargetDBInstanceIdentifier: next };
  await ensure(
    {
      make: () => databases.failoverDBCluster(asked),
      isMade: async () => {
        const now = await clusterOf(live, watch.signal);
        return now.Status === 'failing-over' || isWriter(now);
      },
    },
    watch.signal,
  );
  watch.log(`${live.tier.name}: failing over to ${next}`);
  await until(
    () => clusterOf(live, watch.signal),
    (now) => now.Status === 'available' && isWriter(now),
    { signal: watch.signal, pollMs },
  );
}

/** Reboots an instance so that its standby takes over, and waits until that is where the instance is: read replicas take no part. */
async function failOverInstance(live: LiveTier, pollMs: number, watch: Watch): Promise<void> {
  const { signal } = watch;
  const before = await instanceOf(live, signal);
  if (!hasStandby(before)) throw noStandby(live);
  const rds = live.clients.for('rds', signal);
  await rds.rebootDBInstance({ DBInstanceIdentifier: live.physicalId, ForceFailover: true });
  watch.log(`${live.tier.name}: failing over to ${before.SecondaryAvailabilityZone}`);
  await until(
    () => instanceOf(live, signal),
    // the service says that it is available before it says where
    ({ DBInstanceStatus: status, AvailabilityZone: zone }) =>
      status === 'available' && zone !== before.AvailabilityZone,
    { signal, pollMs },
  );
}

/** Shard by shard, each when the one before is done, as the service demands: all of them, or none. */
async function failOverCache(
  { tier, physicalId, clients }: LiveTier,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  const cache = clients.for('elasticache', signal);
  const group = async () =>
    (await cache.describeReplicationGroups({ ReplicationGroupId: physicalId })).ReplicationGroups?.[0];
  const shards = (await group())?.NodeGroups ?? [];
  const left = checkQuota(await testFailovers({ [tier.name]: shards.length }, clients, signal), [tier.name]);
  if (left !== undefined) watch.log(left);
  for (const { NodeGroupId: shard, NodeGroupMembers: before = [] } of shards) {
    if (shard === undefined) continue;
    await ensure(
      {
        make: () => cache.testFailover({ ReplicationGroupId: physicalId, NodeGroupId: shard }),
        isMade: async () => {
          const now = await group();
          const members =
            now?.NodeGroups?.find(({ NodeGroupId: id }) => id === shard)?.NodeGroupMembers ?? [];
          // a group that fails over is changed for minutes; where the service says who is the primary, also after that
          return now?.Status !== 'available' || primaryOf(members) !== primaryOf(before);
        },
      },
      signal,
    );
    watch.log(`${tier.name}: failing over shard ${shard}`);
    await until(group, (it) => it?.Status === 'available', { signal, pollMs });
  }
}

const primaryOf = (members: readonly NodeGroupMember[]): string | undefined =>
  members.find(({ CurrentRole: role }) => role === 'primary')?.CacheClusterId;

const noStandby = ({ tier, physicalId }: LiveTier): TwinError =>
  new TwinError({
    code: 'no-member',
    message: `${tier.name}, the instance ${physicalId}, has no standby: there is nothing to fail over to`,
    fix: 'Set MultiAZ on it, in both environments, or leave it out of drills.failover.',
  });
