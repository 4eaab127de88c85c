/** What a factor of each kind is given for one environment. */
export interface ValueOf {
  /** How many of something: tasks, subnets, alarms. */
  count: number;
  /** How many copies beside the first: readers, replicas. */
  replicas: number;
  /** Over how many parts the data is spread. */
  shards: number;
  /** Family and size, without the service's prefix: `r7g.2xlarge`. */
  instanceClass: string;
  /** An ElastiCache node type: `cache.r7g.large`. */
  cacheNode: string;
  /** A Fargate task's CPU units (1024 are one vCPU) and memory in MiB. */
  fargateSize: FargateSize;
  /** The least and the most that autoscaling may run. */
  autoscalingRange: AutoscalingRange;
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
  'instanceClass',
  'cacheNode',
  'fargateSize',
  'autoscalingRange',
  'capacityRange',
];

/** A declared scale factor: what may differ, by which rule, and why. */
export interface Factor<K extends FactorKind = FactorKind> {
  /** Decides the values and the shape rule. */
  readonly kind: K;
  /** Why it may differ: shown beside every difference that it permits. */
  readonly reason: string;
  /** The service's own limit, where there is one. @default - none */
  readonly max?: number;
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

/** What a counted factor is declared with. */
export interface CountedFactorProps extends FactorProps {
  /** The service's own limit, such as 15 Aurora readers. @default - none */
  readonly max?: number;
}

/** How many of something an environment has. None stays none, one stays one, many stay many. */
export const count = (props: CountedFactorProps): Factor<'count'> => ({ kind: 'count', ...props });

/** How many copies there are beside the first. None stays none, one stays one, many stay many. */
export const replicas = (props: CountedFactorProps): Factor<'replicas'> => ({ kind: 'replicas', ...props });

/** Over how many parts data is spread. One stays one, many stay many; at least one. */
export const shards = (props: CountedFactorProps): Factor<'shards'> => ({ kind: 'shards', ...props });

/** An instance class such as `r7g.2xlarge`. The family stays, the size may shrink. */
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

/** What Aurora Serverless v2 may use. A range that can move stays one that can move. */
export const capacityRange = (props: FactorProps): Factor<'capacityRange'> => ({
  kind: 'capacityRange',
  ...props,
});

/** A value of any kind of factor. */
export type FactorValue = ValueOf[FactorKind];
