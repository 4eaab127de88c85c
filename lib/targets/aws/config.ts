import { CHECK_DEFAULTS } from '../../probes/plan';
import { didYouMean } from '../../error';
import { isObject } from '../../json';
import {
  defaulted,
  integer,
  list,
  object,
  optional,
  positive,
  record,
  text,
  wrong,
  type Rule,
} from '../../schema';

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
  readonly migrate?: MigrateConfig;
  /** How staging's databases are restored from production's snapshots. @default - as the app's own `restoreFrom` says */
  readonly seed?: SeedConfig;
  /** How many hours an environment may stand at most, since its first stack was created: `twin extend` goes no further. @default 24 */
  readonly maxHours?: number;
}

/** The migration of a release: a task that runs once. */
export interface MigrateConfig {
  /** The command of its container, such as `['node', 'migrate.js']`. */
  readonly command: readonly string[];
  /** The service in whose place it runs, with its variables, its secrets and its role. */
  readonly as: string;
  /** @default 300 */
  readonly timeoutSeconds?: number;
  /**
   * What it may take from the data: rows of a table (`orders`, `sales.orders`), the values of a column (`orders.total`).
   *
   * @default - nothing
   */
  readonly removes?: readonly string[];
}

/** The section with its defaults. */
export interface AwsSection extends AwsConfig {
  readonly migrate?: Required<MigrateConfig>;
}

/** The databases of staging are restored from copies of production's newest snapshots. */
export interface SeedConfig {
  /** The ARN of staging's own long-lived key: the copies are put under it. */
  readonly kmsKeyArn: string;
  /** What makes the data fit for staging. */
  readonly data: DataConfig;
  /** How production's account is reached. @default - it is the account of staging */
  readonly production?: ProductionConfig;
  /** The clusters, by tier, whose snapshots are taken. @default - those of production's stacks */
  readonly clusters?: Readonly<Record<string, string>>;
  /** The tiers that begin empty, by name, and why. @default - none */
  readonly empty?: Readonly<Record<string, string>>;
}

/** How data are made fit to be seen; or why they may be seen as they are. */
export type DataConfig = { readonly scrub: ScrubConfig } | { readonly mayBeSeen: string };

/**
 * A task of the team's own that scrubs the data of one cluster: a copy, in a network without a way out. It gets `TWIN_TIER`,
 * `TWIN_HOST`, `TWIN_PORT`, `TWIN_USERNAME` and `TWIN_PASSWORD`, and ends with 0 when the data are fit to be seen.
 */
export interface ScrubConfig {
  /** In Amazon ECR, in the Region of staging: there is no way to other registries. */
  readonly image: string;
  /** @default - that of the image */
  readonly command?: readonly string[];
  /** CPU units. @default 1024 */
  readonly cpu?: number;
  /** @default 2048 */
  readonly memoryMiB?: number;
  /** @default 3600 */
  readonly timeoutSeconds?: number;
}

/** An account of production's own. */
export interface ProductionConfig {
  /** A profile of the AWS CLI. */
  readonly profile: string;
  /**
   * The ARN of a key of production's that staging's account may use: a snapshot under the account's default key cannot be shared.
   *
   * @default - that of the snapshot
   */
  readonly kmsKeyArn?: string;
}

const PRODUCTION: Rule<ProductionConfig> = object<ProductionConfig>({
  profile: text,
  kmsKeyArn: optional(text),
});

const SCRUB: Rule<DataConfig> = object<{ readonly scrub: ScrubConfig }>({
  scrub: object<ScrubConfig>({
    image: text,
    command: optional(list(text)),
    cpu: optional(integer(256)),
    memoryMiB: optional(integer(512)),
    timeoutSeconds: optional(positive(86_400)),
  }),
});
const AS_IT_IS: Rule<DataConfig> = object<{ readonly mayBeSeen: string }>({ mayBeSeen: text });
const DATA: Rule<DataConfig> = {
  expected: '{ scrub: { image, command } } or { mayBeSeen: the reason }',
  read(value, at, report) {
    const keys = isObject(value) ? Object.keys(value) : [];
    if (keys.includes('scrub')) return SCRUB.read(value, at, report);
    if (keys.includes('mayBeSeen')) return AS_IT_IS.read(value, at, report);
    for (const key of keys) report(`${at}.${key} is not known; ${didYouMean(key, ['scrub', 'mayBeSeen'])}`);
    if (keys.length === 0) report(wrong(value, at, this.expected));
    return { mayBeSeen: '' };
  },
};

const DAY_SECONDS = 86_400;

/** The rule for the section. */
export const AWS: Rule<AwsSection> = object<AwsConfig, AwsSection>({
  profile: optional(text),
  region: optional(text),
  allowProductionAccount: optional(text),
  probeImage: optional(text),
  migrate: optional(
    object<MigrateConfig, Required<MigrateConfig>>({
      command: list(text),
      as: text,
      timeoutSeconds: defaulted(positive(DAY_SECONDS), CHECK_DEFAULTS.command.timeoutSeconds),
      removes: defaulted(list(text), []),
    }),
  ),
  seed: optional(
    object<SeedConfig>({
      kmsKeyArn: text,
      data: DATA,
      production: optional(PRODUCTION),
      clusters: optional(record(text)),
      empty: optional(record(text)),
    }),
  ),
  maxHours: optional(positive()),
});
