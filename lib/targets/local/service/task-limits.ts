import { readFileSync } from 'node:fs';
import type { Container, ServiceTier } from '../../../blueprint/blueprint';
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

/** How the limits of a task differ from those on AWS, in sentences. */
export function limitDifferences(tier: ServiceTier): readonly string[] {
  const most = mostOpenFiles();
  if (most === undefined) {
    return ['tasks share this machine: neither their CPU, their memory nor their open files are limited'];
  }
  const { hard } = tier.container.openFiles;
  return [
    'tasks share the processors of this machine: their CPU is not limited',
    memoryLimitOf(tier) === undefined
      ? 'the template does not limit the memory of tasks, so it is not limited here'
      : 'the memory of tasks is measured twice a second: what they use for less than that goes unseen',
    ...(hard > most
      ? [`tasks may open ${most} files, which is the limit of this machine; on AWS ${hard}`]
      : []),
  ];
}

/** The hard limit of open files of this process, which those that it starts cannot exceed; undefined where it is not known. */
function mostOpenFiles(): number | undefined {
  if (!hasProc()) return undefined;
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === 'unlimited' ? Infinity : Number(limit);
}
