import type { Handle, Watch } from '../target';
import type { Clients } from './clients';
import { isNotThere } from './failed-call';
import { ensure } from './ensure';
import { everIn } from './handle';
import { retainedBackups, type RetainedBackups } from './retained-backups';
import { oneByOne } from './settled';
import { logGroupsOf, regionsOf, tagged, traceOf } from './traces';

/**
 * Removes what outlives its stack by design: task definitions, which CloudFormation deregisters and never deletes, log groups
 * that services made for resources of the stack, and backups that were kept of its instances. Only what is proved to be the
 * environment's: by its tag, or by the name of a resource that one of its stacks had.
 */
export async function sweep(
  handle: Handle,
  clientsIn: (region: string | undefined) => Clients,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  const regions = regionsOf(handle).map((region) => async () => {
    const clients = clientsIn(region);
    const definitions = (await tagged(handle, clients, signal)).filter(isTaskDefinition);
    await oneByOne(
      definitions.map((arn) => () => removeTaskDefinition(arn, clients, watch)),
      signal,
    );
  });
  const stacks = everIn(handle).map((ref) => async () => {
    const clients = clientsIn(ref.region);
    const { deleted } = await traceOf(ref, clients, signal);
    const groups = await logGroupsOf(deleted, ref.name, clients, signal);
    const backups = await retainedBackups(ref.name, clients, signal);
    const works = [
      ...groups.map((group) => () => removeLogGroup(group, clients, watch)),
      ...backups
        .filter(({ instance }) => deleted.has(instance))
        .map((backup) => () => removeBackups(backup, clients, watch)),
    ];
    await oneByOne(works, signal);
  });
  await oneByOne([...regions, ...stacks], signal);
}

async function removeBackups(
  { instance, resourceId }: RetainedBackups,
  clients: Clients,
  watch: Watch,
): Promise<void> {
  watch.log(`retained backups of ${instance}`);
  try {
    await clients.for('rds', watch.signal).deleteDBInstanceAutomatedBackup({ DbiResourceId: resourceId });
  } catch (error) {
    if (!isNotThere(error)) throw error; // deleted, and the answer was lost
  }
}

async function removeLogGroup(group: string, clients: Clients, watch: Watch): Promise<void> {
  watch.log(`log group ${group}`);
  try {
    await clients.for('logs', watch.signal).deleteLogGroup({ logGroupName: group });
  } catch (error) {
    if (!isNotThere(error)) throw error; // deleted, and the answer was lost
  }
}

export const isTaskDefinition = (arn: string): boolean => /:task-definition\//.test(arn);

/** Whether a task definition is still there: one that is being deleted is not. */
export async function hasTaskDefinition(
  arn: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { taskDefinition } = await clients
      .for('ecs', signal)
      .describeTaskDefinition({ taskDefinition: arn });
    return taskDefinition !== undefined && taskDefinition.status !== 'DELETE_IN_PROGRESS';
  } catch (error) {
    const { name = '', message = '' } = (error as { cause?: Error }).cause ?? {};
    if (isNotThere(error) || (name === 'ClientException' && /Unable to describe/.test(message))) return false;
    throw error;
  }
}

async function removeTaskDefinition(arn: string, clients: Clients, watch: Watch): Promise<void> {
  const { signal } = watch;
  if (!(await hasTaskDefinition(arn, clients, signal))) return;
  const ecs = clients.for('ecs', signal);
  watch.log(`task definition ${arn}`);
  const isActive = async () =>
    (await ecs.describeTaskDefinition({ taskDefinition: arn })).taskDefinition?.status === 'ACTIVE';
  if (await isActive())
    await ensure(
      {
        make: () => ecs.deregisterTaskDefinition({ taskDefinition: arn }),
        isMade: async () => !(await isActive()),
      },
      signal,
    );
  await ensure(
    {
      make: () => ecs.deleteTaskDefinitions({ taskDefinitions: [arn] }),
      isMade: async () => !(await hasTaskDefinition(arn, clients, signal)),
    },
    signal,
  );
}
