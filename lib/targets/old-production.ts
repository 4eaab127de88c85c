import type { ProbeWatch } from '../probes/probes';

/**
 * A production that others deployed, and that is to be torn down for good: the one port by which anything of one is removed. Every call can
 * be repeated after an interruption.
 */
export interface OldProduction {
  /**
   * What stands of it. Changes nothing.
   *
   * @throws TwinError `protected` where something is protected from being deleted, `no-stack` where nothing stands, `elsewhere`
   */
  look(watch: ProbeWatch): Promise<WhatStands>;
  /** Takes a final snapshot, if there is none of that name, and waits until it can be restored. */
  keep(database: DeployedDatabase, name: string, watch: ProbeWatch): Promise<FinalCopy>;
  /** The snapshots of a database that were taken since a time, the oldest first: those of its services too, taken as it was deleted. */
  copiesOf(database: DeployedDatabase, since: Date, watch: ProbeWatch): Promise<readonly FinalCopy[]>;
  /**
   * Deletes a stack, and waits until it is gone.
   *
   * @returns what it leaves, each in a phrase
   * @throws TwinError `not-deleted`
   */
  remove(stack: DeployedStackRef, watch: ProbeWatch): Promise<readonly string[]>;
}

/** What stands of a production. */
export interface WhatStands {
  /** In the order in which they were deployed. */
  readonly stacks: readonly DeployedStackRef[];
  readonly databases: readonly DeployedDatabase[];
  /** What holds data and has no final snapshot, such as `Pages (cache)`. */
  readonly without: readonly string[];
}

/** A stack that is deployed. */
export interface DeployedStackRef {
  readonly name: string;
  readonly id: string;
  readonly region: string;
}

/** A database of a production. */
export interface DeployedDatabase {
  readonly tier: string;
  /** Such as `aurora-postgresql 17.5`. */
  readonly engine: string;
  /** What its service calls it. */
  readonly id: string;
  /** Whose snapshots it has, as the target names it. */
  readonly service: string;
  readonly region: string;
}

/** A snapshot that stays. */
export interface FinalCopy {
  readonly name: string;
  readonly arn: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
}
