import type { Json } from '../json';
import type { Discovery } from './discovery';
import type { TargetGroup } from './load-balancing';

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
  /** Where it is deployed, as far as the templates' app says it. @default - it does not */
  readonly env?: { readonly account?: string; readonly region?: string };
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
export type Tier =
  SqlTier | DocumentTier | CacheTier | ServiceTier | StorageTier | FunctionTier | ComputeTier;

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

/** An Aurora cluster, a Multi-AZ cluster of RDS, or an RDS instance that is in no cluster, with its read replicas. */
export interface SqlTier extends TierProps {
  readonly kind: 'sql';
  /** What is to be known of an instance. @default - it is a cluster */
  readonly instance?: InstanceProps;
  /** Such as `aurora-postgresql`, or `postgres` of an instance and of a Multi-AZ cluster. */
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
  readonly serverless?: ServerlessProps;
  /** Whether users may sign in by IAM. @default false */
  readonly takesTokens?: boolean;
  /** The RDS proxies in front of it. @default - none */
  readonly proxies?: readonly ProxyProps[];
  /** The first is the writer. */
  readonly members: readonly SqlMember[];
}

/** The range of Aurora capacity units of each member. */
export interface ServerlessProps {
  readonly maxUnits: number;
  /** @default - the template does not say it as a number */
  readonly minUnits?: number;
}

/** An RDS proxy, whose own endpoint leads to the writer. */
export interface ProxyProps {
  readonly logicalId: string;
  readonly requiresTls: boolean;
  /** How many of the connections that the database offers it may use. */
  readonly maxConnectionsPercent: number;
  /** How long a client waits for one of them. */
  readonly borrowTimeoutSeconds: number;
  /** The users that it has a secret of. @default - none is named */
  readonly logins?: readonly ProxyLogin[];
  /** Whether every user signs in by IAM, and the proxy to the database likewise. @default false */
  readonly isIamAlone?: boolean;
  /** Its further endpoints. */
  readonly endpoints: readonly { readonly logicalId: string; readonly isReadOnly: boolean }[];
}

/** How a user of an RDS proxy signs in. */
export interface ProxyLogin {
  /** The secret with its name and its password, as in the template. */
  readonly secret: Json;
  /** Whether the proxy takes tokens of IAM from it, and no password. */
  readonly byToken: boolean;
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
  /** What its parameter group says, by name: texts or intrinsics. @default - it has none of its own */
  readonly parameters?: Readonly<Record<string, Json>>;
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
  /** Whether its clients are users of which the templates do not say enough. @default false */
  readonly hasUsers?: true;
  /** The users of its groups, by role-based access control. @default - it has none, or {@link hasUsers} */
  readonly users?: readonly CacheUser[];
  /** Whether clients must, or may, encrypt their connections. @default - they cannot */
  readonly tls?: 'required' | 'preferred';
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

/** A user of a cache. */
export interface CacheUser {
  /** The path of the stack that it is in. */
  readonly stack: string;
  readonly name: string;
  /** What it may do, such as `on ~app::* -@all +@read`. */
  readonly access: string;
  /** As in the template: texts or intrinsics. None of a user without a password, and of one that signs in by IAM. */
  readonly passwords: readonly Json[];
}

/** An ECS service. */
export interface ServiceTier extends TierProps {
  readonly kind: 'service';
  /** The number of tasks: DesiredCount, or the lower end of its autoscaling. */
  readonly tasks: number;
  /** The upper end of its autoscaling; equal to `tasks` without autoscaling. */
  readonly maxTasks: number;
  /** The Availability Zones that its tasks are spread over, such as `eu-west-1a` or `zone 1`. @default - the template names no subnets */
  readonly zones?: readonly string[];
  /** Fargate's CPU units; undefined when the template does not declare them. */
  readonly cpu: number | undefined;
  readonly memoryMiB: number | undefined;
  /** How long after its start a task's failed health checks count for nothing. */
  readonly healthCheckGraceSeconds: number;
  readonly architecture: 'ARM64' | 'X86_64';
  /** The first essential container. */
  readonly container: Container;
  /** All of them, in the order of the task definition. */
  readonly containers: readonly Container[];
  readonly deployment: DeploymentProps;
  /** Its load balancing; undefined for a service without a load balancer. */
  readonly balancer: Balancer | undefined;
  /** How it is found by name, and finds others. @default - by no name, and by DNS alone */
  readonly discovery?: Discovery;
}

/** How a service brings a release. Defaults are those of ECS. */
export interface DeploymentProps {
  /** Of the desired number of tasks so many stay healthy meanwhile. */
  readonly minimumHealthyPercent: number;
  /** Of the desired number of tasks so many run at most. */
  readonly maximumPercent: number;
  /** What happens to a deployment whose tasks fail: ECS tries for ever, gives up, or brings the release before back. */
  readonly onFailure: 'try-on' | 'give-up' | 'roll-back';
  /** Who carries it out, and how, such as `ECS/ROLLING` and `CODE_DEPLOY`. */
  readonly strategy: string;
  /** Where it waits on purpose. @default - nowhere, as a rolling update without hooks */
  readonly waits?: DeploymentWaits;
}

/** Where a deployment by ECS waits on purpose. */
export interface DeploymentWaits {
  /** How long, while tasks of both releases run; undefined where the template does not say. */
  readonly bakeMinutes: number | undefined;
  readonly hooks: readonly LifecycleHook[];
}

/** A hook of a deployment. Defaults are those of ECS. */
export interface LifecycleHook {
  /** `PAUSE` waits for an answer, `AWS_LAMBDA` for a function. */
  readonly type: 'AWS_LAMBDA' | 'PAUSE';
  /** Such as `POST_TEST_TRAFFIC_SHIFT`. */
  readonly stages: readonly string[];
  readonly timeoutMinutes: number;
  readonly onTimeout: 'CONTINUE' | 'ROLLBACK';
}

/** A container of a task definition. */
export interface Container {
  readonly name: string;
  /** Whether its end is the task's. */
  readonly isEssential: boolean;
  /** The containers that it waits for, and until what. */
  readonly dependsOn: readonly ContainerDependency[];
  /** Its own health check; undefined when it has none. */
  readonly healthCheck: ContainerHealthCheck | undefined;
  /** What it runs in place of the image's own entry point and command; undefined where that is the image's. */
  readonly entryPoint: readonly Json[] | undefined;
  readonly command: readonly Json[] | undefined;
  readonly workingDirectory: string | undefined;
  /** The ARNs of the files of variables that it reads from S3, as in the template: texts or intrinsics. */
  readonly environmentFiles: readonly Json[];
  /** How long what it depends on has to meet the condition; undefined for as long as it takes. */
  readonly startTimeoutSeconds: number | undefined;
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

/** A container that another one waits for. */
export interface ContainerDependency {
  readonly container: string;
  readonly condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';
}

/** The health check of a container. Defaults are those of ECS. */
export interface ContainerHealthCheck {
  /** The words of a command, or the text of one for a shell. */
  readonly command: readonly string[] | string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** For how long after its start failed checks count for nothing. */
  readonly startPeriodSeconds: number;
}

/** The load balancing of a service. */
export interface Balancer {
  /** The load balancer that clients use; undefined when no listener forwards to its target groups. */
  readonly loadBalancer: Address | undefined;
  /** Where clients reach it; undefined likewise. */
  readonly listener: Listener | undefined;
  /** Where its tasks are registered: at least one. */
  readonly ports: readonly BalancedPort[];
}

/** The port of a container that a target group has. */
export interface BalancedPort {
  readonly group: TargetGroup;
  /** The container's name. */
  readonly container: string;
  readonly port: number | undefined;
}

/** The listener of a load balancer. */
export interface Listener {
  readonly protocol: 'http' | 'https' | 'tcp' | 'tls' | 'udp' | 'tcp_udp';
  readonly port: number;
}

/** Storage of which only the type is read: an S3 bucket, a DynamoDB table, a queue, a topic and the like. */
export interface StorageTier extends TierProps {
  readonly kind: 'storage';
  /** The resource type, such as `AWS::S3::Bucket`. */
  readonly type: string;
  /** What is read of a cache that is no replication group. @default - it is none */
  readonly cache?: CacheProps;
}

/** A cache of ElastiCache without a replication group: nobody can ask it to fail over, and no check measures its lag. */
export interface CacheProps {
  /** `valkey`, `redis` or `memcached`. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly port: number;
  /** Whether it has one endpoint, behind which ElastiCache adds and removes nodes. */
  readonly isServerless: boolean;
  /** How many nodes there are, each with data of its own; 1 of a serverless cache. */
  readonly nodes: number;
  /** Whether clients must encrypt their connections. */
  readonly encrypts: boolean;
  /** Whether its clients are users of which the templates do not say enough. @default false */
  readonly hasUsers?: true;
  /** The users of its groups, by role-based access control. @default - it has none, or {@link hasUsers} */
  readonly users?: readonly CacheUser[];
  /** Such as `cache.t4g.micro`. @default - that of a serverless cache */
  readonly class?: string;
  /** How much data a serverless cache keeps at the most, in bytes. @default - as much as ElastiCache allows */
  readonly maxBytes?: number;
  /** The parameters of its parameter group, such as `maxmemory-policy`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A Lambda function of the app. One that only helps with the deployment, behind a custom resource, is no tier. */
export interface FunctionTier extends TierProps {
  readonly kind: 'function';
  /** Such as `nodejs22.x`; undefined for a container image, and where only an intrinsic says it. */
  readonly runtime: string | undefined;
}

/** What runs programs of which the templates do not say more: EC2 instances by themselves or in a group, an EKS cluster. */
export interface ComputeTier extends TierProps {
  readonly kind: 'compute';
  /** The resource type, such as `AWS::EKS::Cluster`. */
  readonly type: string;
}

/** A member of a SQL tier. Those of a Multi-AZ cluster are no resources of the template: Amazon RDS makes them. */
export type SqlMember = Omit<Member, 'logicalId'> & Partial<Pick<Member, 'logicalId'>>;

/** One database instance. */
export interface Member {
  readonly logicalId: string;
  /** Such as `db.r7g.large`. */
  readonly class: string;
  /** What its own parameter group says, by name: texts or intrinsics. @default - it has none of its own */
  readonly parameters?: Readonly<Record<string, Json>>;
}
