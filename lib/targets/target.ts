/**
 * A place where environments can be stood up: this machine, an AWS account.
 *
 * Every call takes a {@link Handle}, which is chosen and written down before anything exists, so that another process, on
 * another machine, can continue or clean up. Every call can be repeated after an interruption: it continues where the last
 * one ended, or finds that everything is done. A slow call logs its progress, and stops as soon as it can when its signal
 * aborts.
 */
export interface Target {
  /** Such as `local`. */
  readonly name: string;
  /** Chooses the handle of an environment. Starts nothing. */
  allocate(rehearsal: string): Handle;
  /** Prepares the data that an environment begins with: loads dumps, finds snapshots. */
  seed(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Stands the environment up from what `seed` prepared, with the services of the deployment's release. */
  up(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** The state of every tier, and the tiers that could not be stood up. */
  describe(handle: Handle): Promise<readonly TierState[]>;
  /** The addresses of everything. They hold passwords, and are never written down. */
  endpoints(handle: Handle): Promise<Endpoints>;
  /** Keeps a copy of the data under a name. */
  checkpoint(handle: Handle, name: string, watch: Watch): Promise<void>;
  /** Restores the data of a checkpoint; services are stopped until the next release. */
  restore(handle: Handle, name: string, watch: Watch): Promise<void>;
  /** Deploys another release in the way that production does: migration, then a rolling update. */
  release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Kills the primary of a data tier and waits until another member is primary. */
  failover(handle: Handle, tier: string, watch: Watch): Promise<void>;
  /** Kills one task of a service with SIGKILL and waits until it is replaced. */
  killTask(handle: Handle, service: string, watch: Watch): Promise<void>;
  /** Copies all logs into a folder. @returns the files, relative to it */
  logs(handle: Handle, folder: string): Promise<readonly string[]>;
  /** Removes everything that belongs to the handle. Succeeds when there is nothing. */
  down(handle: Handle, watch: Watch): Promise<void>;
  /** What still exists of the environment. */
  leftovers(handle: Handle): Promise<readonly Leftover[]>;
}

/** Identifies an environment: plain JSON, without secrets. */
export interface Handle {
  /** The target's name. */
  readonly target: string;
  /** What a person looks for: a stack's name, a folder. */
  readonly name: string;
  readonly [detail: string]: string;
}

/** A release and its assembly. */
export interface Deployment {
  readonly release: string;
  /** The cloud assembly that was synthesised for this release. */
  readonly assembly: string;
  /** The environment in it, such as `StagingEphemeral`. */
  readonly environment: string;
}

/** How a call reports its progress, and how it is stopped. */
export interface Watch {
  readonly signal: AbortSignal;
  /** One line of progress. */
  log(message: string): void;
  /** Times a part of the work, for the timeline. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A tier that runs, or one that was skipped. */
export type TierState = RehearsedTier | SkippedTier;

interface TierName {
  /** The tier's name in the blueprint. */
  readonly tier: string;
  readonly kind: 'sql' | 'document' | 'cache' | 'service' | 'storage';
}

/** A tier that runs. */
export interface RehearsedTier extends TierName {
  readonly skipped: false;
  /** The engine that it runs on here, such as `PostgreSQL 18.4`. */
  readonly engine: string;
  readonly members: readonly MemberState[];
  /** How it differs from the tier on AWS, in sentences. */
  readonly differs: readonly string[];
}

/** One process, instance or node of a tier. */
export interface MemberState {
  readonly name: string;
  readonly role: 'primary' | 'replica' | 'task';
  readonly state: 'running' | 'starting' | 'stopped';
}

/** A tier that was skipped: it could not be stood up here. */
export interface SkippedTier extends TierName {
  readonly skipped: true;
  /** Why, and what would make it possible, in one sentence. */
  readonly because: string;
}

/** The addresses of an environment. */
export interface Endpoints {
  /** The load balancer's; undefined when there is none. With several, that of the first service. */
  readonly url: string | undefined;
  /** By service: its load balancer's URL. */
  readonly urls: Readonly<Record<string, string>>;
  readonly databases: readonly DatabaseEndpoints[];
}

/** A host and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** The addresses and the credentials of a SQL tier. */
export interface DatabaseEndpoints {
  readonly tier: string;
  readonly writer: HostPort;
  /** Balances connections over the readers; leads to the writer when there is none. */
  readonly reader: HostPort;
  /** The address of each reader. */
  readonly readers: readonly (HostPort & { readonly name: string })[];
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

/** Something that an environment left behind. */
export interface Leftover {
  readonly kind: 'process' | 'port' | 'file' | 'resource';
  /** Enough to find it: a process id with its command, an address, a path, an ARN. */
  readonly what: string;
}
