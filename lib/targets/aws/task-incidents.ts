import type { Task } from '@aws-sdk/client-ecs';
import type { Incident } from '../target';
import { endOf } from './one-off-task';

/**
 * What ends tasks on purpose: a person or `StopTask`, AWS itself, and the scheduler, which makes room for a deployment or scales.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
const ON_PURPOSE = new Set<string>([
  'UserInitiated',
  'ServiceSchedulerInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
]);

/** How many are kept, the first ones: a service may start tasks that end again and again. */
const MOST = 20;

/** The tasks of a service that ended, or that ECS replaced because they were unhealthy; the first first. */
export function incidentsOf(tasks: readonly Task[], container: string): readonly Incident[] {
  const incidents = tasks
    .filter(isIncident)
    .map((task) => ({
      at: (task.stoppingAt ?? task.stoppedAt ?? new Date()).toISOString(),
      what: `${task.taskArn?.split('/').at(-1)} stopped: ${endOf(task, container)}`,
    }))
    .toSorted((a, b) => a.at.localeCompare(b.at));
  const others = incidents.slice(MOST);
  const last = others.at(-1);
  if (!last) return incidents;
  const { at, what } = last;
  return [...incidents.slice(0, MOST), { at, what: `and ${others.length} more, the last: ${what}` }];
}

/** The scheduler ends a task that fails its checks by the same code as one of which there are too many: its reason says which. */
function isIncident({ stopCode, stoppedReason = '' }: Task): boolean {
  if (!stopCode) return false;
  return !ON_PURPOSE.has(stopCode) || /\bhealth checks?\b/i.test(stoppedReason);
}
