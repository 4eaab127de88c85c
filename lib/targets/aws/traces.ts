import type { Handle } from '../target';
import type { Clients } from './clients';
import { stacksIn, type StackRef } from './handle';
import { allPages } from './pages';
import { eventsOf, exists, resourcesOf, stackState } from './stack-state';
import { TAG } from './tags';

/** What CloudFormation knows of a stack, whether it is there or was deleted. */
export interface Trace {
  /** The physical ids of what it had at any time and has deleted. */
  readonly deleted: ReadonlySet<string>;
  /** What there still is of it. */
  readonly left: readonly string[];
}

/** What CloudFormation knows of a stack: for 90 days after its deletion, where its id is known. */
export async function traceOf(ref: StackRef, clients: Clients, signal: AbortSignal): Promise<Trace> {
  const stack = await stackState(clients, ref, signal);
  if (!stack) return { deleted: new Set(), left: [] };
  const known = { ...ref, id: stack.StackId };
  // updates replace resources: those are in the events alone
  const events = await eventsOf(known, clients, signal);
  const deleted = events.flatMap(({ ResourceStatus: status, PhysicalResourceId: id }) =>
    status === 'DELETE_COMPLETE' && id ? [id] : [],
  );
  const left = (await resourcesOf(clients, known, signal)).flatMap(
    // what was never created has no id; what was kept on purpose is DELETE_SKIPPED
    ({ ResourceType: type, ResourceStatus: status, PhysicalResourceId: id }) =>
      status === 'DELETE_COMPLETE' || !id ? [] : [`${type} ${id}`],
  );
  return { deleted: new Set(deleted), left: exists(stack) ? [stack.StackId ?? ref.name, ...left] : left };
}

/** The Regions of an environment's stacks; where there are none yet, that of the credentials. */
export function regionsOf(handle: Handle): readonly (string | undefined)[] {
  const regions = stacksIn(handle).map(({ region }) => region);
  return regions.length === 0 ? [undefined] : [...new Set(regions)];
}

/** Every resource with an environment's tag. The service lists what is gone for hours: a hit is a question. */
export async function tagged({ name }: Handle, clients: Clients, signal: AbortSignal): Promise<string[]> {
  const tagging = clients.for('tagging', signal);
  const hits = await allPages(async (PaginationToken) => {
    const page = await tagging.getResources({ TagFilters: [{ Key: TAG, Values: [name] }], PaginationToken });
    return { items: page.ResourceTagMappingList, next: page.PaginationToken };
  });
  return hits.flatMap(({ ResourceARN }) => ResourceARN ?? []);
}

/** The log groups that services made for resources that a stack had: one part of their names is such a resource's. */
export async function logGroupsOf(
  ids: ReadonlySet<string>,
  stack: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<string[]> {
  const groups = await logGroupsNamed(stack, clients, signal);
  return groups.filter((group) => group.split('/').some((part) => ids.has(part)));
}

/** The log groups in whose names a stack's name stands as a whole. */
export async function logGroupsNamed(
  stack: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<string[]> {
  const logs = clients.for('logs', signal);
  const groups = await allPages(async (nextToken) => {
    const page = await logs.describeLogGroups({ logGroupNamePattern: stack, nextToken });
    return { items: page.logGroups, next: page.nextToken };
  });
  return groups.flatMap(({ logGroupName: name }) =>
    name !== undefined && belongsTo(name, stack) ? [name] : [],
  );
}

/** Whether a name has a stack's name in it as a whole: that of `Staging-r1` is not in `Staging-r10`. */
export function belongsTo(name: string, stack: string): boolean {
  const own = stack.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?<![A-Za-z0-9])${own}(?![A-Za-z0-9])`, 'i').test(name);
}
