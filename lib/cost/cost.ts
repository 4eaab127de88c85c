/** What environments cost, and what a rehearsal would. */
export interface CostReport {
  /** The region that the prices are of. */
  readonly region: string;
  /** When the prices were seen: the oldest of those used, `yyyy-mm`. */
  readonly pricesOf: string;
  readonly prod: EnvironmentCost;
  readonly staging: EnvironmentCost;
  /** How long the staging of a rehearsal lives. */
  readonly hours: number;
  /** Staging for that long. */
  readonly rehearsalUsd: number;
  /** Staging kept around the clock, a month. */
  readonly stagingMonthUsd: number;
  /** A staging of production's size kept around the clock, a month. */
  readonly fullSizeMonthUsd: number;
}

/** What an environment costs as its template declares it, without what depends on use. */
export interface EnvironmentCost {
  readonly environment: string;
  readonly items: readonly CostItem[];
  /** The sum of what is known. */
  readonly hourUsd: number;
  /** Of 730 hours. */
  readonly monthUsd: number;
  /** Resources that cost something nobody has told us: never counted as zero. */
  readonly unknown: readonly UnknownCost[];
}

/** Several of the same. */
export interface CostItem {
  /** The tier, or the construct. */
  readonly tier: string;
  /** Such as `db.r7g.large`. */
  readonly what: string;
  readonly count: number;
  /** Of one. */
  readonly hourUsd: number;
  /** When the price was seen: `yyyy-mm`. */
  readonly seen: string;
}

/** Something whose price is unknown. */
export interface UnknownCost {
  readonly tier: string;
  /** The resource type, with its class. */
  readonly what: string;
  readonly count: number;
  /** `no price` for what we have none of, `by use` for what has no price per hour: storage, requests, traffic. */
  readonly because: 'no price' | 'by use';
}
