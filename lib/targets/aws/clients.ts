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
import type { Route53 } from '@aws-sdk/client-route-53';
import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { STS } from '@aws-sdk/client-sts';
import { setTimeout as sleep } from 'node:timers/promises';
import { inWords, isCut, type Choices } from './failed-call';

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
  readonly route53: Route53;
  readonly scheduler: Scheduler;
  readonly secretsmanager: SecretsManager;
  readonly sts: STS;
  readonly tagging: ResourceGroupsTaggingAPI;
}

type ServiceName = keyof Services;

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
  route53: () => (require('@aws-sdk/client-route-53') as typeof import('@aws-sdk/client-route-53')).Route53,
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
  /** How often a request is sent whose answer may be another one next time. @default 8 */
  readonly attempts?: number | undefined;
  /** Whether a call that is no read is refused before it is sent. @default false */
  readonly isReadOnly?: boolean;
  /** What a person sets the profile and the Region with, for messages. @default - the config */
  readonly chosenBy?: Choices;
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
          const { chosenBy, profile = process.env['AWS_PROFILE'] } = this.place;
          return ask({ service, name, input, signal, chosenBy, profile }, () =>
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

  private client<N extends ServiceName>(
    service: N,
    maxAttempts = this.place.attempts ?? ATTEMPTS,
  ): Services[N] {
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
  readonly profile: string | undefined;
}

async function ask<T>(call: Call, send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    call.signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      call.signal.throwIfAborted();
      if (!isCut(error) || !isRepeatable(call) || attempt === READS) throw failed(call, error);
      await sleep(200 * attempt);
    }
  }
}

function failed({ name, ...call }: Call, error: unknown): Error {
  const operation = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  return inWords({ ...call, operation }, error);
}

const isRead = (name: string): boolean => /^(describe|get|list|filter|simulate)/.test(name);

/**
 * What may be asked for twice, as the answer to the first may have been lost: reads, what is so already, what has a token, and task
 * definitions, which are deleted by their tag, however many there are.
 */
const isRepeatable = ({ name, input }: Call): boolean =>
  isRead(name) ||
  /^(delete|deregister|modify|stop|update|changeResourceRecordSets$|registerTaskDefinition$)/.test(name) ||
  'clientToken' in input;
