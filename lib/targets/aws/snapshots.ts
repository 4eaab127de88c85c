import { TwinError } from '../../error';
import type { Handle, Watch } from '../target';
import { isNotThere, type Clients } from './clients';
import { databases, type DatabaseService } from './database-service';
import { ensure } from './ensure';
import { prefixOf } from './handle';
import { allPages } from './pages';
import { oneByOne } from './settled';
import { TAG } from './tags';
import { until } from './until';

/** A snapshot of a database cluster. */
export interface ClusterSnapshot {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly takenAt: Date;
  readonly isEncrypted: boolean;
  readonly service: DatabaseService;
  /** The name of the master user, which comes with the data. */
  readonly username: string;
}

/** What both services say of a snapshot. */
interface Described {
  readonly DBClusterSnapshotIdentifier?: string | undefined;
  readonly DBClusterSnapshotArn?: string | undefined;
  readonly Status?: string | undefined;
  readonly SnapshotCreateTime?: Date | undefined;
  readonly StorageEncrypted?: boolean | undefined;
  readonly PercentProgress?: number | undefined;
  readonly Engine?: string | undefined;
  readonly MasterUsername?: string | undefined;
}

/** The snapshots of a cluster that can be restored, automated ones too, the newest first. */
export async function snapshotsOf(
  cluster: string,
  service: DatabaseService,
  clients: Clients,
  signal: AbortSignal,
): Promise<ClusterSnapshot[]> {
  const all = await list({ DBClusterIdentifier: cluster }, service, clients, signal);
  return all
    .map((it) => read(it, service))
    .filter(({ status }) => status === 'available')
    .toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime());
}

/** The environments that have snapshots, by their names, and since when: one may have nothing else. */
export async function seededIn(clients: Clients, signal: AbortSignal): Promise<ReadonlyMap<string, Date>> {
  const all = await list({ SnapshotType: 'manual' }, 'rds', clients, signal);
  const since = new Map<string, Date>();
  for (const { name, arn, takenAt } of all.map((it) => read(it, 'rds'))) {
    if (!/^twin-[0-9a-f]{8}-/.test(name)) continue;
    const environment = (await tagsOf(arn, clients, signal)).get(TAG);
    if (environment === undefined || !name.startsWith(`${prefixOf({ name: environment })}-`)) continue;
    since.set(
      environment,
      new Date(Math.min(since.get(environment)?.getTime() ?? Infinity, takenAt.getTime())),
    );
  }
  return since;
}

/** The snapshots that an environment has made: their names begin with its own prefix, and they carry its tag. */
export async function ownSnapshots(
  handle: Handle,
  clients: Clients,
  signal: AbortSignal,
): Promise<ClusterSnapshot[]> {
  // Amazon RDS lists those of Amazon DocumentDB too
  const all = await list({ SnapshotType: 'manual' }, 'rds', clients, signal);
  const called = all
    .map((it) => read(it, it.Engine === 'docdb' ? 'docdb' : 'rds'))
    .filter((it) => it.name.startsWith(`${prefixOf(handle)}-`));
  const tags = await Promise.all(called.map(({ arn }) => tagsOf(arn, clients, signal)));
  return called.filter((_, i) => tags[i]!.get(TAG) === handle.name);
}

async function tagsOf(
  arn: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { TagList = [] } = await clients.for('rds', signal).listTagsForResource({ ResourceName: arn });
  return new Map(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** A copy of a snapshot. */
export interface CopyProps {
  /** The name, or the ARN where another account shares it. */
  readonly source: string;
  readonly name: string;
  readonly service: DatabaseService;
  /** The ARN of the key to put the copy under; undefined for the snapshot's own, or none. */
  readonly kmsKeyArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Copies a snapshot, and waits until the copy can be restored. A copy that is under way, or done, is not made again.
 *
 * @throws TwinError `seed` when it fails
 */
export async function copySnapshot(
  { source, name, service, kmsKeyArn, tags }: CopyProps,
  clients: Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  if ((await state(name, service, clients, signal))?.Status === 'failed')
    await removeSnapshot(name, service, clients, signal);
  const isMade = async () => (await state(name, service, clients, signal)) !== undefined;
  const make = () =>
    databases(service, clients, signal).copyDBClusterSnapshot({
      SourceDBClusterSnapshotIdentifier: source,
      TargetDBClusterSnapshotIdentifier: name,
      ...(kmsKeyArn !== undefined && { KmsKeyId: kmsKeyArn }),
      Tags: tagList(tags),
    });
  if (!(await isMade())) await ensure({ make, isMade }, signal);
  await untilAvailable(name, service, clients, pollMs, watch);
}

/** A snapshot that is taken. */
export interface TakeProps {
  readonly cluster: string;
  readonly name: string;
  readonly service: DatabaseService;
  readonly tags: Readonly<Record<string, string>>;
}

/** Takes a snapshot of a cluster, if there is none of that name, and waits until it can be restored. */
export async function takeSnapshot(
  { cluster, name, service, tags }: TakeProps,
  clients: Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  const isMade = async () => (await state(name, service, clients, signal)) !== undefined;
  const make = () =>
    databases(service, clients, signal).createDBClusterSnapshot({
      DBClusterIdentifier: cluster,
      DBClusterSnapshotIdentifier: name,
      Tags: tagList(tags),
    });
  if (!(await isMade())) await ensure({ make, isMade }, signal);
  await untilAvailable(name, service, clients, pollMs, watch);
}

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/**
 * Waits until a snapshot can be restored.
 *
 * @throws TwinError `seed` when it cannot
 */
export async function untilAvailable(
  name: string,
  service: DatabaseService,
  clients: Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  let progress = -1;
  const end = await until(
    async () => {
      const now = await state(name, service, clients, watch.signal);
      if (now?.PercentProgress !== undefined && now.PercentProgress !== progress) {
        progress = now.PercentProgress;
        watch.log(`${name}: ${now.Status}, ${progress} %`);
      }
      return now;
    },
    (now) => now === undefined || now.Status === 'available' || now.Status === 'failed',
    { signal: watch.signal, pollMs },
  );
  if (end?.Status === 'available') return;
  throw new TwinError({
    code: 'seed',
    message: `the snapshot ${name} is ${end?.Status ?? 'gone'}, expected available`,
    fix: 'The events of its service say why; a key that may not be used is the usual reason.',
  });
}

/** Shares a snapshot with one account. Never with all: that would make it public. */
export async function share(
  name: string,
  service: DatabaseService,
  account: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<void> {
  if (!/^\d{12}$/.test(account)) throw new Error(`"${account}" is not an account`);
  await databases(service, clients, signal).modifyDBClusterSnapshotAttribute({
    DBClusterSnapshotIdentifier: name,
    AttributeName: 'restore',
    ValuesToAdd: [account],
  });
}

/** Deletes the snapshots that an environment has made; one that is still being copied is cancelled by that. */
export async function removeOwnSnapshots(handle: Handle, clients: Clients, watch: Watch): Promise<void> {
  const { signal } = watch;
  const works = (await ownSnapshots(handle, clients, signal)).map(({ name, service }) => async () => {
    watch.log(`cluster snapshot ${name}`);
    await removeSnapshot(name, service, clients, signal);
  });
  await oneByOne(works, signal);
}

/** Deletes a snapshot, if there is one. */
export async function removeSnapshot(
  name: string,
  service: DatabaseService,
  clients: Clients,
  signal: AbortSignal,
): Promise<void> {
  const snapshot = { DBClusterSnapshotIdentifier: name };
  await ensure(
    {
      make: () => databases(service, clients, signal).deleteDBClusterSnapshot(snapshot),
      isMade: async () => {
        const now = await state(name, service, clients, signal);
        return now === undefined || now.Status === 'deleting';
      },
    },
    signal,
  );
}

async function state(
  name: string,
  service: DatabaseService,
  clients: Clients,
  signal: AbortSignal,
): Promise<Described | undefined> {
  try {
    return (await list({ DBClusterSnapshotIdentifier: name }, service, clients, signal))[0];
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

interface Filter {
  readonly DBClusterIdentifier?: string;
  readonly DBClusterSnapshotIdentifier?: string;
  readonly SnapshotType?: string;
}

const list = (
  filter: Filter,
  service: DatabaseService,
  clients: Clients,
  signal: AbortSignal,
): Promise<Described[]> =>
  allPages<Described>(async (Marker) => {
    const page = await databases(service, clients, signal).describeDBClusterSnapshots({ ...filter, Marker });
    return { items: page.DBClusterSnapshots, next: page.Marker };
  });

const read = (it: Described, service: DatabaseService): ClusterSnapshot => ({
  name: it.DBClusterSnapshotIdentifier ?? '',
  arn: it.DBClusterSnapshotArn ?? '',
  status: it.Status ?? '',
  takenAt: it.SnapshotCreateTime ?? new Date(0),
  isEncrypted: it.StorageEncrypted === true,
  service,
  username: it.MasterUsername ?? '',
});
