import { TwinError } from '../../error';
import type { ProbeWatch } from '../../probes/probes';
import type { Handle, Watch } from '../target';
import type { Clients } from './clients';
import { isNotThere } from './failed-call';
import type { SnapshotService } from './database-service';
import { ensure } from './ensure';
import { prefixOf } from './handle';
import { oneByOne } from './settled';
import { snapshotCalls, type SnapshotCopy, type SnapshotState } from './snapshot-calls';
import { madeAt, TAG } from './tags';
import { until } from './until';

/** A snapshot of a database cluster, of an instance that is in none, or of a cache. */
export interface DatabaseSnapshot extends SnapshotState {
  readonly service: SnapshotService;
}

/** The snapshots of a database that can be restored, automated ones too, the newest first. */
export async function snapshotsOf(
  database: string,
  service: SnapshotService,
  clients: Clients,
  signal: AbortSignal,
): Promise<DatabaseSnapshot[]> {
  const all = await snapshotCalls(service, clients, signal).list({ database });
  return all
    .filter(({ status }) => status === 'available')
    .map((it) => ({ ...it, service }))
    .toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime());
}

/** The snapshots that an account has, those of every service. */
export async function allSnapshots(
  clients: Clients,
  signal: AbortSignal,
  filter: { readonly isManual?: boolean } = {},
): Promise<DatabaseSnapshot[]> {
  const all = SERVICES.map(async (service) => {
    const found = await snapshotCalls(service, clients, signal).list(filter);
    return found.map((it) => ({ ...it, service: BY_ENGINE[it.engine] ?? service }));
  });
  return (await Promise.all(all)).flat();
}

/** Amazon RDS lists those of the services that have its calls too. */
const SERVICES = ['rds', 'rds-instance', 'elasticache'] as const;
const BY_ENGINE: Readonly<Record<string, SnapshotService>> = { docdb: 'docdb', neptune: 'neptune' };

/** The environments that have snapshots, by their names, and since when: one may have nothing else. */
export async function seededIn(clients: Clients, signal: AbortSignal): Promise<ReadonlyMap<string, Date>> {
  const since = new Map<string, Date>();
  for (const { name, arn, takenAt, service } of await allSnapshots(clients, signal, { isManual: true })) {
    if (!/^twin-[0-9a-f]{8}-/.test(name)) continue;
    const tags = await snapshotCalls(service, clients, signal).tagsOf(arn);
    const environment = tags.get(TAG);
    if (environment === undefined || !name.startsWith(`${prefixOf({ name: environment })}-`)) continue;
    const made = (madeAt(tags) ?? takenAt).getTime();
    since.set(environment, new Date(Math.min(since.get(environment)?.getTime() ?? Infinity, made)));
  }
  return since;
}

/** The snapshots that an environment has made: their names begin with its own prefix, and they carry its tag. */
export async function ownSnapshots(
  handle: Handle,
  clients: Clients,
  signal: AbortSignal,
): Promise<DatabaseSnapshot[]> {
  const all = await allSnapshots(clients, signal, { isManual: true });
  const called = all.filter((it) => it.name.startsWith(`${prefixOf(handle)}-`));
  const tags = await Promise.all(
    called.map(({ arn, service }) => snapshotCalls(service, clients, signal).tagsOf(arn)),
  );
  return called.filter((_, i) => tags[i]!.get(TAG) === handle.name);
}

/** A copy of a snapshot, by the calls of its service. */
export interface CopyProps extends SnapshotCopy {
  readonly service: SnapshotService;
}

/**
 * Copies a snapshot, and waits until the copy can be restored. A copy that is under way, or done, is not made again.
 *
 * @throws TwinError `seed` when it fails
 */
export async function copySnapshot(
  { service, ...copy }: CopyProps,
  clients: Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  const { name } = copy;
  if ((await state(name, service, clients, signal))?.status === 'failed')
    await removeSnapshot(name, service, clients, signal);
  const isMade = async () => (await state(name, service, clients, signal)) !== undefined;
  const make = () => snapshotCalls(service, clients, signal).copy(copy);
  if (!(await isMade())) await ensure({ make, isMade }, signal);
  await untilAvailable(name, service, clients, pollMs, watch);
}

/** A snapshot that is taken. */
export interface TakeProps {
  /** The cluster, or the instance that is in none. */
  readonly database: string;
  readonly name: string;
  readonly service: SnapshotService;
  readonly tags: Readonly<Record<string, string>>;
}

/** Takes a snapshot of a database, if there is none of that name, and waits until it can be restored. */
export async function takeSnapshot(
  { database, name, service, tags }: TakeProps,
  clients: Clients,
  pollMs: number,
  watch: ProbeWatch,
): Promise<void> {
  const { signal } = watch;
  const isMade = async () => (await state(name, service, clients, signal)) !== undefined;
  const make = () => snapshotCalls(service, clients, signal).take(database, name, tags);
  if (!(await isMade())) await ensure({ make, isMade }, signal);
  await untilAvailable(name, service, clients, pollMs, watch);
}

/**
 * Waits until a snapshot can be restored.
 *
 * @throws TwinError `seed` when it cannot
 */
export async function untilAvailable(
  name: string,
  service: SnapshotService,
  clients: Clients,
  pollMs: number,
  watch: ProbeWatch,
): Promise<void> {
  let progress = -1;
  const end = await until(
    async () => {
      const now = await state(name, service, clients, watch.signal);
      if (now?.percent !== undefined && now.percent !== progress) {
        progress = now.percent;
        watch.log(`${name}: ${now.status}, ${progress} %`);
      }
      return now;
    },
    (now) => now === undefined || now.status === 'available' || now.status === 'failed',
    { signal: watch.signal, pollMs },
  );
  if (end?.status === 'available') return;
  throw new TwinError({
    code: 'seed',
    message: `the snapshot ${name} is ${end?.status ?? 'gone'}, expected available`,
    fix: 'The events of its service say why; a key that may not be used is the usual reason.',
  });
}

/** Shares a snapshot with one account. Never with all: that would make it public. */
export async function share(
  name: string,
  service: SnapshotService,
  account: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<void> {
  if (!/^\d{12}$/.test(account)) throw new Error(`"${account}" is not an account`);
  await snapshotCalls(service, clients, signal).share(name, account);
}

/** Deletes the snapshots that an environment has made; one that is still being copied is cancelled by that. */
export async function removeOwnSnapshots(handle: Handle, clients: Clients, watch: Watch): Promise<void> {
  const { signal } = watch;
  const works = (await ownSnapshots(handle, clients, signal)).map(({ name, service }) => async () => {
    watch.log(`snapshot ${name}`);
    await removeSnapshot(name, service, clients, signal);
  });
  await oneByOne(works, signal);
}

/** Deletes a snapshot, if there is one. */
export async function removeSnapshot(
  name: string,
  service: SnapshotService,
  clients: Clients,
  signal: AbortSignal,
): Promise<void> {
  const calls = snapshotCalls(service, clients, signal);
  await ensure(
    {
      make: () => calls.remove(name),
      isMade: async () => {
        const now = await state(name, service, clients, signal);
        return now === undefined || now.status === 'deleting';
      },
    },
    signal,
  );
}

async function state(
  name: string,
  service: SnapshotService,
  clients: Clients,
  signal: AbortSignal,
): Promise<SnapshotState | undefined> {
  try {
    return (await snapshotCalls(service, clients, signal).list({ name }))[0];
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}
