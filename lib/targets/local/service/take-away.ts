import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import { mostTasks, oneZone } from '../../zones';
import type { Watch } from '../../target';
import type { DesiredTask } from './desired-task';
import type { Task } from './task';

/**
 * Kills one task with SIGKILL and waits until another one is healthy in its place.
 *
 * @throws TwinError `no-task`, or `not-replaced` when that takes too long
 */
export async function killOne(service: string, desired: readonly DesiredTask[], watch: Watch): Promise<void> {
  const victim =
    desired.find(({ current }) => current.isHealthy) ?? desired.find(({ current }) => current.isRunning);
  if (!victim) throw noTask(service);
  const [name] = await takeAway([victim], watch);
  watch.log(`${service}: ${name} was killed and is replaced`);
}

/**
 * Kills the tasks in the zone that has the most of them, all at once, and waits until others are healthy in their places.
 *
 * @returns what was lost
 * @throws TwinError `no-task`, `one-zone`, or `not-replaced` when that takes too long
 */
export async function loseZone(
  { name, zones }: Pick<ServiceTier, 'name' | 'zones'>,
  desired: readonly DesiredTask[],
  watch: Watch,
): Promise<string> {
  const running = desired.filter(({ current }) => current.isRunning);
  if (running.length === 0) throw noTask(name);
  const { zone, tasks } = mostTasks(running, ({ current }) => current.zone);
  if (tasks.length === running.length) throw oneZone(name, zone, running.length);
  const lost = `${zone}, with ${tasks.length} of ${running.length} tasks`;
  watch.log(`${name}: lost ${lost}`);
  await takeAway(tasks, watch);
  return zones ? lost : `${lost} (the templates do not say its zones: two are assumed)`;
}

/** @returns the names of the tasks that were killed */
async function takeAway(desired: readonly DesiredTask[], watch: Watch): Promise<string[]> {
  const victims = desired.map(({ current }) => current);
  for (const victim of victims) victim.isExpendable = true;
  await Promise.all(victims.map((victim) => victim.kill()));
  // a moment until they start included
  const giveUp = Date.now() + 1.5 * Math.max(...victims.map(({ startLimitMs }) => startLimitMs));
  for (const [i, it] of desired.entries()) {
    const victim = victims[i]!;
    while (it.current === victim || !it.current.isHealthy) {
      watch.signal.throwIfAborted();
      if (Date.now() > giveUp) throw notReplaced(victim, it.current);
      await pause(20);
    }
  }
  return victims.map(({ name }) => name);
}

function noTask(name: string): TwinError {
  return new TwinError({
    code: 'no-task',
    message: `${name} has no running task to kill`,
    fix: 'Release something first.',
  });
}

function notReplaced(victim: Task, current: Task): TwinError {
  return new TwinError({
    code: 'not-replaced',
    message: `${victim.name} was killed, and is not replaced: ${current.name} ${current.whyNotHealthy()}`,
    fix: `See logs/${current.name}.log.`,
  });
}
