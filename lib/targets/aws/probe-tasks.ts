import type { Handle, Watch } from '../target';
import type { Clients } from './clients';
import { isNotThere } from './failed-call';
import { prefixOf, stacksIn, type StackRef } from './handle';
import { allPages } from './pages';
import { resourcesOf, stackState } from './stack-state';
import { until } from './until';

/** Ends the tasks that checks of an environment have left running: they would keep its clusters and subnets from being deleted. */
export async function stopProbeTasks(
  handle: Handle,
  clientsIn: (region: string | undefined) => Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  for (const ref of stacksIn(handle)) {
    const clients = clientsIn(ref.region);
    if (!(await stackState(clients, ref, watch.signal))) continue;
    for (const cluster of await clustersOf(ref, clients, watch.signal))
      await stopTasksIn(cluster, handle, clients, pollMs, watch);
  }
}

/** The ECS clusters of a stack, and of those that are nested in it. */
async function clustersOf(ref: StackRef, clients: Clients, signal: AbortSignal): Promise<string[]> {
  const clusters: string[] = [];
  for (const { ResourceType: type, PhysicalResourceId: id } of await resourcesOf(clients, ref, signal)) {
    if (!id) continue;
    if (type === 'AWS::ECS::Cluster') clusters.push(id);
    if (type === 'AWS::CloudFormation::Stack')
      clusters.push(...(await clustersOf({ ...ref, name: id, id }, clients, signal)));
  }
  return clusters;
}

async function stopTasksIn(
  cluster: string,
  handle: Handle,
  clients: Clients,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const ecs = clients.for('ecs', watch.signal);
  const list = async (): Promise<string[]> => {
    try {
      return await allPages(async (nextToken) => {
        const page = await ecs.listTasks({ cluster, startedBy: prefixOf(handle), nextToken });
        return { items: page.taskArns, next: page.nextToken };
      });
    } catch (error) {
      if (isNotThere(error)) return []; // the cluster is gone, and its tasks with it
      throw error;
    }
  };
  for (const task of await list()) {
    watch.log(`task ${task.split('/').at(-1)}`);
    await ecs.stopTask({ cluster, task, reason: 'cdk-twin' });
  }
  await until(list, (tasks) => tasks.length === 0, { signal: watch.signal, pollMs });
}

export const isTask = (arn: string): boolean => /^arn:[^:]+:ecs:[^:]*:[^:]*:task\//.test(arn);

/** Whether a task still runs: one that has ended is listed for an hour. @param arn - `arn:aws:ecs:eu-west-1:111122223333:task/cluster/id` */
export async function hasTask(arn: string, clients: Clients, signal: AbortSignal): Promise<boolean> {
  const cluster = arn.split('/').at(-2)!;
  try {
    const { tasks = [] } = await clients.for('ecs', signal).describeTasks({ cluster, tasks: [arn] });
    return tasks.some(({ lastStatus }) => lastStatus !== 'STOPPED');
  } catch (error) {
    if (isNotThere(error)) return false; // its cluster is gone
    throw error;
  }
}
