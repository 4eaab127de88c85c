import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import type { MemberState, TaskUsage, Watch } from '../../target';
import { Registration } from '../balancer/registration';
import type { Targets } from '../balancer/targets';
import { freePort } from '../process/free-port';
import type { FoundTask, RunningTasks } from '../discovery/running-tasks';
import type { TaskGroup } from '../process/control-groups';
import type { Machine } from '../process/machine';
import type { OwnFiles } from '../process/own-files';
import type { Ports } from './container-ports';
import { TaskContainer, type ContainerRelease } from './task-container';
import { TaskContainers } from './task-containers';
import { groupOf, memoryLimitOf } from './task-limits';
import { TaskMeter } from './task-meter';

/** A release of a service: what its tasks are started with. */
export interface ServiceRelease {
  readonly tier: ServiceTier;
  readonly release: string;
  /** Those that run here: at least one. */
  readonly containers: readonly ContainerRelease[];
  readonly cwd: string;
  /** Files that its programs find in place of those of this machine. @default - none */
  readonly files?: OwnFiles;
  /** How it differs from the service on AWS, in sentences. */
  readonly differs: readonly string[];
}

/** What a task is started with. */
export interface TaskProps {
  /** Such as `Web-3`. */
  readonly name: string;
  readonly release: ServiceRelease;
  /** The Availability Zone that it is taken to be in. */
  readonly zone: string;
  readonly host: string;
  readonly machine: Machine;
  /** The target groups of its service. */
  readonly groups: readonly Targets[];
  /** Those that the names of its service lead to. */
  readonly found: RunningTasks;
  /** How long it may take to become healthy, unless its grace period is longer. */
  readonly startLimitMs: number;
  /** How many requests the environment has been sent: what a task without a load balancer works on comes from them. */
  readonly requests: () => number;
}

/** How its end is logged, and cut short: by a signal. */
export type Ending = Pick<Watch, 'signal' | 'log'>;

/** One task of a service: its containers, registered with the load balancers. */
export class Task {
  readonly name: string;
  /** Whether it is ended on purpose, and replaced: its end is no incident. */
  isExpendable = false;
  private readonly startedAt = Date.now();
  private wasHealthy = false;
  private readonly meter: TaskMeter;

  private constructor(
    private readonly props: TaskProps,
    private readonly containers: TaskContainers,
    private readonly registration: Registration | undefined,
    private readonly group: TaskGroup | undefined,
    private readonly asFound: FoundTask,
  ) {
    const { name, release } = props;
    this.name = name;
    const before = props.requests();
    this.meter = new TaskMeter({
      parts: () => containers.parts,
      memoryLimit: memoryLimitOf(release.tier),
      requests: () => registration?.requests ?? props.requests() - before,
      ended: containers.ended,
      ...(group && { group }),
      killed: () => containers.killed,
    });
    const remove = (): void => {
      registration?.remove();
      props.found.remove(asFound);
    };
    void containers.failed.then(remove);
    void containers.ended.then(remove);
    void containers.ended.then(() => group?.remove());
  }

  /** Starts a task, and registers it. */
  static async start(props: TaskProps): Promise<Task> {
    const { name, release, host, machine, groups } = props;
    const { containers, cwd, tier } = release;
    const declaredPorts = groups.map((_, i) => tier.balancer?.ports[i]?.port);
    const named = [...new Set(tier.discovery?.names.map(({ containerPort }) => containerPort))];
    const ports = await portsOf(containers, [...declaredPorts, ...groups.map(checkedPort), ...named]);
    const main = mainOf(containers);
    const group = groupOf(name, tier, machine);
    const parts = containers.map(
      (it) =>
        new TaskContainer({
          ...it,
          name: it === main ? name : `${name}-${it.container.name}`,
          task: name,
          cwd,
          host,
          ports,
          machine,
          files: release.files ?? {},
          ...(group && { groups: group.container(it.container.name, it.container.memoryMiB) }),
        }),
    );
    const ownPort = ports.get(main.container.port ?? 0) ?? (await freePort());
    const registered = groups.map((targets, i) => {
      const declared = declaredPorts[i];
      const port = ports.get(declared ?? 0) ?? declared ?? ownPort;
      const { port: checked } = targets.props.healthCheck;
      const healthPort = checked === undefined ? port : (ports.get(checked) ?? checked);
      return { targets, target: { name, host, port, healthPort } };
    });
    const registration = registered.length > 0 ? new Registration(registered) : undefined;
    const all = new TaskContainers(parts, parts[containers.indexOf(main)]!);
    const asFound: FoundTask = {
      name,
      host,
      portOf: (port) => ports.get(port) ?? port,
      isHealthy: () => all.areHealthy,
    };
    if (named.length > 0) props.found.add(asFound, named);
    return new Task(props, all, registration, group, asFound);
  }

  /** Resolves when it has ended. */
  get ended(): Promise<unknown> {
    return this.containers.ended;
  }

  get zone(): string {
    return this.props.zone;
  }

  get isRunning(): boolean {
    return this.containers.failure === undefined && !this.containers.isOver;
  }

  /** Whether its own program ended it: a system without memory kills programs, too. */
  get hasEnded(): boolean {
    return this.meter.excess !== undefined || this.containers.haveEnded;
  }

  /** Without any health check a task that has run for a moment counts as healthy. */
  get isHealthy(): boolean {
    if (!this.isRunning || !this.containers.areHealthy) return false;
    if (this.registration) return this.registration.isHealthy;
    return this.containers.areChecked || Date.now() - this.startedAt >= STEADY_MS;
  }

  /** Whether it runs well for so long that what was before it counts no more. */
  get hasSettled(): boolean {
    return this.isHealthy && Date.now() - this.startedAt >= SETTLED_MS;
  }

  /** Why it has to be replaced, in a phrase that follows its name; undefined while it has not. */
  fault(): string | undefined {
    const { tier } = this.props.release;
    if (!this.isRunning) return this.meter.excess ?? this.containers.end;
    if (this.isHealthy) {
      this.noteHealth();
      return undefined;
    }
    const ageMs = Date.now() - this.startedAt;
    if (!this.wasHealthy) {
      return ageMs > this.startLimitMs
        ? `was not healthy after ${this.startLimitMs / 1000} s: ${this.lastResult}`
        : undefined;
    }
    // the grace period is that of all checks: of load balancers and of containers
    if (ageMs < tier.healthCheckGraceSeconds * 1000) return undefined;
    const balancerMs = this.registration?.unhealthyForMs ?? 0;
    const isUnfit = balancerMs > patienceMs(tier) || this.containers.unhealthyForMs > 0;
    return isUnfit ? `was replaced: ${this.lastResult}` : undefined;
  }

  /** What it lost while it went on, in a phrase that follows its name, once. */
  loss(): string | undefined {
    return this.meter.loss();
  }

  /** Why it is not healthy, in a phrase that follows its name and its release. */
  whyNotHealthy(): string {
    if (!this.isRunning) return this.meter.excess ?? this.containers.endBeforeHealthy;
    const wrote = this.containers.main.crashLine;
    return `was not healthy after ${this.startLimitMs / 1000} s: ${this.lastResult}; it wrote: ${wrote}`;
  }

  /** @throws TwinError `unhealthy` when it does not become healthy */
  async untilHealthy(signal: AbortSignal): Promise<void> {
    while (!this.isHealthy) {
      signal.throwIfAborted();
      if (this.fault() !== undefined) throw unhealthy(this, this.props.release);
      await pause(10);
    }
    this.noteHealth();
  }

  /**
   * Stops it as ECS does: it is deregistered, its requests under way may end, SIGTERM, and SIGKILL when its stop timeout is over.
   * Where the signal aborts, it is killed at once.
   */
  async end({ signal, log }: Ending): Promise<void> {
    this.props.found.remove(this.asFound);
    await this.registration?.deregister({ signal, log });
    if (signal.aborted) return this.kill();
    const { stopTimeoutSeconds } = this.containers.main.container;
    const note = setTimeout(
      () => log(`${this.name} has not ended yet: SIGKILL follows ${stopTimeoutSeconds} s after SIGTERM`),
      LOG_AFTER_MS,
    );
    this.meter.stop(); // what a task gives back while it ends is no figure of its work
    await this.containers.stop(signal);
    clearTimeout(note);
  }

  /** SIGKILL, at once. */
  async kill(): Promise<void> {
    this.meter.stop();
    await this.containers.kill();
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

  /** From now on it has the processors of its size: until then it starts as fast as this machine lets it. */
  private noteHealth(): void {
    if (!this.wasHealthy) this.group?.limitCpu();
    this.wasHealthy = true;
  }

  private get lastResult(): string {
    const { areHealthy, worst } = this.containers;
    return !areHealthy || !this.registration ? worst.lastResult : this.registration.lastResult;
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

const checkedPort = ({ props }: Targets): number | undefined => props.healthCheck.port;

/**
 * A port of this machine for each that a container declares, and for others where a variable names them: without one the program takes
 * them as they are.
 *
 * @param others - those of target groups and their health checks
 */
async function portsOf(
  containers: readonly ContainerRelease[],
  others: readonly (number | undefined)[],
): Promise<Ports> {
  const named = new Set(
    containers.flatMap(({ environment }) =>
      Object.entries(environment).flatMap(([name, value]) => (name.endsWith('PORT') ? [Number(value)] : [])),
    ),
  );
  const known = others.filter((it) => named.has(it ?? 0));
  const ports = new Map<number, number>();
  for (const port of [...containers.map(({ container }) => container.port), ...known]) {
    if (port !== undefined && !ports.has(port)) ports.set(port, await freePort());
  }
  return ports;
}

/** The container that a task is known by: the first essential one. */
const mainOf = (containers: readonly ContainerRelease[]): ContainerRelease =>
  containers.find(({ container }) => container.isEssential) ?? containers[0]!;

function unhealthy(task: Task, { release }: ServiceRelease): TwinError {
  return new TwinError({
    code: 'unhealthy',
    message: `${task.name} at ${release} ${task.whyNotHealthy()}`,
    fix: `See logs/${task.name}.log.`,
  });
}
