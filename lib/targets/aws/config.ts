import type { AwsConfig, AwsMigrateConfig } from '../../config/types';
import { timeLimit, nonBlank, type Describe, type Zod } from '../../field';
import { trafficSchema } from './traffic-config';

/** The section with its defaults. */
export interface AwsSection extends AwsConfig {
  readonly migrate?: MigrateSection;
}

/** A migration with its defaults. */
export type MigrateSection = AwsMigrateConfig & Required<Omit<AwsMigrateConfig, 'contract'>>;

/** How long a migration may take that does not say. */
const MIGRATE_SECONDS = 300;

/** What is assumed where the section does not say: it stays as it was written. */
export const AWS_DEFAULTS = {
  /** Node on Alpine Linux, from the registry that asks for no login: for both architectures. */
  probeImage: 'public.ecr.aws/docker/library/node:22-alpine',
  /** A day: `expires` of the app is within it, and a night in between is noticed. */
  maxHours: 24,
  scrub: { cpu: 1024, memoryMiB: 2048, timeoutSeconds: 3600 },
  pauseSeconds: 300,
} as const;

const migrate = (z: Zod) =>
  z
    .strictObject({
      command: z
        .array(nonBlank(z))
        .describe("The command of its container, such as `['node', 'migrate.js']`."),
      contract: z.array(nonBlank(z)).optional().meta({
        description:
          'The command of a second part, which takes away what only releases before use: run once none of them is running, after the way back was rehearsed.',
        absent: 'none',
      }),
      as: nonBlank(z).describe(
        'The service in whose place it runs, with its variables, its secrets and its role.',
      ),
      timeoutSeconds: timeLimit(z).default(MIGRATE_SECONDS).describe('How long it may take.'),
      removes: z.array(nonBlank(z)).default([]).meta({
        description:
          'What it may take from the data: rows of a table (`orders`, `sales.orders`), the values of a column (`orders.total`).',
        absent: 'nothing',
      }),
    })
    .meta({ name: 'AwsMigrateConfig', about: 'The migration of a release: a task that runs once.' });

const scrub = (z: Zod) =>
  z
    .strictObject({
      image: nonBlank(z).describe(
        'In Amazon ECR, in the Region of staging: there is no way to other registries.',
      ),
      command: z
        .array(nonBlank(z))
        .optional()
        .meta({ description: 'The command of its container.', absent: 'that of the image' }),
      cpu: z.int().min(256).optional().meta({ description: 'CPU units.', default: AWS_DEFAULTS.scrub.cpu }),
      memoryMiB: z
        .int()
        .min(512)
        .optional()
        .meta({ description: 'Memory.', default: AWS_DEFAULTS.scrub.memoryMiB }),
      timeoutSeconds: timeLimit(z)
        .optional()
        .meta({ description: 'How long it may take.', default: AWS_DEFAULTS.scrub.timeoutSeconds }),
    })
    .meta({
      name: 'ScrubConfig',
      about:
        "A task of the team's own that scrubs the data of one database: a copy or a clone, in a network without a way out. It gets `TWIN_TIER`, " +
        '`TWIN_HOST`, `TWIN_PORT`, `TWIN_USERNAME` and `TWIN_PASSWORD`, and ends with 0 when the data are fit to be seen.',
    });

const data = (z: Zod) =>
  z
    .union([
      z
        .strictObject({ scrub: scrub(z).describe('What makes them fit to be seen.') })
        .meta({ name: 'ScrubbedData', about: 'Data that are scrubbed.' }),
      z
        .strictObject({ mayBeSeen: nonBlank(z).describe('Why they may be seen as they are.') })
        .meta({ name: 'DataAsTheyAre', about: 'Data that may be seen as they are.' }),
    ])
    .meta({
      name: 'DataConfig',
      about: 'How data are made fit to be seen; or why they may be seen as they are.',
      expected: '{ scrub: { image, command } } or { mayBeSeen: the reason }',
    });

const production = (z: Zod) =>
  z
    .strictObject({
      profile: nonBlank(z).optional().meta({
        description: "A profile of the AWS CLI, for production's account.",
        absent: 'the credentials of staging',
      }),
      region: nonBlank(z).optional().meta({
        description: "For production's stacks that do not say where they are.",
        absent: '`AWS_REGION`, or that of the profile',
      }),
      kmsKeyArn: nonBlank(z).optional().meta({
        description:
          "The ARN of a key of production's, in the Region of staging, that staging's account may use: a snapshot under the account's default key cannot be shared.",
        absent: 'that of the snapshot',
      }),
    })
    .meta({ name: 'ProductionConfig', about: "An account, or a Region, of production's own." });

const sought = (z: Zod) =>
  z
    .union([
      nonBlank(z),
      z
        .strictObject({
          tags: z
            .record(nonBlank(z), z.string())
            .refine((tags) => Object.keys(tags).length > 0, { error: 'is empty; expected a tag at least' })
            .describe('All of them, with their values.'),
        })
        .meta({ name: 'TaggedConfig', about: "What has tags, as in `{ tags: { service: 'orders' } }`." }),
    ])
    .meta({ expected: 'a name or { tags: { key: value } }' });

const seed = (z: Zod) =>
  z
    .strictObject({
      kmsKeyArn: nonBlank(z).describe(
        "The ARN of staging's own long-lived key: the copies are put under it.",
      ),
      data: data(z).describe('What makes the data fit for staging.'),
      production: production(z).optional().meta({
        description: "How production's account is reached.",
        absent: 'with the credentials of staging, where its stacks say that they are',
      }),
      clusters: z.record(z.string(), sought(z)).optional().meta({
        description:
          'The clusters, instances and replication groups, by tier, whose snapshots are taken: by name, or by tags that one alone has.',
        absent: "those of production's stacks",
      }),
      clones: z.record(z.string(), nonBlank(z)).optional().meta({
        description:
          'The clusters of Aurora, DocumentDB and Neptune that are cloned instead of restored, or scrubbed as clones: by tier, what production calls its cluster; of another account, its ARN.',
        absent: 'none',
      }),
      caches: z.array(nonBlank(z)).optional().meta({
        description: "The caches that begin with a copy of production's newest backup, by tier.",
        absent: 'none: they begin empty',
      }),
      empty: z
        .record(z.string(), nonBlank(z))
        .optional()
        .meta({ description: 'The tiers that begin empty, by name, and why.', absent: 'none' }),
    })
    .meta({
      name: 'SeedConfig',
      about: "The databases of staging are restored from copies of production's newest snapshots.",
    });

const pauses = (z: Zod) =>
  z.record(
    z.string(),
    z
      .union([
        z.literal('continue'),
        z
          .strictObject({
            run: nonBlank(z).describe('The command: its exit code 0 continues, any other one rolls back.'),
            timeoutSeconds: timeLimit(z)
              .optional()
              .meta({ description: 'How long it may take.', default: AWS_DEFAULTS.pauseSeconds }),
          })
          .meta({
            name: 'PauseAnswer',
            about: 'A command that answers a deployment which waits for an answer.',
          }),
      ])
      .meta({ expected: "'continue' or { run: a command }" }),
  );

const verified = (z: Zod) =>
  z
    .strictObject({
      url: z
        .string()
        .regex(/^https?:\/\/[^\s/]+\/?$/)
        .meta({ expected: 'an address such as https://shop.example.com' })
        .optional()
        .meta({
          description:
            'The address that customers use, such as `https://shop.example.com`: the certificate of a load balancer is for that.',
          absent: "that of the first service's load balancer",
        }),
      profile: nonBlank(z).optional().meta({
        description: "A profile of the AWS CLI that may read production's account.",
        absent: '`AWS_PROFILE`, or the credentials of the environment',
      }),
      region: nonBlank(z).optional().meta({
        description: 'For stacks that do not say where they are.',
        absent: '`AWS_REGION`, or that of the profile',
      }),
    })
    .meta({
      name: 'VerifiedProduction',
      about: 'How `twin verify` reaches production, with calls that read alone.',
    });

/** The schema of the section. */
export const awsSchema: Describe<AwsConfig, AwsSection> = (z) =>
  z
    .strictObject({
      profile: nonBlank(z).optional().meta({
        description: 'A profile of the AWS CLI.',
        absent: '`AWS_PROFILE`, or the credentials of the environment',
      }),
      region: nonBlank(z).optional().meta({
        description: 'For stacks that do not say where they are.',
        absent: '`AWS_REGION`, or that of the profile',
      }),
      allowProductionAccount: nonBlank(z)
        .optional()
        .meta({ description: "Why staging may stand in production's account.", absent: 'it may not' }),
      probeImage: nonBlank(z).optional().meta({
        description:
          'The image of the tasks that run checks inside the network: with Node 20 or later, and where its subnets can pull it.',
        default: AWS_DEFAULTS.probeImage,
      }),
      migrate: migrate(z).optional().meta({
        description: 'The migration that runs before the services of a release are updated.',
        absent: 'none',
      }),
      seed: seed(z).optional().meta({
        description: "How staging's databases are restored from production's snapshots.",
        absent: "as the app's own `restoreFrom` says",
      }),
      pauses: pauses(z).optional().meta({
        description:
          'How the deployment of a service is answered where a lifecycle hook of the type `PAUSE` makes it wait for an answer.',
        absent: 'by hand',
      }),
      production: verified(z).optional().meta({
        description: 'How `twin verify` reaches production.',
        absent: 'by the credentials of the environment, at its load balancers',
      }),
      traffic: trafficSchema(z).optional().meta({
        description: 'What shares the requests of clients between two productions, for `twin cutover`.',
        absent: 'no traffic is moved',
      }),
      maxHours: z.number().gt(0).optional().meta({
        description:
          'How many hours an environment may stand at most, since its first stack was created: `twin extend` goes no further.',
        default: AWS_DEFAULTS.maxHours,
      }),
    })
    .meta({
      name: 'AwsConfig',
      about: 'Where on AWS staging is stood up. Everything has a default.',
    });
