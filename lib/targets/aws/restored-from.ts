import { RESTORES } from '../../aws/life';
import { blueprintOf } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { isObject, own } from '../../json';
import type { SeededTier } from '../production';
import type { Deployment } from '../target';
import type { SnapshotService } from './database-service';
import { regionOf, stacksOf } from './environment-stacks';
import { isNotThere } from './failed-call';
import type { AwsPlace } from './place';
import { snapshotCalls } from './snapshot-calls';

/** Whose calls describe the snapshots that a type is restored from: Amazon RDS lists those of DocumentDB too. */
const SERVICES: Readonly<Record<string, SnapshotService>> = {
  'AWS::RDS::DBCluster': 'rds',
  'AWS::DocDB::DBCluster': 'docdb',
  'AWS::RDS::DBInstance': 'rds-instance',
  'AWS::ElastiCache::ReplicationGroup': 'elasticache',
};

/** A data tier that is restored from a snapshot. */
interface Restored {
  readonly tier: string;
  readonly service: SnapshotService;
  readonly snapshot: string;
  readonly region: string | undefined;
}

/** The data tiers of a deployment whose templates say that they are restored from a snapshot. */
export function restoredIn(deployment: Deployment): readonly Restored[] {
  const { stacks, tiers } = blueprintOf(deployment.assembly, deployment.environment);
  const planned = stacksOf(deployment);
  return tiers.flatMap(({ name: tier, stack, logicalId }) => {
    const resources = stacks.find(({ path }) => path === stack)?.template['Resources'];
    const entry = isObject(resources) ? resources[logicalId] : undefined;
    if (!isObject(entry)) return [];
    const type = String(entry['Type']);
    const properties = isObject(entry['Properties']) ? entry['Properties'] : {};
    const sources = own(RESTORES, type)?.from ?? [];
    const snapshot = sources.map((it) => properties[it]).find((it) => it !== undefined);
    const service = own(SERVICES, type);
    if (!service || typeof snapshot !== 'string') return [];
    return [{ tier, service, snapshot, region: regionOf(planned, stack) }];
  });
}

/**
 * When the data of the snapshots were production's.
 *
 * @throws TwinError `data` where one is gone: then nothing says how old its data are
 */
export const seedsFrom = (
  restored: readonly Restored[],
  environment: string,
  place: AwsPlace,
  signal: AbortSignal,
): Promise<readonly SeededTier[]> =>
  Promise.all(
    restored.map(async ({ tier, service, snapshot, region }) => {
      const calls = snapshotCalls(service, place.in(region), signal);
      const found = await calls.list({ name: snapshot }).catch((error: unknown) => {
        if (isNotThere(error)) return [];
        throw error;
      });
      const [one] = found;
      if (!one) throw notThere(tier, environment, snapshot);
      return { tier, from: one.name, at: one.takenAt.toISOString() };
    }),
  );

const notThere = (tier: string, environment: string, snapshot: string): TwinError =>
  new TwinError({
    code: 'data',
    message: `${tier} of ${environment} was restored from ${snapshot}, which this account does not have: nothing says how old its data are`,
    fix: 'Keep the snapshot until all clients have moved.',
  });
