import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Zod } from '../field';
import { cleanUp, UNBROKEN } from './clean-up';
import { isOverload, keepConnections, send } from './http';
import type { RequestPlan } from '../config/types';
import { TrafficRecord, type Sample, type TrafficFigures } from './traffic-figures';
import { sendersOf, type Exchange, type Sender, type Sent, type TrafficChecks } from './traffic-senders';

export type { TrafficChecks } from './traffic-senders';

/** What is sent in the background. */
export interface TrafficPlan {
  readonly checks: TrafficChecks;
  /** How many requests of a check are under way at once. @default 4 */
  readonly connections?: number;
  /** How often each of these sends one, at the most. @default 100 */
  readonly everyMs?: number;
  /**
   * How long requests may fail afterwards, where something is broken on purpose. Then they have to pass before it. @default - they are
   * sent until it is done, whatever becomes of them
   */
  readonly recoverWithinMs?: number;
  /** Whether every write is cleaned up, also where it is stopped. @default false */
  readonly inProduction?: boolean;
}

/** Where it is sent, and how it is stopped. */
export interface TrafficProps {
  readonly url: string | undefined;
  readonly signal: AbortSignal;
}

/** The defaults of {@link TrafficPlan}. */
const TRAFFIC_DEFAULTS = { connections: 4, everyMs: 100 } as const;

/** The schema of `traffic`. */
export const trafficSchema = (z: Zod) =>
  z
    .strictObject({
      connections: z
        .int()
        .min(1)
        .max(16)
        .default(TRAFFIC_DEFAULTS.connections)
        .describe(
          'How many requests of each check are under way at once: fewer where all checks together would send more than 16.',
        ),
      everyMs: z
        .int()
        .min(10)
        .max(60_000)
        .default(TRAFFIC_DEFAULTS.everyMs)
        .describe('How often each of these sends one, at the most.'),
    })
    .meta({ name: 'TrafficConfig', about: 'How requests are sent in the background.' });

/** For the whole exchange, as in the checks. */
const TIMEOUT_MS = 5_000;
/** More requests at once than this would be load; with more checks than that there is one of each. */
const MAX_AT_ONCE = 16;
/** So many successes in a row count as recovered: requests are balanced over several tasks. */
const IN_A_ROW = 5;
/** So do fewer over this time, where each takes long. */
const WITHOUT_FAILURE_MS = 1_000;
/** How long requests are waited for that do not fail, and take long. */
const SLOW_MS = 30_000;
const LOOK_MS = 25;

/**
 * Sends the requests of checks while something happens, several at once, on kept and on new connections: one at a time would miss
 * what breaks one request in ten.
 *
 * @throws what the work throws, or the signal's reason when it aborts
 */
export async function sendTraffic(
  plan: TrafficPlan,
  { url, signal }: TrafficProps,
  work: () => Promise<void>,
): Promise<TrafficFigures> {
  const senders = sendersOf(plan.checks);
  if (url === undefined || senders.length === 0) {
    await work();
    return new TrafficRecord().figures();
  }
  const traffic = new Traffic(url, senders, plan, signal);
  const { recoverWithinMs } = plan;
  try {
    await traffic.untilSent();
    const failedBefore =
      recoverWithinMs === undefined ? undefined : await traffic.untilAnswered(traffic.startedAt, TIMEOUT_MS);
    if (failedBefore !== undefined) return { ...(await traffic.end()), failedBefore };
    await work();
    const failedAfter =
      recoverWithinMs === undefined
        ? undefined
        : await traffic.untilAnswered(performance.now(), recoverWithinMs);
    const { recoveryMs, ...figures } = await traffic.end();
    if (failedAfter !== undefined) return { ...figures, failedAfter };
    return { ...figures, ...(recoveryMs !== undefined && { recoveryMs }) };
  } finally {
    traffic.cut();
    if (plan.inProduction) await traffic.settled();
  }
}

/** Senders at work. */
class Traffic {
  readonly startedAt = performance.now();
  private readonly record = new TrafficRecord();
  private readonly sending = new Set<string>();
  private readonly ending = new AbortController();
  private readonly cutting = new AbortController();
  private readonly hard: AbortSignal;
  private readonly workers: Promise<unknown>;
  private fault: unknown;

  constructor(
    private readonly url: string,
    private readonly senders: readonly Sender[],
    private readonly plan: TrafficPlan,
    private readonly signal: AbortSignal,
  ) {
    this.hard = plan.inProduction ? UNBROKEN : AbortSignal.any([signal, this.cutting.signal]);
    setMaxListeners(0, this.hard, this.ending.signal); // every worker listens: Node would warn of a leak
    const { connections = TRAFFIC_DEFAULTS.connections } = plan;
    const each = Math.max(1, Math.min(connections, Math.floor(MAX_AT_ONCE / senders.length)));
    this.workers = Promise.all(
      senders.flatMap((sender) => Array.from({ length: each }, (_, i) => this.worker(sender, i))),
    );
  }

  /** Waits until every sender has sent something. */
  async untilSent(): Promise<void> {
    while (this.sending.size < this.senders.length) await this.look();
  }

  private async look(): Promise<void> {
    this.signal.throwIfAborted();
    if (this.fault !== undefined) throw this.fault;
    await sleep(LOOK_MS);
  }

  /**
   * Waits until the requests of every sender are answered as expected.
   *
   * @param since - requests that were sent before do not count
   * @returns undefined once they are; the last failure where they are not, or only now and then
   */
  async untilAnswered(since: number, limitMs: number): Promise<string | undefined> {
    const sentSince = (name: string): Sample[] =>
      this.record.of(name).filter(({ sentAt }) => sentAt >= since);
    const isAnswered = (samples: readonly Sample[]): boolean => {
      const last = samples.slice(-IN_A_ROW);
      if (last.length === 0 || last.some(({ failure }) => failure !== undefined)) return false;
      return last.length === IN_A_ROW || last.at(-1)!.endedAt - since >= WITHOUT_FAILURE_MS;
    };
    const open = (): Sender[] => this.senders.filter(({ name }) => !isAnswered(sentSince(name)));
    for (let late = open(); late.length > 0; late = open()) {
      const ms = performance.now() - since;
      const isFailing = late.some(({ name }) => sentSince(name).some(({ failure }) => failure !== undefined));
      if (ms > (isFailing ? limitMs : Math.max(limitMs, SLOW_MS)))
        return this.record.lastFailure() ?? `no answer in ${Math.round(ms / 1000)} s`;
      await this.look();
    }
    return undefined;
  }

  /** Waits for what is under way, which counts too, and sends no other request. */
  async end(): Promise<TrafficFigures> {
    this.ending.abort();
    await this.workers;
    this.signal.throwIfAborted();
    if (this.fault !== undefined) throw this.fault;
    return this.record.figures();
  }

  /** Breaks off what is under way. */
  cut(): void {
    this.ending.abort();
    this.cutting.abort();
  }

  /** Waits until what was written is cleaned up. */
  async settled(): Promise<void> {
    await this.workers;
  }

  private async worker(sender: Sender, number: number): Promise<void> {
    const { everyMs = TRAFFIC_DEFAULTS.everyMs } = this.plan;
    // every other one opens a connection for each request
    const agent = number % 2 === 0 ? keepConnections(this.url) : undefined;
    const ask = (plan: RequestPlan): Promise<Sent | undefined> => this.ask(sender, plan, agent);
    const exchange: Exchange = {
      ask,
      stale: () => this.record.addStale(),
      ...(this.plan.inProduction && { undo: (plan, written) => cleanUp(this.url, plan, written) }),
    };
    try {
      while (!this.isEnding) {
        const next = performance.now() + everyMs;
        await sender.turn(exchange);
        const { signal } = this.ending;
        await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {});
      }
    } catch (error) {
      // what is broken off has no outcome
      if (!this.hard.aborted) this.fault ??= error;
    } finally {
      agent?.destroy();
    }
  }

  private get isEnding(): boolean {
    return this.ending.signal.aborted || this.signal.aborted;
  }

  private async ask(
    { name }: Sender,
    plan: RequestPlan,
    agent: ReturnType<typeof keepConnections> | undefined,
  ): Promise<Sent | undefined> {
    if (this.isEnding) return undefined;
    this.sending.add(name);
    const sentAt = performance.now();
    const reply = await send(this.url, plan, {
      signal: this.hard,
      timeoutMs: TIMEOUT_MS,
      ...(agent && { agent }),
    });
    const endedAt = performance.now();
    const isAnswered = !isOverload(reply);
    return { reply, record: (failure) => this.record.add(name, { sentAt, endedAt, failure, isAnswered }) };
  }
}
