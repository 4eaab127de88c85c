import { setTimeout as pause } from 'node:timers/promises';
import type { TargetGroup } from '../../../blueprint/load-balancing';
import type { HostPort } from '../../../probes/context';
import type { Watch } from '../../target';
import { checkHealth } from './health-check';
import { Upstream } from './upstream';

/** How much faster health checks run here than on AWS: 15 s become half a second. */
export const HEALTH_CHECK_SPEED_UP = 30;
const SHORTEST_INTERVAL_MS = 100;

/** One task behind a load balancer. */
export interface Target extends HostPort {
  readonly name: string;
  /** Where its health is asked for. @default - the port that gets the traffic, or that of the health check */
  readonly healthPort?: number;
}

interface Registered {
  readonly target: Target;
  readonly upstream: Upstream;
  state: 'initial' | 'healthy' | 'unhealthy';
  /** The number of equal results in a row: positive when passed, negative when failed. */
  streak: number;
  /** When the first of the checks failed after which it is not healthy: milliseconds. */
  failingSince: number | undefined;
  /** Since when it gets more and more requests: milliseconds. @default - it has its full part */
  slowSince?: number;
  /** What it is owed of the requests while others have a smaller part. */
  credit: number;
  /** The number of open requests, and of WebSockets. */
  inFlight: number;
  timer?: NodeJS.Timeout;
  lastResult: string;
}

/** Something whose close ends a request, or a connection. */
export interface Closing {
  once(event: 'close', run: () => void): unknown;
}

/**
 * The targets of a target group. As on AWS a new one is healthy after one passed check, and all get requests when none is
 * healthy.
 */
export class Targets {
  private readonly registered = new Map<string, Registered>();
  private turn = 0;
  /** How many requests each was sent, those that have ended included. */
  private readonly requests = new Map<string, number>();
  /** After how many seconds its targets close idle connections, where they say so. */
  keepAliveSeconds: number | undefined;

  /**
   * @param props - what the template says of it. A release may change it.
   * @param idleSeconds - for how long an idle connection to a target is kept: the load balancer's idle time-out
   */
  constructor(
    public props: TargetGroup,
    public idleSeconds = 60,
  ) {}

  /** Starts to check a target, and has requests sent to it once it is healthy. */
  register(target: Target): void {
    const registered: Registered = {
      target,
      upstream: new Upstream(target, this.props, () => this.idleSeconds),
      state: 'initial',
      streak: 0,
      failingSince: undefined,
      credit: 0,
      inFlight: 0,
      lastResult: 'not checked yet',
    };
    this.registered.set(target.name, registered);
    void this.check(registered);
  }

  /**
   * Takes a target out: it gets no request any more. Resolves when those under way have ended, its deregistration delay is
   * over, or the signal aborts.
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
    target.upstream.closeIdle();
  }

  /** Takes a target out that has ended. */
  remove(name: string): void {
    this.take(name)?.upstream.closeIdle(); // what it has answered may still be read
  }

  /** Whether it gets requests: the names of those that are registered. */
  get names(): readonly string[] {
    return [...this.registered.keys()];
  }

  isHealthy(name: string): boolean {
    return this.registered.get(name)?.state === 'healthy';
  }

  /** For how long a target that is unhealthy has failed its checks, in milliseconds; undefined for one that is not. */
  unhealthyForMs(name: string): number | undefined {
    const target = this.registered.get(name);
    if (target?.state !== 'unhealthy' || target.failingSince === undefined) return undefined;
    return Date.now() - target.failingSince;
  }

  /** The result of the last health check of a target. */
  lastResult(name: string): string {
    return this.registered.get(name)?.lastResult ?? 'not registered';
  }

  /** How many requests a target was sent. */
  requestsOf(name: string): number {
    return this.requests.get(name) ?? 0;
  }

  /** How many requests all targets were sent. */
  get totalRequests(): number {
    return [...this.requests.values()].reduce((sum, it) => sum + it, 0);
  }

  /**
   * The target of the next request; undefined where none is registered.
   *
   * @param preferred - the one that the client stays with, as long as it may have requests
   */
  next(preferred?: string): Upstream | undefined {
    const all = [...this.registered.values()];
    const healthy = all.filter(({ state }) => state === 'healthy');
    const choice = healthy.length > 0 ? healthy : all;
    const sticky = choice.find(({ upstream }) => upstream.name === preferred);
    return (sticky ?? this.choose(choice))?.upstream;
  }

  /** Whether a target is registered, and may have requests. */
  has(upstream: Upstream): boolean {
    return this.registered.get(upstream.name)?.upstream === upstream;
  }

  /** Counts a request of a target. */
  note({ name }: Upstream): void {
    this.requests.set(name, this.requestsOf(name) + 1);
  }

  /** Counts a request of a target, until the client's side is closed as one under way. */
  count(upstream: Upstream, side: Closing): void {
    const { name } = upstream;
    this.note(upstream);
    const target = this.registered.get(name);
    if (!target) return;
    target.inFlight += 1;
    side.once('close', () => (target.inFlight -= 1));
  }

  close(): void {
    for (const name of this.names) this.take(name)?.upstream.destroy();
  }

  private choose(choice: readonly Registered[]): Registered | undefined {
    const turn = this.turn++;
    const parts = choice.map((it) => this.partOf(it));
    if (this.props.algorithm === 'round_robin' && parts.some((it) => it < 1)) return inParts(choice, parts);
    if (this.props.algorithm === 'weighted_random') return choice[Math.floor(Math.random() * choice.length)];
    if (this.props.algorithm !== 'least_outstanding_requests') return choice[turn % choice.length];
    const least = Math.min(...choice.map(({ inFlight }) => inFlight));
    const idlest = choice.filter(({ inFlight }) => inFlight === least);
    return idlest[turn % idlest.length];
  }

  /** The part of its requests that a target has: less than 1 while it is slow to start. */
  private partOf({ slowSince }: Registered): number {
    const durationMs = this.props.slowStartSeconds * 1000;
    return slowSince === undefined || durationMs === 0
      ? 1
      : Math.min(1, (Date.now() - slowSince) / durationMs);
  }

  /**
   * A target starts slowly where another one has its full part:
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
   */
  private admit(target: Registered): void {
    const others = [...this.registered.values()].filter((it) => it !== target && it.state === 'healthy');
    if (others.some((it) => this.partOf(it) === 1)) target.slowSince = Date.now();
    target.state = 'healthy';
  }

  private take(name: string): Registered | undefined {
    const target = this.registered.get(name);
    this.registered.delete(name);
    clearTimeout(target?.timer);
    return target;
  }

  private async check(target: Registered): Promise<void> {
    const { name } = target.upstream;
    const { passed, result } = await checkHealth(target.target, this.props);
    if (this.registered.get(name) !== target) return; // deregistered meanwhile
    target.lastResult = result;
    this.judge(target, passed);
    const interval = Math.max(
      (this.props.healthCheck.intervalSeconds * 1000) / HEALTH_CHECK_SPEED_UP,
      SHORTEST_INTERVAL_MS,
    );
    // A starting task is checked more often: on AWS its start takes longer than an interval.
    target.timer = setTimeout(
      () => void this.check(target),
      target.state === 'healthy' ? interval : SHORTEST_INTERVAL_MS,
    );
  }

  private judge(target: Registered, passed: boolean): void {
    const { healthyThreshold, unhealthyThreshold } = this.props.healthCheck;
    target.streak = passed ? Math.max(target.streak, 0) + 1 : Math.min(target.streak, 0) - 1;
    if (!passed) target.failingSince ??= Date.now();
    const isFit = passed && (target.state === 'initial' || target.streak >= healthyThreshold);
    if (isFit && target.state !== 'healthy') this.admit(target);
    if (target.streak <= -unhealthyThreshold) target.state = 'unhealthy';
    if (passed && target.state === 'healthy') target.failingSince = undefined;
  }
}

/** The time after which it is logged what a deregistration waits for. */
const LOG_AFTER_MS = 5_000;

/** Each gains its part, the richest is chosen and pays the parts of all. */
function inParts(choice: readonly Registered[], parts: readonly number[]): Registered {
  for (const [i, it] of choice.entries()) it.credit += parts[i]!;
  const richest = choice.reduce((best, it) => (it.credit > best.credit ? it : best));
  richest.credit -= parts.reduce((sum, it) => sum + it, 0);
  return richest;
}
