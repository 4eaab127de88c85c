/** What the sessions of a database do at one moment. */
export interface Activity {
  /** Locks on tables that keep others from writing to them. */
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
  /** The sessions that have a transaction under way. */
  readonly transactions: readonly Transaction[];
  readonly connections: { readonly open: number; readonly limit: number };
  /** How far each replica is behind, where that is known. */
  readonly replicas: readonly { readonly name: string; readonly lagMs: number }[];
}

/** A lock that a transaction has on a table. */
export interface Hold {
  readonly by: Blocker;
  readonly on: string;
}

/** A statement that waits for a lock. */
export interface Wait {
  /** Its session and its start: no other statement has both. */
  readonly id: string;
  readonly statement: string;
  /** The table; undefined where the server says only that it waits for another transaction. */
  readonly on: string | undefined;
  /** For how long it has waited; undefined where the server does not say so. */
  readonly ms: number | undefined;
  readonly blockers: readonly Blocker[];
}

/** A transaction that others wait for, or might. */
export interface Blocker {
  /** Its session and its start. */
  readonly id: string;
  readonly statement: string;
  /** Whether its session does nothing in its transaction. */
  readonly isIdle: boolean;
  /** The statement that it waits for itself. */
  readonly behind: string | undefined;
}

/** A transaction that is under way. */
export interface Transaction {
  /** Its session and its start: no other transaction has both. */
  readonly id: string;
  /** What its session calls itself; empty where it does not. */
  readonly application: string;
  readonly statement: string;
  readonly ms: number;
  /** For how long its session has done nothing in it. */
  readonly idleMs: number;
  /** Whether it has changed something: then it keeps rows locked until its end. */
  readonly hasWritten: boolean;
}
