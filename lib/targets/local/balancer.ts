import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { HealthCheck } from '../../blueprint/blueprint';
import type { HostPort } from '../../probes/context';

/** How much faster health checks run here than on AWS: 15 s become half a second. */
export const HEALTH_CHECK_SPEED_UP = 30;
const SHORTEST_INTERVAL_MS = 100;

/** One task behind the load balancer. */
export interface BalancerTarget extends HostPort {
  readonly name: string;
}

interface Registered extends BalancerTarget {
  state: 'initial' | 'healthy' | 'unhealthy';
  /** The number of equal results in a row: positive when passed, negative when failed. */
  streak: number;
  /** The number of open requests. */
  inFlight: number;
  timer?: NodeJS.Timeout;
  lastResult: string;
}

/**
 * The load balancer: forwards to healthy tasks in turn. As on AWS a new task is healthy after one passed check, all tasks
 * are tried when none is healthy, 502 means that a task closed the connection and 503 that there is no task.
 */
export class Balancer {
  private readonly targets = new Map<string, Registered>();
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server: Server;
  private turn = 0;

  constructor(private readonly healthCheck: HealthCheck) {
    this.server = createServer((incoming, outgoing) => this.forward(incoming, outgoing));
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
      state: 'initial',
      streak: 0,
      inFlight: 0,
      lastResult: 'not checked yet',
    };
    this.targets.set(target.name, registered);
    void this.check(registered);
  }

  /** Stops forwarding to a task. Resolves when its open requests are answered, or after `drainMs`. */
  async deregister(name: string, drainMs: number): Promise<void> {
    const target = this.targets.get(name);
    if (!target) return;
    this.targets.delete(name);
    clearTimeout(target.timer);
    const giveUp = Date.now() + drainMs;
    while (target.inFlight > 0 && Date.now() < giveUp) await pause(10);
  }

  isHealthy(name: string): boolean {
    return this.targets.get(name)?.state === 'healthy';
  }

  /** The result of the last health check of a task. */
  lastResult(name: string): string {
    return this.targets.get(name)?.lastResult ?? 'not registered';
  }

  async close(): Promise<void> {
    for (const { timer } of this.targets.values()) clearTimeout(timer);
    this.targets.clear();
    this.agent.destroy();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async check(target: Registered): Promise<void> {
    const { path, timeoutSeconds, matcher, intervalSeconds } = this.healthCheck;
    const result = await statusOf(target, path, timeoutSeconds * 1000);
    if (this.targets.get(target.name) !== target) return; // deregistered meanwhile
    target.lastResult = `GET ${path} ${result.detail}, expected ${matcher}`;
    this.note(target, result.status !== undefined && matches(result.status, matcher));
    const interval = Math.max((intervalSeconds * 1000) / HEALTH_CHECK_SPEED_UP, SHORTEST_INTERVAL_MS);
    // A starting task is checked more often: on AWS its start takes longer than an interval.
    target.timer = setTimeout(
      () => void this.check(target),
      target.state === 'healthy' ? interval : SHORTEST_INTERVAL_MS,
    );
  }

  private note(target: Registered, passed: boolean): void {
    const { healthyThreshold, unhealthyThreshold } = this.healthCheck;
    target.streak = passed ? Math.max(target.streak, 0) + 1 : Math.min(target.streak, 0) - 1;
    if (passed && (target.state === 'initial' || target.streak >= healthyThreshold)) target.state = 'healthy';
    if (target.streak <= -unhealthyThreshold) target.state = 'unhealthy';
  }

  private next(): Registered | undefined {
    const all = [...this.targets.values()];
    const healthy = all.filter(({ state }) => state === 'healthy');
    const choice = healthy.length > 0 ? healthy : all;
    return choice[this.turn++ % choice.length];
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const target = this.next();
    if (!target) return answer(outgoing, 503, 'no task is registered');
    target.inFlight += 1;
    const upstream = request({
      host: target.host,
      port: target.port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...incoming.headers,
        'x-forwarded-for': incoming.socket.remoteAddress ?? '',
        'x-forwarded-proto': 'http',
      },
      agent: this.agent,
    });
    outgoing.once('close', () => {
      target.inFlight -= 1;
      upstream.destroy();
    });
    upstream.once('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      response.once('error', () => outgoing.destroy());
    });
    upstream.once('error', (error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else answer(outgoing, 502, `${target.name} closed the connection: ${error.message}`);
    });
    incoming.pipe(upstream);
  }
}

/** AWS's default. */
const IDLE_TIMEOUT_MS = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function answer(outgoing: ServerResponse, status: number, why: string): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}: ${why}\n`);
}

/** The status of the answer on a path; the error when there is none. */
function statusOf(
  { host, port }: HostPort,
  path: string,
  timeoutMs: number,
): Promise<{ status?: number; detail: string }> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, detail: `answered ${response.statusCode}` });
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    asked.once('error', (error) => resolve({ detail: `failed (${error.message})` }));
    asked.end();
  });
}

/** Whether a status matches: `200`, `200,204`, `200-299`. */
function matches(status: number, matcher: string): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return status >= from! && status <= to!;
  });
}
