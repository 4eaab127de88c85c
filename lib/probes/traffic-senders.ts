import type { ChecksConfig, ReadYourWritesCheck, RequestPlan } from '../config/types';
import type { SentWrite } from './clean-up';
import { cookiesOf, nameOf, shortfall, type Reply } from './http';
import { fill, freshNumber, placeholdersOf, readAfter } from './placeholders';
import { isStale } from './read-your-writes';
import { SMOKE_STATUS } from './smoke';

/** The checks whose requests are sent in the background: those that are requests. */
export type TrafficChecks = Pick<ChecksConfig, 'smoke' | 'readYourWrites' | 'load'>;

/** How a sender sends a request and records what became of it. */
export interface Exchange {
  /** @returns undefined when the end has come */
  readonly ask: (plan: RequestPlan) => Promise<Sent | undefined>;
  /** A read that missed the write just before it. */
  readonly stale: () => void;
  /** Removes what was written; in production alone. @returns what is wrong */
  readonly undo?: (cleanUp: RequestPlan, written: SentWrite) => Promise<string | undefined>;
}

/** A request that has ended, and whose outcome is to be recorded. */
export interface Sent {
  readonly reply: Reply;
  /** @param failure - undefined when it succeeded */
  record(failure: string | undefined): void;
}

/** Sends the requests of one check, again and again. */
export interface Sender {
  /** Unique among the senders. */
  readonly name: string;
  turn(exchange: Exchange): Promise<void>;
}

/** One for each check, and none for a request that another one sends already. */
export function sendersOf({ smoke = [], readYourWrites = [], load = [] }: TrafficChecks): readonly Sender[] {
  const pages = smoke.map((check) => pageSender({ status: SMOKE_STATUS, ...check }, withoutRelease));
  const loads = load.map((check) => pageSender(check, below400));
  const byName = new Map([...loads, ...pages].map((sender) => [sender.name, sender]));
  return [...byName.values(), ...readYourWrites.map((check) => new WritesSender(check))];
}

type Judge = (reply: Reply, plan: RequestPlan) => string | undefined;

const pageSender = (plan: RequestPlan, judge: Judge): Sender => ({
  name: nameOf(plan),
  turn: async ({ ask }) => {
    const sent = await ask(plan);
    sent?.record(judge(sent.reply, plan));
  },
});

/** While two releases serve side by side, either may answer. */
function withoutRelease(reply: Reply, plan: RequestPlan): string | undefined {
  const { contains, ...rest } = plan;
  const isOfRelease = contains !== undefined && placeholdersOf(contains).includes('release');
  return shortfall(reply, isOfRelease ? rest : plan);
}

/** What counts as an answer under load. */
function below400(reply: Reply, plan: RequestPlan): string | undefined {
  if (reply.answered && reply.status >= 300 && reply.status < 400) return undefined;
  const { method, path } = plan;
  const problem = shortfall(reply, { path, ...(method !== undefined && { method }) });
  return problem?.replace(/any 2xx$/, '2xx or 3xx');
}

/** A write that was acknowledged, and how it is read. */
interface Written {
  readonly read: RequestPlan;
  readonly at: number;
}

/** From this age on a write is to be there, whichever task and replica is asked. */
const SETTLED_MS = 5_000;
/** Older writes are not read again: what an app keeps for a short time only is no fault. */
const FORGOTTEN_MS = 20_000;
const MAX_WRITTEN = 500;

/** Writes, reads what it wrote, and reads what was written before: by another task, or by the other release. */
class WritesSender implements Sender {
  readonly name: string;
  private written: Written[] = [];

  constructor(private readonly check: ReadYourWritesCheck) {
    this.name = check.name;
  }

  async turn(exchange: Exchange): Promise<void> {
    const i = freshNumber();
    const write = fill(this.check.write, { i });
    const sent = await exchange.ask(write);
    if (!sent) return;
    const problem = shortfall(sent.reply, write);
    const read = problem === undefined ? this.readOf(sent.reply, i) : undefined;
    const isUndone = exchange.undo !== undefined;
    let wrong = problem ?? (typeof read === 'string' ? read : undefined);
    if (!isUndone) sent.record(wrong);
    try {
      if (typeof read === 'object') await this.readBack(read, exchange);
    } finally {
      const { status = 0 } = sent.reply.answered ? sent.reply : {};
      if (isUndone && this.check.cleanUp && (status < 400 || status >= 500))
        wrong ??= await exchange.undo(this.check.cleanUp, { i, reply: sent.reply });
      if (isUndone) sent.record(wrong);
    }
    if (!isUndone) await this.readEarlier(exchange);
  }

  /** @returns why there is no request to read with */
  private readOf(reply: Reply, i: number): RequestPlan | string {
    const answer = reply.answered ? { body: reply.body, cookies: cookiesOf(reply) } : { body: '' };
    const { read, missing } = readAfter(this.check.read, { i, ...answer });
    return missing === undefined ? read : `${nameOf(this.check.write)} answered without "${missing}"`;
  }

  private async readBack(read: RequestPlan, { ask, stale }: Exchange): Promise<void> {
    const at = performance.now();
    const sent = await ask(read);
    if (!sent) return;
    const problem = shortfall(sent.reply, read);
    const isMiss = problem !== undefined && sent.reply.answered && isStale(sent.reply, read);
    sent.record(isMiss ? undefined : problem);
    if (isMiss) stale();
    if (isMiss || problem === undefined) this.keep({ read, at });
  }

  private keep(it: Written): void {
    const now = performance.now();
    this.written = [...this.written.filter(({ at }) => now - at < FORGOTTEN_MS), it].slice(-MAX_WRITTEN);
  }

  /** Reads a write of before; one that fails is not read again, since it is one fault. */
  private async readEarlier({ ask, stale }: Exchange): Promise<void> {
    const it = this.written[Math.floor(Math.random() * this.written.length)];
    const sent = it && (await ask(it.read));
    if (!sent) return;
    const ageMs = performance.now() - it.at;
    const problem = shortfall(sent.reply, it.read);
    const isMiss = problem !== undefined && sent.reply.answered && isStale(sent.reply, it.read);
    if (isMiss && ageMs < SETTLED_MS) {
      stale();
      return sent.record(undefined);
    }
    if (problem !== undefined) this.written = this.written.filter((other) => other !== it);
    sent.record(problem && `${problem}, ${(ageMs / 1000).toFixed(1)} s after it was written`);
  }
}
