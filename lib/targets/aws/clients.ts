import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { DocDB } from '@aws-sdk/client-docdb';
import type { ECS } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import type { IAM } from '@aws-sdk/client-iam';
import type { RDS } from '@aws-sdk/client-rds';
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { STS } from '@aws-sdk/client-sts';
import { setTimeout as sleep } from 'node:timers/promises';
import { TwinError } from '../../error';

/** The clients of the AWS SDK, by the service's name in error messages. */
interface Services {
  readonly 'application-autoscaling': ApplicationAutoScaling;
  readonly cloudformation: CloudFormation;
  readonly cloudwatch: CloudWatch;
  readonly docdb: DocDB;
  readonly ecs: ECS;
  readonly elasticache: ElastiCache;
  readonly elbv2: ElasticLoadBalancingV2;
  readonly iam: IAM;
  readonly logs: CloudWatchLogs;
  readonly rds: RDS;
  readonly scheduler: Scheduler;
  readonly secretsmanager: SecretsManager;
  readonly sts: STS;
  readonly tagging: ResourceGroupsTaggingAPI;
}

type ServiceName = keyof Services;

/** What IAM calls a service where its client is called otherwise: Amazon DocumentDB has the actions of Amazon RDS. */
export const IAM_PREFIXES: { readonly [N in ServiceName]?: string } = {
  docdb: 'rds',
  elbv2: 'elasticloadbalancing',
  tagging: 'tag',
};

/** Each client is loaded when it is first used: together they take 0.2 s and 40 MB. */
const LOAD: { readonly [N in ServiceName]: () => new (config: object) => Services[N] } = {
  'application-autoscaling': () =>
    (
      require('@aws-sdk/client-application-auto-scaling') as typeof import('@aws-sdk/client-application-auto-scaling')
    ).ApplicationAutoScaling,
  cloudformation: () =>
    (require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation'))
      .CloudFormation,
  cloudwatch: () =>
    (require('@aws-sdk/client-cloudwatch') as typeof import('@aws-sdk/client-cloudwatch')).CloudWatch,
  docdb: () => (require('@aws-sdk/client-docdb') as typeof import('@aws-sdk/client-docdb')).DocDB,
  ecs: () => (require('@aws-sdk/client-ecs') as typeof import('@aws-sdk/client-ecs')).ECS,
  elasticache: () =>
    (require('@aws-sdk/client-elasticache') as typeof import('@aws-sdk/client-elasticache')).ElastiCache,
  elbv2: () =>
    (
      require('@aws-sdk/client-elastic-load-balancing-v2') as typeof import('@aws-sdk/client-elastic-load-balancing-v2')
    ).ElasticLoadBalancingV2,
  iam: () => (require('@aws-sdk/client-iam') as typeof import('@aws-sdk/client-iam')).IAM,
  logs: () =>
    (require('@aws-sdk/client-cloudwatch-logs') as typeof import('@aws-sdk/client-cloudwatch-logs'))
      .CloudWatchLogs,
  rds: () => (require('@aws-sdk/client-rds') as typeof import('@aws-sdk/client-rds')).RDS,
  scheduler: () =>
    (require('@aws-sdk/client-scheduler') as typeof import('@aws-sdk/client-scheduler')).Scheduler,
  secretsmanager: () =>
    (require('@aws-sdk/client-secrets-manager') as typeof import('@aws-sdk/client-secrets-manager'))
      .SecretsManager,
  sts: () => (require('@aws-sdk/client-sts') as typeof import('@aws-sdk/client-sts')).STS,
  tagging: () =>
    (
      require('@aws-sdk/client-resource-groups-tagging-api') as typeof import('@aws-sdk/client-resource-groups-tagging-api')
    ).ResourceGroupsTaggingAPI,
};

/** Where calls go. */
export interface Place {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** How long one request may take, in milliseconds. @default 30000 */
  readonly requestMs?: number | undefined;
  /** Whether a call that is no read is refused before it is sent. @default false */
  readonly isReadOnly?: boolean;
  /** What a person sets the profile and the Region with, for messages. @default - the config */
  readonly chosenBy?: { readonly profile: string; readonly region: string };
}

/** The calls of a client that read. */
export type Reads<T> = {
  readonly [K in keyof T as K extends `${'describe' | 'get' | 'list'}${string}` ? K : never]: T[K];
};

/** Without it a call that is never answered would be waited for until the limit of the target's call. */
const REQUEST_MS = 30_000;
const CONNECT_MS = 5_000;
/** The SDK's three are too few in a busy account. */
const ATTEMPTS = 8;
/** How often a call whose answer was cut is sent, where it may be repeated: the SDK does not send it again. */
const READS = 3;

/**
 * What the SDK must not send again when an answer was lost: sent twice, it would be done twice. Its caller looks first, see
 * `ensure`.
 */
const SENT_ONCE: ReadonlySet<string> = new Set(['testFailover']);

/** What the SDK has to say beside its answers, such as that there are other credentials than those of the profile, is for nobody. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The AWS SDK as the target uses it: every call ends, and an error says which call it was, on what, and what to do. */
export class Clients {
  readonly #made = new Map<string, unknown>();

  constructor(private readonly place: Place) {
    // Which Node the SDK of next year needs is no news for those who run a rehearsal.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  }

  /** The same, with the calls alone that read. */
  reads<N extends ServiceName>(service: N, signal: AbortSignal): Reads<Services[N]> {
    return this.for(service, signal);
  }

  /** A client whose calls stop with a signal. */
  for<N extends ServiceName>(service: N, signal: AbortSignal): Services[N] {
    const client = this.client(service);
    return new Proxy(client, {
      get: (many, name) => {
        const target = SENT_ONCE.has(String(name)) ? this.client(service, 1) : many;
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function' || typeof name !== 'string') return method;
        if (this.place.isReadOnly === true && !isRead(name)) throw new Error(`${service}:${name} is no read`);
        return (input: object = {}) => {
          const send = method as (input: object, options: object) => Promise<unknown>;
          const { chosenBy } = this.place;
          return ask({ service, name, input, signal, chosenBy }, () =>
            send.call(target, input, { abortSignal: signal }),
          );
        };
      },
    });
  }

  /** The Region that calls go to: that of the place, the environment or the profile. */
  region(): Promise<string> {
    const { config } = this.client('sts');
    return config.region();
  }

  private client<N extends ServiceName>(service: N, maxAttempts = ATTEMPTS): Services[N] {
    const key = `${service} ${maxAttempts}`;
    if (!this.#made.has(key)) {
      const Client = LOAD[service]();
      const { region, profile, requestMs = REQUEST_MS } = this.place;
      this.#made.set(
        key,
        new Client({
          ...(region !== undefined && { region }),
          ...(profile !== undefined && { profile }),
          maxAttempts,
          logger: SILENT,
          requestHandler: {
            requestTimeout: requestMs,
            connectionTimeout: CONNECT_MS,
            throwOnRequestTimeout: true,
          },
        }),
      );
    }
    return this.#made.get(key) as Services[N];
  }
}

/** A call of the SDK. */
interface Call {
  readonly service: ServiceName;
  /** As its method is named, such as `describeDBClusters`. */
  readonly name: string;
  readonly input: object;
  readonly signal: AbortSignal;
  readonly chosenBy: Place['chosenBy'];
}

async function ask<T>(call: Call, send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    call.signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      call.signal.throwIfAborted();
      if (!isCut(error) || !isRepeatable(call) || attempt === READS) throw inWords(call, error);
      await sleep(200 * attempt);
    }
  }
}

const isRead = (name: string): boolean => /^(describe|get|list|filter|simulate)/.test(name);

/**
 * What may be asked for twice, as the answer to the first may have been lost: reads, what is so already, what has a token, and task
 * definitions, which are deleted by their tag, however many there are.
 */
const isRepeatable = ({ name, input }: Call): boolean =>
  isRead(name) ||
  /^(delete|deregister|modify|stop|update|registerTaskDefinition$)/.test(name) ||
  'clientToken' in input;

/** An answer that cannot be read, a refusal too: its body was cut short. What could be read has a side that is at fault. */
const isCut = (error: unknown): boolean => isAnswer(error) && !('$fault' in (error as object));

function inWords(call: Call, cause: unknown): TwinError {
  const { name } = cause as Error;
  // what the SDK says then is of its parser
  const message = isCut(cause)
    ? 'its answer was cut short, and whether it was done is not known'
    : wordsOf(cause);
  const operation = `${call.name[0]!.toUpperCase()}${call.name.slice(1)}`;
  const on = Object.values(call.input).find((value) => typeof value === 'string');
  return new TwinError({
    code: codeOf(name),
    message: `${call.service}:${operation}${on === undefined ? '' : ` on ${on}`} failed: ${message}`,
    fix: fixFor(
      isCut(cause) ? 'cut' : name,
      `${IAM_PREFIXES[call.service] ?? call.service}:${operation}`,
      call.chosenBy ?? IN_CONFIG,
    ),
    cause,
  });
}

/** Where no connection was made, each address has an error of its own, and together they have no message. */
function wordsOf(cause: unknown): string {
  const { name, message, errors = [] } = cause as Error & { readonly errors?: readonly Error[] };
  return message || errors.map((it) => it.message).join(', ') || name;
}

const codeOf = (name: string): string => (isOfCredentials(name) ? 'aws-credentials' : 'aws');

const isOfCredentials = (name: string): boolean =>
  /Credential|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|TokenRefreshRequired/.test(name);

const IN_CONFIG = { profile: 'aws.profile in twin.config.ts', region: 'aws.region in twin.config.ts' };

function fixFor(name: string, action: string, by: { profile: string; region: string }): string {
  if (isOfCredentials(name))
    return `Sign in, or set AWS_PROFILE, or ${by.profile}; "aws sts get-caller-identity" shows who you are.`;
  if (isRefusal(name)) return `Allow ${action} for the role of these credentials.`;
  if (/Region is missing/.test(name) || name === 'Error') return `Set AWS_REGION, or ${by.region}.`;
  return 'Try again; if it stays, the console of that service says more.';
}

const isRefusal = (name: string): boolean => /AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name);

/** Whether an error of a client says that the caller may not make the call. */
export const isDenied = (error: unknown): boolean =>
  isRefusal(((error as TwinError).cause as Partial<Error> | undefined)?.name ?? '');

/** Whether an error of a client may be gone at the next attempt: a busy or failing service, or a network that lost an answer. */
export function mayPass(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  if (!(cause instanceof Error) || isOfCredentials(cause.name)) return false;
  return !isAnswer(cause) || isPassing(cause);
}

/** Whether an error is an answer of a service of AWS. */
const isAnswer = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;

/** Whether an answer of a service says that it is busy or fails, or was cut short. */
export function isPassing(error: unknown): boolean {
  const { name, $metadata: { httpStatusCode: status } = {} } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if (status === undefined) return false;
  return isCut(error) || status >= 500 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(name);
}

/** Whether an error of a client says that what was asked for does not exist. */
export function isNotThere(error: unknown): boolean {
  const { name = '', message = '' } = ((error as TwinError).cause ?? {}) as Partial<Error>;
  return /NotFound/.test(name) || (name === 'ValidationError' && /does not exist/.test(message));
}
