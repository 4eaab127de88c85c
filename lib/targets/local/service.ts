import type { ServiceTier } from '../../blueprint/blueprint';
import { TwinError } from '../../error';
import type { RehearsedTier, Watch } from '../target';
import { Balancer, HEALTH_CHECK_SPEED_UP } from './balancer';
import { freePort } from './free-port';
import { crashLine } from './crash-line';
import type { Machine, Program } from './machine';

/** A release of a service: what its tasks are started with. */
export interface ServiceRelease {
  readonly tier: ServiceTier;
  readonly release: string;
  /** Run by the shell. */
  readonly command: string;
  readonly cwd: string;
  /** The container's environment and secrets, resolved. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Task {
  readonly name: string;
  readonly program: Program;
  /** Set when it is stopped on purpose. */
  leaving: boolean;
}

/** An ECS service on this machine: its tasks as processes, replaced when they end, updated by rolling. */
export class Service {
  private tasks: Task[] = [];
  private current: ServiceRelease | undefined;
  private balancer: Balancer | undefined;
  private started = 0;
  private closed = false;

  /** @param name - the tier's */
  constructor(
    readonly name: string,
    private readonly machine: Machine,
  ) {}

  /** The URL of its load balancer; undefined when it has none. */
  get url(): string | undefined {
    return this.balancer?.url;
  }

  /**
   * Starts the tasks of a release, waits until all are healthy, then stops those of the release before: a rolling update with
   * at least 100 % and at most 200 % healthy tasks.
   *
   * @throws TwinError `unhealthy` when the new tasks do not become healthy; the old ones then keep running
   */
  async deploy(next: ServiceRelease, watch: Watch): Promise<void> {
    if (next.tier.balancer && !this.balancer) {
      this.balancer = new Balancer(next.tier.balancer.healthCheck);
      await this.balancer.listen(this.machine.address(`${this.name} load balancer`));
    }
    const old = this.tasks;
    const fresh: Task[] = [];
    try {
      for (let i = 0; i < next.tier.tasks; i++) fresh.push(await this.start(next));
      await Promise.all(fresh.map((task) => this.untilHealthy(task, next, watch.signal)));
    } catch (error) {
      await Promise.all(fresh.map((task) => this.end(task)));
      throw error;
    }
    this.current = next;
    this.tasks = fresh;
    for (const task of fresh) this.keepAlive(task);
    await Promise.all(old.map((task) => this.end(task)));
    watch.log(`${this.name}: ${fresh.length} tasks of ${next.release} are healthy`);
  }

  /** Kills one task with SIGKILL and waits until another one is healthy in its place. */
  async killTask(watch: Watch): Promise<void> {
    const [victim] = this.tasks;
    if (!victim || !this.current) throw noTask(this.name);
    await victim.program.kill();
    while (this.tasks.includes(victim) || this.tasks.some((task) => !this.isHealthy(task))) {
      watch.signal.throwIfAborted();
      await pause(20);
    }
    watch.log(`${this.name}: ${victim.name} was killed and is replaced`);
  }

  /** Stops every task; the load balancer stays, without targets. */
  async stop(): Promise<void> {
    const tasks = this.tasks;
    this.tasks = [];
    await Promise.all(tasks.map((task) => this.end(task)));
  }

  /** Kills every task and closes the load balancer. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.tasks.map(({ program }) => program.kill()));
    await this.balancer?.close();
  }

  state(): RehearsedTier {
    return {
      tier: this.name,
      kind: 'service',
      skipped: false,
      engine: 'processes',
      members: this.tasks.map((task) => ({
        name: task.name,
        role: 'task',
        state: this.isHealthy(task) ? 'running' : task.program.running ? 'starting' : 'stopped',
        ...(this.current && { code: this.current.cwd }),
      })),
      differs: [
        ...(this.balancer
          ? [`health checks run ${HEALTH_CHECK_SPEED_UP} times as often, at most every 100 ms`]
          : []),
        'tasks share this machine: CPU and memory are not limited to their size',
        'no autoscaling: the number of tasks is its lower end',
      ],
    };
  }

  private async start(release: ServiceRelease): Promise<Task> {
    const { tier, command, cwd, environment } = release;
    const name = `${this.name}-${++this.started}`;
    // Addresses are reused: they are limited, and tasks come and go.
    const host = this.machine.address(`${this.name} task ${this.started % (2 * tier.tasks)}`);
    const port = await freePort();
    const env = { ...environment, ...this.own(release, host, port) };
    const program = this.machine.start({ name, command: SHELL, args: ['-c', command], cwd, env });
    const task = { name, program, leaving: false };
    this.balancer?.register({ name, host, port });
    return task;
  }

  /** The variables of one task: on AWS it has its own address, here its own port. */
  private own({ tier, environment }: ServiceRelease, host: string, port: number): Record<string, string> {
    const declared = tier.container.port;
    if (declared === undefined) return { HOST: host };
    const named = Object.keys(environment).filter(
      (name) => name.endsWith('PORT') && environment[name] === String(declared),
    );
    return {
      HOST: host,
      PORT: String(port),
      ...Object.fromEntries(named.map((name) => [name, String(port)])),
    };
  }

  /** Starts another task when one ends by itself, as ECS does. */
  private keepAlive(task: Task): void {
    void task.program.ended.then(async () => {
      void this.balancer?.deregister(task.name, 0);
      if (task.leaving || this.closed || !this.current) return;
      await pause(RESTART_MS);
      if (this.closed || !this.tasks.includes(task)) return;
      const next = await this.start(this.current);
      if (this.closed || !this.tasks.includes(task)) return this.end(next);
      this.tasks = this.tasks.map((it) => (it === task ? next : it));
      this.keepAlive(next);
    });
  }

  private isHealthy({ name, program }: Task): boolean {
    return program.running && (this.balancer?.isHealthy(name) ?? true);
  }

  private async untilHealthy(
    task: Task,
    { release, tier }: ServiceRelease,
    signal: AbortSignal,
  ): Promise<void> {
    const giveUp = Date.now() + START_LIMIT_MS;
    const steady = Date.now() + STEADY_MS;
    while (!this.isHealthy(task) || (!tier.balancer && Date.now() < steady)) {
      signal.throwIfAborted();
      if (!task.program.running) throw await ended(task, release);
      if (Date.now() > giveUp) throw unhealthy(task, release, this.balancer?.lastResult(task.name) ?? '');
      await pause(10);
    }
  }

  private async end(task: Task): Promise<void> {
    task.leaving = true;
    const { tier } = this.current ?? {};
    const drainMs = (tier?.balancer?.deregistrationDelaySeconds ?? 0) * 1000;
    await this.balancer?.deregister(task.name, Math.min(drainMs, DRAIN_LIMIT_MS));
    await task.program.stop({
      graceMs: Math.min((tier?.container.stopTimeoutSeconds ?? 30) * 1000, STOP_LIMIT_MS),
    });
  }
}

const SHELL = '/bin/sh';
/** How long a task may take to become healthy. */
const START_LIMIT_MS = 20_000;
/** How long a task without a health check must run to count as started. */
const STEADY_MS = 500;
/** The delay before a task that ended is replaced; ECS takes some seconds. */
const RESTART_MS = 100;
/** Limits that are shorter than on AWS, so that a rehearsal on a laptop takes seconds. */
const DRAIN_LIMIT_MS = 3000;
const STOP_LIMIT_MS = 5000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function ended({ name, program }: Task, release: string): Promise<TwinError> {
  return new TwinError({
    code: 'unhealthy',
    message: `${name} at ${release} ended with ${await program.ended} before it was healthy: ${crashLine(program.tail())}`,
    fix: `See logs/${name}.log.`,
  });
}

function unhealthy({ name, program }: Task, release: string, check: string): TwinError {
  return new TwinError({
    code: 'unhealthy',
    message: `${name} at ${release} was not healthy after ${START_LIMIT_MS / 1000} s: ${check}; it wrote: ${crashLine(program.tail())}`,
    fix: `See logs/${name}.log.`,
  });
}

function noTask(name: string): TwinError {
  return new TwinError({
    code: 'no-task',
    message: `${name} has no running task to kill`,
    fix: 'Release something first.',
  });
}
