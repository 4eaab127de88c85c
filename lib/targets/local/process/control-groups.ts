import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { controllersAt, type Controller, type SystemGroups } from './controllers';

/** What the processes of a task may use together. */
export interface TaskLimits {
  readonly memoryMiB: number | undefined;
  /** As many processors. */
  readonly cpus: number | undefined;
}

/** The file in an environment's folder that names its control groups: they are no part of the folder. */
const LIST = 'control-groups';

/** The control groups of an environment, by which the kernel limits its tasks: cgroups(7). */
export class ControlGroups {
  private tasks = 0;

  /** @param filesAreMemory - whether the files of the environment are in memory, where they count as that of who writes them */
  private constructor(
    private readonly controllers: readonly Controller[],
    readonly filesAreMemory: boolean,
  ) {}

  /**
   * Tries whether this process may make control groups, and have programs join them.
   *
   * @param folder - the environment's
   * @returns undefined where it may not, or the system has none that limit memory
   */
  static open(folder: string, system?: SystemGroups): ControlGroups | undefined {
    const found = controllersAt(`twin-${basename(folder).replace(/^twin-/, '')}`, system);
    if (found.length === 0) return undefined;
    writeFileSync(join(folder, LIST), found.map((it) => it.root).join('\n')); // before they exist
    const open = new Map<string, Controller>();
    for (const it of found) if (!open.has(it.kind) && admits(it)) open.set(it.kind, it);
    const usable = [...open.values()];
    if (usable.some((it) => it.limitsMemory))
      return new ControlGroups(usable, statfsSync(folder).type === TMPFS);
    for (const { root } of usable) removeTree(root);
    return undefined;
  }

  /** Whether it limits processors too. */
  get limitsCpu(): boolean {
    return this.controllers.some((it) => it.limitsCpu);
  }

  /** Makes the group of a task. */
  task(task: string, limits: TaskLimits): TaskGroup {
    const name = task.replaceAll('/', '_');
    for (const it of this.controllers) it.make(join(it.root, name), { memoryMiB: limits.memoryMiB }, true);
    this.weigh(1);
    return new TaskGroup(name, this.controllers, limits, () => this.weigh(-1));
  }

  /** Without a weight all tasks together would have as much of a busy machine as one program beside them. */
  private weigh(change: number): void {
    this.tasks += change;
    const usable = this.controllers.filter(({ limitsCpu, root }) => limitsCpu && exists(root));
    for (const it of usable) it.setWeight(it.root, Math.max(this.tasks, 1));
  }
}

/** A file system in memory: statfs(2). */
const TMPFS = 0x01021994;

/** The control group of a task, with one for each of its containers. */
export class TaskGroup {
  private readonly containers = new Set<string>();
  private lastKills = 0;

  constructor(
    private readonly name: string,
    private readonly controllers: readonly Controller[],
    private readonly limits: TaskLimits,
    private readonly whenRemoved: () => void,
  ) {}

  /** Makes the group of a container. @returns the files into which a program writes its id to join it */
  container(name: string, memoryMiB: number | undefined): readonly string[] {
    this.containers.add(name);
    return this.controllers.map((it) => {
      const folder = join(it.root, this.name, name);
      it.make(folder, { memoryMiB }, false);
      return join(folder, 'cgroup.procs');
    });
  }

  /** Limits its processors from now on. */
  limitCpu(): void {
    const { cpus } = this.limits;
    if (cpus === undefined) return;
    for (const it of this.controllers) if (it.limitsCpu) it.setCpus(join(it.root, this.name), cpus);
  }

  /** How many of its processes the kernel has killed because they used too much memory. */
  get kills(): number {
    const memory = this.controllers.find((it) => it.limitsMemory)!;
    const seen = [...this.containers].map((it) => memory.kills(join(memory.root, this.name, it)));
    this.lastKills = Math.max(
      this.lastKills,
      seen.reduce((sum, it) => sum + it, 0),
    );
    return this.lastKills;
  }

  /** Removes it, once its processes have ended. */
  async remove(): Promise<void> {
    void this.kills; // is known afterwards too
    await removed(this.controllers.map((it) => join(it.root, this.name)));
    this.whenRemoved();
  }
}

/** The words before those of a command that has to join groups: it does not begin where it cannot. */
export const joiningWords = (files: readonly string[]): readonly string[] =>
  files.length === 0 ? [] : ['/bin/sh', '-c', JOIN, 'sh', ...files, '--'];

const JOIN = 'until [ "$1" = -- ]; do echo 0 >"$1" || exit 125; shift; done; shift; exec "$@"';

/** The control groups of an environment that exist. */
export function controlGroupsOf(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, LIST), 'utf8').split('\n').filter(exists);
  } catch {
    return []; // it has none
  }
}

/** Removes the control groups of an environment, whose processes have ended. @returns those that remain */
export const removeControlGroups = (folder: string): Promise<readonly string[]> =>
  removed(controlGroupsOf(folder));

/** Whether the group can be made, with all that it limits by, and a program can join it. */
function admits(controller: Controller): boolean {
  const trial = join(controller.root, 'trial');
  try {
    controller.prepare();
    controller.make(join(trial, 'container'), { memoryMiB: 64 }, false);
    if (controller.limitsCpu) controller.setCpus(trial, 1);
    const joins = spawnSync('/bin/sh', [
      '-c',
      'echo 0 >"$1"',
      'sh',
      join(trial, 'container', 'cgroup.procs'),
    ]);
    removeTree(trial);
    if (joins.status === 0) return true;
  } catch {
    // not permitted: for other users, in most containers, where the system has delegated nothing
  }
  removeTree(controller.root);
  return false;
}

async function removed(folders: readonly string[]): Promise<readonly string[]> {
  for (const giveUp = Date.now() + REMOVE_LIMIT_MS; ; await pause(20)) {
    for (const it of folders) removeTree(it);
    const left = folders.filter(exists);
    if (left.length === 0 || Date.now() > giveUp) return left;
  }
}

/** A process that was killed is in its group for a moment. */
const REMOVE_LIMIT_MS = 5_000;

/** Removes a group with those below it; the files in it are the kernel's. */
function removeTree(folder: string): void {
  try {
    for (const it of readdirSync(folder, { withFileTypes: true })) {
      if (it.isDirectory()) removeTree(join(folder, it.name));
    }
    rmdirSync(folder);
  } catch {
    // it does not exist, or a process is still in it: who removes it looks again
  }
}

function exists(folder: string): boolean {
  try {
    return readdirSync(dirname(folder)).includes(basename(folder));
  } catch {
    return false;
  }
}
