import { Agent, createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Balancer as BalancerProps } from '../../../blueprint/blueprint';
import type { HostPort } from '../../../probes/context';
import type { Watch } from '../../target';
import { answer, answerOn, forward, forwardUpgrade, type Upstream } from './forwarding';
import { forwardedHeaders } from './forwarded-headers';
import { checkHealth } from './health-check';

/** How much faster health checks run here than on AWS: 15 s become half a second. */
export const HEALTH_CHECK_SPEED_UP = 30;
const SHORTEST_INTERVAL_MS = 100;

/** One task behind the load balancer. */
export interface BalancerTarget extends HostPort {
  readonly name: string;
}

interface Registered extends Upstream {
  state: 'initial' | 'healthy' | 'unhealthy';
  /** The number of equal results in a row: positive when passed, negative when failed. */
  streak: number;
  /** When the first of the checks failed after which it is not healthy: milliseconds. */
  failingSince: number | undefined;
  /** The number of open requests, and of WebSockets. */
  inFlight: number;
  timer?: NodeJS.Timeout;
  lastResult: string;
}

/**
 * The load balancer: forwards to healthy tasks in turn. As on AWS a new task is healthy after one passed check, all tasks
 * are tried when none is healthy, 502 means that a task closed the connection and 503 that there is no task.
 */
export class Balancer {
  /** What the template says of it. A release may change it. */
  props: BalancerProps;
  private readonly targets = new Map<string, Registered>();
  /** The connections of WebSockets, which the server does not close by itself. */
  private readonly upgraded = new Set<Duplex>();
  private readonly server: Server;
  private turn = 0;
  /** How many requests each task was sent, those that have ended included. */
  private readonly requests = new Map<string, number>();

  constructor(props: BalancerProps) {
    this.props = props;
    this.server = createServer((incoming, outgoing) => {
      const target = this.next();
      if (!target) return answer(outgoing, 503, NO_TARGET);
      this.count(target, outgoing);
      forward(target, incoming, outgoing, this.headersOf(incoming));
    });
    this.server.on('upgrade', (incoming, socket, head) => this.upgrade(incoming, socket, head));
    this.server.keepAliveTimeout = IDLE_TIMEOUT_MS;
  }

  /** Listens on a free port of an address. */
  async listen(host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(0, host, () => resolve());
    });
  }

  get url(): string {
    const { address, port } = this.server.address() as { address: string; port: number };
    return `http://${address}:${port}`;
  }

  /** Starts to check a task, and forwards to it once it is healthy. */
  register(target: BalancerTarget): void {
    const registered: Registered = {
      ...target,
      agent: new Agent({ keepAlive: true }),
      state: 'initial',
      streak: 0,
      failingSince: undefined,
      inFlight: 0,
      lastResult: 'not checked yet',
    };
    this.targets.set(target.name, registered);
    void this.check(registered);
  }

  /**
   * Takes a task out: it gets no request any more. Resolves when those under way have ended, its deregistration delay is over,
   * or the signal aborts.
   */
  async deregister(name: string, { signal, log }: Pick<Watch, 'signal' | 'log'>): Promise<void> {
    const target = this.take(name);
    if (!target) return;
    const delay = this.props.deregistrationDelaySeconds;
    const giveUp = Date.now() + delay * 1000;
    const logAt = Date.now() + LOG_AFTER_MS;
    for (let logged = false; target.inFlight > 0 && Date.now() < giveUp && !signal.aborted;) {
      if (!logged && Date.now() > logAt) {
        logged = true;
        log(`${name} has ${target.inFlight} requests under way: they may end within ${delay} s`);
      }
      await pause(10);
    }
    closeIdle(target);
  }

  /** Takes a task out that has ended. */
  remove(name: string): void {
    const target = this.take(name);
    if (target) closeIdle(target); // what it has answered may still be read
  }

  isHealthy(name: string): boolean {
    return this.targets.get(name)?.state === 'healthy';
  }

  /** For how long a task that is unhealthy has failed its checks, in milliseconds; undefined for one that is not. */
  unhealthyForMs(name: string): number | undefined {
    const target = this.targets.get(name);
    if (target?.state !== 'unhealthy' || target.failingSince === undefined) return undefined;
    return Date.now() - target.failingSince;
  }

  /** The result of the last health check of a task. */
  lastResult(name: string): string {
    return this.targets.get(name)?.lastResult ?? 'not registered';
  }

  /** How many requests a task was sent. */
  requestsOf(name: string): number {
    return this.requests.get(name) ?? 0;
  }

  /** How many requests all tasks were sent. */
  get totalRequests(): number {
    return [...this.requests.values()].reduce((sum, it) => sum + it, 0);
  }

  async close(): Promise<void> {
    for (const name of this.targets.keys()) this.take(name)?.agent.destroy();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
    await closed;
  }

  private take(name: string): Registered | undefined {
    const target = this.targets.get(name);
    this.targets.delete(name);
    clearTimeout(target?.timer);
    return target;
  }

  private async check(target: Registered): Promise<void> {
    const { healthCheck } = this.props;
    const { passed, result } = await checkHealth(target, healthCheck);
    if (this.targets.get(target.name) !== target) return; // deregistered meanwhile
    target.lastResult = result;
    this.note(target, passed);
    const interval = Math.max(
      (healthCheck.intervalSeconds * 1000) / HEALTH_CHECK_SPEED_UP,
      SHORTEST_INTERVAL_MS,
    );
    // A starting task is checked more often: on AWS its start takes longer than an interval.
    target.timer = setTimeout(
      () => void this.check(target),
      target.state === 'healthy' ? interval : SHORTEST_INTERVAL_MS,
    );
  }

  private note(target: Registered, passed: boolean): void {
    const { healthyThreshold, unhealthyThreshold } = this.props.healthCheck;
    target.streak = passed ? Math.max(target.streak, 0) + 1 : Math.min(target.streak, 0) - 1;
    if (!passed) target.failingSince ??= Date.now();
    if (passed && (target.state === 'initial' || target.streak >= healthyThreshold)) target.state = 'healthy';
    if (target.streak <= -unhealthyThreshold) target.state = 'unhealthy';
    if (passed && target.state === 'healthy') target.failingSince = undefined;
  }

  private next(): Registered | undefined {
    const all = [...this.targets.values()];
    const healthy = all.filter(({ state }) => state === 'healthy');
    const choice = healthy.length > 0 ? healthy : all;
    return choice[this.turn++ % choice.length];
  }

  /** Counts a request of a target, until the client's side is closed as one under way. */
  private count(target: Registered, side: { once(event: 'close', run: () => void): unknown }): void {
    this.requests.set(target.name, this.requestsOf(target.name) + 1);
    target.inFlight += 1;
    side.once('close', () => (target.inFlight -= 1));
  }

  private headersOf(incoming: IncomingMessage) {
    return forwardedHeaders(incoming, this.props.listener ?? PLAIN);
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (incoming.headers.upgrade?.toLowerCase() !== 'websocket')
      return this.ignoreUpgrade(incoming, socket, head);
    const target = this.next();
    if (!target) return answer(answerOn(socket, incoming), 503, NO_TARGET);
    this.upgraded.add(socket);
    socket.once('close', () => this.upgraded.delete(socket));
    this.count(target, socket);
    forwardUpgrade(target, incoming, socket, head, this.headersOf(incoming));
  }

  /** An upgrade to anything else, such as HTTP/2, is an offer that a server may ignore: the request is read anew without it. */
  private ignoreUpgrade({ method, url, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const lines = [`${method} ${url} HTTP/1.1`];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (!/^(upgrade|connection)$/i.test(rawHeaders[i]!))
        lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
    }
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
    this.server.emit('connection', socket);
  }
}

/** AWS's default. */
const IDLE_TIMEOUT_MS = 60_000;
/** The time after which it is logged what a deregistration waits for. */
const LOG_AFTER_MS = 5_000;
const NO_TARGET = 'no task is registered';
/** Where no listener of the template forwards to the target group. */
const PLAIN = { protocol: 'http', port: 80 } as const;

/** Closes the connections that no request uses: a service that waits for its connections to end must not wait for those. */
function closeIdle({ agent }: Registered): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
