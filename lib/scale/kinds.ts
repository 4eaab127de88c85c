/** What a factor of each kind is given for one environment. */
export interface ValueOf {
  /** How many of something: tasks, subnets, alarms. */
  count: number;
  /** How many copies beside the first: readers, replicas. */
  replicas: number;
  /** Over how many parts the data is spread. */
  shards: number;
  /** How many calls run at once: a function's reserved or provisioned concurrency. */
  concurrency: number;
  /** How much may be stored, in GiB. */
  storage: number;
  /** How much may pass in a second: IOPS, MiB, read or write units. */
  throughput: number;
  /** Memory in MiB. */
  memory: number;
  /** How long something takes or lasts, in seconds. */
  duration: number;
  /** Family and size, as the service spells them: `r7g.2xlarge`, `db.r7g.2xlarge`, `r7g.large.search`, `ra3.xlplus`. */
  instanceClass: string;
  /** An ElastiCache node type: `cache.r7g.large`. */
  cacheNode: string;
  /** A Fargate task's CPU units (1024 are one vCPU) and memory in MiB. */
  fargateSize: FargateSize;
  /** The least and the most that autoscaling may run. */
  autoscalingRange: AutoscalingRange;
  /** How many instances a group runs: the least, the number to begin with, the most. */
  groupSize: GroupSize;
  /** The least and the most that may pass in a second: read or write units that scale. */
  throughputRange: ThroughputRange;
  /** The least and the most that Aurora Serverless v2 may use, in Aurora capacity units. */
  capacityRange: CapacityRange;
}

/** A Fargate task's size. */
export type FargateSize = {
  /** CPU units: 1024 are one vCPU. */
  readonly cpu: number;
  /** Memory in MiB. */
  readonly memoryMiB: number;
};

/** What autoscaling may run, in tasks or nodes. */
export type AutoscalingRange = {
  /** The fewest. */
  readonly min: number;
  /** The most. */
  readonly max: number;
};

/** How many instances an Auto Scaling group or a node group runs. */
export type GroupSize = {
  /** The fewest. */
  readonly min: number;
  /** How many it begins with. */
  readonly desired: number;
  /** The most. */
  readonly max: number;
};

/** What may pass in a second when it scales with the load, such as a table's read units. */
export type ThroughputRange = {
  /** The least. */
  readonly min: number;
  /** The most. */
  readonly max: number;
};

/** What an Aurora Serverless v2 instance may use, in Aurora capacity units (about 2 GiB each). */
export type CapacityRange = {
  /** The least: 0 lets the instance pause. */
  readonly minAcu: number;
  /** The most. */
  readonly maxAcu: number;
};

/** The kinds of factor. */
export type FactorKind = keyof ValueOf;

/** The kinds, in the order in which they are shown. */
export const FACTOR_KINDS: readonly FactorKind[] = [
  'count',
  'replicas',
  'shards',
  'concurrency',
  'storage',
  'throughput',
  'memory',
  'duration',
  'instanceClass',
  'cacheNode',
  'fargateSize',
  'autoscalingRange',
  'groupSize',
  'throughputRange',
  'capacityRange',
];

/** A declared scale factor: what may differ, by which rule, and why. */
export interface Factor<K extends FactorKind = FactorKind> {
  /** Decides the values and the shape rule. */
  readonly kind: K;
  /** Why it may differ: shown beside every difference that it permits. */
  readonly reason: string;
  /** The least that the service allows, where that is more than the kind's. @default - the kind's least */
  readonly min?: number;
  /** The service's own limit, where there is one. @default - none */
  readonly max?: number;
  /** What numbers are a multiple of, such as the number of zones. @default - 1 */
  readonly step?: number;
}

/** The factors of a topology, by name. */
export type Factors = Readonly<Record<string, Factor>>;

/** The values of all factors for one environment. */
export type ScaleValues<F extends Factors> = { readonly [N in keyof F]: ValueOf[F[N]['kind']] };

/** What every kind of factor is declared with. */
export interface FactorProps {
  /** Why it may differ: shown beside every difference that it permits. */
  readonly reason: string;
}

/** What a factor that is one number is declared with. */
export interface AmountFactorProps extends FactorProps {
  /** The least that the service allows, such as 20 GiB of an RDS database. @default - the kind's least */
  readonly min?: number;
  /** The service's own limit, such as 15 Aurora readers. @default - none */
  readonly max?: number;
  /** What numbers are a multiple of: 3 for brokers in three zones, 60 for whole minutes. @default 1 */
  readonly step?: number;
}

/** How many of something an environment has. None stays none, one stays one, many stay many. */
export const count = (props: AmountFactorProps): Factor<'count'> => ({ kind: 'count', ...props });

/** How many copies there are beside the first. None stays none, one stays one, many stay many. */
export const replicas = (props: AmountFactorProps): Factor<'replicas'> => ({ kind: 'replicas', ...props });

/** Over how many parts data is spread. One stays one, many stay many; at least one. */
export const shards = (props: AmountFactorProps): Factor<'shards'> => ({ kind: 'shards', ...props });

/** How many calls run at once. None stays none, one stays one, many stay many. */
export const concurrency = (props: AmountFactorProps): Factor<'concurrency'> => ({
  kind: 'concurrency',
  ...props,
});

/** How much may be stored, in GiB: a volume, a database, a broker. Never more than production's. */
export const storage = (props: AmountFactorProps): Factor<'storage'> => ({ kind: 'storage', ...props });

/** How much may pass in a second: IOPS, MiB, a table's read or write units. Never more than production's. */
export const throughput = (props: AmountFactorProps): Factor<'throughput'> => ({
  kind: 'throughput',
  ...props,
});

/** Memory in MiB. Never more than production's. */
export const memory = (props: AmountFactorProps): Factor<'memory'> => ({ kind: 'memory', ...props });

/**
 * A Lambda function's memory in MiB: 128 to 10240 (AWS Lambda developer guide, "Configure Lambda function memory"), unless
 * `max` says more, as for Managed Instances.
 */
export const lambdaMemory = (props: AmountFactorProps): Factor<'memory'> =>
  memory({ min: 128, max: 10_240, ...props });

/** How long something takes or lasts, in seconds: `Duration.seconds(n)`. None stays none; never longer than production's. */
export const duration = (props: AmountFactorProps): Factor<'duration'> => ({ kind: 'duration', ...props });

/**
 * An instance class or node type, as its service spells it: `r7g.2xlarge`, `db.r6g.large`, `kafka.m7g.large`,
 * `r7g.large.search`, `ra3.xlplus`. The family and the spelling stay, the size may shrink.
 */
export const instanceClass = (props: FactorProps): Factor<'instanceClass'> => ({
  kind: 'instanceClass',
  ...props,
});

/** An ElastiCache node type such as `cache.r7g.large`. The family stays, the size may shrink. */
export const cacheNode = (props: FactorProps): Factor<'cacheNode'> => ({ kind: 'cacheNode', ...props });

/** A Fargate task's size. Production's ratio of memory to CPU stays. */
export const fargateSize = (props: FactorProps): Factor<'fargateSize'> => ({ kind: 'fargateSize', ...props });

/** What autoscaling may run. A range that can move stays one that can move. */
export const autoscalingRange = (props: FactorProps): Factor<'autoscalingRange'> => ({
  kind: 'autoscalingRange',
  ...props,
});

/** How many instances a group runs. A range that can move stays one that can move. */
export const groupSize = (props: FactorProps): Factor<'groupSize'> => ({ kind: 'groupSize', ...props });

/** What may pass in a second when it scales with the load. A range that can move stays one that can move. */
export const throughputRange = (props: FactorProps): Factor<'throughputRange'> => ({
  kind: 'throughputRange',
  ...props,
});

/** What Aurora Serverless v2 may use. A range that can move stays one that can move. */
export const capacityRange = (props: FactorProps): Factor<'capacityRange'> => ({
  kind: 'capacityRange',
  ...props,
});

/** A value of any kind of factor. */
export type FactorValue = ValueOf[FactorKind];
