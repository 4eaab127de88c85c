import type { ContainerHealthCheck } from '../../../blueprint/blueprint';
import { crashLine } from '../process/crash-line';
import type { Machine, Program, ProgramProps } from '../process/machine';

/** How much faster health checks of containers run here than on AWS: 30 s become 3. */
export const CONTAINER_CHECK_SPEED_UP = 10;
const SHORTEST_INTERVAL_MS = 500;

/** What a container is checked with: in its folder, with its variables. */
export interface ContainerHealthProps extends Omit<ProgramProps, 'command' | 'args' | 'unprivileged'> {
  readonly machine: Machine;
  readonly check: ContainerHealthCheck;
}

/** Checks a container again and again with the command of its definition. */
export class ContainerHealth {
  isHealthy = false;
  /** Such as `its container web failed its health check (curl -f ...): exit code 22`. */
  lastResult = 'was not checked yet';
  private failures = 0;
  private failingSince: number | undefined;
  private readonly startedAt = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private running: Program | undefined;

  constructor(private readonly props: ContainerHealthProps) {
    void this.check();
  }

  /** For how long it has failed, in milliseconds; undefined while it has not failed so often that it counts. */
  get unhealthyForMs(): number | undefined {
    const counts = this.failures >= this.props.check.retries;
    return counts && this.failingSince !== undefined ? Date.now() - this.failingSince : undefined;
  }

  /** Checks no more, and ends a check that is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running?.kill();
  }

  private async check(): Promise<void> {
    const fault = await this.faultOnce();
    if (this.isStopped) return;
    this.lastResult = fault ?? 'passed';
    if (fault === undefined) {
      this.isHealthy = true;
      this.failures = 0;
      this.failingSince = undefined;
    } else if (this.isHealthy || !this.isStarting) {
      this.failures += 1;
      this.failingSince ??= Date.now();
      if (this.failures >= this.props.check.retries) this.isHealthy = false;
    }
    const interval = (this.props.check.intervalSeconds * 1000) / CONTAINER_CHECK_SPEED_UP;
    const pauseMs = this.isHealthy ? Math.max(interval, SHORTEST_INTERVAL_MS) : SHORTEST_INTERVAL_MS;
    this.timer = setTimeout(() => void this.check(), pauseMs);
  }

  private get isStarting(): boolean {
    return Date.now() - this.startedAt < this.props.check.startPeriodSeconds * 1000;
  }

  /** What is wrong; undefined when nothing is. */
  private async faultOnce(): Promise<string | undefined> {
    const { machine, check, name, ...rest } = this.props;
    const { command, timeoutSeconds } = check;
    const [words, shown] =
      typeof command === 'string' ? [['/bin/sh', '-c', command], command] : [command, command.join(' ')];
    const program = machine.start({
      ...rest,
      name: `${name}-health`,
      command: words[0] ?? '',
      args: words.slice(1),
    });
    this.running = program;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, timeoutSeconds * 1000, undefined);
    });
    const exit = await Promise.race([program.ended, late]);
    clearTimeout(timer);
    if (exit !== undefined) this.running = undefined;
    if (exit === 0) return undefined;
    if (exit !== undefined) return `${shown} ended with ${exit}: ${crashLine(program.tail())}`;
    await program.kill();
    this.running = undefined;
    return `${shown} took longer than ${timeoutSeconds} s`;
  }
}
