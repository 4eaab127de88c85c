import type { DBInstance } from '@aws-sdk/client-rds';
import type { MemberState } from '../target';
import type { LiveTier } from './live-tiers';

/** An RDS instance as its service knows it: that of a tier, or another one. */
export async function instanceOf(
  { physicalId, clients }: LiveTier,
  signal: AbortSignal,
  name: string = physicalId,
): Promise<DBInstance> {
  const { DBInstances: [instance] = [] } = await clients
    .for('rds', signal)
    .describeDBInstances({ DBInstanceIdentifier: name });
  return instance ?? {};
}

/** The read replicas of a tier's instance, and theirs: also those that no stack made. */
export async function replicasOf(
  live: LiveTier,
  source: DBInstance,
  signal: AbortSignal,
): Promise<readonly DBInstance[]> {
  const { ReadReplicaDBInstanceIdentifiers: names = [] } = source;
  // one in another Region is named by its ARN, and is no part of what stands here
  const here = names.filter((name) => !name.startsWith('arn:'));
  const replicas = await Promise.all(here.map((name) => instanceOf(live, signal, name)));
  const further = await Promise.all(replicas.map((it) => replicasOf(live, it, signal)));
  return replicas.flatMap((it, i) => [it, ...further[i]!]);
}

/**
 * The instance, its standby and its read replicas. A standby has no name of its own: both are called by their zones, which change
 * places when it takes over.
 */
export async function instanceMembers(live: LiveTier, signal: AbortSignal): Promise<readonly MemberState[]> {
  const primary = await instanceOf(live, signal);
  const { AvailabilityZone: zone, SecondaryAvailabilityZone: standby } = primary;
  const state = stateOf(primary);
  const inZone = (it: string | undefined): string => `${live.physicalId} (${it})`;
  const own: readonly MemberState[] = hasStandby(primary)
    ? [
        { name: inZone(zone), role: 'primary', state },
        { name: inZone(standby), role: 'standby', state },
      ]
    : [{ name: live.physicalId, role: 'primary', state }];
  const replicas = await replicasOf(live, primary, signal);
  return [
    ...own,
    ...replicas.map((it): MemberState => ({
      name: it.DBInstanceIdentifier ?? '',
      role: 'replica',
      state: stateOf(it),
    })),
  ];
}

/** Whether an instance has a standby in another zone that can take over. */
export const hasStandby = ({ MultiAZ, SecondaryAvailabilityZone }: DBInstance): boolean =>
  MultiAZ === true && SecondaryAvailabilityZone !== undefined;

const stateOf = ({ DBInstanceStatus: status }: DBInstance): MemberState['state'] =>
  status === 'available' ? 'running' : 'starting';
