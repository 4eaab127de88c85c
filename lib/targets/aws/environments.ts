import type { Stack, StackSummary } from '@aws-sdk/client-cloudformation';
import type { Watch } from '../target';
import type { Clients } from './clients';
import { detailsOf, goneDetails, prefixOf, type StackRef } from './handle';
import { allPages } from './pages';
import type { AwsPlace } from './place';
import { seededIn } from './snapshots';
import { exists, stackState } from './stack-state';
import { OWNER, TAG } from './tags';

/** An environment that there is something of. */
export interface FoundEnvironment {
  readonly name: string;
  /**
   * What a handle says of its account and its stacks, in the order in which they were created, and of those that were deleted: the ones before a
   * retry, and one that was scrubbed in.
   */
  readonly details: Readonly<Record<string, string>>;
  /** When the first thing of it was made: ISO 8601, UTC. */
  readonly since: string;
  /** Who stood it up, by the tag of its stacks. */
  readonly owner?: string;
}

/**
 * The environments of an account in the Region of the config or the credentials, by the tag of stacks and of snapshots: nothing that
 * is on another machine is asked.
 */
export async function environmentsIn(place: AwsPlace, watch: Watch): Promise<FoundEnvironment[]> {
  const { signal } = watch;
  const [account, region] = [await place.account(signal), await place.region()];
  watch.log(`environments in ${region} of the account ${account}`);
  const clients = place.in();
  const standing = await standingIn(clients, signal);
  const seeded = await seededIn(clients, signal);
  const deleted = await deletedIn(clients, signal);
  const refOf = ({ StackName: name = '', StackId: id }: Stack): StackRef => ({ path: '', name, region, id });
  const found: FoundEnvironment[] = [];
  for (const name of new Set([...standing.keys(), ...seeded.keys()])) {
    const present = standing.get(name) ?? [];
    const times = [...present.map(created), seeded.get(name)?.getTime() ?? Infinity];
    const candidates = deleted.filter(mayBeOf(name, present, Math.min(...times)));
    const former = await ownIn(candidates, name, clients, signal);
    const gone = former.map((it) => goneDetails(refOf(it)));
    const [owner] = [...present, ...former].flatMap((it) => tagOf(it, OWNER) ?? []);
    found.push({
      name,
      details: Object.assign({ account, ...detailsOf(present.map(refOf)) }, ...gone) as Record<
        string,
        string
      >,
      since: new Date(Math.min(...times, ...former.map(created))).toISOString(),
      ...(owner !== undefined && { owner }),
    });
  }
  return found;
}

const created = ({ CreationTime: time }: Stack): number => time?.getTime() ?? 0;

const tagOf = ({ Tags = [] }: Stack, tag: string): string | undefined =>
  Tags.find(({ Key }) => Key === tag)?.Value;

/** The stacks of environments, by their names. Nested stacks are parts of theirs. */
async function standingIn(clients: Clients, signal: AbortSignal): Promise<Map<string, Stack[]>> {
  const cloudFormation = clients.for('cloudformation', signal);
  const all = await allPages(async (NextToken) => {
    const page = await cloudFormation.describeStacks({ NextToken });
    return { items: page.Stacks, next: page.NextToken };
  });
  const environments = new Map<string, Stack[]>();
  for (const stack of all.toSorted((a, b) => created(a) - created(b))) {
    const name = tagOf(stack, TAG);
    if (name === undefined || !exists(stack) || stack.ParentId !== undefined) continue;
    environments.set(name, [...(environments.get(name) ?? []), stack]);
  }
  return environments;
}

/** The stacks that were deleted in the last 90 days, without their tags: those are asked for one by one. */
async function deletedIn(clients: Clients, signal: AbortSignal): Promise<StackSummary[]> {
  const cloudFormation = clients.for('cloudformation', signal);
  const all = await allPages(async (NextToken) => {
    const asked = { StackStatusFilter: ['DELETE_COMPLETE' as const], NextToken };
    const page = await cloudFormation.listStacks(asked);
    return { items: page.StackSummaries, next: page.NextToken };
  });
  return all.filter(({ ParentId }) => ParentId === undefined);
}

/** Whether a deleted stack is worth a question: it has a name of the environment, or was deleted while there was something of it. */
const mayBeOf =
  (name: string, present: readonly Stack[], since: number) =>
  ({ StackName: called = '', DeletionTime: time }: StackSummary): boolean =>
    present.some(({ StackName }) => StackName === called) ||
    called.startsWith(`${prefixOf({ name })}-`) ||
    (time !== undefined && time.getTime() >= since);

/** Those of deleted stacks that have the tag of an environment. */
async function ownIn(
  candidates: readonly StackSummary[],
  name: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<Stack[]> {
  const own: Stack[] = [];
  for (const { StackId: id, StackName: called = '' } of candidates) {
    const stack = await stackState(clients, { path: '', name: called, region: undefined, id }, signal);
    if (stack && tagOf(stack, TAG) === name) own.push(stack);
  }
  return own;
}
