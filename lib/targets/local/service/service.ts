import { setTimeout as pause } from 'node:timers/promises';
import type { TwinError } from '../../../error';
import { withSignal, type RehearsedTier, type Watch } from '../../target';
import type { LoadBalancers } from '../balancer/load-balancers';
import type { Targets } from '../balancer/targets';
import { Deployment } from './deployment';
import { DesiredTask } from './desired-task';
import { RunningTasks } from '../discovery/running-tasks';
import { Incidents } from '../incidents';
import type { Machine } from '../process/machine';
import { killOne, loseZone } from './take-away';
import { Task, type Ending, type ServiceRelease } from './task';
import { Zones } from './zones';

/** What a service is created with. */
export interface ServiceProps {
  /** The tier's. */
  readonly name: string;
  readonly machine: Machine;
  readonly balancers: LoadBalancers;
  /** The tasks that its names lead to. @default - no name leads to them */
  readonly found?: RunningTasks;
  /** How many requests the environment has been sent, for a service without a load balancer. @default - none */
  readonly requests?: () => number;
  /** How long a task may take to become healthy, unless its grace period is longer: milliseconds. @default 20000 */
  readonly startLimitMs?: number;
}

/** An ECS service on this machine: its tasks as processes, replaced when they end or are unhealthy, updated by rolling. */
export class Service {
  private desired: readonly DesiredTask[] = [];
  /** Those of the release before, while both serve. */
  private old: readonly DesiredTask[] = [];
  private current: ServiceRelease | undefined;
  /** The URL where clients reach it; undefined when it has no load balancer. */
  url: string | undefined;
  private started = 0;
  private readonly running = new Set<Task>();
  private readonly incidents = new Incidents();
  private readonly zones = new Zones();
  private readonly closing = new AbortController();

  private readonly measured: Task[] = [];

  constructor(private readonly props: ServiceProps) {}

  get name(): string {
    return this.props.name;
  }

  /** The same, for this environment alone whatever share of the requests goes elsewhere. */
  async directUrl(): Promise<string | undefined> {
    return this.current && this.props.balancers.urlOf(this.current.tier, true);
  }

  /** How many requests its tasks were sent. */
  get totalRequests(): number {
    return this.groups().reduce((sum, it) => sum + it.totalRequests, 0);
  }

  /**
   * Brings a release by a rolling update, with at least and at most as many tasks as the template's percentages allow: starts new
   * tasks as far as there is room, waits until they are healthy, lets both releases serve for a while, then drains and stops as
   * many old ones, until all are new.
   *
   * @throws TwinError `unhealthy` when the new tasks do not become healthy; the old ones then keep running
   */
  async deploy(next: ServiceRelease, watch: Watch): Promise<void> {
    this.url ??= await this.props.balancers.urlOf(next.tier);
    const before = this.current;
    const deployment = new Deployment(next.tier);
    const ending = this.endingOf(watch);
    this.old = this.desired;
    this.desired = [];
    try {
      while (!deployment.isDone(this.desired.length, this.old.length)) {
        const { start, stop } = deployment.next(this.desired.length, this.old.length);
        await this.startAll(start, next, deployment, watch);
        const leaving = this.old.slice(0, stop);
        if (leaving.length > 0 && this.desired.length > 0) await sideBySide(ending.signal);
        await Promise.all(leaving.map((it) => it.retire((task) => task.end(ending))));
        this.old = this.old.slice(leaving.length);
        watch.signal.throwIfAborted();
      }
    } catch (error) {
      if (this.desired.length < next.tier.tasks) await this.takeBack(before, next, watch);
      else {
        this.current = next; // stopped while the old tasks end: they end at once
        await this.endOld(ending);
      }
      throw error;
    }
    this.current = next;
    this.url = await this.props.balancers.urlOf(next.tier);
    watch.log(`${this.name}: ${this.desired.length} tasks of ${next.release} are healthy`);
  }

  /** See {@link killOne}. */
  killTask(watch: Watch): Promise<void> {
    return killOne(this.name, this.desired, watch);
  }

  /** See {@link loseZone}. */
  loseZone(watch: Watch): Promise<string> {
    return loseZone({ ...this.current?.tier, name: this.name }, this.desired, watch);
  }

  /** Kills every task; its target groups stay, without targets. */
  async stop(): Promise<void> {
    const all = [...this.desired, ...this.old];
    this.desired = [];
    this.old = [];
    await Promise.all(all.map((it) => it.retire((task) => task.kill())));
  }

  /** Kills every task, and starts none any more. */
  async close(): Promise<void> {
    this.closing.abort(new Error(`${this.name} was closed`));
    await this.stop();
    await Promise.all([...this.running].map((task) => task.kill()));
  }

  state(): RehearsedTier {
    return {
      tier: this.name,
      kind: 'service',
      skipped: false,
      engine: 'processes',
      standsFor: 'ECS tasks',
      members: [...this.desired, ...this.old].map(({ current }) => current.state()),
      incidents: this.incidents.list(),
      usage: this.measured.map((task) => task.usage()),
      differs: this.current?.differs ?? [],
      advice: this.advice(),
    };
  }

  /** Ends the tasks of a release that failed; where the circuit breaker rolls back, the release before gets all of its tasks. */
  private async takeBack(
    before: ServiceRelease | undefined,
    failed: ServiceRelease,
    watch: Watch,
  ): Promise<void> {
    const ending = this.endingOf(watch);
    await Promise.all(this.desired.map((it) => it.retire((task) => task.end(ending))));
    this.desired = this.old;
    this.old = [];
    if (!before || watch.signal.aborted || failed.tier.deployment.onFailure !== 'roll-back') return;
    const missing = Math.max(0, before.tier.tasks - this.desired.length);
    try {
      await this.startAll(missing, before, new Deployment(before.tier), watch);
    } catch (error) {
      // the release's own failure is the one to be thrown
      this.incidents.add(
        `${this.name} was not rolled back to ${before.release}: ${(error as Error).message}`,
      );
    }
  }

  private async endOld(ending: Ending): Promise<void> {
    await Promise.all(this.old.map((it) => it.retire((task) => task.end(ending))));
    this.old = [];
  }

  private async startAll(
    count: number,
    release: ServiceRelease,
    deployment: Deployment,
    watch: Watch,
  ): Promise<void> {
    const fresh = new Set<Task>();
    try {
      const starting = Array.from({ length: count }, () => this.startOne(fresh, release, deployment, watch));
      await Promise.all(starting);
    } catch (error) {
      deployment.isOver = true;
      const ending = this.endingOf(watch);
      await Promise.all([...fresh].map((task) => task.end(ending)));
      throw error;
    }
    this.desired = [...this.desired, ...[...fresh].map((task) => this.desire(task, release))];
  }

  /** Starts a task, and others in its place as long as ECS would. */
  private async startOne(
    fresh: Set<Task>,
    release: ServiceRelease,
    deployment: Deployment,
    watch: Watch,
  ): Promise<void> {
    for (;;) {
      const task = await this.start(release);
      fresh.add(task);
      try {
        return await task.untilHealthy(watch.signal);
      } catch (error) {
        watch.signal.throwIfAborted();
        if (deployment.isOver) throw error;
        if (!deployment.mayGoOn(task.isRunning))
          throw deployment.failed(error as TwinError, this.current?.release);
        this.incidents.add(`${task.name} ${task.whyNotHealthy()}`, task.hasEnded);
        fresh.delete(task);
        await task.kill();
      }
    }
  }

  private async start(release: ServiceRelease): Promise<Task> {
    const name = `${this.name}-${++this.started}`;
    // Addresses are reused: they are limited, and tasks come and go.
    const {
      machine,
      found = new RunningTasks(),
      requests = () => 0,
      startLimitMs = START_LIMIT_MS,
    } = this.props;
    const host = machine.address(`${this.name} task ${this.started % (2 * release.tier.tasks)}`);
    const groups = (release.tier.balancer?.ports ?? []).map(({ group }) =>
      this.props.balancers.targetsOf(group),
    );
    const [zone, leave] = this.zones.take(release.release, release.tier.zones);
    const props = { name, release, zone, host, machine, groups, found, startLimitMs, requests };
    const task = await Task.start(props).catch((error: unknown) => {
      leave();
      throw error;
    });
    this.running.add(task);
    if (this.measured.push(task) > MOST_MEASURED) this.measured.shift();
    void task.ended.then(() => {
      leave();
      this.running.delete(task);
    });
    if (this.closing.signal.aborted) await task.kill();
    return task;
  }

  private desire(task: Task, release: ServiceRelease): DesiredTask {
    const ending = { signal: this.closing.signal, log: () => {} }; // no call waits for it
    return new DesiredTask(task, { start: () => this.start(release), incidents: this.incidents, ending });
  }

  /** A connection that a task closes while a request is on its way to it: https://repost.aws/knowledge-center/elb-alb-troubleshoot-502-errors */
  private advice(): readonly string[] {
    const short = this.groups().find((it) => (it.keepAliveSeconds ?? Infinity) <= it.idleSeconds);
    if (!short) return [];
    const { keepAliveSeconds, idleSeconds } = short;
    return [
      `${this.name} closes idle connections after ${keepAliveSeconds} s, and its load balancer keeps them for ${idleSeconds} s: a request that meets the close is answered 502; raise its keep-alive time-out above ${idleSeconds} s`,
    ];
  }

  private groups(): readonly Targets[] {
    const ports = this.current?.tier.balancer?.ports ?? [];
    return ports.map(({ group }) => this.props.balancers.targetsOf(group));
  }

  private endingOf(watch: Watch): Ending {
    return withSignal(watch, AbortSignal.any([watch.signal, this.closing.signal]));
  }
}

/** For how long both releases serve. On AWS it is minutes: a load balancer checks the new tasks before the old ones are drained. */
const SIDE_BY_SIDE_MS = 2_000;
const START_LIMIT_MS = 20_000;
/** How many tasks are measured: of a service whose tasks end again and again, the last ones. */
const MOST_MEASURED = 40;

async function sideBySide(signal: AbortSignal): Promise<void> {
  const end = Date.now() + SIDE_BY_SIDE_MS;
  while (Date.now() < end && !signal.aborted) await pause(20);
}
