import { TwinError } from '../../error';
import type { Clients } from './clients';
import { nounOf, type SnapshotService } from './database-service';
import { allPages } from './pages';

/** Tags that something has, each with its value. */
export type Tags = Readonly<Record<string, string>>;

/** What a service keeps, with its tags. */
interface Tagged {
  readonly id: string;
  readonly tags: readonly Tag[];
}

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/**
 * The one database or cache of a service that has tags.
 *
 * @throws TwinError `seed` where none has them, or several do: which is meant is not guessed
 */
export async function taggedIn(
  tier: string,
  tags: Tags,
  service: SnapshotService,
  clients: Clients,
  signal: AbortSignal,
): Promise<string> {
  const wanted = Object.entries(tags);
  const all = await allOf(service, clients, signal);
  const found = all.filter((it) =>
    wanted.every(([key, value]) => it.tags.some(({ Key, Value }) => Key === key && Value === value)),
  );
  const [only] = found;
  if (only && found.length === 1) return only.id;
  throw notOne(
    tier,
    wanted,
    service,
    found.map(({ id }) => id),
    await clients.region(),
  );
}

async function allOf(
  service: SnapshotService,
  clients: Clients,
  signal: AbortSignal,
): Promise<readonly Tagged[]> {
  if (service === 'elasticache') return cachesIn(clients, signal);
  const rds = clients.for('rds', signal);
  if (service === 'rds-instance') {
    const all = await allPages(async (Marker) => {
      const page = await rds.describeDBInstances({ Marker });
      return { items: page.DBInstances, next: page.Marker };
    });
    // members of a cluster have the cluster's snapshots
    const alone = all.filter(({ DBClusterIdentifier: cluster }) => cluster === undefined);
    return alone.map(({ DBInstanceIdentifier: id = '', TagList: tags = [] }) => ({ id, tags }));
  }
  // Amazon RDS lists the clusters of Amazon DocumentDB and Amazon Neptune too, and alone says their tags
  const all = await allPages(async (Marker) => {
    const page = await rds.describeDBClusters({ Marker });
    return { items: page.DBClusters, next: page.Marker };
  });
  const isOwn = (engine: string): boolean => serviceOfEngine(engine) === service;
  return all
    .filter(({ Engine: engine = '' }) => isOwn(engine))
    .map(({ DBClusterIdentifier: id = '', TagList: tags = [] }) => ({ id, tags }));
}

const serviceOfEngine = (engine: string): SnapshotService =>
  engine === 'docdb' || engine === 'neptune' ? engine : 'rds';

async function cachesIn(clients: Clients, signal: AbortSignal): Promise<readonly Tagged[]> {
  const cache = clients.for('elasticache', signal);
  const groups = await allPages(async (Marker) => {
    const page = await cache.describeReplicationGroups({ Marker });
    return { items: page.ReplicationGroups, next: page.Marker };
  });
  return Promise.all(
    groups.map(async ({ ReplicationGroupId: id = '', ARN: ResourceName }) => {
      const { TagList: tags = [] } = await cache.listTagsForResource({ ResourceName });
      return { id, tags };
    }),
  );
}

function notOne(
  tier: string,
  wanted: readonly (readonly [string, string])[],
  service: SnapshotService,
  found: readonly string[],
  region: string,
): TwinError {
  const tags = wanted.map(([key, value]) => `${key}=${value}`).join(', ');
  const how = found.length === 0 ? `no ${nounOf(service)} has` : `${found.join(', ')} all have`;
  return new TwinError({
    code: 'seed',
    message: `${how} the tags of ${tier} in aws.seed.clusters (${tags}) in ${region}`,
    fix:
      found.length === 0
        ? 'Correct the tags, or name its profile or Region in aws.seed.production.'
        : 'Give more tags, so that one alone has them, or its name.',
  });
}
