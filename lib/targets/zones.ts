import { TwinError } from '../error';

/** The Availability Zone with the most tasks; of several the first by name. */
export function mostTasks<T>(
  tasks: readonly T[],
  zoneOf: (task: T) => string,
): { readonly zone: string; readonly tasks: readonly T[] } {
  const zones = [...new Set(tasks.map(zoneOf))].toSorted();
  const of = zones.map((zone) => ({ zone, tasks: tasks.filter((task) => zoneOf(task) === zone) }));
  return of.toSorted((one, other) => other.tasks.length - one.tasks.length)[0]!;
}

export const oneZone = (service: string, zone: string, tasks: number): TwinError =>
  new TwinError({
    code: 'one-zone',
    message: `${service} has ${tasks === 1 ? 'one task, which is' : `all of its ${tasks} tasks`} in ${zone}: losing that zone would leave none`,
    fix: 'Spread the service over subnets in several Availability Zones, with a task in each at least, or leave it out of drills.loseZone.',
  });
