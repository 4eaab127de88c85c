import type { Json } from '../json';

/** The tiers of an environment, read from its templates alone. */
export interface Blueprint {
  /** The environment, such as `StagingEphemeral`. */
  readonly environment: string;
  /** Its templates, in the order of the manifest: one, unless the environment is a Stage of several stacks. */
  readonly stacks: readonly BlueprintStack[];
  readonly tiers: readonly Tier[];
}

/** One template of an environment. */
export interface BlueprintStack {
  /** The stack's path inside its environment; empty when it is the environment. */
  readonly path: string;
  /** The stack's name, as deployed. */
  readonly name: string;
  /** As it would be deployed, as far as that is known. */
  readonly template: { readonly [section: string]: Json };
  /** What those of its parameters are given that are given a value. @default - none is */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The address of a resource. */
export interface Address {
  /** The stack's path inside its environment. */
  readonly stack: string;
  readonly logicalId: string;
}

/** A part of an environment with one purpose. */
export type Tier = SqlTier | DocumentTier | CacheTier | ServiceTier | StorageTier;

interface TierProps extends Address {
  /** Short and unique, from the construct's path: `Orders`; the longer path when two tiers share the first part. */
  readonly name: string;
  /** The construct path inside the environment, such as `Orders/Cluster`; the logical id when the template has none. */
  readonly path: string;
}

/** A tier without its name and its address. */
export type ReadTier<T extends Tier> = T extends Tier
  ? Omit<T, 'name' | 'path' | 'stack' | 'logicalId'>
  : never;

/** An Aurora cluster, or an RDS instance that is in no cluster, with its read replicas. */
export interface SqlTier extends TierProps {
  readonly kind: 'sql';
  /** What is to be known of an instance. @default - it is a cluster */
  readonly instance?: InstanceProps;
  /** Such as `aurora-postgresql`, or `postgres` of an instance. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly database: string | undefined;
  readonly port: number;
  /** As in the template: a text or an intrinsic. */
  readonly username: Json | undefined;
  readonly password: Json | undefined;
  /** What its cluster's parameter group says, by name: texts or intrinsics. @default - it has none of its own */
  readonly parameters?: Readonly<Record<string, Json>>;
  /** Of Aurora Serverless v2, whose members have the class `db.serverless`. @default - the template says no numbers of it */
  readonly serverless?: { readonly maxUnits: number };
  /** The first is the writer. */
  readonly members: readonly Member[];
}

/** What an RDS instance has that no cluster has. */
export interface InstanceProps {
  /** Whether it has a standby in another zone, which is no member; undefined when only an intrinsic says so. */
  readonly isMultiAz: boolean | undefined;
}

/** A DocumentDB cluster. */
export interface DocumentTier extends TierProps {
  readonly kind: 'document';
  readonly engineVersion: string;
  readonly port: number;
  readonly username: Json | undefined;
  readonly password: Json | undefined;
  /** The first is the primary. */
  readonly members: readonly Member[];
}

/** An ElastiCache replication group. */
export interface CacheTier extends TierProps {
  readonly kind: 'cache';
  /** `valkey` or `redis`. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly port: number;
  /** As in the template; undefined when the group requires none. */
  readonly authToken: Json | undefined;
  readonly clusterMode: boolean;
  /** The number of node groups; 1 without cluster mode. */
  readonly shards: number;
  /** The number of replicas in each shard, without the primary. */
  readonly replicas: number;
  /** Such as `cache.r7g.large`. */
  readonly class: string;
  /** The parameters of its parameter group, such as `maxmemory-policy`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** An ECS service. */
export interface ServiceTier extends TierProps {
  readonly kind: 'service';
  /** The number of tasks: DesiredCount, or the lower end of its autoscaling. */
  readonly tasks: number;
  /** The upper end of its autoscaling; equal to `tasks` without autoscaling. */
  readonly maxTasks: number;
  /** Fargate's CPU units; undefined when the template does not declare them. */
  readonly cpu: number | undefined;
  readonly memoryMiB: number | undefined;
  /** How long after its start a task's failed health checks count for nothing. */
  readonly healthCheckGraceSeconds: number;
  readonly architecture: 'ARM64' | 'X86_64';
  /** The first essential container. */
  readonly container: Container;
  /** Its load balancing; undefined for a service without a load balancer. */
  readonly balancer: Balancer | undefined;
}

/** A container of a task definition. */
export interface Container {
  readonly name: string;
  /** As in the template: a text or an intrinsic. */
  readonly image: Json | undefined;
  /** The values by name, as in the template: texts or intrinsics. */
  readonly environment: Readonly<Record<string, Json>>;
  /** The sources (`ValueFrom`) by name. */
  readonly secrets: Readonly<Record<string, Json>>;
  /** The container port that the load balancer forwards to, or the first mapped one. */
  readonly port: number | undefined;
  /** How long ECS waits between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
  /** Its hard limit; undefined when only the task has one. */
  readonly memoryMiB: number | undefined;
  /** How many files each of its processes may open: the limit `nofile`. */
  readonly openFiles: { readonly soft: number; readonly hard: number };
}

/** A load balancer's target group, and the load balancer that forwards to it. */
export interface Balancer {
  /** The load balancer; undefined when no listener forwards to the target group. */
  readonly loadBalancer: Address | undefined;
  /** Where clients reach it; undefined when no listener forwards to the target group. */
  readonly listener: Listener | undefined;
  readonly healthCheck: HealthCheck;
  readonly deregistrationDelaySeconds: number;
}

/** The listener of a load balancer. */
export interface Listener {
  readonly protocol: 'http' | 'https';
  readonly port: number;
}

/** The health check of a target group. Defaults are those of CloudFormation. */
export interface HealthCheck {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** The status codes of a healthy task, such as `200` or `200-299`. */
  readonly matcher: string;
}

/** Storage without a local counterpart: an S3 bucket, a DynamoDB table, a queue, a topic and the like. */
export interface StorageTier extends TierProps {
  readonly kind: 'storage';
  /** The resource type, such as `AWS::S3::Bucket`. */
  readonly type: string;
}

/** One database instance. */
export interface Member {
  readonly logicalId: string;
  /** Such as `db.r7g.large`. */
  readonly class: string;
  /** What its own parameter group says, by name: texts or intrinsics. @default - it has none of its own */
  readonly parameters?: Readonly<Record<string, Json>>;
}
