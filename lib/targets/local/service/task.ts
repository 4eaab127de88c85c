import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import type { MemberState, TaskUsage, Watch } from '../../target';
import { Registration } from '../balancer/registration';
import type { Targets } from '../balancer/targets';
import { crashLine } from '../process/crash-line';
import { freePort } from '../process/free-port';
import type { Machine, Program } from '../process/machine';
import { memoryLimitOf, shellArguments } from './task-limits';
import { TaskMeter } from './task-meter';

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

/** What a task is started with. */
export interface TaskProps {
  /** Such as `Web-3`. */
  readonly name: string;
  readonly release: ServiceRelease;
  readonly host: string;
  readonly machine: Machine;
  /** The target groups of its service. */
  readonly groups: readonly Targets[];
  /** How long it may take to become healthy, unless its grace period is longer. */
  readonly startLimitMs: number;
  /** How many requests the environment has been sent: what a task without a load balancer works on comes from them. */
  readonly requests: () => number;
}

/** How its end is logged, and cut short: by a signal. */
export type Ending = Pick<Watch, 'signal' | 'log'>;

/** One task of a service: a process group, registered with the load balancer. */
export class Task {
  readonly name: string;
  /** Whether it is ended on purpose, and replaced: its end is no incident. */
  isExpendable = false;
  private readonly startedAt = Date.now();
  private wasHealthy = false;
  private exit: number | NodeJS.Signals | undefined;
  private readonly meter: TaskMeter;

  private constructor(
    private readonly props: TaskProps,
    private readonly program: Program,
    private readonly registration: Registration | undefined,
  ) {
    const { name, release } = props;
    this.name = name;
    const before = props.requests();
    const requests = (): number => registration?.requests ?? props.requests() - before;
    this.meter = new TaskMeter({ program, memoryLimit: memoryLimitOf(release.tier), requests });
    void program.ended.then((exit) => {
      this.exit = exit;
      registration?.remove();
    });
  }

  /** Starts a task, and registers it. */
  static async start(props: TaskProps): Promise<Task> {
    const { name, release, host, machine, groups } = props;
    const { tier, command, cwd, environment } = release;
    const port = await freePort();
    const program = machine.start({
      name,
      command: '/bin/sh',
      args: shellArguments(command, tier.container),
      cwd,
      env: { ...environment, ...ownVariables(name, release, host, port) },
    });
    const ports = groups.map((targets) => ({ targets, target: { name, host, port } }));
    return new Task(props, program, ports.length > 0 ? new Registration(ports) : undefined);
  }

  /** Resolves when it has ended. */
  get ended(): Promise<unknown> {
    return this.program.ended;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  /** Without a load balancer a task that has run for a moment counts as healthy. */
  get isHealthy(): boolean {
    if (!this.isRunning) return false;
    return this.registration ? this.registration.isHealthy : Date.now() - this.startedAt >= STEADY_MS;
  }

  /** Whether it runs well for so long that what was before it counts no more. */
  get hasSettled(): boolean {
    return this.isHealthy && Date.now() - this.startedAt >= SETTLED_MS;
  }

  /** Why it has to be replaced, in a phrase that follows its name; undefined while it has not. */
  fault(): string | undefined {
    const { registration } = this;
    const { release } = this.props;
    if (!this.isRunning) return this.meter.excess ?? `ended with ${this.exit}: ${this.crashLine}`;
    if (this.isHealthy) {
      this.wasHealthy = true;
      return undefined;
    }
    const ageMs = Date.now() - this.startedAt;
    const check = registration?.lastResult;
    if (!this.wasHealthy) {
      return ageMs > this.startLimitMs
        ? `was not healthy after ${this.startLimitMs / 1000} s: ${check}`
        : undefined;
    }
    const failedForMs = registration?.unhealthyForMs ?? 0;
    const isGraced = ageMs < release.tier.healthCheckGraceSeconds * 1000;
    return failedForMs > patienceMs(release.tier) && !isGraced ? `was replaced: ${check}` : undefined;
  }

  /** Why it is not healthy, in a phrase that follows its name and its release. */
  whyNotHealthy(): string {
    if (!this.isRunning) {
      return this.meter.excess ?? `ended with ${this.exit} before it was healthy: ${this.crashLine}`;
    }
    const check = this.registration?.lastResult ?? '';
    return `was not healthy after ${this.startLimitMs / 1000} s: ${check}; it wrote: ${this.crashLine}`;
  }

  /** @throws TwinError `unhealthy` when it does not become healthy */
  async untilHealthy(signal: AbortSignal): Promise<void> {
    while (!this.isHealthy) {
      signal.throwIfAborted();
      if (this.fault() !== undefined) throw unhealthy(this, this.props.release);
      await pause(10);
    }
  }

  /**
   * Stops it as ECS does: it is deregistered, its requests under way may end, SIGTERM, and SIGKILL when its stop timeout is over.
   * Where the signal aborts, it is killed at once.
   */
  async end({ signal, log }: Ending): Promise<void> {
    const { stopTimeoutSeconds } = this.props.release.tier.container;
    await this.registration?.deregister({ signal, log });
    if (signal.aborted) return this.kill();
    const note = setTimeout(
      () => log(`${this.name} has not ended yet: SIGKILL follows ${stopTimeoutSeconds} s after SIGTERM`),
      LOG_AFTER_MS,
    );
    this.meter.stop(); // what a task gives back while it ends is no figure of its work
    await this.program.stop({ graceMs: stopTimeoutSeconds * 1000, abort: signal });
    clearTimeout(note);
  }

  /** SIGKILL, at once. */
  async kill(): Promise<void> {
    this.meter.stop();
    await this.program.kill();
  }

  state(): MemberState {
    const { cwd: code } = this.props.release;
    return { name: this.name, role: 'task', state: this.condition(), code, ...this.meter.peak };
  }

  /** What it used while it ran. */
  usage(): TaskUsage {
    const { release, tier } = this.props.release;
    const memoryLimit = memoryLimitOf(tier);
    return {
      task: this.name,
      release,
      startedAt: new Date(this.startedAt).toISOString(),
      ...(memoryLimit !== undefined && { memoryLimit }),
      openFilesLimit: tier.container.openFiles.soft,
      ...this.meter.series,
    };
  }

  private condition(): MemberState['state'] {
    if (!this.isRunning) return 'stopped';
    if (this.isHealthy) return 'running';
    return this.wasHealthy ? 'unhealthy' : 'starting';
  }

  /** How long it may take to become healthy. */
  get startLimitMs(): number {
    const { startLimitMs, release } = this.props;
    return Math.max(startLimitMs, release.tier.healthCheckGraceSeconds * 1000);
  }

  private get crashLine(): string {
    return crashLine(this.program.tail());
  }
}

/** How long a task without a health check must run to count as started. */
const STEADY_MS = 500;
const SETTLED_MS = 10_000;
/** The longest time that a task is kept which fails its health checks. */
export const MOST_PATIENCE_MS = 10_000;
/** The time after which it is logged what is waited for. */
const LOG_AFTER_MS = 5_000;

/** How long the checks of a task have to fail on AWS before it is replaced. */
function patienceMs({ balancer }: ServiceTier): number {
  const times = (balancer?.ports ?? []).map(
    ({ group: { healthCheck: it } }) => it.unhealthyThreshold * it.intervalSeconds,
  );
  return Math.min(Math.max(0, ...times) * 1000, MOST_PATIENCE_MS);
}

/** The variables of one task: on AWS it has its own address, here its own port. */
function ownVariables(
  name: string,
  { tier, environment }: ServiceRelease,
  host: string,
  port: number,
): Record<string, string> {
  const declared = tier.container.port;
  const own = { HOST: host, ...('PGAPPNAME' in environment ? {} : { PGAPPNAME: name }) }; // whose session it is
  if (declared === undefined) return own;
  const named = Object.keys(environment).filter(
    (it) => it.endsWith('PORT') && environment[it] === String(declared),
  );
  return {
    ...own,
    PORT: String(port),
    ...Object.fromEntries(named.map((it) => [it, String(port)])),
  };
}

function unhealthy(task: Task, { release }: ServiceRelease): TwinError {
  return new TwinError({
    code: 'unhealthy',
    message: `${task.name} at ${release} ${task.whyNotHealthy()}`,
    fix: `See logs/${task.name}.log.`,
  });
}
