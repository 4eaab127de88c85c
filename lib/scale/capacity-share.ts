import { sizeOfClass } from './class-size';
import type { FactorKind, FactorValue, ValueOf } from './kinds';

/**
 * What of a factor's value adds to how much a tier can do, in any unit: only the ratio of two is of use. Vertical sizes count by their
 * vCPUs, a range that scales by where it begins, since a load of a minute does not wait for more.
 */
const CAPACITY: { readonly [K in FactorKind]?: (value: ValueOf[K]) => number | undefined } = {
  count: (value) => value,
  replicas: (value) => 1 + value,
  shards: (value) => value,
  concurrency: (value) => value,
  throughput: (value) => value,
  memory: (value) => value,
  instanceClass: (value) => sizeOfClass(value)?.vcpu,
  cacheNode: (value) => sizeOfClass(value)?.vcpu,
  fargateSize: ({ cpu }) => cpu,
  autoscalingRange: ({ min }) => min,
  groupSize: ({ desired }) => desired,
  throughputRange: ({ min }) => min,
  capacityRange: ({ maxAcu }) => maxAcu,
};

/** The kinds of factor that add capacity. */
export const ADDS_CAPACITY = Object.keys(CAPACITY) as readonly FactorKind[];

/**
 * How much of production's capacity a factor leaves staging: 0.5 for two tasks where production has four.
 *
 * @returns undefined for a factor that adds none, such as storage, and for classes of an unknown size
 */
export function capacityShare(
  kind: FactorKind,
  prod: FactorValue | null,
  staging: FactorValue | null,
): number | undefined {
  const capacityOf = CAPACITY[kind] as ((value: FactorValue) => number | undefined) | undefined;
  if (!capacityOf || prod === null || staging === null) return undefined;
  const [all, part] = [capacityOf(prod), capacityOf(staging)];
  return all === undefined || part === undefined || all === 0 || part === 0 ? undefined : part / all;
}
