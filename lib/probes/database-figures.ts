import { showDuration } from '../duration';
import { shownName } from './statement';

/** What was seen of a SQL tier while it was watched: plain JSON, without data of its tables. */
export interface DatabaseFigures {
  readonly tier: string;
  /** How often its writer was looked at; with 0 nothing else was measured. */
  readonly looks: number;
  /** The longest time without a look, as in a failover, and why. */
  readonly unseen?: { readonly ms: number; readonly because: string };
  /** The longest locks, the longest first. */
  readonly locks: readonly TableLock[];
  readonly longestTransaction?: { readonly ms: number; readonly statement: string };
  /** Transactions in which a session did nothing, the longest time first. @default - none */
  readonly idle?: readonly IdleTransaction[];
  /** The most that were open at once, and how many may be, without those that are reserved for superusers. */
  readonly connections?: { readonly most: number; readonly limit: number };
  /** The replica that was behind the most. */
  readonly lag?: { readonly replica: string; readonly ms: number };
}

/** A transaction that was left open: its session did nothing in it. */
export interface IdleTransaction {
  /** For how long, without a break; of one that had changed something and did little else, in all. */
  readonly ms: number;
  /** What it ran before, without its literals. */
  readonly statement: string;
  /** What the session calls itself. @default - nothing */
  readonly application?: string;
  /** Whether it started before it was watched. */
  readonly isOlder?: true;
}

/** A transaction that kept others from a table or its rows. */
export interface TableLock {
  /** The table; undefined where the server did not say which. */
  readonly table?: string;
  /** How long it kept others away: a look apart, 0.2 s, at each end. */
  readonly ms: number;
  /** What the transaction ran when it was seen first, without its literals. */
  readonly statement: string;
  /** Whether the session did nothing then. */
  readonly isIdle?: true;
  /** The statement that it waited for itself, while others waited behind it. */
  readonly behind?: string;
  /** How many statements waited for it. */
  readonly waiters: number;
  readonly longestWaitMs: number;
  /** The statement that waited the longest. */
  readonly waiter?: string;
}

/** The figures of a tier as lines, one for each fact; those of locks first. */
export function figureLines(figures: DatabaseFigures): string[] {
  const { tier, looks, unseen, locks, longestTransaction, idle = [], connections, lag } = figures;
  const gap = unseen && `${tier} could not be looked at for ${showDuration(unseen.ms)}: ${unseen.because}`;
  if (looks === 0) return [gap ?? `${tier} was not looked at`];
  return [
    ...locks.map(lockLine),
    ...(longestTransaction
      ? [`the longest transaction took ${showDuration(longestTransaction.ms)}: ${quoted(longestTransaction)}`]
      : []),
    ...idle.slice(0, 1).map(idleLine),
    ...(connections ? [`at most ${connections.most} of ${connections.limit} connections were open`] : []),
    ...(lag ? [`${lag.replica} was ${showDuration(lag.ms)} behind at most`] : []),
    ...(gap === undefined ? [] : [gap]),
  ];
}

/** A transaction that was left open, in one line: `a transaction of Web-3 was idle for 12 s after "insert into orders ..."`. */
export function idleLine(idle: IdleTransaction): string {
  const of = idle.application === undefined ? '' : ` of ${shownName(idle.application)}`;
  return `a transaction${of} was idle for ${showDuration(idle.ms)} after ${quoted(idle)}`;
}

/** A lock in one line: `orders was locked for 20 s by "alter table orders ..."; 24 statements waited, for up to 2.0 s`. */
export function lockLine(lock: TableLock): string {
  const { table, ms, isIdle, behind, waiters, longestWaitMs, waiter } = lock;
  const by = `${isIdle ? 'an idle transaction after ' : ''}${quoted(lock)}`;
  const queue = behind === undefined ? '' : `, which waited for ${quoted({ statement: behind })}`;
  const count = `${waiters} ${waiters === 1 ? 'statement' : 'statements'} waited`;
  const what =
    waiter === undefined
      ? ''
      : `, for up to ${showDuration(longestWaitMs)} (${quoted({ statement: waiter })})`;
  return `${table ?? 'a row'} was locked for ${showDuration(ms)} by ${by}${queue}; ${waiters === 0 ? 'no statement waited' : count}${what}`;
}

const quoted = ({ statement }: { readonly statement: string }): string =>
  statement === '' ? 'a statement that is not shown' : `"${statement}"`;
