import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadYourWritesCheck, RequestPlan } from '../config/types';
import { nonBlank, type Zod } from '../field';
import { cleanUp, UNBROKEN } from './clean-up';
import { NO_URL, type Probe, type ProbeContext, type Seen } from './context';
import {
  cookiesOf,
  isExpected,
  keepConnections,
  nameOf,
  send,
  shortfall,
  type Answer,
  type Reply,
} from './http';
import { fill, freshNumber, placeholdersOf, readAfter } from './placeholders';
import type { CheckKind } from './check-kind';
import { safeInProduction } from './in-production';
import { path, request } from './request-schema';

/** The time limits of this check. */
export interface Patience {
  /** For one request. */
  readonly timeoutMs: number;
  /** For a write to appear that the first read missed. */
  readonly appearMs: number;
}

const PATIENCE: Patience = { timeoutMs: 5_000, appearMs: 5_000 };
/** How many times a check writes and reads that does not say. */
const TIMES = 100;
const RETRY_MS = 25;
/** How many missed writes are waited for; the others are taken to behave alike. */
const WAITS = 3;
/**
 * After so many attempts one request more is sent: a balancer that gives each task its turn would send all writes to one of two tasks,
 * and all reads to the other.
 */
const TURN = 10;
/** So many requests in a row without an answer end the check. */
const SILENCES = 3;
/** How many reads are kept for another release. */
const KEPT_READS = 5;

/**
 * Whether a read shows the write just before it. Both use one connection, so that the read is sent the moment the write is
 * answered. A read that misses is stale when the same read succeeds a little later, and an error when it never does: then
 * the write is lost.
 */
export const readYourWrites: Probe<ReadYourWritesCheck> = (check, context) =>
  readYourWritesWith(PATIENCE, check, context);

/** {@link readYourWrites} with other time limits. */
export async function readYourWritesWith(
  patience: Patience,
  check: ReadYourWritesCheck,
  { url, signal, inProduction = false }: ProbeContext,
): Promise<Seen> {
  if (url === undefined) return NO_URL;
  const agent = keepConnections(url);
  const exchange = {
    ask: (plan: RequestPlan) =>
      send(url, plan, { signal: inProduction ? UNBROKEN : signal, agent, timeoutMs: patience.timeoutMs }),
    undo: (i: number, reply: Reply) =>
      check.cleanUp ? cleanUp(url, check.cleanUp, { i, reply }) : Promise.resolve(undefined),
  };
  try {
    const attempts = new Attempts(check, exchange, patience.appearMs, signal);
    const times = check.times ?? TIMES;
    for (let made = 0; made < times && !attempts.isSilent; made++) {
      signal.throwIfAborted();
      await attempts.make(freshNumber(), inProduction);
      if (made > 0 && made % TURN === 0 && !inProduction) await attempts.turn();
    }
    // what is to clean up in production is tried before
    if (check.cleanUp && !inProduction) await attempts.tryCleanUp(freshNumber());
    return attempts.seen();
  } finally {
    agent.destroy();
  }
}

/** Writes and the reads after them. */
class Attempts {
  private reads = 0;
  private stale = 0;
  private errors = 0;
  private firstStale: string | undefined;
  private firstError: string | undefined;
  private waits = 0;
  private silences = 0;
  private last: RequestPlan | undefined;
  private shown: readonly RequestPlan[] = [];

  constructor(
    private readonly check: ReadYourWritesCheck,
    private readonly exchange: {
      readonly ask: (plan: RequestPlan) => Promise<Reply>;
      /** @returns what is wrong */
      readonly undo: (i: number, reply: Reply) => Promise<string | undefined>;
    },
    private readonly appearMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether the service has stopped answering. */
  get isSilent(): boolean {
    return this.silences === SILENCES;
  }

  /** @param isUndone - whether what it writes is cleaned up, whatever happens to the read */
  async make(i: number, isUndone = false): Promise<void> {
    const write = fill(this.check.write, { i });
    const written = await this.send(write);
    try {
      await this.readBack(i, write, written);
    } finally {
      if (isUndone) await this.undo(i, written);
    }
  }

  /** Writes, and cleans up. */
  async tryCleanUp(i: number): Promise<void> {
    if (this.isSilent) return;
    const write = fill(this.check.write, { i });
    const written = await this.send(write);
    const problem = shortfall(written, write);
    if (problem === undefined) await this.undo(i, written);
    else this.fail(problem);
  }

  /** What is refused was not written. */
  private async undo(i: number, written: Reply): Promise<void> {
    if (written.answered && written.status >= 400 && written.status < 500) return;
    const problem = await this.exchange.undo(i, written);
    if (problem !== undefined) this.fail(`${nameOf(this.check.write)}: ${problem}`);
  }

  private async readBack(i: number, write: RequestPlan, written: Reply): Promise<void> {
    const problem = shortfall(written, write);
    if (problem !== undefined || !written.answered) return this.fail(problem);
    const { read, missing } = readAfter(this.check.read, {
      i,
      body: written.body,
      cookies: cookiesOf(written),
    });
    if (missing !== undefined) {
      return this.fail(`the answer to ${nameOf(write)} is not JSON with "${missing}", which the read needs`);
    }
    this.reads++;
    this.last = read;
    const first = await this.send(read);
    const miss = shortfall(first, read);
    if (miss === undefined) {
      this.shown = [...this.shown.slice(1 - KEPT_READS), read];
      return;
    }
    if (first.answered && isStale(first, read)) await this.miss(read, miss);
    else this.fail(miss);
  }

  /** Reads once more what was read last. */
  async turn(): Promise<void> {
    if (this.last !== undefined) await this.send(this.last);
  }

  /** Counts a read that missed the write before it. */
  private async miss(read: RequestPlan, what: string): Promise<void> {
    if (this.waits === WAITS) {
      if (this.stale > 0) this.stale++;
      else this.fail(what);
      return;
    }
    this.waits++;
    const ms = await this.appearance(read);
    if (ms === undefined) {
      this.fail(`${what}; the write is lost: it did not appear within ${this.appearMs / 1000} s`);
      return;
    }
    this.stale++;
    this.firstStale ??= `${what}; it appeared after ${ms} ms`;
  }

  /** The milliseconds until a read shows its write; undefined when it does not in time. */
  private async appearance(read: RequestPlan): Promise<number | undefined> {
    const start = performance.now();
    const elapsed = (): number => Math.round(performance.now() - start);
    while (elapsed() < this.appearMs) {
      await sleep(RETRY_MS, undefined, { signal: this.signal }).catch(() => this.signal.throwIfAborted());
      if (shortfall(await this.exchange.ask(read), read) === undefined) return elapsed();
    }
    return undefined;
  }

  private async send(plan: RequestPlan): Promise<Reply> {
    const reply = await this.exchange.ask(plan);
    this.silences = reply.answered ? 0 : this.silences + 1;
    return reply;
  }

  private fail(what: string | undefined): void {
    this.errors++;
    this.firstError ??= what;
  }

  seen(): Seen {
    const { reads, stale, errors } = this;
    const lastReads = this.shown.length === 0 ? {} : { lastReads: this.shown };
    const measures = { reads, staleReads: stale, errors };
    if (stale === 0 && errors === 0) {
      return {
        outcome: 'passed',
        detail: `${reads} of ${reads} reads showed the write before them`,
        measures,
        ...lastReads,
      };
    }
    const parts = [
      ...(stale > 0
        ? [`${stale} of ${reads} reads missed the write before them (first: ${this.firstStale})`]
        : []),
      ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'} (first: ${this.firstError})`] : []),
      ...(this.isSilent ? [`stopped after ${SILENCES} requests in a row without an answer`] : []),
    ];
    return { outcome: 'failed', detail: parts.join('; '), measures, ...lastReads };
  }
}

/** Whether an answer is that of a service that does not see the write yet: every other one is an error, however soon it passes. */
export const isStale = (answer: Answer, read: RequestPlan): boolean =>
  answer.status === 404 || isExpected(answer, read);

const BY_NAME = '"{i}", or a field of the answer to the write, such as "{id}" or "{order.id}"';

const writePath = (z: Zod) =>
  path(z, (name) => name === 'i', 'no placeholder but "{i}", the number of the attempt');

const readPath = (z: Zod) => path(z, () => true, BY_NAME);

/** Writes, and the reads after them. */
export const READ_YOUR_WRITES: CheckKind<'readYourWrites', 'read-your-writes'> = {
  key: 'readYourWrites',
  kind: 'read-your-writes',
  schema: (z) =>
    z
      .strictObject({
        name: nonBlank(z).describe('Its name in reports.'),
        write: request(z, writePath(z)).describe('The write.'),
        read: request(z, readPath(z))
          .refine(namesWhatWasWritten, {
            error: `does not name what was written; its path, contains or headers need ${BY_NAME}`,
            when: () => true,
          })
          .describe('The read just after it. Its path, `contains` or headers name what was written.'),
        cleanUp: request(z, readPath(z)).optional().meta({
          description: 'Removes what was written, in production.',
          absent: 'none',
        }),
        times: z.int().min(1).max(10_000).default(TIMES).describe('How many times it writes and reads.'),
        safeInProduction: safeInProduction(z),
      })
      .meta({ name: 'ReadYourWritesCheck', about: 'A write that the next read is expected to show.' }),
  run: readYourWrites,
};

/** A read that does not name what was written passes whether or not the write is visible. Unknown braces are reported already. */
function namesWhatWasWritten(read: unknown): boolean {
  const { path: where, contains, headers } = Object(read) as Partial<Record<keyof RequestPlan, unknown>>;
  if (typeof where !== 'string' || where.includes('{')) return true;
  const texts = [contains ?? '', ...Object.values(Object(headers) as object)] as readonly unknown[];
  return texts.some((it) => typeof it !== 'string' || placeholdersOf(it).length > 0);
}
