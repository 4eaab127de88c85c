import { readFileSync } from 'node:fs';
import type { Container, ServiceTier } from '../../../blueprint/blueprint';
import type { TaskGroup } from '../process/control-groups';
import type { Machine } from '../process/machine';
import { hasProc } from '../process/proc';

/**
 * The memory of a task in MiB: that of its only container, where that has less; undefined when the template limits neither. The
 * limits of several containers are their own.
 */
export function memoryLimitOf({ memoryMiB, container, containers }: ServiceTier): number | undefined {
  const limits = [memoryMiB, containers.length > 1 ? undefined : container.memoryMiB].filter(
    (it) => it !== undefined,
  );
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** The control group of a task; undefined where nothing limits it, or this machine has none. */
export function groupOf(name: string, tier: ServiceTier, machine: Machine): TaskGroup | undefined {
  if (!isLimited(tier)) return undefined;
  const cpus = tier.cpu === undefined ? undefined : tier.cpu / UNITS_OF_A_CPU;
  return machine.groups?.task(name, { memoryMiB: memoryLimitOf(tier), cpus });
}

const UNITS_OF_A_CPU = 1024;

const isLimited = (tier: ServiceTier): boolean =>
  [tier.cpu, memoryLimitOf(tier), ...tier.containers.map(({ memoryMiB }) => memoryMiB)].some(
    (it) => it !== undefined,
  );

/**
 * The arguments of a shell that runs a command, whose processes may open as many files as those of the container, and as this
 * machine permits.
 */
export function shellArguments(command: string, { openFiles: { soft, hard } }: Container): readonly string[] {
  const most = mostOpenFiles();
  if (most === undefined) return ['-c', command];
  const ceiling = Math.min(hard, most);
  const limit = `ulimit -S -n ${Math.min(soft, ceiling)} && ulimit -H -n ${ceiling}`;
  return ['-c', `${limit}; exec /bin/sh -c "$0"`, command];
}

/**
 * How the limits of a task differ from those on AWS, in sentences.
 *
 * @param machine - the one that it runs on
 */
export function limitDifferences(tier: ServiceTier, machine: Pick<Machine, 'groups'>): readonly string[] {
  const most = mostOpenFiles();
  if (most === undefined) {
    return ['tasks share this machine: neither their CPU, their memory nor their open files are limited'];
  }
  const { hard } = tier.container.openFiles;
  return [
    ...(isLimited(tier)
      ? byGroup(tier, machine)
      : ['the template limits neither the CPU nor the memory of tasks']),
    ...(hard > most
      ? [`tasks may open ${most} files, which is the limit of this machine; on AWS ${hard}`]
      : []),
  ];
}

function byGroup(tier: ServiceTier, { groups }: Pick<Machine, 'groups'>): readonly string[] {
  const shared = 'tasks share the processors of this machine: their CPU is not limited';
  if (!groups) {
    return [
      `${shared}, as this machine lets its user make no control groups`,
      'the memory of tasks is measured twice a second: what they use for less than that goes unseen',
    ];
  }
  const { cpu } = tier;
  return [
    cpu === undefined || !groups.limitsCpu
      ? shared
      : `a task has ${cpu / UNITS_OF_A_CPU} of the processors of this machine from when it is healthy, and starts as fast as it can`,
    ...(groups.filesAreMemory
      ? ['what tasks write into files counts as their memory: TMPDIR is in the memory of this machine']
      : []),
  ];
}

/** The hard limit of open files of this process, which those that it starts cannot exceed; undefined where it is not known. */
function mostOpenFiles(): number | undefined {
  if (!hasProc()) return undefined;
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === 'unlimited' ? Infinity : Number(limit);
}
