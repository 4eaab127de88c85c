import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients';
import type { StackRef } from './handle';
import { allPages } from './pages';
import { exists } from './stack-state';
import { TAG } from './tags';

/** The stacks of an environment, in the order in which they were created. */
export interface FoundStacks {
  readonly refs: readonly StackRef[];
  /** When the first was created: ISO 8601, UTC. */
  readonly since: string;
}

/** The environments of a Region by their names: the stacks with our tag. Nested stacks are parts of theirs. */
export async function environmentsIn(
  clients: Clients,
  region: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FoundStacks>> {
  const stacks = (await allStacks(clients, signal)).filter(
    (stack) => exists(stack) && stack.ParentId === undefined,
  );
  const created = ({ CreationTime: time }: Stack): number => time?.getTime() ?? 0;
  const environments = new Map<string, FoundStacks>();
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
