import type { Task } from '@aws-sdk/client-ecs';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { ORDER_VARIABLE, passwordVariable, type InsideMessage, type InsideOrder } from '../../probes/inside';
import { MessageReader } from '../../probes/messages';
import type { Handle } from '../target';
import { isNotThere } from './failed-call';
import { endOf, exitCodeOf, notRun, OneOffTask, type TaskProps } from './one-off-task';
import type { ProbeHost } from './probe-hosts';

/** What tasks are run with. */
export interface ProbeTaskProps {
  readonly handle: Handle;
  /** The script that does what it is ordered, in one file. */
  readonly script: string;
  /** The image that it runs in: it has Node 20 or later. */
  readonly image: string;
  readonly pollMs: number;
}

/** An order, and the secrets with the passwords of its databases. */
export interface Assignment {
  readonly order: InsideOrder;
  /** `valueFrom` of a container's secrets, in the order of the databases. */
  readonly passwords: readonly string[];
}

const CONTAINER = 'twin-probe';
/** Unpacks the script from the task definition, which is the only place that needs neither a registry nor a bucket. */
const LOADER =
  "eval(require('zlib').brotliDecompressSync(Buffer.from(process.env.TWIN_SCRIPT,'base64')).toString())";
/** How long after the end of a task its last lines may still be missing from its log. */
const LOG_DELAY_MS = 60_000;

/** A task that does what it is ordered and answers by its log. */
export class ProbeTask {
  private readonly reader = new MessageReader();
  private token: string | undefined;
  private endedAt: number | undefined;

  private constructor(
    private readonly host: ProbeHost,
    private readonly task: OneOffTask,
    private readonly pollMs: number,
  ) {}

  /** @throws TwinError `task` where it cannot be started */
  static async start(
    host: ProbeHost,
    assignment: Assignment,
    props: ProbeTaskProps,
    signal: AbortSignal,
  ): Promise<ProbeTask> {
    const definition = definitionOf(host, assignment, props);
    const task = await OneOffTask.start(host, 'probe', definition, props.handle, signal);
    return new ProbeTask(host, task, props.pollMs);
  }

  /**
   * The messages of the task, until it has done what it was ordered.
   *
   * @throws TwinError `task` when it ends before
   */
  async *messages(signal: AbortSignal): AsyncGenerator<InsideMessage, void> {
    for (let isDone = false; !isDone;) {
      signal.throwIfAborted();
      const state = await this.task.state(signal);
      for (const message of await this.next(signal)) {
        if ('fault' in message) throw new Error(`the probe failed: ${message.fault}`);
        isDone ||= !('log' in message || 'watching' in message);
        yield message;
      }
      if (isDone) return;
      if (state?.lastStatus === 'STOPPED') this.checkLog(state);
      await sleep(this.pollMs, undefined, { signal }).catch(() => {}); // the next turn throws the reason
    }
  }

  /** Sends SIGTERM. */
  terminate(signal: AbortSignal): Promise<void> {
    return this.task.terminate(signal);
  }

  /** One that never ran has no log to wait for. */
  private checkLog(state: Task): void {
    this.endedAt ??= Date.now();
    if (exitCodeOf(state, CONTAINER) !== undefined && Date.now() - this.endedAt < LOG_DELAY_MS) return;
    throw notRun(this.host, 'probe', endOf(state, CONTAINER));
  }

  private async next(signal: AbortSignal): Promise<InsideMessage[]> {
    const { group } = this.host.log;
    const logs = this.host.clients.for('logs', signal);
    const found: InsideMessage[] = [];
    try {
      for (let before: string | undefined; ; before = this.token) {
        const { events = [], nextForwardToken } = await logs.getLogEvents({
          logGroupName: group,
          logStreamName: `${CONTAINER}/${CONTAINER}/${this.task.id}`,
          startFromHead: true,
          ...(this.token !== undefined && { nextToken: this.token }),
        });
        this.token = nextForwardToken ?? this.token;
        for (const { message = '' } of events) {
          const read = this.reader.read(message.trimEnd());
          if (read !== undefined) found.push(read as InsideMessage);
        }
        if (events.length === 0 || this.token === before) return found;
      }
    } catch (error) {
      if (isNotThere(error)) return found; // there is no stream before the first line
      throw error;
    }
  }
}

function definitionOf(
  { taskDefinition, log }: ProbeHost,
  { order, passwords }: Assignment,
  { script, image }: ProbeTaskProps,
): TaskProps {
  const { executionRoleArn, runtimePlatform } = taskDefinition;
  const environment = {
    TWIN_SCRIPT: brotliCompressSync(readFileSync(script)).toString('base64'),
    [ORDER_VARIABLE]: JSON.stringify(order),
  };
  return {
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn,
    runtimePlatform,
    containerDefinitions: [
      {
        name: CONTAINER,
        image,
        entryPoint: ['node', '-e'],
        command: [LOADER],
        stopTimeout: 120,
        environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
        secrets: passwords.map((valueFrom, i) => ({ name: passwordVariable(i), valueFrom })),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': log.group,
            'awslogs-region': log.region,
            'awslogs-stream-prefix': CONTAINER,
          },
        },
      },
    ],
  };
}
