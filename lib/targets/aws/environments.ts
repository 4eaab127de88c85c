import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients';
import type { StackRef } from './handle';
import { allPages } from './pages';
import { seededIn } from './snapshots';
import { exists } from './stack-state';
import { TAG } from './tags';

/** An environment that there is something of. */
export interface FoundEnvironment {
  readonly name: string;
  /** Its stacks in the order in which they were created; none where it has snapshots alone. */
  readonly refs: readonly StackRef[];
  /** When the first thing of it was made: ISO 8601, UTC. */
  readonly since: string;
}

/** The environments of a Region, by the tag of stacks and of snapshots. */
export async function environmentsIn(
  clients: Clients,
  region: string,
  signal: AbortSignal,
): Promise<FoundEnvironment[]> {
  const stacks = await stacksIn(clients, region, signal);
  const seeded = [...(await seededIn(clients, signal))].filter(([name]) => !stacks.has(name));
  return [
    ...[...stacks].map(([name, found]) => ({ name, ...found })),
    ...seeded.map(([name, since]) => ({ name, refs: [], since: since.toISOString() })),
  ];
}

/** The stacks of environments, by their names. Nested stacks are parts of theirs. */
async function stacksIn(
  clients: Clients,
  region: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Omit<FoundEnvironment, 'name'>>> {
  const stacks = (await allStacks(clients, signal)).filter(
    (stack) => exists(stack) && stack.ParentId === undefined,
  );
  const created = ({ CreationTime: time }: Stack): number => time?.getTime() ?? 0;
  const environments = new Map<string, Omit<FoundEnvironment, 'name'>>();
  for (const stack of stacks.toSorted((a, b) => created(a) - created(b))) {
    const name = stack.Tags?.find(({ Key }) => Key === TAG)?.Value;
    if (name === undefined) continue;
    const ref = { path: '', name: stack.StackName ?? '', region, id: stack.StackId };
    const { refs = [], since = new Date(created(stack)).toISOString() } = environments.get(name) ?? {};
    environments.set(name, { refs: [...refs, ref], since });
  }
  return environments;
}

function allStacks(clients: Clients, signal: AbortSignal): Promise<Stack[]> {
  const cloudFormation = clients.for('cloudformation', signal);
  return allPages(async (NextToken) => {
    const page = await cloudFormation.describeStacks({ NextToken });
    return { items: page.Stacks, next: page.NextToken };
  });
}
