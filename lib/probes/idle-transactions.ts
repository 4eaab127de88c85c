import type { Transaction } from './database-activity';
import type { IdleTransaction } from './database-figures';

/** How many are kept. */
const MOST = 5;
/** A request that does its work has transactions that are idle for less. */
const SHORTEST_MS = 500;
/** Between the statements of one that works through rows there is less. */
const SHORTEST_BREAK_MS = 5;
/** From this part of its time on a transaction that has changed something counts as left open, though it is used now and then. */
const MOSTLY = 0.8;

/** A transaction that is seen again and again. */
interface Kept {
  readonly started: number;
  readonly first: number;
  last: number;
  /** The longest time without a break. */
  longest: number;
  /** All times together: those looks count at which it does nothing. */
  total: number;
  hasWritten: boolean;
  statement: string;
  readonly application: string;
}

/**
 * Puts together for how long sessions did nothing in their transactions. A connection that a pool hands on with its transaction open is
 * used again before long: of transactions that have changed something, and are idle for most of their time, all of it counts. One that
 * only reads in parts, as a long report does with a cursor, holds no row.
 */
export class IdleTransactions {
  private readonly open = new Map<string, Kept>();
  private ended: IdleTransaction[] = [];
  private lastLook: number;

  /** @param start - in milliseconds, of any clock that the looks have too */
  constructor(private readonly start: number) {
    this.lastLook = start;
  }

  add(transactions: readonly Transaction[], now: number): void {
    const sinceLook = now - this.lastLook;
    this.lastLook = now;
    for (const it of transactions) {
      const kept = this.open.get(it.id) ?? keptOf(it, now);
      this.open.set(it.id, kept);
      if (it.idleMs > kept.longest) [kept.longest, kept.statement] = [it.idleMs, it.statement];
      if (it.idleMs >= SHORTEST_BREAK_MS) kept.total += kept.first === now ? it.idleMs : sinceLook;
      kept.hasWritten ||= it.hasWritten;
      kept.last = now;
    }
    for (const [id, kept] of this.open) {
      if (kept.last === now) continue;
      this.open.delete(id);
      this.ended = longestOf([...this.ended, this.shown(kept)]);
    }
  }

  /** The longest, the longest first. */
  longest(): readonly IdleTransaction[] {
    return longestOf([...this.ended, ...[...this.open.values()].map((it) => this.shown(it))]);
  }

  private shown({
    started,
    last,
    longest,
    total,
    hasWritten,
    statement,
    application,
  }: Kept): IdleTransaction {
    const isMostlyIdle = hasWritten && total >= MOSTLY * (last - Math.max(started, this.start));
    return {
      ms: Math.round(isMostlyIdle ? Math.max(longest, total) : longest),
      statement,
      ...(application !== '' && { application }),
      ...(started < this.start && { isOlder: true }),
    };
  }
}

const keptOf = ({ ms, statement, application }: Transaction, now: number): Kept => ({
  started: now - ms,
  first: now,
  last: now,
  longest: 0,
  total: 0,
  hasWritten: false,
  statement,
  application,
});

/** One for each statement: a service leaves many open in the same place. */
function longestOf(all: readonly IdleTransaction[]): IdleTransaction[] {
  const byStatement = new Map<string, IdleTransaction>();
  for (const it of all.toSorted((one, other) => other.ms - one.ms))
    if (it.ms >= SHORTEST_MS && !byStatement.has(it.statement)) byStatement.set(it.statement, it);
  return [...byStatement.values()].slice(0, MOST);
}
