import type { NetworkConfiguration, RegisterTaskDefinitionCommandInput, Task } from '@aws-sdk/client-ecs';
import { randomUUID } from 'node:crypto';
import { TwinError } from '../../error';
import type { Handle } from '../target';
import type { Clients } from './clients';
import type { ProbeHost } from './probe-hosts';
import { prefixOf } from './handle';
import { TAG } from './tags';
import { until } from './until';

/** What a task is made of, beside the name of its family. */
export type TaskProps = Omit<RegisterTaskDefinitionCommandInput, 'family' | 'tags'>;

/** Where a task runs. */
export interface TaskPlace {
  readonly cluster: string;
  readonly network: NetworkConfiguration;
  readonly clients: Clients;
}

/** A task that runs once. */
export class OneOffTask {
  private constructor(
    private readonly place: TaskPlace,
    private readonly arn: string,
  ) {}

  /**
   * Makes a task definition, and runs it in the place of a service.
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
    const family = `${prefixOf(handle)}-${purpose}`;
    const { taskDefinition } = await ecs.registerTaskDefinition({ ...props, family, tags: tagsOf(handle) });
    const started = await OneOffTask.run(host, taskDefinition!.taskDefinitionArn!, handle, signal);
    if (typeof started === 'string') throw notRun(host, purpose, started);
    return started;
  }

  /** Runs a task definition. @returns why it does not run, where it does not */
  static async run(
    place: TaskPlace,
    taskDefinition: string,
    handle: Handle,
    signal: AbortSignal,
  ): Promise<OneOffTask | string> {
    const { tasks: [task] = [], failures = [] } = await place.clients.for('ecs', signal).runTask({
      cluster: place.cluster,
      taskDefinition,
      // so that it runs once, also where the answer is lost and it is asked for again
      clientToken: randomUUID(),
      launchType: 'FARGATE',
      networkConfiguration: place.network,
      startedBy: prefixOf(handle),
      tags: tagsOf(handle),
    });
    if (task?.taskArn !== undefined) return new OneOffTask(place, task.taskArn);
    return failures.map(({ reason }) => reason).join(', ') || 'no reason was given';
  }

  get id(): string {
    return this.arn.split('/').at(-1)!;
  }

  /** Its state; undefined for one that ended long ago. */
  async state(signal: AbortSignal): Promise<Task | undefined> {
    const { cluster, clients } = this.place;
    const { tasks = [] } = await clients.for('ecs', signal).describeTasks({ cluster, tasks: [this.arn] });
    return tasks[0];
  }

  /** Waits for its end. @returns undefined where it still runs after its limit: it is terminated then */
  async ended(timeoutSeconds: number, pollMs: number, signal: AbortSignal): Promise<Task | undefined> {
    const giveUp = performance.now() + timeoutSeconds * 1000;
    const end = await until(
      async () => (await this.state(signal)) ?? { lastStatus: 'STOPPED' },
      ({ lastStatus }) => lastStatus === 'STOPPED' || performance.now() > giveUp,
      { signal, pollMs },
    );
    if (end.lastStatus === 'STOPPED') return end;
    await this.terminate(signal);
    return undefined;
  }

  /** Sends SIGTERM. */
  async terminate(signal: AbortSignal): Promise<void> {
    const { cluster, clients } = this.place;
    await clients.for('ecs', signal).stopTask({ cluster, task: this.arn, reason: 'cdk-twin' });
  }
}

const tagsOf = ({ name }: Handle) => [{ key: TAG, value: name }];

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
