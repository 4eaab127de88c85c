import { setTimeout as pause } from 'node:timers/promises';
import type { Incidents } from '../incidents';
import type { Ending, Task } from './task';

/** What keeps a desired task going. */
export interface DesiredTaskProps {
  /** Starts another task in place of one. */
  readonly start: () => Promise<Task>;
  readonly incidents: Incidents;
  readonly ending: Ending;
}

/**
 * One of the tasks that a service is to have: replaced when it ends, and when it fails its health checks. A task that fails
 * while it runs is kept until another one is healthy in its place, as ECS does.
 */
export class DesiredTask {
  private isRetired = false;
  /** Started in place of a task that still runs. */
  private next: Task | undefined;

  constructor(
    private task: Task,
    private readonly props: DesiredTaskProps,
  ) {
    void this.keep();
  }

  /** The task that runs, or ran last. */
  get current(): Task {
    return this.task;
  }

  /** Ends it for good. */
  async retire(end: (task: Task) => Promise<void>): Promise<void> {
    this.isRetired = true;
    await Promise.all([this.task, this.next].map(async (task) => task && end(task)));
  }

  private async keep(): Promise<void> {
    for (let failures = 0; !this.isRetired;) {
      const { task } = this;
      const fault = task.fault();
      if (fault === undefined) {
        if (task.hasSettled) failures = 0;
        const loss = task.loss();
        if (loss !== undefined) this.props.incidents.add(`${task.name} ${loss}`, true);
        await pause(POLL_MS);
        continue;
      }
      this.report(task, fault);
      await this.wait(backOffMs(failures++));
      if (!this.isRetired) await this.replace(task);
    }
  }

  private async replace(task: Task): Promise<void> {
    const next = await this.props.start();
    this.next = next;
    if (this.isRetired) return next.kill();
    const fault = task.isRunning ? await this.outcome(next) : undefined;
    this.next = undefined;
    if (this.isRetired) return;
    if (fault === undefined) this.task = next;
    else this.report(next, fault);
    // Not awaited: the other one needs to be looked after meanwhile.
    void (fault === undefined ? task : next).end(this.props.ending);
  }

  /** Waits until a task is healthy, or has a fault. */
  private async outcome(task: Task): Promise<string | undefined> {
    for (;;) {
      const fault = task.fault();
      if (fault !== undefined || task.isHealthy || this.isRetired) return fault;
      await pause(POLL_MS);
    }
  }

  private report({ name, isExpendable, hasEnded }: Task, fault: string): void {
    if (!isExpendable) this.props.incidents.add(`${name} ${fault}`, hasEnded);
  }

  private async wait(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (!this.isRetired && Date.now() < end) await pause(POLL_MS);
  }
}

const POLL_MS = 50;
/** The delay before a task is replaced; ECS takes some seconds. */
const RESTART_MS = 100;
/** ECS throttles a service whose tasks fail again and again, too: its longest delay is 27 minutes. */
const MOST_DELAY_MS = 30_000;

const backOffMs = (failures: number): number => Math.min(RESTART_MS * 2 ** failures, MOST_DELAY_MS);
