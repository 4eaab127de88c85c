import type { Handle, Watch } from '../target';
import { isNotThere, type Clients } from './clients';
import { stacksIn } from './handle';
import { retainedBackups } from './retained-backups';
import { logGroupsOf, regionsOf, tagged, traceOf } from './traces';

/**
 * Removes what outlives its stack by design: task definitions, which CloudFormation deregisters and never deletes, log groups
 * that services made for resources of the stack, and backups that were kept of its instances. Only what is proved to be the environment's: by its tag, or by the name of a
 * resource that one of its stacks had.
 */
export async function sweep(
  handle: Handle,
  clientsIn: (region: string | undefined) => Clients,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  for (const region of regionsOf(handle)) {
    const clients = clientsIn(region);
    for (const arn of await tagged(handle, clients, signal))
      if (isTaskDefinition(arn)) await removeTaskDefinition(arn, clients, watch);
  }
  for (const ref of stacksIn(handle)) {
    const clients = clientsIn(ref.region);
    const { deleted } = await traceOf(ref, clients, signal);
    for (const group of await logGroupsOf(deleted, ref.name, clients, signal)) {
      watch.log(`log group ${group}`);
      await clients.for('logs', signal).deleteLogGroup({ logGroupName: group });
    }
    for (const { instance, resourceId } of await retainedBackups(ref.name, clients, signal)) {
      if (!deleted.has(instance)) continue;
      watch.log(`retained backups of ${instance}`);
      await clients.for('rds', signal).deleteDBInstanceAutomatedBackup({ DbiResourceId: resourceId });
    }
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
  const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: arn });
  if (taskDefinition?.status === 'ACTIVE') await ecs.deregisterTaskDefinition({ taskDefinition: arn });
  await ecs.deleteTaskDefinitions({ taskDefinitions: [arn] });
}
