import type { Activity, Blocker } from './database-activity';
import type { DatabaseFigures, TableLock } from './database-figures';
import { IdleTransactions } from './idle-transactions';

/** How many locks are kept. */
const MOST_LOCKS = 5;
/** A lock that is shorter is none that was seen twice. */
const SHORTEST_MS = 100;

/** Puts together what is seen of one tier. */
export class FigureKeeper {
  private looks = 0;
  private lastLook: number;
  private unseen: DatabaseFigures['unseen'];
  private fault: string | undefined;
  private readonly locks = new Map<string, KeptLock>();
  private ended: TableLock[] = [];
  private transaction: DatabaseFigures['longestTransaction'];
  private readonly idle: IdleTransactions;
  private connections: DatabaseFigures['connections'];
  private lag: DatabaseFigures['lag'];

  /** @param start - in milliseconds, of any clock that the looks have too */
  constructor(
    private readonly tier: string,
    start: number,
  ) {
    this.lastLook = start;
    this.idle = new IdleTransactions(start);
  }

  /** Notes that the writer could not be looked at. */
  miss(because: string): void {
    this.fault ??= because;
  }

  add(seen: Activity, now: number): void {
    this.noteGap(now);
    this.looks++;
    this.addLocks(seen, now);
    for (const { ms, statement } of seen.transactions)
      this.transaction = longer(this.transaction, { ms: Math.round(ms), statement });
    this.idle.add(seen.transactions, now);
    const { open, limit } = seen.connections;
    this.connections = { most: Math.max(this.connections?.most ?? 0, open), limit };
    for (const { name, lagMs } of seen.replicas) {
      if (lagMs > (this.lag?.ms ?? -1)) this.lag = { replica: name, ms: Math.round(lagMs) };
    }
  }

  /** The figures up to now. */
  figures(now: number): DatabaseFigures {
    this.noteGap(now);
    const idle = this.idle.longest();
    const locks = longest([...this.ended, ...[...this.locks.values()].map(shown)]);
    return {
      tier: this.tier,
      looks: this.looks,
      locks,
      ...(this.unseen && { unseen: this.unseen }),
      ...(this.transaction && { longestTransaction: this.transaction }),
      ...(idle.length > 0 && { idle }),
      ...(this.connections && { connections: this.connections }),
      ...(this.lag && { lag: this.lag }),
    };
  }

  /** Only a gap with a reason: a look that comes late on a busy machine is none. */
  private noteGap(now: number): void {
    const ms = Math.round(now - this.lastLook);
    if (this.fault !== undefined && ms > (this.unseen?.ms ?? 0)) this.unseen = { ms, because: this.fault };
    this.fault = undefined;
    this.lastLook = now;
  }

  private addLocks({ holds, waits }: Activity, now: number): void {
    const open = new Set<KeptLock>();
    for (const { by, on } of holds) open.add(this.lockOf(by, on, now));
    for (const { id, statement, on, ms = 0, blockers } of waits) {
      for (const by of blockers) {
        const lock = this.lockOf(by, on, now);
        open.add(lock);
        lock.since = Math.min(lock.since, now - ms);
        lock.waiters.add(id);
        if (ms > lock.longestWaitMs || lock.waiter === undefined)
          [lock.longestWaitMs, lock.waiter] = [ms, statement];
      }
    }
    for (const [key, lock] of this.locks) {
      if (open.has(lock)) continue;
      this.locks.delete(key);
      this.ended = longest([...this.ended, shown(lock)]);
    }
  }

  private lockOf(by: Blocker, on: string | undefined, now: number): KeptLock {
    const key = `${by.id} ${on ?? ''}`;
    const lock = this.locks.get(key) ?? {
      by,
      on,
      since: now,
      last: now,
      waiters: new Set(),
      longestWaitMs: 0,
    };
    lock.last = now;
    this.locks.set(key, lock);
    return lock;
  }
}

/** A lock that others may still wait for. */
interface KeptLock {
  readonly by: Blocker;
  readonly on: string | undefined;
  since: number;
  last: number;
  readonly waiters: Set<string>;
  longestWaitMs: number;
  waiter?: string;
}

const shown = ({ by, on, since, last, waiters, longestWaitMs, waiter }: KeptLock): TableLock => ({
  ...(on !== undefined && { table: on }),
  ms: Math.round(last - since),
  statement: by.statement,
  ...(by.isIdle && { isIdle: true }),
  ...(by.behind !== undefined && { behind: by.behind }),
  waiters: waiters.size,
  longestWaitMs: Math.round(longestWaitMs),
  ...(waiter !== undefined && { waiter }),
});

const longest = (locks: readonly TableLock[]): TableLock[] =>
  locks
    .filter(({ ms }) => ms >= SHORTEST_MS)
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, MOST_LOCKS);

const longer = <T extends { readonly ms: number }>(one: T | undefined, other: T): T =>
  one && one.ms >= other.ms ? one : other;
