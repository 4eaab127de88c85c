/** The estimated cost of the environments and of a rehearsal. */
export interface CostReport {
  /** The region of the prices. */
  readonly region: string;
  /** The month of the oldest price used, `yyyy-mm`; empty when none is. */
  readonly pricesAsOf: string;
  readonly prod: EnvironmentCost;
  readonly staging: EnvironmentCost;
  /** How long the staging of a rehearsal exists. */
  readonly hours: number;
  /** Staging for `hours`. */
  readonly rehearsalUsd: number;
  /** Staging kept around the clock, a month. */
  readonly stagingMonthUsd: number;
  /** A staging of production's size kept around the clock, a month. */
  readonly fullSizeMonthUsd: number;
  /** What one factor at production's size adds to `rehearsalUsd`, for each that is smaller. @default - it was not estimated */
  readonly fullSize?: readonly FullSizeCost[];
}

/** What a factor at production's size adds to the cost of a rehearsal. */
export interface FullSizeCost {
  readonly factor: string;
  /** Those that have to grow with it, which are counted too. @default - none */
  readonly growing?: readonly string[];
  /** Below 0 where the larger class has no known price: see `unpriced`. */
  readonly addsUsd: number;
  /** What has no known price at that size, though it has one, or is not there, as it is. @default - nothing */
  readonly unpriced?: readonly string[];
}

/** What an environment costs as its template declares it, without usage-based charges. */
export interface EnvironmentCost {
  readonly environment: string;
  readonly items: readonly CostItem[];
  /** The total of the known prices. */
  readonly hourUsd: number;
  /** A month has 730 hours. */
  readonly monthUsd: number;
  /** Charges that are in no total: they are listed, never counted as zero. */
  readonly unknown: readonly UnknownCost[];
}

/** Several units at the same price. */
export interface CostItem {
  /** The tier, or the construct. */
  readonly tier: string;
  /** Such as `db.r7g.large`. */
  readonly what: string;
  readonly count: number;
  /** For one unit. */
  readonly hourUsd: number;
  /** The month of the price: `yyyy-mm`. */
  readonly asOf: string;
}

/** A charge without a known price per hour. */
export interface UnknownCost {
  readonly tier: string;
  /** The resource type, with its class. */
  readonly what: string;
  readonly count: number;
  /** `no price` where the table has none; `usage-based` for storage, requests, traffic and the like. */
  readonly because: 'no price' | 'usage-based';
}
