import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerDependency } from '../../../blueprint/blueprint';
import type { TaskContainer } from './task-container';

/** The containers of a task: started in the order of their dependencies, and ended together. */
export class TaskContainers {
  /** Why the task ended by itself, in a phrase that follows its name. */
  failure: string | undefined;
  /** Resolves when every container has ended, and none starts any more. */
  readonly ended: Promise<unknown>;
  /** Resolves when the task ends by itself. */
  readonly failed: Promise<void>;
  /** Whether it was ended, or ends. */
  isOver = false;
  private noteFailure = (): void => {};

  /** @param main - the container that the task is known by */
  constructor(
    private readonly all: readonly TaskContainer[],
    readonly main: TaskContainer,
  ) {
    this.failed = new Promise((resolve) => (this.noteFailure = resolve));
    this.ended = Promise.all(all.map((it) => this.run(it)));
  }

  /** Those that run. */
  get running(): readonly TaskContainer[] {
    return this.all.filter((it) => it.isRunning);
  }

  /** Whether every essential container runs, and passes its own health check where it has one. */
  get areHealthy(): boolean {
    return this.essential.every((it) => it.isHealthy);
  }

  /** Whether an essential container has a health check of its own. */
  get areChecked(): boolean {
    return this.essential.some(({ container }) => container.healthCheck !== undefined);
  }

  /** For how long an essential container has failed its own health check; 0 while none does. */
  get unhealthyForMs(): number {
    return Math.max(0, ...this.essential.map((it) => it.unhealthyForMs ?? 0));
  }

  /** One that is not healthy; the first where all are. */
  get worst(): TaskContainer {
    return this.essential.find((it) => !it.isHealthy) ?? this.main;
  }

  /** Whether an essential container has ended, and nobody killed it. */
  get haveEnded(): boolean {
    return this.essential.some(({ exit }) => exit !== undefined && !KILLED.has(exit));
  }

  /** The essential container that was killed; undefined where none was. */
  get killed(): string | undefined {
    return this.essential.find(({ exit }) => exit !== undefined && KILLED.has(exit))?.container.name;
  }

  /** Those that there are, whether they run or not. */
  get parts(): readonly TaskContainer[] {
    return this.all;
  }

  /** How it ended, in a phrase that follows its name. */
  get end(): string {
    return this.failure ?? this.main.end;
  }

  /** The same of a task that was not healthy before. */
  get endBeforeHealthy(): string {
    return this.main.exit === undefined || this.end !== this.main.end
      ? this.end
      : `ended with ${this.main.exit} before it was healthy: ${this.main.crashLine}`;
  }

  /** Stops them: what others depend on ends after those. */
  async stop(abort: AbortSignal): Promise<void> {
    this.isOver = true;
    for (let left = this.all; left.length > 0;) {
      const last = left.filter(({ container: { name } }) => !left.some((it) => dependsOn(it, name)));
      const now = last.length > 0 ? last : left; // a circle, which ECS does not accept
      await Promise.all(now.map((it) => it.stop(abort)));
      left = left.filter((it) => !now.includes(it));
    }
  }

  async kill(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.all.map((it) => it.kill()));
  }

  private get essential(): readonly TaskContainer[] {
    const found = this.all.filter(({ container }) => container.isEssential);
    return found.length > 0 ? found : [this.main];
  }

  private async run(one: TaskContainer): Promise<void> {
    for (const dependency of one.container.dependsOn) {
      const other = this.all.find(({ container }) => container.name === dependency.container);
      if (!other) continue; // it does not run here
      const fault = await this.until(other, dependency.condition);
      if (fault !== undefined) this.fail(`did not start: its container ${dependency.container} ${fault}`);
    }
    if (this.isOver) return;
    await one.start();
    if (this.isOver || !one.container.isEssential) return;
    const { name } = one.container;
    this.fail(one === this.main ? one.end : `ended with its container ${name}, which ${one.end}`);
  }

  /** Waits until a container meets the condition of another one. @returns why it cannot */
  private async until(
    other: TaskContainer,
    condition: ContainerDependency['condition'],
  ): Promise<string | undefined> {
    for (; !this.isOver; await pause(POLL_MS)) {
      const hasEnded = other.exit !== undefined;
      if (condition === 'START' && other.program) return undefined;
      if (condition === 'COMPLETE' && hasEnded) return undefined;
      if (condition === 'SUCCESS' && hasEnded) return other.exit === 0 ? undefined : other.end;
      if (condition === 'HEALTHY' && other.isHealthy) return undefined;
      if (condition === 'HEALTHY' && hasEnded) return other.end;
    }
    return undefined;
  }

  /** Ends the others, as the end of an essential container does. */
  private fail(why: string): void {
    if (this.isOver) return;
    this.failure = why;
    this.noteFailure();
    void this.stop(NEVER);
  }
}

const POLL_MS = 20;
/** How a program ends that is killed, and a shell whose program is. */
const KILLED: ReadonlySet<number | NodeJS.Signals> = new Set<number | NodeJS.Signals>(['SIGKILL', 137]);
const NEVER = new AbortController().signal;

const dependsOn = ({ container, isRunning }: TaskContainer, name: string): boolean =>
  isRunning && container.dependsOn.some((it) => it.container === name);
