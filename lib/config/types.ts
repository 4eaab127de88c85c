// Written by `npm run config` from the schema of twin.config.ts: change that, where each key is described.

/** What `twin.config.ts` holds: how a release is rehearsed, where, and the rules it is judged by. */
export interface RehearsalConfig {
  /** Where an editor finds the schema of a config in JSON. @default - none */
  readonly $schema?: string;
  /** The release that production runs now. */
  readonly baseline: string;
  /**
   * Other releases that still run somewhere, such as in another Region: the candidate is rehearsed beside each of them too.
   *
   * @default - none
   */
  readonly baselines?: readonly string[];
  /** Where services say which release they are. @default - they are not asked: something else has to show what runs */
  readonly version?: VersionsConfig;
  /** Where the code of each release is. @default - in the folder of the config, which has that of every release */
  readonly releases?: ReleasesConfig;
  /** The staging to stand up. @default - the only staging that the app has */
  readonly environment?: string;
  /**
   * Other stagings, of other factors: the candidate is rehearsed in each of them too. `environment` names the first.
   *
   * @default - none
   */
  readonly environments?: readonly string[];
  /**
   * How many stagings are rehearsed in at the same time.
   *
   * @default - all of them on AWS, and what there is room for on this machine
   */
  readonly stagingsAtOnce?: number;
  /** How the app is synthesised. @default - `cdk synth --quiet -c release=<release> -c rehearsal=<name>` */
  readonly synth?: SynthConfig;
  /** What is checked, on the baseline first and then on the candidate. */
  readonly checks: ChecksConfig;
  /**
   * How the requests of the checks are sent in the background, while a release is brought and while things are broken.
   *
   * @default - the defaults of its keys
   */
  readonly traffic?: TrafficConfig;
  /** How the largest load is found that each release carries, once everything else is done. @default - it is not looked for */
  readonly capacity?: CapacityConfig;
  /** Which requests both releases are asked, so that their answers are compared. @default - they are not compared */
  readonly darkLaunch?: DarkLaunchConfig;
  /** What is broken on purpose once the checks have run. @default - the defaults of its keys */
  readonly drills?: DrillsConfig;
  /** The rules for GO. */
  readonly gates: GatesConfig;
  /** How production is verified after a release. @default - the defaults of its keys */
  readonly verification?: VerificationConfig;
  /** How the traffic of clients is moved from one production to another. @default - the defaults of its keys */
  readonly cutover?: CutoverConfig;
  /** How this machine stands an environment up, and with what. @default - the defaults of its keys */
  readonly local?: LocalConfig;
  /** Where on AWS staging is stood up. Everything has a default. @default - the defaults of its keys */
  readonly aws?: AwsConfig;
}

/** The same for every service behind a load balancer, or by service. */
export type VersionsConfig = VersionConfig | Readonly<Record<string, VersionConfig>>;

/** Where a service says which release it is, and what is expected of the answer. */
export type VersionConfig = JsonVersion | HeaderVersion | TextVersion;

/** A release in a field of an answer. */
export interface JsonVersion {
  /** On the load balancer, such as `/version`. */
  readonly path: string;
  /** What a service answers at a release, such as `v{release}`. @default '{release}' */
  readonly expect?: string;
  /** The field of the answer, which is JSON, such as `build.release`. */
  readonly json: string;
}

/** A release in a header of an answer. */
export interface HeaderVersion {
  /** On the load balancer, such as `/version`. */
  readonly path: string;
  /** What a service answers at a release, such as `v{release}`. @default '{release}' */
  readonly expect?: string;
  /** The header of the answer. */
  readonly header: string;
}

/** A release as a whole answer. */
export interface TextVersion {
  /** On the load balancer, such as `/version`. */
  readonly path: string;
  /** What a service answers at a release, such as `v{release}`. @default '{release}' */
  readonly expect?: string;
  /** The answer is the release, and nothing else. */
  readonly text: true;
}

/** Where the code of a release is: there it is synthesised, and there its commands run. */
export type ReleasesConfig = GitReleases | FolderReleases;

/** The code of a release in the git repository of the config's folder. */
export interface GitReleases {
  /**
   * The tag, branch or commit of a release, such as `v{release}`. It is checked out into `.twin/releases`, once for each commit.
   */
  readonly git: string;
  /** Run once by the shell where it is checked out, such as `npm ci`. @default - nothing */
  readonly build?: string;
}

/** The code of a release in a folder that is there already. */
export interface FolderReleases {
  /** Relative to the config's folder, such as `../checkouts/{release}`. */
  readonly folder: string;
}

/** How the app is synthesised. */
export interface SynthConfig {
  /**
   * Run by the shell in the folder of the release's code; ` --output <folder>` and the two values below are added to it.
   *
   * @default 'cdk synth --quiet'
   */
  readonly command?: string;
  /** The context key from which the app reads the release. @default 'release' */
  readonly releaseContext?: string;
  /** The context key from which the app reads the stack's suffix. @default 'rehearsal' */
  readonly nameContext?: string;
}

/** What is checked. */
export interface ChecksConfig {
  /** A page that is expected to answer. @default - none */
  readonly smoke?: readonly SmokeCheck[];
  /** A write that the next read is expected to show. @default - none */
  readonly readYourWrites?: readonly ReadYourWritesCheck[];
  /**
   * How long a database's replicas may take to show a write. Fails where there is no replica: it would prove nothing.
   *
   * @default - none
   */
  readonly replicaLag?: readonly ReplicaLagCheck[];
  /** A team's own test. @default - none */
  readonly commands?: readonly CommandCheck[];
  /** HTTP load. @default - none */
  readonly load?: readonly LoadCheck[];
  /** The load of an access log. @default - none */
  readonly replay?: readonly ReplayCheck[];
}

/** A page that is expected to answer. */
export interface SmokeCheck {
  /** Its name in reports. */
  readonly name: string;
  /** On the load balancer, such as `/health`. */
  readonly path: string;
  /** Sent with it, such as `authorization`. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The status that is expected. @default 200 */
  readonly status?: number;
  /** A text that the body contains; `{release}` is the release that runs. @default - not checked */
  readonly contains?: string;
  /** Whether `twin verify` runs it in production. @default - false */
  readonly safeInProduction?: boolean;
}

/** A write that the next read is expected to show. */
export interface ReadYourWritesCheck {
  /** Its name in reports. */
  readonly name: string;
  /** The write. */
  readonly write: RequestPlan;
  /** The read just after it. Its path, `contains` or headers name what was written. */
  readonly read: RequestPlan;
  /** Removes what was written, in production. @default - none */
  readonly cleanUp?: RequestPlan;
  /** How many times it writes and reads. @default 100 */
  readonly times?: number;
  /** Whether `twin verify` runs it in production. @default - false */
  readonly safeInProduction?: boolean;
}

/** An HTTP request and the expected answer. */
export interface RequestPlan {
  /** The method. @default 'GET' */
  readonly method?: string;
  /**
   * On the load balancer. `{i}` is the number of the attempt, in a read `{field}` that field of the answer to the write, which is
   * JSON.
   */
  readonly path: string;
  /** Sent as JSON; `{i}` in a text is a number that no other attempt has. @default - none */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Sent beside those of the check, such as `authorization`; `{i}` and `{field}` have values as in the path.
   *
   * @default - none; a read sends the cookies that the answer to its write set
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** The status that is expected. @default - any 2xx */
  readonly status?: number;
  /** A text that the body contains, with `{field}` of the write's answer. @default - not checked */
  readonly contains?: string;
}

/** How long a database's replicas may take to show a write. Fails where there is no replica: it would prove nothing. */
export interface ReplicaLagCheck {
  /** Its name in reports. */
  readonly name: string;
  /** The SQL, document or cache tier. */
  readonly tier: string;
  /** How many milliseconds the slowest replica may take. */
  readonly maxMs: number;
}

/** A team's own test. */
export interface CommandCheck {
  /** Its name in reports. */
  readonly name: string;
  /** Run by the shell in the folder of the config, with TWIN_URL, TWIN_RELEASE and the URLs of the databases. */
  readonly run: string;
  /** How long it may take. @default 300 */
  readonly timeoutSeconds?: number;
  /** Whether `twin verify` runs it in production. @default - false */
  readonly safeInProduction?: boolean;
}

/** HTTP load. */
export interface LoadCheck {
  /** Its name in reports. */
  readonly name: string;
  /** On the load balancer. */
  readonly path: string;
  /** The method of its requests. @default 'GET' */
  readonly method?: string;
  /** Sent as JSON. @default - none */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
  /** Sent with them, such as `authorization`. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Over how many connections requests are sent, one after the other on each. @default 10 */
  readonly connections?: number;
  /** How long it lasts. @default 5 */
  readonly seconds?: number;
  /** Whether `twin verify` runs it in production. @default - false */
  readonly safeInProduction?: boolean;
}

/** The load of an access log. */
export interface ReplayCheck {
  /** Its name in reports. */
  readonly name: string;
  /** The file, or the folder with files, that is read, from the folder of the config; gzip is understood. */
  readonly log: string;
  /** Of a log in lines of JSON: where they have what is read. @default - the defaults of its keys */
  readonly fields?: ReplayFields;
  /** What may be sent; the first that matches counts. */
  readonly routes: readonly ReplayRoute[];
  /** Sent with all requests, such as `authorization`. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The share of production's requests that staging is sent: a number, or a scale factor whose values give it.
   *
   * @default - what the scale factors give: docs/load.md says how
   */
  readonly scale?: string | number;
  /** How long it lasts: the busiest time of the log, of that length. @default 30 */
  readonly seconds?: number;
}

/** Where lines of JSON have what is read of them, such as `http.method`. */
export interface ReplayFields {
  /** The time: ISO 8601, or seconds or milliseconds since 1970. @default 'time' */
  readonly time?: string;
  /** The method. @default 'method' */
  readonly method?: string;
  /** The path or the URL. @default 'path' */
  readonly path?: string;
  /** The first line of the request, where there is no method. @default 'request' */
  readonly request?: string;
  /** The status of the answer. @default 'status' */
  readonly status?: string;
}

/** Requests of a log that may be sent, and the template that they are sent by. */
export interface ReplayRoute {
  /** The method. @default 'GET' */
  readonly method?: string;
  /**
   * The path that is sent, with a query if it has one. `{id}` matches any text there, and becomes a number that stands for it.
   */
  readonly path: string;
  /**
   * What is sent for a placeholder, by its name: numbers that exist in staging, or a list of texts, taken in turns.
   *
   * @default - 1 for the first text of the log, 2 for the second
   */
  readonly values?: Readonly<Record<string, readonly string[] | ReplayNumbers>>;
  /**
   * Sent as JSON, since logs hold no bodies; `{id}` is the number in the path, and `{i}` one that no other request has.
   *
   * @default - none
   */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
}

/** The numbers that may be sent. */
export interface ReplayNumbers {
  /** The first number. */
  readonly from: number;
  /** The last number. */
  readonly to: number;
  /** What stands before each, such as `customer-`. @default '' */
  readonly prefix?: string;
}

/** How requests are sent in the background. */
export interface TrafficConfig {
  /**
   * How many requests of each check are under way at once: fewer where all checks together would send more than 16.
   *
   * @default 4
   */
  readonly connections?: number;
  /** How often each of these sends one, at the most. @default 100 */
  readonly everyMs?: number;
}

/** How the largest load is found that each release carries. */
export interface CapacityConfig {
  /** The name of the load or replay check whose requests are sent. */
  readonly of: string;
  /** A load is carried while the 95th percentile of the response time is at most this. */
  readonly maxP95Ms: number;
  /** And while at most this share of the requests fails, 0 to 1. @default 0.01 */
  readonly maxErrorRate?: number;
  /** The load that is tried first; then twice as much until a limit breaks. @default 20 */
  readonly startRequestsPerSecond?: number;
  /** More is not tried. @default 1000 */
  readonly maxRequestsPerSecond?: number;
  /** How long each load is measured. @default 5 */
  readonly secondsEach?: number;
  /** How long each load is sent before it is measured. @default 2 */
  readonly warmUpSeconds?: number;
  /** How near the load that is carried and the one that is not have to be: 0.1 is one tenth. @default 0.1 */
  readonly precision?: number;
  /**
   * Staging's size over production's: a number, or a scale factor whose values give it.
   *
   * @default - what the scale factors give: docs/load.md says how
   */
  readonly scale?: string | number;
}

/** Which requests both releases are asked, so that their answers are compared. */
export interface DarkLaunchConfig {
  /** The names of the load and replay checks whose requests are sent: those that read. */
  readonly of: readonly string[];
  /** How many different requests of each are sent, at the most. @default 200 */
  readonly requests?: number;
  /**
   * Requests that are sent although they are no GET or HEAD, each as `POST /search`, with the path of the check or route.
   *
   * @default - none
   */
  readonly safe?: readonly string[];
  /**
   * Fields of JSON that may differ, such as times and ids: `order.id`, `items[].id`, or `*.placedAt` wherever it is.
   *
   * @default - none
   */
  readonly ignore?: readonly string[];
  /**
   * Whether reports show an example of the values that differ: they may be of persons. Otherwise they show types.
   *
   * @default false
   */
  readonly showValues?: boolean;
}

/** What is broken on purpose. */
export interface DrillsConfig {
  /** Data tiers whose primary is killed, so that a replica takes over. @default - none */
  readonly failover?: readonly string[];
  /** Services of which one task is killed with SIGKILL. @default - none */
  readonly killTask?: readonly string[];
  /**
   * Services of which all tasks in one Availability Zone end at once: in the zone that has the most. Others may start there
   * again.
   *
   * @default - none
   */
  readonly loseZone?: readonly string[];
  /** Whether to roll back to the baseline and forward again. @default false */
  readonly rollBack?: boolean;
  /**
   * Whether to run the second part of the migration, `migrate.contract`, where there is one, and to check the candidate after it.
   *
   * @default true
   */
  readonly contract?: boolean;
  /** Feature flags: each is switched while requests are sent, checked, and switched back. @default [] */
  readonly flags?: readonly FlagConfig[];
  /**
   * How old the candidate's tasks are to be when they are checked for the last time: some faults come with age. 0 leaves that
   * out.
   *
   * @default 10
   */
  readonly soakSeconds?: number;
}

/** A feature flag of the candidate. */
export type FlagConfig = ContextFlag | CommandFlag;

/** A flag that the app reads from its context, for a variable of its services for example. */
export interface ContextFlag {
  /** Its name in reports. */
  readonly name: string;
  /**
   * What switches it: values for keys of the app's context, as in `-c key=value`. The candidate is deployed with them, and then
   * as it is.
   */
  readonly context: Readonly<Record<string, string>>;
}

/** A flag that is switched while the services run: in AWS AppConfig, a file, a database. */
export interface CommandFlag {
  /** Its name in reports. */
  readonly name: string;
  /**
   * The command that switches it, in which `{state}` stands for `on` or `off`: run by the shell in the folder of the config, as a
   * check is.
   */
  readonly run: string;
  /** The state in which the candidate is released. @default 'off' */
  readonly default?: string;
  /** How long the command may take. @default 60 */
  readonly timeoutSeconds?: number;
}

/**
 * The rules for GO. A gate that is left out judges by its default, or not at all where it has none; one whose figure was not
 * measured fails. That the candidate is what ran is judged whatever a config says.
 */
export interface GatesConfig {
  /** How many checks and drills may fail. @default 0 */
  readonly maxFailedChecks?: number;
  /** How many reads may miss the write before them, over all read-your-writes checks. @default 0 */
  readonly maxStaleReads?: number;
  /**
   * How many requests in the background may fail in each step, but for failovers and killed tasks, where `maxRecoverySeconds`
   * decides.
   *
   * @default 0
   */
  readonly maxFailedRequests?: number;
  /** How long a transaction may keep statements of others waiting for a table or its rows, but in a failover. @default 5 */
  readonly maxLockSeconds?: number;
  /**
   * For how long a session may do nothing in its transaction, but in a failover, unless the baseline leaves the same one open.
   *
   * @default 5
   */
  readonly maxIdleTransactionSeconds?: number;
  /** How many of a database's connections may be open, 0 to 1. @default 0.9 */
  readonly maxConnectionShare?: number;
  /** How many tasks may end or be replaced by themselves, but where something is broken on purpose. @default 0 */
  readonly maxTaskFailures?: number;
  /**
   * By how much a task's memory may grow with each request, in KiB, over what it does with the baseline: once it is warm, and as
   * far as it goes on. A cache that fills for as long as it is watched looks the same.
   *
   * @default 16
   */
  readonly maxMemoryGrowthKiB?: number;
  /** How many files and sockets a task may leave open with each request, over what it does with the baseline. @default 0.02 */
  readonly maxOpenFilesGrowth?: number;
  /**
   * The candidate's 95th percentile under load; its fastest quarter too, in which the noise of a busy machine hides nothing.
   *
   * @default - not judged
   */
  readonly p95?: P95Gate;
  /** By how much the candidate's error rate under load may exceed the baseline's, 0 to 1. @default - not judged */
  readonly maxErrorRateIncrease?: number;
  /**
   * The largest load of the candidate over the baseline's at the least; 0.9 is one tenth less. Where measurements of one release
   * differ by more than that, it is too noisy to judge, and fails.
   *
   * @default - not judged
   */
  readonly minCapacityRatio?: number;
  /** How many answers of the candidate may differ from the baseline's to the same requests. @default - not judged */
  readonly maxDifferingAnswers?: number;
  /** How long requests may fail in a failover, and when tasks are killed or lost. @default - not judged */
  readonly maxRecoverySeconds?: number;
  /** What this staging may cost on AWS for `costHours`, in USD. @default - not judged */
  readonly maxCostUsd?: number;
  /** How long the staging of one rehearsal exists on AWS, stand-up and tear-down included. @default 4 */
  readonly costHours?: number;
  /** How long the rehearsal may take. @default - not judged */
  readonly maxMinutes?: number;
  /**
   * How long the environment may take to be made from its definition and its backups: the steps `seed` and `stand up`.
   *
   * @default - not judged
   */
  readonly maxRecreateMinutes?: number;
  /**
   * How old the oldest backup may be that it is made from. On this machine no backup is restored: there the gate fails as not
   * measured.
   *
   * @default - not judged
   */
  readonly maxDataLossMinutes?: number;
  /** Tiers that may be skipped where they cannot be stood up, or whose checks cannot run there. @default - none */
  readonly allowSkipped?: readonly string[];
}

/** The candidate's 95th percentile, compared with the baseline's. */
export interface P95Gate {
  /** The candidate's over the baseline's at the most; 1.5 permits one and a half times as long. */
  readonly maxRatio: number;
  /** Below this the ratio is ignored. @default 0 */
  readonly ignoreBelowMs?: number;
}

/** How production is verified after a release, with the checks that are `safeInProduction`. */
export interface VerificationConfig {
  /** How long production is watched, before the release and after it. @default 10 */
  readonly watchMinutes?: number;
  /** How many requests of each check are under way at once while it is watched. @default 1 */
  readonly connections?: number;
  /** How often each of these sends one, at the most. @default 1000 */
  readonly everyMs?: number;
  /** The rules for GO ON. @default - the defaults of its keys */
  readonly gates?: VerificationGates;
}

/**
 * The rules for GO ON. A gate that is left out judges by its default, or not at all where it has none. That the release is what
 * runs is judged whatever a config says.
 */
export interface VerificationGates {
  /** How many checks may fail. @default 0 */
  readonly maxFailedChecks?: number;
  /** How many reads may miss the write before them, where a check writes. @default 0 */
  readonly maxStaleReads?: number;
  /** How many tasks may end or be replaced by themselves while it is watched. @default 0 */
  readonly maxTaskFailures?: number;
  /** What share of the requests of a check may fail, 0 to 1. @default 0.01 */
  readonly maxErrorRate?: number;
  /** By how much a check's error rate may exceed that before the release, 0 to 1. @default - not judged */
  readonly maxErrorRateIncrease?: number;
  /** The 95th percentile of response times, compared with that before the release. @default - not judged */
  readonly p95?: VerifiedP95Gate;
  /**
   * By how much the 95th percentile changes with the release, compared with what its rehearsal saw of the candidate beside the
   * baseline.
   *
   * @default - not judged
   */
  readonly forecast?: ForecastGate;
  /** What share of the requests of clients may fail, 0 to 1, as CloudWatch counts them; on AWS alone. @default - not judged */
  readonly maxClientErrorRate?: number;
  /**
   * The 95th percentile of the response times of clients, as CloudWatch has it, compared with that before the release; on AWS
   * alone.
   *
   * @default - not judged
   */
  readonly clientP95?: ClientP95Gate;
  /**
   * How much may run otherwise than the templates say that it was deployed from, as `twin live` finds it: classes, engine
   * versions, parameters, images; on AWS alone.
   *
   * @default - not judged
   */
  readonly maxDrifts?: number;
}

/** The 95th percentile of response times, compared with that before the release. */
export interface VerifiedP95Gate {
  /** Over that before the release at the most; 1.5 permits one and a half times as long. */
  readonly maxRatio: number;
  /** Below this the ratio is ignored. @default 0 */
  readonly ignoreBelowMs?: number;
}

/**
 * By how much the 95th percentile changes with the release, compared with what its rehearsal saw of the candidate beside the
 * baseline.
 */
export interface ForecastGate {
  /**
   * How many times the rehearsal's ratio of response times production's may be at the most; 1.5 permits one and a half times as
   * much.
   */
  readonly maxRatio: number;
  /** Below this the ratio is ignored. @default 0 */
  readonly ignoreBelowMs?: number;
}

/**
 * The 95th percentile of the response times of clients, as CloudWatch has it, compared with that before the release; on AWS
 * alone.
 */
export interface ClientP95Gate {
  /** Over that before the release at the most; 1.5 permits one and a half times as long. */
  readonly maxRatio: number;
  /** Below this the ratio is ignored. @default 0 */
  readonly ignoreBelowMs?: number;
}

/** How the traffic of clients is moved from one production to another: `twin cutover`. */
export interface CutoverConfig {
  /**
   * What share of clients' requests goes to the new production in each step, in per cent: rising, and 100 at the end.
   *
   * @default [5,25,50,100]
   */
  readonly steps?: readonly number[];
  /** How long the new production is watched in each step. @default 5 */
  readonly stepMinutes?: number;
  /**
   * How the data of each tier that both productions have for themselves get from one to the other, by tier. On this machine a
   * tier that is seeded, or that needs no data, is one of each production.
   *
   * @default - such a tier is refused on AWS, and both use the same on this machine
   */
  readonly data?: Readonly<Record<string, DataWay>>;
  /** The rules by which clients judge a step, beside those of `verification`. @default - the defaults of its keys */
  readonly gates?: CutoverGates;
}

/** How the data of a tier get from one production to another: by the team, as a copy, or not at all. */
export type DataWay = string | SeededData | NoData;

/** The new production begins with a copy of the old one's data. */
export interface SeededData {
  /** What may be missing in the copy. */
  readonly seed: CutoverSeed;
}

/** How much of the old production's data may be missing in a copy of them. */
export type CutoverSeed = SeedWithLoss | SeedWithoutWrites;

/** A copy, and how much of what is written after it may be lost. */
export interface SeedWithLoss {
  /**
   * For how long at the most the old production may be written to after the copy, until all clients are at the other one: what is
   * written then is lost to them.
   */
  readonly maxLossMinutes: number;
}

/** A copy after which nothing is written. */
export interface SeedWithoutWrites {
  /** How the team stops what writes, from before the copy until all clients are at the other production. */
  readonly writesStopped: string;
}

/** Data that need not get there: the new production begins empty. */
export interface NoData {
  /** Why the new production needs none of them. */
  readonly none: string;
}

/**
 * The rules by which clients judge a step, beside the gates of `verification`. A gate that is left out judges by its default, or
 * not at all where it has none.
 */
export interface CutoverGates {
  /** How many requests of clients the new production has to answer in each step, so that it is judged by them. @default 0 */
  readonly minRequests?: number;
  /**
   * What share of the requests of clients that the new production answers may fail in a step, 0 to 1: answers of 500 and above,
   * and those that break off.
   *
   * @default 0.01
   */
  readonly maxErrorRate?: number;
  /**
   * The 95th percentile of clients' response times, compared with that of the old production before a request went elsewhere.
   *
   * @default - not judged
   */
  readonly p95?: ClientP95Gate;
}

/** How this machine stands an environment up, and with what. */
export interface LocalConfig {
  /** The command that starts each service, by tier. A service without a command is skipped. @default - none */
  readonly services?: Readonly<Record<string, ServiceCommand>>;
  /** The migration that runs before the services of a release start. @default - none */
  readonly migrate?: MigrateConfig;
  /**
   * The data that each database or cache begins with, by tier: a file of SQL, a folder of such files, a dump of `pg_dump` in any
   * format, or a final snapshot of `twin production down`; for DocumentDB files of `mongoexport`, and for a cache a file of
   * commands.
   *
   * @default - empty databases
   */
  readonly seed?: Readonly<Record<string, string>>;
  /** How long every replica delays each write, which turns a likely race into a certain one. @default 0 */
  readonly replicationDelayMs?: number;
  /**
   * Where the app's own code reads the certificates of Amazon RDS: paths such as `/opt/rds/global-bundle.pem`, or of files in the
   * folder of the release's code. Tasks and the migration find the certificate of the environment there. On Linux alone.
   *
   * @default - it reads them where a variable says
   */
  readonly certificateFiles?: readonly string[];
  /**
   * Where an emulator of AWS answers, such as `http://127.0.0.1:4566`: it stands in for queues, tables, buckets, functions and
   * the like. `false`: nothing does.
   *
   * @default - `ministack` or `moto_server`, where one is on the PATH: it is started for the environment
   */
  readonly awsEndpoint?: string | false;
  /** Whether `awsEndpoint` may be on another machine. An endpoint of AWS itself is never used. @default - it may not */
  readonly allowRemoteAwsEndpoint?: boolean;
}

/** How a service starts where there is no container runtime. */
export type ServiceCommand = TaskCommand | ContainerCommands;

/** What the first essential container of a task runs. */
export interface TaskCommand {
  /**
   * Run by the shell in the folder of the release's code, with the environment variables of the container. `{command}` in it
   * stands for the entry point and the command of the container definition.
   */
  readonly command: string;
}

/** What several containers of a task run. */
export interface ContainerCommands {
  /** A command each, by the name of the container; `skip` for one that is not to run here. */
  readonly containers: Readonly<Record<string, string>>;
}

/** The migration of a release. */
export interface MigrateConfig {
  /** Run by the shell in the folder of the release's code. */
  readonly command: string;
  /**
   * A second part, which takes away what only releases before use: run once none of them is running, after the way back was
   * rehearsed.
   *
   * @default - none
   */
  readonly contract?: string;
  /** The service whose environment variables the migration gets. */
  readonly as: string;
  /** How long it may take. @default 300 */
  readonly timeoutSeconds?: number;
  /**
   * What it may take from the data: rows of a table (`orders`, `sales.orders`), the values of a column (`orders.total`).
   *
   * @default - nothing
   */
  readonly removes?: readonly string[];
}

/** Where on AWS staging is stood up. Everything has a default. */
export interface AwsConfig {
  /** A profile of the AWS CLI. @default - `AWS_PROFILE`, or the credentials of the environment */
  readonly profile?: string;
  /** For stacks that do not say where they are. @default - `AWS_REGION`, or that of the profile */
  readonly region?: string;
  /** Why staging may stand in production's account. @default - it may not */
  readonly allowProductionAccount?: string;
  /**
   * The image of the tasks that run checks inside the network: with Node 20 or later, and where its subnets can pull it.
   *
   * @default 'public.ecr.aws/docker/library/node:22-alpine'
   */
  readonly probeImage?: string;
  /** The migration that runs before the services of a release are updated. @default - none */
  readonly migrate?: AwsMigrateConfig;
  /** How staging's databases are restored from production's snapshots. @default - as the app's own `restoreFrom` says */
  readonly seed?: SeedConfig;
  /**
   * How the deployment of a service is answered where a lifecycle hook of the type `PAUSE` makes it wait for an answer.
   *
   * @default - by hand
   */
  readonly pauses?: Readonly<Record<string, 'continue' | PauseAnswer>>;
  /** How `twin verify` reaches production. @default - by the credentials of the environment, at its load balancers */
  readonly production?: VerifiedProduction;
  /** What shares the requests of clients between two productions, for `twin cutover`. @default - no traffic is moved */
  readonly traffic?: AwsTrafficConfig;
  /**
   * How many hours an environment may stand at most, since its first stack was created: `twin extend` goes no further.
   *
   * @default 24
   */
  readonly maxHours?: number;
}

/** The migration of a release: a task that runs once. */
export interface AwsMigrateConfig {
  /** The command of its container, such as `['node', 'migrate.js']`. */
  readonly command: readonly string[];
  /**
   * The command of a second part, which takes away what only releases before use: run once none of them is running, after the way
   * back was rehearsed.
   *
   * @default - none
   */
  readonly contract?: readonly string[];
  /** The service in whose place it runs, with its variables, its secrets and its role. */
  readonly as: string;
  /** How long it may take. @default 300 */
  readonly timeoutSeconds?: number;
  /**
   * What it may take from the data: rows of a table (`orders`, `sales.orders`), the values of a column (`orders.total`).
   *
   * @default - nothing
   */
  readonly removes?: readonly string[];
}

/** The databases of staging are restored from copies of production's newest snapshots. */
export interface SeedConfig {
  /** The ARN of staging's own long-lived key: the copies are put under it. */
  readonly kmsKeyArn: string;
  /** What makes the data fit for staging. */
  readonly data: DataConfig;
  /** How production's account is reached. @default - with the credentials of staging, where its stacks say that they are */
  readonly production?: ProductionConfig;
  /**
   * The clusters, instances and replication groups, by tier, whose snapshots are taken: by name, or by tags that one alone has.
   *
   * @default - those of production's stacks
   */
  readonly clusters?: Readonly<Record<string, string | TaggedConfig>>;
  /**
   * The clusters of Aurora, DocumentDB and Neptune that are cloned instead of restored, or scrubbed as clones: by tier, what
   * production calls its cluster; of another account, its ARN.
   *
   * @default - none
   */
  readonly clones?: Readonly<Record<string, string>>;
  /** The caches that begin with a copy of production's newest backup, by tier. @default - none: they begin empty */
  readonly caches?: readonly string[];
  /** The tiers that begin empty, by name, and why. @default - none */
  readonly empty?: Readonly<Record<string, string>>;
}

/** How data are made fit to be seen; or why they may be seen as they are. */
export type DataConfig = ScrubbedData | DataAsTheyAre;

/** Data that are scrubbed. */
export interface ScrubbedData {
  /** What makes them fit to be seen. */
  readonly scrub: ScrubConfig;
}

/**
 * A task of the team's own that scrubs the data of one database: a copy or a clone, in a network without a way out. It gets
 * `TWIN_TIER`, `TWIN_HOST`, `TWIN_PORT`, `TWIN_USERNAME` and `TWIN_PASSWORD`, and ends with 0 when the data are fit to be seen.
 */
export interface ScrubConfig {
  /** In Amazon ECR, in the Region of staging: there is no way to other registries. */
  readonly image: string;
  /** The command of its container. @default - that of the image */
  readonly command?: readonly string[];
  /** CPU units. @default 1024 */
  readonly cpu?: number;
  /** Memory. @default 2048 */
  readonly memoryMiB?: number;
  /** How long it may take. @default 3600 */
  readonly timeoutSeconds?: number;
}

/** Data that may be seen as they are. */
export interface DataAsTheyAre {
  /** Why they may be seen as they are. */
  readonly mayBeSeen: string;
}

/** An account, or a Region, of production's own. */
export interface ProductionConfig {
  /** A profile of the AWS CLI, for production's account. @default - the credentials of staging */
  readonly profile?: string;
  /** For production's stacks that do not say where they are. @default - `AWS_REGION`, or that of the profile */
  readonly region?: string;
  /**
   * The ARN of a key of production's, in the Region of staging, that staging's account may use: a snapshot under the account's
   * default key cannot be shared.
   *
   * @default - that of the snapshot
   */
  readonly kmsKeyArn?: string;
}

/** What has tags, as in `{ tags: { service: 'orders' } }`. */
export interface TaggedConfig {
  /** All of them, with their values. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A command that answers a deployment which waits for an answer. */
export interface PauseAnswer {
  /** The command: its exit code 0 continues, any other one rolls back. */
  readonly run: string;
  /** How long it may take. @default 300 */
  readonly timeoutSeconds?: number;
}

/** How `twin verify` reaches production, with calls that read alone. */
export interface VerifiedProduction {
  /**
   * The address that customers use, such as `https://shop.example.com`: the certificate of a load balancer is for that.
   *
   * @default - that of the first service's load balancer
   */
  readonly url?: string;
  /**
   * A profile of the AWS CLI that may read production's account.
   *
   * @default - `AWS_PROFILE`, or the credentials of the environment
   */
  readonly profile?: string;
  /** For stacks that do not say where they are. @default - `AWS_REGION`, or that of the profile */
  readonly region?: string;
}

/** What shares the requests of clients between two productions. */
export type AwsTrafficConfig = TrafficRecords | TrafficListener;

/** Weighted records of one name in Amazon Route 53. */
export interface TrafficRecords {
  /** The id of the hosted zone. */
  readonly hostedZone: string;
  /** The name that clients ask for, such as `shop.example.com`. */
  readonly record: string;
  /** The two productions, by the names that `Twins` gives them: first the one that has the traffic at the beginning. */
  readonly productions: Readonly<Record<string, RecordOfProduction>>;
}

/** Where one of the two productions is. */
export interface RecordOfProduction {
  /** That of its records. */
  readonly setIdentifier: string;
  /** Where checks reach this one alone, whatever the weights are. @default - that of its first service's own load balancer */
  readonly url?: string;
}

/** Weighted target groups of a listener of an Application Load Balancer, or of one of its rules. */
export interface TrafficListener {
  /** The ARN of the listener, or of a rule of it. */
  readonly listener: string;
  /** The two productions, by the names that `Twins` gives them: first the one that has the traffic at the beginning. */
  readonly productions: Readonly<Record<string, GroupOfProduction>>;
}

/** Where one of the two productions is. */
export interface GroupOfProduction {
  /** The ARN of its target group. */
  readonly targetGroup: string;
  /** Where checks reach this one alone, whatever the weights are. @default - that of its first service's own load balancer */
  readonly url?: string;
}
