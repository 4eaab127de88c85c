import type { Probes } from '../probes/probes';
import type { FailoverQuota } from './failover-quota';

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
  /**
   * How it restores a checkpoint, so that a candidate can be retried on the same data: in the environment that stands, or by
   * standing it up anew, for which it needs the assemblies of both releases again. `never`: it keeps no checkpoint.
   */
  readonly restores: 'in-place' | 'anew' | 'never';
  /** Whether a production may be stood up here, for trial. @default - others deploy it */
  readonly isForTrial?: true;
  /**
   * What the migration of a release may take from the data: rows of a table (`orders`, `sales.orders`), the values of a column
   * (`orders.total`).
   *
   * @default - nothing
   */
  readonly removes?: readonly string[];
  /** Whether the migration of a release has a second part: see {@link contract}. @default false */
  readonly contracts?: boolean;
  /**
   * What the machine that everything runs on used of its processors, and what of that was for an environment.
   *
   * @default - it shares no machine, or that is not known
   */
  processorTime?(handle: Handle): ProcessorTime | undefined;
  /**
   * What environments run on here, such as `this machine`, where that is not what their templates name: then how fast they are says
   * nothing of production.
   *
   * @default - what their templates name
   */
  readonly hardware?: string;
  /** How many environments can stand here at once without slowing each other down. @default - as many as there are */
  readonly atOnce?: number;
  /**
   * How long a call may take, in seconds: then it is stopped, and fails.
   *
   * @param deployment - that is brought, which may wait on purpose
   */
  limitSeconds(call: TargetCall, deployment?: Deployment): number;
  /** Chooses the handle of an environment. Starts nothing. */
  allocate(rehearsal: string): Handle;
  /**
   * Chooses the handle of a production that uses the data of one that stands. Starts nothing. @default - none is stood up here
   *
   * @param environment - the name of that
   * @param own - the tiers whose data it has for itself
   */
  allocateBeside?(first: Handle, environment: string, own: OwnData): Handle;
  /**
   * What the app's assemblies have to know of an environment before it exists, as keys of the CDK's context: the names of the
   * snapshots that it is restored from.
   */
  context(handle: Handle): Readonly<Record<string, string>>;
  /**
   * Checks, before anything is synthesised, what every environment needs: credentials, programs, folders. Starts nothing.
   *
   * @throws TwinError where something is missing
   */
  reach(handle: Handle, watch: Watch): Promise<void>;
  /** Says before anything exists what could be stood up here, and what speaks against it. Starts nothing. */
  preflight(handle: Handle, deployment: Deployment, watch: Watch): Promise<Preflight>;
  /** Prepares the data that an environment begins with: loads dumps, finds snapshots. */
  seed(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Stands the environment up from what `seed` prepared, with the services of the deployment's release. */
  up(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** The state of every tier, and the tiers that could not be stood up. */
  describe(handle: Handle, watch: Watch): Promise<readonly TierState[]>;
  /** Where checks run. Read anew for each use: addresses hold passwords, are never written down, and may move. */
  probes(handle: Handle, watch: Watch): Promise<Probes>;
  /** Keeps a copy of the data under a name. */
  checkpoint(handle: Handle, name: string, watch: Watch): Promise<void>;
  /** Restores the data of a checkpoint, with the services of the deployment's release. */
  restore(handle: Handle, name: string, deployment: Deployment, watch: Watch): Promise<void>;
  /** Deploys another release in the way that production does: migration, then a rolling update. */
  release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Whether a release has both run side by side for a while, so that its services can roll it back while it is under way. @default - none has */
  isRolledBackUnderWay?(deployment: Deployment): boolean;
  /**
   * Begins such a release, and has its services roll it back while it is under way.
   *
   * @returns the services that did @default - none can
   */
  rollBackUnderWay?(handle: Handle, deployment: Deployment, watch: Watch): Promise<readonly string[]>;
  /**
   * Runs the second part of the migration of the release that runs: it takes away what only releases before it use, and none of them
   * can come back afterwards.
   */
  contract(handle: Handle, deployment: Deployment, watch: Watch): Promise<void>;
  /** Breaks something on purpose, and waits until the environment has repaired it. */
  disrupt(handle: Handle, disruption: Disruption, watch: Watch): Promise<Disrupted>;
  /**
   * Copies the data of the databases of an environment, while it runs, into a folder that does not exist yet. @default - it keeps none
   */
  keepData?(handle: Handle, folder: string, watch: Watch): Promise<readonly KeptTier[]>;
  /** Copies all logs into a folder. @returns the files, relative to it */
  logs(handle: Handle, folder: string, watch: Watch): Promise<readonly string[]>;
  /**
   * Stops the calls that are under way in this process, and what those of a process that has ended left at work. Resolves when
   * none of them can still create anything; what they have created may stay.
   *
   * @throws TwinError when that cannot be reached, or is not known
   */
  stop(handle: Handle, watch: Watch): Promise<void>;
  /**
   * Makes sure, before a tear-down is recorded as started, that what is reached from here is the place of the environment: from another
   * one everything of it seems to be gone. Changes nothing.
   *
   * @throws TwinError `elsewhere`, or why it cannot be reached
   */
  checkPlace(handle: Handle, watch: Watch): Promise<void>;
  /** Stops, and removes everything that belongs to the handle. Succeeds when there is nothing. */
  down(handle: Handle, watch: Watch): Promise<void>;
  /** Looks for what still exists of the environment. */
  inventory(handle: Handle, watch: Watch): Promise<Inventory>;
  /**
   * Moves the time at which an environment deletes itself: to so many hours from now, unless it is later already.
   *
   * @returns when it deletes itself: ISO 8601, UTC
   * @throws TwinError `lifetime` where it would stand for longer than it may
   */
  extend(handle: Handle, hours: number, watch: Watch): Promise<string>;
  /** Finds the environments that stand here, without a ledger: those of processes and machines that are gone too. */
  find(watch: Watch): Promise<readonly Found[]>;
}

/** The calls of a target that take time; a roll back under way takes that of a release, and what keeps data that of a checkpoint. */
export type TargetCall = Exclude<
  keyof Target,
  | 'name'
  | 'restores'
  | 'isForTrial'
  | 'removes'
  | 'contracts'
  | 'processorTime'
  | 'hardware'
  | 'atOnce'
  | 'limitSeconds'
  | 'allocate'
  | 'allocateBeside'
  | 'checkPlace'
  | 'context'
  | 'isRolledBackUnderWay'
  | 'rollBackUnderWay'
  | 'keepData'
>;

/** A tier whose data were kept. */
export interface KeptTier {
  readonly tier: string;
  /** Such as `PostgreSQL 17.5`. */
  readonly engine: string;
  /** Where they are, in the folder that they were kept in. */
  readonly file: string;
}

/** Time on the processors of a machine since it started; only differences mean something, in whatever unit. */
export interface ProcessorTime {
  /** All that there was. */
  readonly total: number;
  /** What was used of it. */
  readonly busy: number;
  /** What was used for the environment. */
  readonly own: number;
}

/**
 * The tiers whose data a second production has for itself, by name: `copy` begins with a copy of those of the first, `empty` with none.
 * All others use those of the first.
 */
export type OwnData = Readonly<Record<string, 'copy' | 'empty'>>;

/** The key of a handle that says when the data of a tier were those of production: ISO 8601. */
export const dataAt = (tier: string): string => `dataAt.${tier}`;

/** What the time that a migration takes is called in the timeline: that of a release, and its second part. */
export const MIGRATION = 'migration';
export const CONTRACTION = 'contract the schema';

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
  /** The folder with the code of this release, absolute. @default - that of the config, which has every release's */
  readonly folder?: string;
  /** Whether it was synthesised without what the target's `context` says, as a team does by itself. @default false */
  readonly isPlain?: boolean;
}

/** How a call reports its progress, and how it is stopped. */
export interface Watch {
  readonly signal: AbortSignal;
  /** One line of progress. */
  log(message: string): void;
  /** Times a part of the work, for the timeline. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Adds details to the handle, such as the id of a stack. They are written down when this returns. */
  learn(details: Readonly<Record<string, string>>): void;
}

/** For work that cannot be stopped. */
export const UNSTOPPABLE: AbortSignal = new AbortController().signal;

/** The same watch with another signal. */
export const withSignal = (watch: Watch, signal: AbortSignal): Watch => ({
  signal,
  log: (message) => watch.log(message),
  span: (name, work) => watch.span(name, work),
  learn: (details) => watch.learn(details),
});

/** What is known before anything exists. */
export interface Preflight {
  /** Every tier of the deployment. */
  readonly tiers: readonly Coverage[];
  /** Why nothing may be stood up here, each in one sentence. */
  readonly refusals: readonly string[];
  /** What could not be made sure of, each in one sentence: it is logged, and nothing is refused for it. */
  readonly warnings: readonly string[];
  /**
   * What its services would run, as far as that is known before: where it is the same for two releases, nothing here
   * distinguishes them. @default - that is known only when it stands
   */
  readonly code?: string;
  /** Whether what is stood up here is paid for: then its price is judged before. */
  readonly isBilled: boolean;
  /** How long each release waits on purpose, at least. @default - not at all, or that is not known */
  readonly waitMinutes?: number;
  /** What failovers of its tiers take of what an account has of them. @default - as many as are wanted */
  readonly failovers?: readonly FailoverQuota[];
}

/** Whether a tier can be stood up. */
export type Coverage = CoveredTier | SkippedTier;

/** A tier that can be stood up. */
export interface CoveredTier extends TierName {
  readonly skipped: false;
  /** Why the lag of its replicas cannot be measured here, in one sentence. @default - it can, or that is known only when it stands */
  readonly noLag?: string;
  /** See {@link RehearsedTier.standIn}. @default - it is the thing itself, or what it runs on behaves as that does */
  readonly standIn?: string;
}

/** Something to break on purpose. */
export type Disruption =
  | {
      /** The primary of a data tier ends, so that another member takes over. */
      readonly kind: 'failover';
      readonly tier: string;
    }
  | {
      /** One task of a service is killed with SIGKILL, and replaced. */
      readonly kind: 'kill task';
      readonly tier: string;
    }
  | {
      /** All tasks of a service in the Availability Zone that has the most of them end at once, and are replaced. */
      readonly kind: 'lose zone';
      readonly tier: string;
    };

/** What a disruption did to each member. */
export interface Disrupted {
  readonly before: readonly MemberState[];
  readonly after: readonly MemberState[];
  /** For how long the tier took no write at a stretch; null where it takes none since. @default - that was not measured */
  readonly unwritableMs?: number | null;
  /** What was lost of a service, such as `eu-west-1a, with 2 of 3 tasks`. @default - the members say it */
  readonly lost?: string;
}

/** A tier that runs, or one that was skipped. */
export type TierState = RehearsedTier | SkippedTier;

interface TierName {
  /** The tier's name in the blueprint. */
  readonly tier: string;
  readonly kind: 'sql' | 'document' | 'cache' | 'service' | 'storage' | 'function' | 'compute';
}

/** A tier that runs. */
export interface RehearsedTier extends TierName {
  readonly skipped: false;
  /** The engine that it runs on here, such as `PostgreSQL 18.4`. */
  readonly engine: string;
  /** What runs on AWS in its place, such as `aurora-postgresql 17.9`. @default - the same */
  readonly standsFor?: string;
  /**
   * What a stand-in for it shows and what it cannot, in a phrase. A stand-in answers the calls of the tier, and says nothing of how the
   * tier behaves under load and races. @default - it is the thing itself, or what it runs on behaves as that does
   */
  readonly standIn?: string;
  readonly members: readonly MemberState[];
  /** How it differs from the tier on AWS, in sentences. */
  readonly differs: readonly string[];
  /** What would be better otherwise, each in one sentence: no reason to refuse a release. @default - nothing */
  readonly advice?: readonly string[];
  /** What happened to its members since it was stood up, and was not done on purpose; the first first. @default - not known */
  readonly incidents?: readonly Incident[];
  /** What each task of a service used, the first first; also of those that have ended. @default - not measured */
  readonly usage?: readonly TaskUsage[];
  /** When the backup was taken that it was stood up from; ISO 8601, UTC. @default - none was restored */
  readonly dataAt?: string;
  /** When the cluster of production's was cloned that its data are of; ISO 8601, UTC. @default - it is no clone */
  readonly clonedAt?: string;
  /** What its data were when it was stood up, such as `production's snapshot orders-5 of ...`. @default - not said */
  readonly data?: string;
}

/** One process, instance or node of a tier. */
export interface MemberState {
  readonly name: string;
  /** A standby takes over, and answers nobody until it does. */
  readonly role: 'primary' | 'replica' | 'standby' | 'task';
  readonly state: 'running' | 'starting' | 'unhealthy' | 'stopped';
  /** What a task runs: its image, by the digest where that is known, or the folder of its code. @default - not known */
  readonly code?: string;
  /** The most memory that it used, in MiB, without what the kernel can reclaim. @default - not measured */
  readonly memoryMiB?: number;
  /** The most files and sockets that it had open. @default - not measured */
  readonly openFiles?: number;
}

/** What a task of a service used while it ran, in samples as far apart as each other. */
export interface TaskUsage {
  /** Such as `Web-3`. */
  readonly task: string;
  readonly release: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** In MiB. @default - it has no limit */
  readonly memoryLimit?: number;
  readonly openFilesLimit: number;
  /** How many requests it had been sent; where it has no load balancer, the environment. */
  readonly requests: readonly number[];
  /** In MiB, without what the kernel can reclaim. */
  readonly memory: readonly number[];
  /** Files and sockets. */
  readonly openFiles: readonly number[];
}

/** Something that happened to a member, and was not done on purpose. */
export interface Incident {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** In one phrase, such as `Web-3 ended with 1: Error: no such table`. */
  readonly what: string;
  /** Its program has ended by itself, which no overload of the machine explains. @default - it was replaced, or did not become healthy */
  readonly isEnd?: true;
}

/** A tier that was skipped: it could not be stood up here. */
export interface SkippedTier extends TierName {
  readonly skipped: true;
  /** Why, and what would make it possible, in one sentence. */
  readonly because: string;
}

/** What was looked for of an environment, and what was found. */
export interface Inventory {
  /** Each in one phrase, such as `processes of /tmp/twin-0123abcd`. */
  readonly looked: readonly string[];
  readonly found: readonly Leftover[];
}

/** An environment that was found. */
export interface Found {
  /** Enough to tear it down. */
  readonly handle: Handle;
  /** When it was stood up: ISO 8601, UTC. */
  readonly since: string;
  /** Who stood it up. @default - not known */
  readonly owner?: string;
}

/** Something that an environment left behind. */
export interface Leftover {
  readonly kind: 'process' | 'port' | 'file' | 'resource';
  /** Enough to find it: a process id with its command, an address, a path, an ARN. */
  readonly what: string;
}
