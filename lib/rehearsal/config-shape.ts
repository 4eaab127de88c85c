import { placeholdersOf } from '../probes/placeholders';
import {
  CHECK_DEFAULTS,
  type ChecksPlan,
  type CommandCheck,
  type LoadCheck,
  type ReadYourWritesCheck,
  type ReplicaLagCheck,
  type RequestPlan,
  type SmokeCheck,
} from '../probes/plan';
import { isObject } from '../json';
import { SECTIONS, type TargetSections } from '../targets/registry';
import { TRAFFIC_DEFAULTS } from '../probes/traffic';
import { DEFAULT_COST_HOURS, DEFAULT_SOAK_SECONDS } from './config';
import { path, plainPath } from './config-path';
import { RELEASES, VERSION } from './config-releases';
import type {
  DrillsConfig,
  GatesConfig,
  P95Gate,
  RehearsalConfig,
  SynthConfig,
  TrafficConfig,
} from './config';
import {
  defaulted,
  flag,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  positive,
  record,
  text,
  value,
  type Rule,
} from '../schema';

type Filled<T, K extends keyof T> = T & Required<Pick<T, K>>;

/** A config whose defaults are filled in. */
export interface Rehearsal extends Omit<RehearsalConfig, keyof TargetSections>, TargetSections {
  readonly synth: Required<SynthConfig>;
  readonly checks: Checks;
  readonly traffic: Required<TrafficConfig>;
  readonly drills: Required<DrillsConfig>;
  readonly gates: Gates;
}

/** What is checked, with defaults. */
export interface Checks extends Required<ChecksPlan> {
  readonly smoke: readonly Filled<SmokeCheck, 'status'>[];
  readonly readYourWrites: readonly ReadYourWrites[];
  readonly commands: readonly Required<CommandCheck>[];
  readonly load: readonly Filled<LoadCheck, 'method' | 'connections' | 'seconds'>[];
}

/** A read-your-writes check, with defaults. */
export interface ReadYourWrites extends Required<ReadYourWritesCheck> {
  readonly write: Request;
  readonly read: Request;
}

/** A request, with defaults. */
export type Request = Filled<RequestPlan, 'method'>;

/** The rules for GO, with defaults. */
export interface Gates extends Filled<
  GatesConfig,
  'maxFailedChecks' | 'maxFailedRequests' | 'maxTaskFailures' | 'costHours' | 'allowSkipped'
> {
  readonly p95?: Required<P95Gate>;
}

const DAY_SECONDS = 86_400;

const method = oneOf('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
const status = integer(100, 599);
const scalar = value<string | number | boolean>('a text, a number, true or false', (it) =>
  typeof it === 'number' ? Number.isFinite(it) : ['string', 'boolean'].includes(typeof it),
);
const texts = list(text);

const writePath = path((name) => name === 'i', 'no placeholder but "{i}", the number of the attempt');
const BY_NAME = '"{i}", or a field of the answer to the write, such as "{id}" or "{order.id}"';
const readPath = path(() => true, BY_NAME);

const request = (at: Rule<string>) =>
  object<RequestPlan, Request>({
    method: defaulted(method, CHECK_DEFAULTS.request.method),
    path: at,
    body: optional(record(scalar)),
    status: optional(status),
    contains: optional(text),
  });

const plainCheck = object<ReadYourWritesCheck, ReadYourWrites>({
  name: text,
  write: request(writePath),
  read: request(readPath),
  times: defaulted(integer(1, 10_000), CHECK_DEFAULTS.readYourWrites.times),
});

/** A read that does not name what was written passes whether or not the write is visible. */
const readYourWrites: Rule<ReadYourWrites> = {
  ...plainCheck,
  read(it, at, report) {
    const check = plainCheck.read(it, at, report);
    const { path: where, contains = '' } = check.read;
    // unknown braces in a path are reported already
    if (where === undefined || where.includes('{') || placeholdersOf(contains).length > 0) return check;
    report(`${at}.read does not name what was written; its path or contains needs ${BY_NAME}`);
    return check;
  },
};

const anyChecks = object<ChecksPlan, Checks>({
  smoke: defaulted(
    list(
      object<SmokeCheck, Checks['smoke'][number]>({
        name: text,
        path: plainPath,
        status: defaulted(status, CHECK_DEFAULTS.smoke.status),
        contains: optional(text),
      }),
    ),
    [],
  ),
  readYourWrites: defaulted(list(readYourWrites), []),
  replicaLag: defaulted(
    list(object<ReplicaLagCheck>({ name: text, tier: text, maxMs: number(0, 60_000) })),
    [],
  ),
  commands: defaulted(
    list(
      object<CommandCheck, Required<CommandCheck>>({
        name: text,
        run: text,
        timeoutSeconds: defaulted(positive(DAY_SECONDS), CHECK_DEFAULTS.command.timeoutSeconds),
      }),
    ),
    [],
  ),
  load: defaulted(
    list(
      object<LoadCheck, Checks['load'][number]>({
        name: text,
        path: plainPath,
        method: defaulted(method, CHECK_DEFAULTS.load.method),
        body: optional(record(scalar)),
        connections: defaulted(integer(1, 10_000), CHECK_DEFAULTS.load.connections),
        seconds: defaulted(positive(DAY_SECONDS), CHECK_DEFAULTS.load.seconds),
      }),
    ),
    [],
  ),
});

/** A release that nothing looks at cannot be judged. */
const checks: Rule<Checks> = {
  ...anyChecks,
  read(it, at, report) {
    const read = anyChecks.read(it, at, report);
    const isEmpty =
      isObject(it) && Object.values(it).every((planned) => Array.isArray(planned) && planned.length === 0);
    if (isEmpty) report(`${at} is empty; expected an entry in one of ${Object.keys(read).join(', ')}`);
    return read;
  },
};

const gates = object<GatesConfig, Gates>({
  maxFailedChecks: defaulted(integer(0), 0),
  maxFailedRequests: defaulted(integer(0), 0),
  maxLockSeconds: optional(number(0)), // given or not: where databases cannot be looked at, only what was given fails
  maxIdleTransactionSeconds: optional(number(0)),
  maxMemoryGrowthKiB: optional(number(0)),
  maxOpenFilesGrowth: optional(number(0)),
  maxConnectionShare: optional(number(0, 1)),
  maxTaskFailures: defaulted(integer(0), 0),
  maxStaleReads: optional(integer(0)), // given or not: a gate needs something to judge
  p95: optional(
    object<P95Gate, Required<P95Gate>>({
      maxRatio: positive(),
      ignoreBelowMs: defaulted(number(0), 0),
    }),
  ),
  maxErrorRateIncrease: optional(number(0, 1)),
  maxRecoverySeconds: optional(number(0)),
  maxCostUsd: optional(number(0)),
  costHours: defaulted(positive(), DEFAULT_COST_HOURS),
  maxMinutes: optional(positive()),
  allowSkipped: defaulted(texts, []),
});

/** The rule for a whole config. */
export const REHEARSAL: Rule<Rehearsal> = object<RehearsalConfig, Rehearsal>({
  baseline: text,
  version: optional(VERSION),
  releases: optional(RELEASES),
  environment: optional(text),
  synth: defaulted(
    object<SynthConfig, Required<SynthConfig>>({
      command: defaulted(text, 'cdk synth --quiet'),
      releaseContext: defaulted(text, 'release'),
      nameContext: defaulted(text, 'rehearsal'),
    }),
    {},
  ),
  checks,
  traffic: defaulted(
    object<TrafficConfig, Required<TrafficConfig>>({
      connections: defaulted(integer(1, 16), TRAFFIC_DEFAULTS.connections),
      everyMs: defaulted(integer(10, 60_000), TRAFFIC_DEFAULTS.everyMs),
    }),
    {},
  ),
  drills: defaulted(
    object<DrillsConfig, Required<DrillsConfig>>({
      failover: defaulted(texts, []),
      rollBack: defaulted(flag, false),
      killTask: defaulted(texts, []),
      soakSeconds: defaulted(number(0, 3600), DEFAULT_SOAK_SECONDS),
    }),
    {},
  ),
  gates,
  ...SECTIONS,
});
