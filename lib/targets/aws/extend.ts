import type { GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { showDuration } from '../../duration';
import { TwinError } from '../../error';
import type { Handle, Watch } from '../target';
import type { Clients } from './clients';
import { stacksIn, type StackRef } from './handle';
import { checkOurs } from './ours';
import { resourcesOf } from './stack-state';

/** How far the end of an environment is moved. */
export interface ExtendProps {
  readonly handle: Handle;
  /** From now. */
  readonly hours: number;
  /** Since its first stack was created. */
  readonly maxHours: number;
  readonly now: Date;
}

/**
 * Moves the schedules by which the stacks of an environment delete themselves: all by as much, since a stack that others need goes
 * after them. They stay what CloudFormation made, and keep the new time until a release gives them another one.
 *
 * @returns when the first stack deletes itself: ISO 8601, UTC
 * @throws TwinError `lifetime`, `no-schedule`
 */
export async function extend(
  { handle, hours, maxHours, now }: ExtendProps,
  clientsIn: (region: string | undefined) => Clients,
  watch: Watch,
): Promise<string> {
  const schedules: Schedule[] = [];
  for (const ref of stacksIn(handle)) {
    const clients = clientsIn(ref.region);
    const stack = await checkOurs(ref, handle, clients, watch.signal);
    if (stack) schedules.push(await scheduleOf(stack, ref, clients, watch.signal));
  }
  if (schedules.length === 0) throw nothingStands(handle);
  const first = Math.min(...schedules.map(({ ends }) => ends));
  const until = now.getTime() + hours * HOUR;
  if (until <= first) return isoOf(first);
  const last = Math.max(...schedules.map(({ ends }) => ends)) + until - first;
  const latest = Math.min(...schedules.map(({ created }) => created)) + maxHours * HOUR;
  if (last > latest) throw tooLong({ hours, maxHours, left: latest - now.getTime() - (last - until) });
  for (const it of schedules) {
    watch.log(`${it.stack} deletes itself at ${isoOf(it.ends + until - first)}`);
    await move(it, it.ends + until - first, watch.signal);
  }
  return isoOf(until);
}

const HOUR = 3_600_000;

/** To the second, as a schedule has it. */
const isoOf = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The schedule that deletes a stack. */
interface Schedule {
  readonly stack: string;
  readonly created: number;
  readonly ends: number;
  readonly clients: Clients;
  /** As EventBridge Scheduler has it. */
  readonly found: GetScheduleOutput;
  /** Those of the same stack that warn of this end: their messages say it. */
  readonly warnings: readonly GetScheduleOutput[];
}

/** Of the schedules of a stack that which deletes it, by its id. */
async function scheduleOf(
  { StackId: id, CreationTime: created }: Stack,
  ref: StackRef,
  clients: Clients,
  signal: AbortSignal,
): Promise<Schedule> {
  const all: GetScheduleOutput[] = [];
  for (const { ResourceType: type, PhysicalResourceId: Name } of await resourcesOf(clients, ref, signal))
    if (type === 'AWS::Scheduler::Schedule' && Name)
      all.push(await clients.for('scheduler', signal).getSchedule({ Name }));
  const found = all.find(
    (it) => calls(it, 'cloudformation:deleteStack', `"${id}"`) && !Number.isNaN(timeOf(it)),
  );
  if (found === undefined) throw noSchedule(ref);
  const ends = timeOf(found);
  const warnings = all.filter((it) => calls(it, 'sns:publish', isoOf(ends)) && !Number.isNaN(timeOf(it)));
  return { stack: ref.name, created: created?.getTime() ?? 0, ends, clients, found, warnings };
}

const calls = ({ Target }: GetScheduleOutput, call: string, what: string): boolean =>
  Target?.Arn?.endsWith(`:aws-sdk:${call}`) === true && Target.Input?.includes(what) === true;

/** When a schedule is carried out; NaN for one that is carried out again and again. */
const timeOf = ({ ScheduleExpression: at = '' }: GetScheduleOutput): number =>
  Date.parse(`${/^at\((.+)\)$/.exec(at)?.[1]}Z`);

/** The end first: where the rest fails, a warning comes too early and not too late. */
async function move(it: Schedule, ends: number, signal: AbortSignal): Promise<void> {
  await moveOne(it.found, ends, it.clients, signal);
  for (const warning of it.warnings) {
    const Input = warning.Target!.Input!.replaceAll(isoOf(it.ends), isoOf(ends));
    const moved = { ...warning, Target: { ...warning.Target!, Input } };
    await moveOne(moved, timeOf(warning) + ends - it.ends, it.clients, signal);
  }
}

/** An update takes the place of all that a schedule has. */
async function moveOne(
  found: GetScheduleOutput,
  time: number,
  clients: Clients,
  signal: AbortSignal,
): Promise<void> {
  const { Name, GroupName, Description, State, ScheduleExpressionTimezone, FlexibleTimeWindow, Target } =
    found;
  await clients.for('scheduler', signal).updateSchedule({
    Name,
    GroupName,
    Description,
    State,
    ScheduleExpressionTimezone,
    FlexibleTimeWindow,
    Target,
    KmsKeyArn: found.KmsKeyArn,
    ActionAfterCompletion: found.ActionAfterCompletion,
    ScheduleExpression: `at(${isoOf(time).slice(0, -1)})`,
  });
}

const nothingStands = ({ name }: Handle): TwinError =>
  new TwinError({
    code: 'no-schedule',
    message: `nothing of ${name} stands`,
    fix: 'Rehearse with --keep to leave an environment standing.',
  });

const noSchedule = ({ name }: StackRef): TwinError =>
  new TwinError({
    code: 'no-schedule',
    message: `the stack ${name} has no schedule that deletes it`,
    fix: 'Tear the environment down with twin down: the schedule was deleted by hand.',
  });

function tooLong({
  hours,
  maxHours,
  left,
}: {
  readonly hours: number;
  readonly maxHours: number;
  readonly left: number;
}): TwinError {
  const most = left > 0 ? `at most ${showDuration(left)} from now` : 'no longer';
  return new TwinError({
    code: 'lifetime',
    message: `the environment may stand ${most}, got ${hours} h: its lifetime is limited to ${maxHours} h`,
    fix: 'Ask for less, or raise aws.maxHours in twin.config.ts.',
  });
}
