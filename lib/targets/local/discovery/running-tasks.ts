import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A task that is found by the names of its service. */
export interface FoundTask {
  readonly name: string;
  readonly host: string;
  /** Where it listens, by the port that its container declares. */
  portOf(containerPort: number): number;
  /** Whether the health checks of its containers pass. */
  isHealthy(): boolean;
}

/** The tasks of a service that are found by its names: those that are healthy, and take connections. */
export class RunningTasks {
  /** Whether each has taken a connection. */
  private readonly all = new Map<FoundTask, { isOpen: boolean }>();
  private turn = 0;

  /** @param ports - those of the containers that names lead to */
  add(task: FoundTask, ports: readonly number[]): void {
    const state = { isOpen: false };
    this.all.set(task, state);
    void (async () => {
      while (this.all.has(task) && !state.isOpen) {
        const open = await Promise.all(ports.map((port) => accepts(task.host, task.portOf(port))));
        state.isOpen = open.every(Boolean);
        if (!state.isOpen) await pause(POLL_MS);
      }
    })();
  }

  remove(task: FoundTask): void {
    this.all.delete(task);
  }

  /** In the order in which a client tries them: each is the first in its turn. */
  inTurn(): readonly FoundTask[] {
    const ready = [...this.all].flatMap(([task, { isOpen }]) => (isOpen && task.isHealthy() ? [task] : []));
    const first = this.turn++ % Math.max(ready.length, 1);
    return [...ready.slice(first), ...ready.slice(0, first)];
  }
}

const POLL_MS = 50;

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const say = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => say(true)).once('error', () => say(false));
    socket.setTimeout(1_000, () => say(false));
  });
}
