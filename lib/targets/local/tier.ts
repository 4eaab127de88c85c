import type { Tier } from '../../blueprint/blueprint';
import type { RehearsedTier, Watch } from '../target';
import type { Machine } from './machine';

/** A data tier as it runs on this machine. It lives in the supervisor, which owns its processes. */
export interface LocalTier {
  /** Makes the data that it begins with, and stops again: what a snapshot is on AWS. `seed` is a file of its own language. */
  seed(seed: string | undefined, watch: Watch): Promise<void>;
  /** Starts every member and its endpoints; resolves when all of them answer. Begins with the data of `seed`. */
  up(watch: Watch): Promise<void>;
  /** Copies the data, while it runs, into a folder that does not exist yet. */
  checkpoint(folder: string, watch: Watch): Promise<void>;
  /** Stops, takes the data from a folder that `checkpoint` wrote, and starts again at the same endpoints. */
  restore(folder: string, watch: Watch): Promise<void>;
  /** Kills the primary (SIGKILL), promotes the best replica and points the endpoints to it; the killed one comes back as a replica. */
  failover(watch: Watch): Promise<void>;
  /** How it stands now. */
  state(): RehearsedTier;
  /** What `Fn::GetAtt` gives of its resource here, by attribute: `Endpoint.Address` and the like. */
  attributes(): Readonly<Record<string, string>>;
}

/** What makes a local tier. */
export interface LocalTierProps<T extends Tier> {
  readonly tier: T;
  /** The tier's own folder, which does not exist yet. */
  readonly folder: string;
  readonly machine: Machine;
  /** Of the resolved template. */
  readonly username: string;
  readonly password: string;
  /** How long every replica holds a write back. */
  readonly replicationDelayMs: number;
}
