import { isDeepStrictEqual } from 'node:util';
import type { FactorKind, FactorValue } from './kinds';

/** What a smaller environment can still hide, and how much that is. */
interface BlindSpot {
  readonly hides: string;
  readonly weight: BlindSpotWeight;
}

/**
 * How bad it is at the worst. 3: wrong answers or lost data, which appear at once and which no limit announces. 2: errors where something
 * is full or throttled. 1: what comes late and slowly, or what a load test at a smaller ceiling shows in its kind.
 */
export type BlindSpotWeight = 1 | 2 | 3;

/** By the kind of factor that made the environment smaller. */
const BLIND_SPOTS: { readonly [K in FactorKind]: BlindSpot } = {
  count: { weight: 3, hides: 'contention and imbalance that begin above the smaller number' },
  replicas: { weight: 3, hides: 'lag, fan-out and failover orders that need more copies than these' },
  shards: { weight: 3, hides: 'hot shards, and keys that share a shard here but not in production' },
  concurrency: {
    weight: 3,
    hides: 'throttling, and what more calls at once do to each other and to the tiers behind them',
  },
  storage: {
    weight: 2,
    hides: 'growth and full disks, and throughput that comes with the size of a volume',
  },
  throughput: { weight: 2, hides: "throttling, bursts and hot keys at production's rate" },
  memory: {
    weight: 2,
    hides: 'memory limits, and the CPU that comes with memory: start-up time, time-outs, threads',
  },
  duration: {
    weight: 2,
    hides: 'what only happens after the shorter time: expiry, leaks, slow consumers, long transactions',
  },
  instanceClass: {
    weight: 2,
    hides: 'plans, caches and connection limits that change with memory and CPU',
  },
  cacheNode: { weight: 2, hides: "evictions and swapping at production's working set" },
  fargateSize: {
    weight: 2,
    hides: 'memory and CPU limits: garbage collection, throttling, start-up time',
  },
  autoscalingRange: {
    weight: 1,
    hides: 'behaviour near the largest size, and how long it takes to get there',
  },
  groupSize: {
    weight: 1,
    hides: 'behaviour near the largest size, and how long instances take to get there',
  },
  throughputRange: {
    weight: 1,
    hides: "how throughput follows production's load, and throttling at its ceiling",
  },
  capacityRange: { weight: 1, hides: "how capacity follows production's load, and its ceiling" },
};

/** The class of failure that a scaled factor can still hide; undefined when both environments have the same value. */
export function blindSpotOf(kind: FactorKind, prod: FactorValue, staging: FactorValue): string | undefined {
  return isDeepStrictEqual(prod, staging) ? undefined : BLIND_SPOTS[kind].hides;
}

/** How much the blind spot of a kind of factor counts where factors take turns. */
export const blindSpotWeight = (kind: FactorKind): BlindSpotWeight => BLIND_SPOTS[kind].weight;
