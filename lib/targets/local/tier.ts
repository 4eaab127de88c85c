import type { Tier } from '../../blueprint/blueprint';
import type { ProbeDatabase } from '../../probes/context';
import type { RehearsedTier, Watch } from '../target';
import type { Writer } from './writes';
import type { Machine } from './process/machine';

/** A data tier on this machine. It runs in the supervisor, which owns its processes. */
export interface LocalTier {
  /** Creates the data that it begins with, and stops again: the counterpart of a snapshot on AWS. @param seed - a file */
  seed(seed: string | undefined, watch: Watch): Promise<void>;
  /**
   * Begins with the data that `checkpoint` of another tier like this one wrote to a folder, in the place of those of `seed`. The folder
   * may be gone afterwards.
   *
   * @default - it cannot: its technology says why
   */
  adopt?(folder: string, watch: Watch): Promise<void>;
  /** Starts every member and its endpoints on the data of `seed`; resolves when all of them answer. */
  up(watch: Watch): Promise<void>;
  /** Copies the data, while it runs, into a new folder. */
  checkpoint(folder: string, watch: Watch): Promise<void>;
  /** Stops, restores the data that `checkpoint` wrote to a folder, and starts again at the same endpoints. */
  restore(folder: string, watch: Watch): Promise<void>;
  /** Kills the primary (SIGKILL), promotes the best replica, switches the endpoints, and restarts the killed member as a replica. */
  failover(watch: Watch): Promise<void>;
  /** Makes what writes to it while it fails over. @default - nothing measures its writes */
  writer?(): Promise<Writer>;
  /** Its current state. */
  state(): RehearsedTier;
  /** The values of `Fn::GetAtt` for its resource, by attribute: `Endpoint.Address` and the like. */
  attributes(): Readonly<Record<string, string>>;
  /** Variables that every task gets because of this tier, unless its container has them. @default - none */
  variables?(): Readonly<Record<string, string>>;
  /** Where probes reach its databases. @default - they look at none */
  databases?(): readonly ProbeDatabase[];
  /** The same for the resources of its members, by logical id. @default - its members are no resources of their own */
  memberAttributes?(): Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a local tier is created with. */
export interface LocalTierProps<T extends Tier> {
  readonly tier: T;
  /** The tier's folder, which does not exist yet. */
  readonly folder: string;
  readonly machine: Machine;
  /** From the resolved template. */
  readonly username: string;
  readonly password: string;
  /** How long every replica delays each write. */
  readonly replicationDelayMs: number;
}
