import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LocalConfig, MigrateConfig, ServiceCommand } from '../../config/types';
import { didYouMean } from '../../error';
import { timeLimit, show, nonBlank, type Describe, type Report, type Zod } from '../../field';
import type { TierReference } from '../module';
import { whyNotEndpoint } from './emulator/endpoint';

/** The section with its defaults. */
export interface LocalSection extends LocalConfig {
  readonly services: Readonly<Record<string, ServiceCommand>>;
  readonly migrate?: WithDefaults;
  readonly seed: Readonly<Record<string, string>>;
  readonly replicationDelayMs: number;
}

/** A migration with its defaults. */
type WithDefaults = MigrateConfig & Required<Omit<MigrateConfig, 'contract'>>;

/** How long a migration may take that does not say. */
const MIGRATE_SECONDS = 300;

const service = (z: Zod) =>
  z
    .union([
      z
        .strictObject({
          command: nonBlank(z).describe(
            "Run by the shell in the folder of the release's code, with the environment variables of the container. `{command}` in it stands for the entry point and the command of the container definition.",
          ),
        })
        .meta({ name: 'TaskCommand', about: 'What the first essential container of a task runs.' }),
      z
        .strictObject({
          containers: z
            .record(z.string(), nonBlank(z))
            .describe(
              'A command each, by the name of the container; `skip` for one that is not to run here.',
            ),
        })
        .meta({ name: 'ContainerCommands', about: 'What several containers of a task run.' }),
    ])
    .meta({
      name: 'ServiceCommand',
      about: 'How a service starts where there is no container runtime.',
      expected: 'an object with a command, or with containers',
    });

/** The schema of the section. */
export const localSchema: Describe<LocalConfig, LocalSection> = (z) =>
  z
    .strictObject({
      services: z.record(z.string(), service(z)).default({}).meta({
        description: 'The command that starts each service, by tier. A service without a command is skipped.',
        absent: 'none',
      }),
      migrate: z
        .strictObject({
          command: nonBlank(z).describe("Run by the shell in the folder of the release's code."),
          contract: nonBlank(z).optional().meta({
            description:
              'A second part, which takes away what only releases before use: run once none of them is running, after the way back was rehearsed.',
            absent: 'none',
          }),
          as: nonBlank(z).describe('The service whose environment variables the migration gets.'),
          timeoutSeconds: timeLimit(z).default(MIGRATE_SECONDS).describe('How long it may take.'),
          removes: z.array(nonBlank(z)).default([]).meta({
            description:
              'What it may take from the data: rows of a table (`orders`, `sales.orders`), the values of a column (`orders.total`).',
            absent: 'nothing',
          }),
        })
        .meta({ name: 'MigrateConfig', about: 'The migration of a release.' })
        .optional()
        .meta({
          description: 'The migration that runs before the services of a release start.',
          absent: 'none',
        }),
      seed: z.record(z.string(), nonBlank(z)).default({}).meta({
        description:
          'The data that each database or cache begins with, by tier: a file of SQL, a folder of such files, a dump of `pg_dump` in any format, or a final snapshot of `twin production down`; for DocumentDB files of `mongoexport`, and for a cache a file of commands.',
        absent: 'empty databases',
      }),
      replicationDelayMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(0)
        .describe('How long every replica delays each write, which turns a likely race into a certain one.'),
      certificateFiles: z.array(nonBlank(z)).optional().meta({
        description:
          "Where the app's own code reads the certificates of Amazon RDS: paths such as `/opt/rds/global-bundle.pem`, or of files in the folder of the release's code. Tasks and the migration find the certificate of the environment there. On Linux alone.",
        absent: 'it reads them where a variable says',
      }),
      ...emulatorFields(z),
    })
    .meta({
      name: 'LocalConfig',
      about: 'How this machine stands an environment up, and with what.',
    });

/** Those of an emulator of AWS. */
const emulatorFields = (z: Zod) => ({
  awsEndpoint: z
    .union([nonBlank(z), z.literal(false)])
    .optional()
    .meta({
      description:
        'Where an emulator of AWS answers, such as `http://127.0.0.1:4566`: it stands in for queues, tables, buckets, functions and the like. `false`: nothing does.',
      expected: 'a URL, or false',
      absent: '`ministack` or `moto_server`, where one is on the PATH: it is started for the environment',
    }),
  allowRemoteAwsEndpoint: z.boolean().optional().meta({
    description: 'Whether `awsEndpoint` may be on another machine. An endpoint of AWS itself is never used.',
    absent: 'it may not',
  }),
});

/** Reports files that are not there, and a migration as a service that has no command. */
export function reportMisfits(
  { services, migrate, seed, awsEndpoint, allowRemoteAwsEndpoint }: LocalSection,
  folder: string,
  report: Report,
): void {
  if (typeof awsEndpoint === 'string') {
    const because = whyNotEndpoint(awsEndpoint, allowRemoteAwsEndpoint === true);
    if (because !== undefined) report(`local.awsEndpoint is ${show(awsEndpoint)}, ${because}`);
  }
  const known = Object.keys(services);
  if (migrate?.as !== undefined && !known.includes(migrate.as)) {
    const which = didYouMean(migrate.as, known);
    report(`local.migrate.as is ${show(migrate.as)}, which is not in local.services; ${which}`);
  }
  for (const [tier, file] of Object.entries(seed)) {
    if (file === undefined || existsSync(resolve(folder, file))) continue; // the target says what it can be
    report(`local.seed.${tier} is ${show(file)}; there is no such file in ${folder}`);
  }
}

/** The kinds of tier that a technology seeds. */
const SEEDED = ['sql', 'document', 'cache'] as const;

/** The tiers that the section names. */
export const tierNames = ({ services, seed }: LocalSection): readonly TierReference[] => [
  ...Object.keys(services).map((name) => ({ at: 'local.services', name, kinds: ['service'] as const })),
  ...Object.keys(seed).map((name) => ({ at: 'local.seed', name, kinds: SEEDED })),
];
