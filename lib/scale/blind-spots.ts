import { isDeepStrictEqual } from 'node:util';
import type { FactorKind, FactorValue } from './kinds';

/** What a smaller environment can still hide, by the kind of factor that made it smaller. */
const BLIND_SPOTS: { readonly [K in FactorKind]: string } = {
  count: 'contention and imbalance that begin above the smaller number',
  replicas: 'lag, fan-out and failover orders that need more copies than these',
  shards: 'hot shards, and keys that share a shard here but not in production',
  concurrency: 'throttling, and what more calls at once do to each other and to the tiers behind them',
  storage: 'growth and full disks, and throughput that comes with the size of a volume',
  throughput: "throttling, bursts and hot keys at production's rate",
  memory: 'memory limits, and the CPU that comes with memory: start-up time, time-outs, threads',
  duration: 'what only happens after the shorter time: expiry, leaks, slow consumers, long transactions',
  instanceClass: 'plans, caches and connection limits that change with memory and CPU',
  cacheNode: "evictions and swapping at production's working set",
  fargateSize: 'memory and CPU limits: garbage collection, throttling, start-up time',
  autoscalingRange: 'behaviour near the largest size, and how long it takes to get there',
  groupSize: 'behaviour near the largest size, and how long instances take to get there',
  throughputRange: "how throughput follows production's load, and throttling at its ceiling",
  capacityRange: "how capacity follows production's load, and its ceiling",
};

/** The class of failure that a scaled factor can still hide; undefined when both environments have the same value. */
export function blindSpotOf(kind: FactorKind, prod: FactorValue, staging: FactorValue): string | undefined {
  return isDeepStrictEqual(prod, staging) ? undefined : BLIND_SPOTS[kind];
}
