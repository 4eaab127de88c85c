import type { RegisterTaskDefinitionCommandInput, Task } from '@aws-sdk/client-ecs';
import { TwinError } from '../../error';
import type { Handle } from '../target';
import type { ProbeHost } from './probe-hosts';
import { prefixOf } from './snapshots';
import { TAG } from './tags';
import { until } from './until';

/** What a task is made of, beside the name of its family. */
export type TaskProps = Omit<RegisterTaskDefinitionCommandInput, 'family' | 'tags'>;

/** A task that runs once, in the place of a service. */
export class OneOffTask {
  private constructor(
    private readonly host: ProbeHost,
    private readonly arn: string,
  ) {}

  /**
   * Starts a task.
   *
   * @param purpose - one word, for the name of its family
   * @throws TwinError `task` where it cannot be started
   */
  static async start(
    host: ProbeHost,
    purpose: string,
    props: TaskProps,
    handle: Handle,
    signal: AbortSignal,
  ): Promise<OneOffTask> {
    const ecs = host.clients.for('ecs', signal);
    const tags = [{ key: TAG, value: handle.name }];
    const family = `${prefixOf(handle)}-${purpose}`;
    const { taskDefinition } = await ecs.registerTaskDefinition({ ...props, family, tags });
    const { tasks: [task] = [], failures = [] } = await ecs.runTask({
      cluster: host.cluster,
      taskDefinition: taskDefinition!.taskDefinitionArn!,
      launchType: 'FARGATE',
      networkConfiguration: host.network,
      startedBy: prefixOf(handle),
      tags,
    });
    const why = failures.map(({ reason }) => reason).join(', ');
    if (!task?.taskArn) throw notRun(host, purpose, why || 'no reason was given');
    return new OneOffTask(host, task.taskArn);
  }

  get id(): string {
    return this.arn.split('/').at(-1)!;
  }

  /** Its state; undefined for one that ended long ago. */
  async state(signal: AbortSignal): Promise<Task | undefined> {
    const ecs = this.host.clients.for('ecs', signal);
    const { tasks = [] } = await ecs.describeTasks({ cluster: this.host.cluster, tasks: [this.arn] });
    return tasks[0];
  }

  /** Waits for its end. */
  async ended(pollMs: number, signal: AbortSignal): Promise<Task> {
    const end = await until(
      () => this.state(signal),
      (task) => task === undefined || task.lastStatus === 'STOPPED',
      { signal, pollMs },
    );
    return end ?? {};
  }

  /** Sends SIGTERM. */
  async terminate(signal: AbortSignal): Promise<void> {
    const ecs = this.host.clients.for('ecs', signal);
    await ecs.stopTask({ cluster: this.host.cluster, task: this.arn, reason: 'cdk-twin' });
  }
}

/** Why a task ended, as ECS has it. @param container - the one that counts */
export function endOf({ stoppedReason, containers = [] }: Task, container: string): string {
  const { reason, exitCode } = containers.find(({ name }) => name === container) ?? {};
  const code = exitCode === undefined ? undefined : `exit code ${exitCode}`;
  return [stoppedReason, reason, code].filter(Boolean).join(': ') || 'no reason was given';
}

/** The exit code of a container; undefined where it never ran. */
export const exitCodeOf = ({ containers = [] }: Task, container: string): number | undefined =>
  containers.find(({ name }) => name === container)?.exitCode;

export const notRun = ({ tier }: ProbeHost, purpose: string, why: string): TwinError =>
  new TwinError({
    code: 'task',
    message: `the ${purpose} task in the place of ${tier} did not run: ${why}`,
    fix: 'See whether the subnets of the service can pull the image (aws.probeImage for checks), and its role may read the secrets.',
  });
