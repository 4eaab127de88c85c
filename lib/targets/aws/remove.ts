import type { Stack, StackStatus } from '@aws-sdk/client-cloudformation';
import { TwinError } from '../../error';
import type { Handle, Watch } from '../target';
import type { Clients } from './clients';
import { ensure } from './ensure';
import { detailsOf, stacksIn, type StackRef } from './handle';
import { checkOurs } from './ours';
import { oneByOne } from './settled';
import { exists, stackState } from './stack-state';
import { until } from './until';

type ClientsIn = (region: string | undefined) => Clients;

/** What is done with the services of an environment while its stacks are ended. */
export interface ServicesMeanwhile {
  /** Before an update is cancelled. */
  readonly giveUp: () => Promise<void>;
  /** While CloudFormation brings the release before back. */
  readonly release: () => Promise<void>;
}

/** Ends what CloudFormation is doing that could still create something: of every stack that is ours. */
export async function stopStacks(
  handle: Handle,
  clientsIn: ClientsIn,
  services: ServicesMeanwhile,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  for (const ref of stacksIn(handle)) {
    const clients = clientsIn(ref.region);
    const stack = await checkOurs(ref, handle, clients, watch.signal);
    if (!stack) continue;
    if (ref.id === undefined) watch.learn(withId(handle, ref, stack.StackId));
    await stopStack(stack, clients, services, pollMs, watch);
  }
}

/** What a deployment that was broken off could not say any more: a deleted stack is known by its id alone. */
const withId = (handle: Handle, { name }: StackRef, id: string | undefined) =>
  detailsOf(stacksIn(handle).map((it) => (it.name === name ? { ...it, id } : it)));

async function stopStack(
  stack: Stack,
  clients: Clients,
  services: ServicesMeanwhile,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const cloudFormation = clients.for('cloudformation', watch.signal);
  const { StackId: id = '', StackName: name = '', StackStatus: status } = stack;
  const ref = { path: '', name, region: undefined, id };
  // a create can only be ended by deleting, an update only by cancelling it
  if (isCreating(status)) {
    watch.log(`${name} is ${status}: it is deleted`);
    await ensure(
      {
        make: () => cloudFormation.deleteStack({ StackName: id }),
        isMade: async () => !isCreating((await stackState(clients, ref, watch.signal))?.StackStatus),
      },
      watch.signal,
    );
  } else if (status === 'UPDATE_IN_PROGRESS') {
    await services.giveUp();
    watch.log(`${name} is ${status}: its update is cancelled`);
    await ensure(
      {
        make: () => cloudFormation.cancelUpdateStack({ StackName: id }),
        isMade: async () =>
          (await stackState(clients, ref, watch.signal))?.StackStatus !== 'UPDATE_IN_PROGRESS',
      },
      watch.signal,
    );
  }
  await until(
    async () => {
      const now = await stackState(clients, ref, watch.signal);
      if (isUpdating(now?.StackStatus)) await services.release();
      return now;
    },
    (now) => !isCreating(now?.StackStatus) && !isUpdating(now?.StackStatus),
    { signal: watch.signal, pollMs },
  );
}

const isCreating = (status: StackStatus | undefined): boolean =>
  status === 'CREATE_IN_PROGRESS' || status === 'REVIEW_IN_PROGRESS';

/** A roll back of an update may create again what the update replaced. */
const isUpdating = (status: StackStatus | undefined): boolean =>
  status !== undefined && /^(UPDATE|UPDATE_ROLLBACK|ROLLBACK|IMPORT)_IN_PROGRESS$/.test(status);

/**
 * Deletes the stacks of an environment, the last first, each also where others failed: deletes again what failed, then by force, so
 * that what cannot be deleted is left behind alone, and the inventory finds it.
 *
 * @throws TwinError `not-deleted` when a stack is still there; one that says all where several failed
 */
export async function remove(
  handle: Handle,
  clientsIn: ClientsIn,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const works = stacksIn(handle)
    .toReversed()
    .map(
      (ref) => () =>
        watch.span(ref.name, () => removeStack(ref, handle, clientsIn(ref.region), pollMs, watch)),
    );
  await oneByOne(works, watch.signal);
}

/** Deletes one stack, if it is there. @throws TwinError `not-ours`, `not-deleted` */
export async function removeStack(
  ref: StackRef,
  handle: Handle,
  clients: Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const cloudFormation = clients.for('cloudformation', watch.signal);
  for (const mode of [undefined, undefined, 'FORCE_DELETE_STACK'] as const) {
    const stack = await checkOurs(ref, handle, clients, watch.signal);
    if (!stack) return;
    const { StackId: id = ref.name, StackStatus: status } = stack;
    // force is for what failed to be deleted alone
    const deletion = mode !== undefined && status === 'DELETE_FAILED' ? { DeletionMode: mode } : {};
    const look = () => stackState(clients, { ...ref, id }, watch.signal);
    const isMade = async (): Promise<boolean> => {
      const now = await look();
      return !exists(now) || now.StackStatus === 'DELETE_IN_PROGRESS';
    };
    if (status !== 'DELETE_IN_PROGRESS')
      await ensure(
        { make: () => cloudFormation.deleteStack({ StackName: id, ...deletion }), isMade },
        watch.signal,
      );
    const end = await until(look, (now) => !exists(now) || now.StackStatus !== 'DELETE_IN_PROGRESS', {
      signal: watch.signal,
      pollMs,
    });
    if (!exists(end)) return;
    watch.log(`${ref.name} is ${end.StackStatus}: ${end.StackStatusReason ?? 'no reason was given'}`);
  }
  throw notDeleted(ref);
}

const notDeleted = ({ name }: StackRef): TwinError =>
  new TwinError({
    code: 'not-deleted',
    message: `the stack ${name} could not be deleted`,
    fix: 'Its events, in the logs of the rehearsal, say why. Remove that, then run twin down again.',
  });
