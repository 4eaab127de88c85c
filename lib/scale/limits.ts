import type { Factor, FactorKind, ValueOf } from './kinds';

/** The kinds whose value is one number. */
export type AmountKind = { [K in FactorKind]: ValueOf[K] extends number ? K : never }[FactorKind];

/** The kinds whose value is several numbers, each at most the next. */
export type RangeKind = 'autoscalingRange' | 'groupSize' | 'throughputRange' | 'capacityRange';

/** The numbers that may stand in one place. */
export interface Limits {
  /** The least. */
  readonly least: number;
  /** The most; infinite where the service has no limit, or one that can be raised. */
  readonly most: number;
  /** Numbers are multiples of this. */
  readonly step: number;
  /**
   * What scaling keeps: of things that are counted, none, one or many; of things that are measured, whether there are
   * any.
   */
  readonly keeps: 'plurality' | 'presence';
}

/** The limits of a range: of all its numbers alike, and of the last one. */
export interface RangeLimits extends Limits {
  /** The names of its numbers, from the least to the most. */
  readonly parts: readonly string[];
  /** The least that the last number may be. */
  readonly leastOfLast: number;
}

const COUNTED = { least: 0, most: Infinity, step: 1, keeps: 'plurality' } as const;
const MEASURED = { least: 1, most: Infinity, step: 1, keeps: 'presence' } as const;

const AMOUNTS: { readonly [K in AmountKind]: Limits } = {
  count: COUNTED,
  replicas: COUNTED,
  shards: { ...COUNTED, least: 1 },
  // 0 turns a function off, and 1 lets its calls wait for each other: both are shapes of their own.
  concurrency: COUNTED,
  storage: MEASURED,
  throughput: MEASURED,
  memory: MEASURED,
  // 0 turns off what the duration is of: a cache, a delay, a draining.
  duration: { ...MEASURED, least: 0 },
};

const RANGES: { readonly [K in RangeKind]: RangeLimits } = {
  autoscalingRange: { ...COUNTED, parts: ['min', 'max'], leastOfLast: 1 },
  groupSize: { ...COUNTED, parts: ['min', 'desired', 'max'], leastOfLast: 1 },
  throughputRange: { ...MEASURED, parts: ['min', 'max'], leastOfLast: 1 },
  // Amazon Aurora user guide, "Setting the Aurora Serverless v2 capacity range for a cluster".
  capacityRange: {
    least: 0,
    most: 256,
    step: 0.5,
    keeps: 'presence',
    parts: ['minAcu', 'maxAcu'],
    leastOfLast: 1,
  },
};

/** Whether a kind's value is one number. */
export const isAmount = (kind: FactorKind): kind is AmountKind => Object.hasOwn(AMOUNTS, kind);

/** Whether a kind's value is a range of numbers. */
export const isRange = (kind: FactorKind): kind is RangeKind => Object.hasOwn(RANGES, kind);

/** The limits of a kind of number, whatever the service. */
export const amountLimits = (kind: AmountKind): Limits => AMOUNTS[kind];

/** The limits of a kind of range. */
export const rangeLimits = (kind: RangeKind): RangeLimits => RANGES[kind];

/** The limits of a factor that is one number: its kind's, and those that it was declared with. */
export function limitsOf({ min, max, step }: Factor, kind: AmountKind): Limits {
  const { least, most, step: kindStep, keeps } = AMOUNTS[kind];
  return { least: min ?? least, most: max ?? most, step: step ?? kindStep, keeps };
}
