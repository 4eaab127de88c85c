import type { Container } from '../../../blueprint/blueprint';
import { crashLine } from '../process/crash-line';
import type { Machine, Program } from '../process/machine';
import type { OwnFiles } from '../process/own-files';
import { ContainerHealth } from './container-health';
import { variablesOf, withLocalPorts, type Ports } from './container-ports';
import { shellArguments } from './task-limits';

/** A container of a release that runs here: what it runs, and with which variables. */
export interface ContainerRelease {
  readonly container: Container;
  /** Run by the shell. */
  readonly command: string;
  /** Its environment and secrets, resolved. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where a container of a task runs. */
export interface TaskContainerProps extends ContainerRelease {
  /** Such as `Web-3`, or `Web-3-agent` of a container beside the first. */
  readonly name: string;
  readonly task: string;
  readonly cwd: string;
  readonly host: string;
  readonly ports: Ports;
  readonly machine: Machine;
  /** Files that it finds in place of those of this machine. */
  readonly files: OwnFiles;
  /** The files of the control groups that it joins. @default - none */
  readonly groups?: readonly string[];
}

/** A container of a task: a process group. */
export class TaskContainer {
  /** Undefined until it has started. */
  program: Program | undefined;
  exit: number | NodeJS.Signals | undefined;
  private health: ContainerHealth | undefined;

  constructor(readonly props: TaskContainerProps) {}

  get container(): Container {
    return this.props.container;
  }

  get isRunning(): boolean {
    return this.program !== undefined && this.exit === undefined;
  }

  /** Whether its own health check passes; one without a check is healthy as soon as it runs. */
  get isHealthy(): boolean {
    return this.isRunning && (this.health?.isHealthy ?? true);
  }

  /** For how long it has failed its own health check, in milliseconds; undefined while it does not. */
  get unhealthyForMs(): number | undefined {
    return this.health?.unhealthyForMs;
  }

  /** The result of its own health check. */
  get lastResult(): string {
    return `its container ${this.container.name} is not healthy: ${this.health?.lastResult ?? 'it has not started'}`;
  }

  /** Why it ended, in a phrase. */
  get end(): string {
    return `ended with ${this.exit}: ${this.crashLine}`;
  }

  get crashLine(): string {
    return this.program ? crashLine(this.program.tail()) : 'it has not started';
  }

  /** Starts it. @returns when it has ended */
  start(): Promise<unknown> {
    const { name, task, command, cwd, environment, container, host, ports, machine, groups, files } =
      this.props;
    const variables = variablesOf(container, environment, host, ports);
    const env = { PGAPPNAME: task, ...variables }; // whose session it is
    const program = machine.start({
      name,
      command: '/bin/sh',
      args: shellArguments(command, container),
      cwd,
      env,
      groups,
      files,
    });
    this.program = program;
    const { healthCheck: check } = container;
    if (check) {
      const { command: words } = check;
      const here = (text: string): string => withLocalPorts(text, host, ports);
      const local = { ...check, command: typeof words === 'string' ? here(words) : words.map(here) };
      this.health = new ContainerHealth({ name, machine, cwd, env, groups, check: local });
    }
    return program.ended.then(async (exit) => {
      this.exit = exit;
      await this.health?.stop();
    });
  }

  /** SIGTERM, and SIGKILL when its stop timeout is over or the signal aborts. */
  async stop(abort: AbortSignal): Promise<void> {
    await this.health?.stop();
    await this.program?.stop({ graceMs: this.container.stopTimeoutSeconds * 1000, abort });
  }

  async kill(): Promise<void> {
    await Promise.all([this.health?.stop(), this.program?.kill()]);
  }
}
