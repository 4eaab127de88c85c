import type { Stack, StackEvent, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { isNotThere, type Clients } from './clients';
import type { StackRef } from './handle';

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
export async function resourcesOf(
  clients: Clients,
  { id, name }: StackRef,
  signal: AbortSignal,
): Promise<StackResourceSummary[]> {
  const all: StackResourceSummary[] = [];
  let next: string | undefined;
  do {
    const { StackResourceSummaries = [], NextToken } = await clients
      .for('cloudformation', signal)
      .listStackResources({ StackName: id ?? name, ...(next !== undefined && { NextToken: next }) });
    all.push(...StackResourceSummaries);
    next = NextToken;
  } while (next !== undefined);
  return all;
}

/** Every event of a stack, the newest first. */
export async function eventsOf(
  { id, name }: StackRef,
  clients: Clients,
  signal: AbortSignal,
): Promise<StackEvent[]> {
  const all: StackEvent[] = [];
  let next: string | undefined;
  do {
    const { StackEvents = [], NextToken } = await clients
      .for('cloudformation', signal)
      .describeStackEvents({ StackName: id ?? name, ...(next !== undefined && { NextToken: next }) });
    all.push(...StackEvents);
    next = NextToken;
  } while (next !== undefined);
  return all;
}
