import type { Stack } from '@aws-sdk/client-cloudformation';
import { TwinError } from '../../error';
import type { Handle } from '../target';
import type { Clients } from './clients';
import type { StackRef } from './handle';
import { exists, stackState } from './stack-state';
import { TAG } from './tags';

/**
 * Checks that a stack, if there is one, belongs to the handle: by its id, or by the tag that it was created with.
 *
 * @returns the stack; undefined when there is none
 * @throws TwinError `not-ours`
 */
export async function checkOurs(
  ref: StackRef,
  handle: Handle,
  clients: Clients,
  signal: AbortSignal,
): Promise<Stack | undefined> {
  const stack = await stackState(clients, ref, signal);
  if (!exists(stack)) return undefined;
  const isOurs = (stack.Tags ?? []).some(({ Key, Value }) => Key === TAG && Value === handle.name);
  if (isOurs || (ref.id !== undefined && ref.id === stack.StackId)) return stack;
  throw notOurs(ref.name, handle.name);
}

const notOurs = (stack: string, environment: string): TwinError =>
  new TwinError({
    code: 'not-ours',
    message: `the stack ${stack} is there already and does not belong to ${environment}: it has not its tag`,
    fix: 'Give the stacks of stagings names of their own, from the context key "rehearsal".',
  });
