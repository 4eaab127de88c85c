import type { Stack, StackEvent, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients';
import { isNotThere } from './failed-call';
import type { StackRef } from './handle';
import { allPages } from './pages';

/** A stack as CloudFormation knows it; undefined when there is none. By its id it is known for 90 days after its deletion. */
export async function stackState(
  clients: Clients,
  { id, name }: StackRef,
  signal: AbortSignal,
): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await clients
      .for('cloudformation', signal)
      .describeStacks({ StackName: id ?? name });
    return Stacks[0];
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

/** Whether there is something of it. */
export const exists = (stack: Stack | undefined): stack is Stack =>
  stack !== undefined && stack.StackStatus !== 'DELETE_COMPLETE';

/** Every resource of a stack, those of a deleted one too where it is named by its id. */
export function resourcesOf(
  clients: Clients,
  { id, name }: StackRef,
  signal: AbortSignal,
): Promise<StackResourceSummary[]> {
  const cloudFormation = clients.for('cloudformation', signal);
  return allPages(async (NextToken) => {
    const page = await cloudFormation.listStackResources({ StackName: id ?? name, NextToken });
    return { items: page.StackResourceSummaries, next: page.NextToken };
  });
}

/** Every event of a stack, the newest first. */
export function eventsOf(
  { id, name }: StackRef,
  clients: Clients,
  signal: AbortSignal,
): Promise<StackEvent[]> {
  const cloudFormation = clients.for('cloudformation', signal);
  return allPages(async (NextToken) => {
    const page = await cloudFormation.describeStackEvents({ StackName: id ?? name, NextToken });
    return { items: page.StackEvents, next: page.NextToken };
  });
}
