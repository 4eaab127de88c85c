/**
 * A place where environments can be stood up: this machine, an AWS account.
 *
 * Every call is named by a {@link Handle}, which is chosen and written down before anything exists, so that another
 * process, on another machine, can go on or clean up. Every call may be made again after it was broken off: it goes on
 * where the last one ended, or finds that nothing is left to do. A call that is slow tells of its progress, and stops
 * as soon as it can when its signal aborts.
 */
export interface Target {
  /** Such as `local`. */
  readonly name: string;
  /** Chooses what an environment is called here. Starts nothing. */
  allocate(rehearsal: string): Handle;
  /** Prepares the data that an environment begins with: dumps are loaded, snapshots found. */
  seed(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Stands the environment up from what `seed` prepared, with the services of the deployment's release. */
  up(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** What stands there now, tier by tier, and what could not be stood up. */
  describe(handle: Handle): Promise<readonly TierState[]>;
  /** Where everything is. Holds passwords: never written down. */
  endpoints(handle: Handle): Promise<Endpoints>;
  /** Keeps the data as they are now, under a name. */
  checkpoint(handle: Handle, name: string, watch: Watch): Promise<void>;
  /** Puts the data back as they were; services are stopped until the next release. */
  restore(handle: Handle, name: string, watch: Watch): Promise<void>;
  /** Brings the services to another release by the path that production uses: migration, then a rolling update. */
  release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Takes the primary of a data tier away and waits until another member is primary. */
  failover(handle: Handle, tier: string, watch: Watch): Promise<void>;
  /** Kills one task of a service and waits until it is replaced. */
  killTask(handle: Handle, service: string, watch: Watch): Promise<void>;
  /** Copies the logs of everything into a folder. @returns the files, relative to it */
  logs(handle: Handle, folder: string): Promise<readonly string[]>;
  /** Removes everything that the handle names. Succeeds when nothing is there. */
  down(handle: Handle, watch: Watch): Promise<void>;
  /** Whatever is left of what the handle names. */
  leftovers(handle: Handle): Promise<readonly Leftover[]>;
}

/** What names an environment: plain JSON, without secrets. */
export interface Handle {
  /** The target's name. */
  readonly target: string;
  /** What a person would look for: a stack's name, a folder. */
  readonly name: string;
  readonly [detail: string]: string;
}

/** A release as it is deployed. */
export interface Deployment {
  readonly release: string;
  /** The cloud assembly that was synthesised for this release. */
  readonly assembly: string;
  /** The environment in it, such as `StagingEphemeral`. */
  readonly environment: string;
}

/** How a caller follows a call, and stops it. */
export interface Watch {
  readonly signal: AbortSignal;
  /** One line of progress. */
  log(message: string): void;
  /** Times a part of the work, for the timeline. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A tier as it stands, or why it does not. */
export type TierState = RehearsedTier | SkippedTier;

interface TierName {
  /** The tier's name in the blueprint. */
  readonly tier: string;
  readonly kind: 'sql' | 'document' | 'cache' | 'service' | 'storage';
}

/** A tier that stands. */
export interface RehearsedTier extends TierName {
  readonly skipped: false;
  /** What it runs on here, such as `PostgreSQL 18.4`. */
  readonly engine: string;
  readonly members: readonly MemberState[];
  /** How it differs from what runs on AWS: one sentence each. */
  readonly differs: readonly string[];
}

/** One process, instance or node of a tier. */
export interface MemberState {
  readonly name: string;
  readonly role: 'primary' | 'replica' | 'task';
  readonly state: 'running' | 'starting' | 'stopped';
}

/** A tier that could not be stood up here. */
export interface SkippedTier extends TierName {
  readonly skipped: true;
  /** Why, and how it could be: one sentence. */
  readonly because: string;
}

/** Where an environment is reached. */
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

/** Where a SQL tier is reached. */
export interface DatabaseEndpoints {
  readonly tier: string;
  readonly writer: HostPort;
  /** Balances connections over the readers; the writer when there is none. */
  readonly reader: HostPort;
  /** Each reader by itself. */
  readonly readers: readonly (HostPort & { readonly name: string })[];
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

/** Something that is left of an environment. */
export interface Leftover {
  readonly kind: 'process' | 'port' | 'file' | 'resource';
  /** Enough to find it: a process id with its command, an address, a path, an ARN. */
  readonly what: string;
}
