import type { Clients } from './clients';
import type { Snapshot } from '@aws-sdk/client-elasticache';
import { databases, type ClusterService, type SnapshotService } from './database-service';
import { allPages } from './pages';

/** A snapshot of a database or a cache, as its service describes it. */
export interface SnapshotState {
  readonly name: string;
  readonly arn: string;
  /** The cluster, the instance or the replication group that it was taken of. */
  readonly database: string;
  /** Of the database. */
  readonly engine: string;
  readonly status: string;
  readonly percent: number | undefined;
  /** Of the data: a copy has that of what it is a copy of, as far as its service says. */
  readonly takenAt: Date;
  readonly isEncrypted: boolean;
  /** Of a cache, how much data it holds. @default - not known */
  readonly heldGiB?: number;
  /** The name of the master user, which comes with the data; empty where there is none. */
  readonly username: string;
}

/** Which snapshots are asked for. @default - all that the account has made */
export interface SnapshotFilter {
  readonly database?: string;
  readonly name?: string;
  readonly isManual?: boolean;
}

/** A copy of a snapshot. */
export interface SnapshotCopy {
  /** The name, or the ARN where another account shares it or another Region has it. */
  readonly source: string;
  readonly name: string;
  /** The ARN of the key to put the copy under; undefined for the snapshot's own, or none. */
  readonly kmsKeyArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The calls about snapshots of one kind. */
export interface SnapshotCalls {
  list(filter: SnapshotFilter): Promise<SnapshotState[]>;
  copy(copy: SnapshotCopy): Promise<unknown>;
  take(database: string, name: string, tags: SnapshotCopy['tags']): Promise<unknown>;
  share(name: string, account: string): Promise<unknown>;
  remove(name: string): Promise<unknown>;
  tagsOf(arn: string): Promise<ReadonlyMap<string, string>>;
}

/** The calls about snapshots of what a service keeps: instances that are in no cluster, and caches, have their own. */
export function snapshotCalls(
  service: SnapshotService,
  clients: Clients,
  signal: AbortSignal,
): SnapshotCalls {
  if (service === 'elasticache') return ofCaches(clients, signal);
  return service === 'rds-instance' ? ofInstances(clients, signal) : ofClusters(service, clients, signal);
}

function ofClusters(service: ClusterService, clients: Clients, signal: AbortSignal): SnapshotCalls {
  const calls = databases(service, clients, signal);
  return {
    list: async ({ database: DBClusterIdentifier, name: DBClusterSnapshotIdentifier, isManual }) => {
      const filter = { DBClusterIdentifier, DBClusterSnapshotIdentifier, ...typeOf(isManual) };
      const all = await allPages<ClusterSnapshot>(async (Marker) => {
        const page = await calls.describeDBClusterSnapshots({ ...filter, Marker });
        return { items: page.DBClusterSnapshots, next: page.Marker };
      });
      return all.map((it) => ({
        name: it.DBClusterSnapshotIdentifier ?? '',
        arn: it.DBClusterSnapshotArn ?? '',
        database: it.DBClusterIdentifier ?? '',
        isEncrypted: it.StorageEncrypted === true,
        ...common(it),
      }));
    },
    copy: ({ source, name, kmsKeyArn, tags }) =>
      calls.copyDBClusterSnapshot({
        SourceDBClusterSnapshotIdentifier: source,
        TargetDBClusterSnapshotIdentifier: name,
        ...(kmsKeyArn !== undefined && { KmsKeyId: kmsKeyArn }),
        Tags: tagList(tags),
      }),
    take: (DBClusterIdentifier, DBClusterSnapshotIdentifier, tags) =>
      calls.createDBClusterSnapshot({
        DBClusterIdentifier,
        DBClusterSnapshotIdentifier,
        Tags: tagList(tags),
      }),
    share: (DBClusterSnapshotIdentifier, account) =>
      calls.modifyDBClusterSnapshotAttribute({
        DBClusterSnapshotIdentifier,
        AttributeName: 'restore',
        ValuesToAdd: [account],
      }),
    remove: (DBClusterSnapshotIdentifier) => calls.deleteDBClusterSnapshot({ DBClusterSnapshotIdentifier }),
    tagsOf: (arn) => tagsOf(arn, clients, signal),
  };
}

function ofInstances(clients: Clients, signal: AbortSignal): SnapshotCalls {
  const calls = clients.for('rds', signal);
  return {
    list: async ({ database: DBInstanceIdentifier, name: DBSnapshotIdentifier, isManual }) => {
      const filter = { DBInstanceIdentifier, DBSnapshotIdentifier, ...typeOf(isManual) };
      const all = await allPages(async (Marker) => {
        const page = await calls.describeDBSnapshots({ ...filter, Marker });
        return { items: page.DBSnapshots, next: page.Marker };
      });
      return all.map((it) => ({
        name: it.DBSnapshotIdentifier ?? '',
        arn: it.DBSnapshotArn ?? '',
        database: it.DBInstanceIdentifier ?? '',
        isEncrypted: it.Encrypted === true,
        ...common(it),
        ...(it.OriginalSnapshotCreateTime && { takenAt: it.OriginalSnapshotCreateTime }),
      }));
    },
    copy: ({ source, name, kmsKeyArn, tags }) =>
      calls.copyDBSnapshot({
        SourceDBSnapshotIdentifier: source,
        TargetDBSnapshotIdentifier: name,
        ...(kmsKeyArn !== undefined && { KmsKeyId: kmsKeyArn }),
        Tags: tagList(tags),
      }),
    take: (DBInstanceIdentifier, DBSnapshotIdentifier, tags) =>
      calls.createDBSnapshot({ DBInstanceIdentifier, DBSnapshotIdentifier, Tags: tagList(tags) }),
    share: (DBSnapshotIdentifier, account) =>
      calls.modifyDBSnapshotAttribute({
        DBSnapshotIdentifier,
        AttributeName: 'restore',
        ValuesToAdd: [account],
      }),
    remove: (DBSnapshotIdentifier) => calls.deleteDBSnapshot({ DBSnapshotIdentifier }),
    tagsOf: (arn) => tagsOf(arn, clients, signal),
  };
}

/** ElastiCache shares backups with no other account, and copies them to no other Region. */
function ofCaches(clients: Clients, signal: AbortSignal): SnapshotCalls {
  const calls = clients.for('elasticache', signal);
  const never = (what: string) => () => Promise.reject(new Error(`no backup of a cache is ${what}`));
  return {
    list: async ({ database: ReplicationGroupId, name: SnapshotName, isManual }) => {
      const filter = {
        ReplicationGroupId,
        SnapshotName,
        ...(isManual === true && { SnapshotSource: 'user' }),
      };
      const all = await allPages(async (Marker) => {
        const page = await calls.describeSnapshots({ ...filter, Marker });
        return { items: page.Snapshots, next: page.Marker };
      });
      return all.map(ofCache);
    },
    copy: ({ source, name, kmsKeyArn, tags }) =>
      calls.copySnapshot({
        SourceSnapshotName: source,
        TargetSnapshotName: name,
        ...(kmsKeyArn !== undefined && { KmsKeyId: kmsKeyArn }),
        Tags: tagList(tags),
      }),
    take: never('taken'),
    share: never('shared'),
    remove: (SnapshotName) => calls.deleteSnapshot({ SnapshotName }),
    tagsOf: async (arn) => tagMap((await calls.listTagsForResource({ ResourceName: arn })).TagList),
  };
}

const ofCache = (it: Snapshot): SnapshotState => ({
  name: it.SnapshotName ?? '',
  arn: it.ARN ?? '',
  database: it.ReplicationGroupId ?? '',
  engine: it.Engine ?? '',
  status: it.SnapshotStatus ?? '',
  percent: undefined,
  takenAt: oldest((it.NodeSnapshots ?? []).flatMap(({ SnapshotCreateTime: at }) => at ?? [])),
  isEncrypted: it.KmsKeyId !== undefined,
  username: '',
  ...heldBy(it),
});

const GIB_PER: Readonly<Record<string, number>> = { KB: 1 / 1024 ** 2, MB: 1 / 1024, GB: 1, TB: 1024 };

/** The sizes of its shards are texts such as `6 MB` (Amazon ElastiCache API Reference, NodeSnapshot). */
function heldBy({ NodeSnapshots: shards = [] }: Snapshot): Pick<SnapshotState, 'heldGiB'> {
  const sizes = shards.map(({ CacheSize }) => {
    const [, amount, unit = ''] = /^([\d.]+) ?([KMGT]B)$/.exec(CacheSize ?? '') ?? [];
    return Number(amount) * (GIB_PER[unit] ?? Number.NaN);
  });
  const heldGiB = sizes.reduce((sum, it) => sum + it, 0);
  return sizes.length > 0 && Number.isFinite(heldGiB) ? { heldGiB } : {};
}

/** Each shard is saved for itself. One whose backup has not started has no time yet. */
const oldest = (times: readonly Date[]): Date =>
  new Date(times.length === 0 ? 0 : Math.min(...times.map((it) => it.getTime())));

/** Amazon RDS knows the tags of what the other services of its kind have. */
async function tagsOf(
  arn: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { TagList } = await clients.for('rds', signal).listTagsForResource({ ResourceName: arn });
  return tagMap(TagList);
}

const tagMap = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): ReadonlyMap<string, string> => new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** What the services say of every snapshot. */
interface Described {
  readonly Status?: string | undefined;
  readonly SnapshotCreateTime?: Date | undefined;
  readonly PercentProgress?: number | undefined;
  readonly Engine?: string | undefined;
  readonly MasterUsername?: string | undefined;
}

/** What both services say of a cluster's. */
interface ClusterSnapshot extends Described {
  readonly DBClusterSnapshotIdentifier?: string | undefined;
  readonly DBClusterSnapshotArn?: string | undefined;
  readonly DBClusterIdentifier?: string | undefined;
  readonly StorageEncrypted?: boolean | undefined;
}

const common = ({ Status, SnapshotCreateTime, PercentProgress, Engine, MasterUsername }: Described) => ({
  engine: Engine ?? '',
  status: Status ?? '',
  percent: PercentProgress,
  takenAt: SnapshotCreateTime ?? new Date(0),
  username: MasterUsername ?? '',
});

const typeOf = (isManual: boolean | undefined) => (isManual === true ? { SnapshotType: 'manual' } : {});

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
