import type { Handle, Inventory, Leftover } from '../target';
import type { Clients } from './clients';
import { everIn, prefixOf } from './handle';
import { hasTask, isTask } from './probe-tasks';
import { retainedBackups } from './retained-backups';
import { allSnapshots, ownSnapshots } from './snapshots';
import { hasTaskDefinition, isTaskDefinition } from './sweep';
import { TAG } from './tags';
import { belongsTo, logGroupsNamed, regionsOf, tagged, traceOf } from './traces';

/**
 * Looks for what is left of an environment, by sources that do not depend on each other: CloudFormation by the stacks' ids, our
 * tag in every service that has tags, and names that services give to what they make themselves.
 *
 * @param snapshotPlaces - where it may have made snapshots
 */
export async function inventoryOf(
  handle: Handle,
  clientsIn: (region: string | undefined) => Clients,
  snapshotPlaces: readonly Clients[],
  signal: AbortSignal,
): Promise<Inventory> {
  const looked = [`snapshots of databases and caches that are called ${prefixOf(handle)}-*`];
  const snapshots = await Promise.all(snapshotPlaces.map((clients) => ownSnapshots(handle, clients, signal)));
  const found = snapshots.flat().map(({ arn }) => arn);
  const deleted = new Set<string>();
  for (const ref of everIn(handle)) {
    const clients = clientsIn(ref.region);
    looked.push(`the stack ${ref.id ?? ref.name} and its resources`);
    const trace = await traceOf(ref, clients, signal);
    for (const id of trace.deleted) deleted.add(id);
    found.push(...trace.left);
    looked.push(
      `log groups, snapshots of databases and caches and retained backups that are called by ${ref.name}`,
    );
    found.push(...(await logGroupsNamed(ref.name, clients, signal)).map((it) => `log group ${it}`));
    found.push(...(await snapshotsNamed(ref.name, clients, signal)).map((it) => `snapshot ${it}`));
    found.push(...(await retainedBackups(ref.name, clients, signal)).map(({ arn }) => arn));
  }
  for (const region of regionsOf(handle)) {
    const clients = clientsIn(region);
    looked.push(`the tag ${TAG}=${handle.name}${region === undefined ? '' : ` in ${region}`}`);
    for (const arn of await tagged(handle, clients, signal))
      if (!isSnapshot(arn) && (await isThere(arn, deleted, clients, signal))) found.push(arn);
  }
  return {
    looked: [...new Set(looked)],
    found: [...new Set(found)].map((what): Leftover => ({ kind: 'resource', what })),
  };
}

/** Those have been asked for by their names. */
const isSnapshot = (arn: string): boolean =>
  /^arn:[^:]+:(?:rds|elasticache):.*:(?:cluster-)?snapshot:/.test(arn);

/** Whether a hit of the Tagging API is still there: by what its service says, or CloudFormation that deleted it. */
async function isThere(
  arn: string,
  deleted: ReadonlySet<string>,
  clients: Clients,
  signal: AbortSignal,
): Promise<boolean> {
  if (isTaskDefinition(arn)) return hasTaskDefinition(arn, clients, signal);
  if (isTask(arn)) return hasTask(arn, clients, signal);
  return !isDeleted(arn, deleted);
}

/** Whether CloudFormation deleted what an ARN names: it is the physical id, or ends with it. */
function isDeleted(arn: string, deleted: ReadonlySet<string>): boolean {
  if (deleted.has(arn)) return true;
  const name = arn.split(':').slice(5).join(':');
  return [...deleted].some((id) => name === id || name.endsWith(`/${id}`) || name.endsWith(`:${id}`));
}

/** The snapshots of databases and caches that are called by a stack's name, or are called so themselves. */
async function snapshotsNamed(stack: string, clients: Clients, signal: AbortSignal): Promise<string[]> {
  return (await allSnapshots(clients, signal)).flatMap(({ name, database }) =>
    belongsTo(name, stack) || belongsTo(database, stack) ? [name] : [],
  );
}
