import type { Client, Options } from 'autocannon';
import type { LoadCheck } from '../config/types';
import { timeLimit, nonBlank } from '../field';
import type { Measures } from './check';
import { NO_URL, type Probe } from './context';
import { beginningOf, nameOf, send, shortfall } from './http';
import type { CheckKind } from './check-kind';
import { loadFigures, loadSentence } from './load-figures';
import { safeInProduction } from './in-production';
import { body, DEFAULT_METHOD, headers, method, plainPath } from './request-schema';

/** How long it lasts, and over how many connections, where a check does not say. */
export const LOAD_DEFAULTS = { connections: 10, seconds: 5 } as const;

const TIMEOUT_SECONDS = 5;
/** How often autocannon checks whether to stop. */
const TICK_MS = 50;

/** HTTP load on one path. It fails when no answer is 2xx or 3xx; the gates judge its figures. */
export const load: Probe<LoadCheck> = async (check, { url, signal, inProduction = false }) => {
  if (url === undefined) return NO_URL;
  const plan = { method: DEFAULT_METHOD, ...LOAD_DEFAULTS, ...check };
  // autocannon reconnects without a pause: a server that refuses connections would get thousands a second
  const first = await send(url, plan, { signal, timeoutMs: TIMEOUT_SECONDS * 1000 });
  if (!first.answered) {
    return { outcome: 'failed', detail: `no answer: ${shortfall(first, plan)}` };
  }
  const count = new Count(inProduction);
  const ms = await fire(new URL(plan.path, url), plan, count, signal);
  const measures = count.measures(ms);
  const name = nameOf(plan);
  if (count.good === 0) {
    const codes = [...count.statuses].map(([status, times]) => `${status} (${times})`).join(', ');
    const answers = codes === '' ? 'no answer' : `answered ${codes}, expected 2xx or 3xx`;
    return { outcome: 'failed', detail: `${name}: ${answers}`, measures };
  }
  const { firstError } = count;
  const note = firstError === undefined ? '' : ` (first error: ${firstError})`;
  return {
    outcome: 'passed',
    detail: `${name}: ${loadSentence(measures, ms)}${note}`,
    measures,
    ...(firstError !== undefined && { firstError: `${name} ${firstError}` }),
  };
};

/** Sends requests for the planned time. @returns the milliseconds that it took */
async function fire(url: URL, plan: LoadCheck, count: Count, signal: AbortSignal): Promise<number> {
  // Loaded here because loading it takes longer than all other probes together.
  const autocannon = require('autocannon') as typeof import('autocannon');
  const seconds = plan.seconds ?? LOAD_DEFAULTS.seconds;
  const options: Options = {
    url: url.href,
    method: plan.method as Options['method'],
    connections: plan.connections,
    duration: seconds,
    // shorter than the load, so that requests without an answer are counted too
    timeout: Math.min(TIMEOUT_SECONDS, Math.max(1, seconds / 2)),
    sampleInt: TICK_MS,
    setupClient: (client) => count.follow(client),
    headers: { ...(plan.body && { 'content-type': 'application/json' }), ...plan.headers },
    ...(plan.body && { body: JSON.stringify(plan.body) }),
  };
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    const cannon = autocannon(options, (error: Error | null) => {
      signal.removeEventListener('abort', stop);
      if (error) reject(error);
      else resolve();
    });
    const stop = (): void => cannon.stop();
    signal.addEventListener('abort', stop);
  });
  return performance.now() - start;
}

/**
 * The results of all requests. autocannon's own figures lack the 95th percentile, miss requests whose connection is closed,
 * and time the requests after those from the wrong start.
 */
class Count {
  readonly statuses = new Map<number, number>();
  private readonly times: number[] = [];
  private lost = 0;
  /** What became of the first request that failed. */
  firstError: string | undefined;

  /** @param isDiscreet - whether bodies may hold what customers wrote: nothing of them is kept */
  constructor(private readonly isDiscreet: boolean) {}

  /** Follows the requests of one connection, which are sent one after another. */
  follow(client: Client): void {
    const events: NodeJS.EventEmitter = client;
    let start = 0;
    let isWaiting = false;
    let isClosing = false;
    events.on('request', () => {
      // a new request before an answer means that the connection broke or the answer took too long
      if (isWaiting && !isClosing) {
        this.lost++;
        this.firstError ??= 'got no answer';
      }
      if (isWaiting) isClosing = false;
      isWaiting = true;
      start = performance.now();
    });
    let begin: Buffer | undefined;
    events.on('body', (part: Buffer) => void (begin ??= part));
    events.on('headers', ({ shouldKeepAlive }: { shouldKeepAlive: boolean }) => {
      begin = undefined;
      // autocannon sends its next request on a connection that the server is about to close: that one does not count
      isClosing = !shouldKeepAlive;
    });
    events.on('response', (status: number) => {
      isWaiting = false;
      this.times.push(performance.now() - start);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status >= 400)
        this.firstError ??= `answered ${status}${this.isDiscreet ? '' : beginningOf(begin?.toString() ?? '')}`;
    });
  }

  /** How many answers are 2xx or 3xx. */
  get good(): number {
    return this.sum((status) => status < 400);
  }

  measures(ms: number): Measures {
    // every request is the same: a 4xx is an error too
    const errors = this.sum((status) => status >= 400) + this.lost;
    return loadFigures({ times: this.times, requests: this.times.length + this.lost, errors, ms });
  }

  private sum(counts: (status: number) => boolean): number {
    return [...this.statuses].reduce((sum, [status, times]) => sum + (counts(status) ? times : 0), 0);
  }
}

/** Load. */
export const LOAD: CheckKind<'load', 'load'> = {
  key: 'load',
  kind: 'load',
  schema: (z) =>
    z
      .strictObject({
        name: nonBlank(z).describe('Its name in reports.'),
        path: plainPath(z).describe('On the load balancer.'),
        method: method(z).describe('The method of its requests.'),
        body: body(z).optional().meta({ description: 'Sent as JSON.', absent: 'none' }),
        headers: headers(z).meta({ description: 'Sent with them, such as `authorization`.', absent: 'none' }),
        connections: z
          .int()
          .min(1)
          .max(10_000)
          .default(LOAD_DEFAULTS.connections)
          .describe('Over how many connections requests are sent, one after the other on each.'),
        seconds: timeLimit(z).default(LOAD_DEFAULTS.seconds).describe('How long it lasts.'),
        safeInProduction: safeInProduction(z),
      })
      .meta({ name: 'LoadCheck', about: 'HTTP load.' }),
  run: load,
  isAlone: true,
  isFromHere: true,
  isForGates: true,
};
