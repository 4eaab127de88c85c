import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { didYouMean } from '../../error';
import { isObject } from '../../json';
import { CHECK_DEFAULTS } from '../../probes/plan';
import { dumpFileIn } from './preflight';
import {
  defaulted,
  integer,
  list,
  object,
  optional,
  positive,
  record,
  show,
  text,
  type Report,
  type Rule,
} from '../../schema';
import type { TierReference } from '../module';

/** How this machine stands an environment up, and with what. */
export interface LocalConfig {
  /** The command that starts each service, by tier. A service without a command is skipped. @default - none */
  readonly services?: Readonly<Record<string, ServiceCommand>>;
  /** The migration that runs before the services of a release start. @default - none */
  readonly migrate?: MigrateConfig;
  /** SQL files with the data that each database begins with, by tier. @default - empty databases */
  readonly seed?: Readonly<Record<string, string>>;
  /** How long every replica delays each write, which turns a likely race into a certain one. @default 0 */
  readonly replicationDelayMs?: number;
}

/** How a service starts where there is no container runtime. */
export type ServiceCommand =
  | {
      /**
       * What the first essential container runs: by the shell, in the folder of the release's code, with the environment variables
       * of the container. `{command}` in it stands for the entry point and the command of the container definition.
       */
      readonly command: string;
    }
  | {
      /** The same for several containers of a task, by their names; `skip` for one that is not to run here. */
      readonly containers: Readonly<Record<string, string>>;
    };

/** The migration of a release. */
export interface MigrateConfig {
  /** Run by the shell in the folder of the release's code. */
  readonly command: string;
  /** The service whose environment variables the migration gets. */
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
export interface LocalSection extends LocalConfig {
  readonly services: Readonly<Record<string, ServiceCommand>>;
  readonly migrate?: Required<MigrateConfig>;
  readonly seed: Readonly<Record<string, string>>;
  readonly replicationDelayMs: number;
}

const DAY_SECONDS = 86_400;

const ONE = object<{ readonly command: string }>({ command: text });
const SEVERAL = object<{ readonly containers: Readonly<Record<string, string>> }>({
  containers: record(text),
});

const SERVICE: Rule<ServiceCommand> = {
  expected: 'an object with a command, or with containers',
  read: (it, at, report) =>
    isObject(it) && 'containers' in it ? SEVERAL.read(it, at, report) : ONE.read(it, at, report),
};

/** The rule for the section. */
export const LOCAL: Rule<LocalSection> = object<LocalConfig, LocalSection>({
  services: defaulted(record(SERVICE), {}),
  migrate: optional(
    object<MigrateConfig, Required<MigrateConfig>>({
      command: text,
      as: text,
      timeoutSeconds: defaulted(positive(DAY_SECONDS), CHECK_DEFAULTS.command.timeoutSeconds),
      removes: defaulted(list(text), []),
    }),
  ),
  seed: defaulted(record(text), {}),
  replicationDelayMs: defaulted(integer(0, 60_000), 0),
});

/** Reports files that are not there, and a migration as a service that has no command. */
export function reportMisfits(
  { services, migrate, seed }: LocalSection,
  folder: string,
  report: Report,
): void {
  const known = Object.keys(services);
  if (migrate?.as !== undefined && !known.includes(migrate.as)) {
    const which = didYouMean(migrate.as, known);
    report(`local.migrate.as is ${show(migrate.as)}, which is not in local.services; ${which}`);
  }
  for (const [tier, file] of Object.entries(seed)) {
    const path = file === undefined ? undefined : resolve(folder, file);
    if (path === undefined || isFile(path) || isFile(dumpFileIn(path))) continue; // no seed, but the target says what to do with it
    report(`local.seed.${tier} is ${show(file)}; there is no such file in ${folder}`);
  }
}

/** The tiers that the section names. */
export const tierNames = ({ services, seed }: LocalSection): readonly TierReference[] => [
  ...Object.keys(services).map((name) => ({ at: 'local.services', name, kinds: ['service'] as const })),
  ...Object.keys(seed).map((name) => ({ at: 'local.seed', name, kinds: ['sql'] as const })),
];

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
