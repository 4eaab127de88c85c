import type { FactorKind, FactorValue } from '../scale/kinds';

/** What a smaller environment can still hide, by the kind of factor that made it smaller. */
const HIDES: { readonly [K in FactorKind]: string } = {
  count: 'contention and imbalance that begin above the smaller number',
  replicas: 'lag, fan-out and failover orders that need more copies than these',
  shards: 'hot shards, and keys that share a shard here but not in production',
  instanceClass: 'plans, caches and connection limits that change with memory and CPU',
  cacheNode: "evictions and swapping at production's working set",
  fargateSize: 'memory and CPU limits: garbage collection, throttling, start-up time',
  autoscalingRange: 'behaviour near the largest size, and how long it takes to get there',
  capacityRange: "how capacity follows production's load, and its ceiling",
};

/** The class of failure that a scaled factor can still hide; undefined when both environments have the same value. */
export function distortionOf(kind: FactorKind, prod: FactorValue, staging: FactorValue): string | undefined {
  return JSON.stringify(prod) === JSON.stringify(staging) ? undefined : HIDES[kind];
}
