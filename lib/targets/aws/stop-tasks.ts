import type { Task } from '@aws-sdk/client-ecs';
import { TwinError } from '../../error';
import type { MemberState, Watch } from '../target';
import { mostTasks, oneZone } from '../zones';
import type { LiveTier } from './live-tiers';
import { describedTasks, ecsNames, membersOf } from './members';
import { until } from './until';

/** Stops one task of a service, and waits until another one runs in its place. */
export async function stopTask(
  live: LiveTier,
  before: readonly MemberState[],
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const victim = before.find(({ state }) => state === 'running')?.name;
  if (victim === undefined) throw nothingTo('stop', live);
  await stop(live, victim, watch.signal);
  watch.log(`${live.tier.name}: ${victim} is stopped`);
  await replaced(live, [victim], before.length, pollMs, watch.signal);
}

/**
 * Stops all tasks in the Availability Zone that has the most of them, and waits until as many run in their places. ECS may start those
 * in the same zone: it is the tasks that are lost, not the zone.
 *
 * @returns what was lost
 * @throws TwinError `one-zone` where none would be left
 */
export async function loseZone(live: LiveTier, pollMs: number, watch: Watch): Promise<string> {
  const { signal } = watch;
  const all = await describedTasks(live, 'RUNNING', signal);
  const running = all.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  if (running.length === 0) throw nothingTo('stop', live);
  const { zone, tasks } = mostTasks(running, zoneOf);
  if (tasks.length === running.length) throw oneZone(live.tier.name, zone, running.length);
  const lost = `${zone}, with ${tasks.length} of ${running.length} tasks`;
  watch.log(`${live.tier.name}: lost ${lost}`);
  const victims = tasks.map(({ taskArn = '' }) => idOf(taskArn));
  await Promise.all(victims.map((victim) => stop(live, victim, signal)));
  await replaced(live, victims, all.length, pollMs, signal);
  return lost;
}

async function stop({ physicalId, clients }: LiveTier, task: string, signal: AbortSignal): Promise<void> {
  const { cluster } = ecsNames(physicalId);
  await clients.for('ecs', signal).stopTask({ cluster, task, reason: 'cdk-twin: drill' });
}

async function replaced(
  live: LiveTier,
  victims: readonly string[],
  tasks: number,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  const isOther = ({ name, state }: MemberState): boolean => !victims.includes(name) && state === 'running';
  await until(
    () => membersOf(live, signal),
    (now) => now.filter(isOther).length >= tasks,
    { signal, pollMs },
  );
}

const zoneOf = ({ availabilityZone: zone = 'a zone that ECS does not name' }: Task): string => zone;

/** As members are called. */
const idOf = (arn: string): string => arn.split('/').at(-1) ?? arn;

export const nothingTo = (what: string, { tier }: LiveTier): TwinError =>
  new TwinError({
    code: 'no-member',
    message: `${tier.name} has no running member that could ${what}`,
    fix: 'Look at the tier in the console: a member may still be starting.',
  });
