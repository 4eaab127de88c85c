/** The region that the prices are of. */
export const REGION = 'us-east-1';

/** Hours in a month, as AWS counts them in its price examples. */
export const MONTH_HOURS = 730;

/** What one unit costs while it exists. */
export interface Price {
  /** On demand, in USD. */
  readonly hourUsd: number;
  /** The month of the price: `yyyy-mm`. */
  readonly asOf: string;
}

/** Rounds to a millionth of a dollar, finer than any price: the rest is noise of floating-point arithmetic. */
export const roundUsd = (usd: number): number => Math.round(usd * 1e6) / 1e6;

/** The month of prices that were recorded without one: that of the oldest database price. */
const UNDATED = '2026-03';

/**
 * Aurora PostgreSQL, Standard storage, one instance. Like all prices here: on demand in us-east-1, as of the given month;
 * the AWS Price List Query API has the current ones.
 */
export const AURORA_POSTGRESQL: Readonly<Record<string, Price>> = priced('2026-03', {
  'db.t4g.medium': 0.073,
  'db.t4g.large': 0.146,
  'db.r6g.large': 0.26,
  'db.r6g.xlarge': 0.519,
  'db.r6g.2xlarge': 1.038,
  'db.r7g.large': 0.276,
  'db.r7g.xlarge': 0.553,
  'db.r7g.2xlarge': 1.106,
  'db.r8g.large': 0.276,
  'db.r8g.xlarge': 0.552,
  'db.r8g.2xlarge': 1.104,
});

/** DocumentDB, Standard storage, one instance. */
export const DOCUMENTDB: Readonly<Record<string, Price>> = priced('2026-10', {
  'db.t4g.medium': 0.07566,
  'db.r5.large': 0.277,
  'db.r6g.large': 0.26315,
});

/** ElastiCache for Valkey, one node. */
export const VALKEY: Readonly<Record<string, Price>> = priced('2026-10', {
  'cache.t4g.micro': 0.0128,
  'cache.t4g.small': 0.0256,
  'cache.t4g.medium': 0.052,
  'cache.r6g.large': 0.1648,
  'cache.r7g.large': 0.1752,
  'cache.r7g.xlarge': 0.3496,
  'cache.r7g.2xlarge': 0.6984,
  'cache.r8g.large': 0.1756,
  'cache.r8g.xlarge': 0.3511,
});

/** Fargate on Linux: one vCPU and one GB of a task, by architecture. */
export const FARGATE = {
  X86_64: priced(UNDATED, { vcpu: 0.04048, gb: 0.004445 }),
  ARM64: priced(UNDATED, { vcpu: 0.03238, gb: 0.00356 }),
} as const;

/** A NAT gateway, without traffic. */
export const NAT_GATEWAY: Price = { hourUsd: 0.045, asOf: UNDATED };

/** An Application Load Balancer, without LCUs. */
export const APPLICATION_LOAD_BALANCER: Price = { hourUsd: 0.0225, asOf: UNDATED };

/**
 * A public IPv4 address: an Elastic IP in use, and one in each subnet of a load balancer. AWS bills them since 2024-02-01:
 * https://www.doit.com/aws-public-ipv4-price-increase-the-complete-guide/
 */
export const PUBLIC_IPV4: Price = { hourUsd: 0.005, asOf: '2024-02' };

/**
 * An interface endpoint in one zone, without traffic: https://www.zacfukuda.com/blog/aws-nat-gateway-vs-vpc-endpoint, as of
 * 2026-06-01.
 */
export const INTERFACE_ENDPOINT: Price = { hourUsd: 0.01, asOf: '2026-06' };

function priced<K extends string>(asOf: string, hours: Readonly<Record<K, number>>): Record<K, Price> {
  const prices = Object.entries<number>(hours).map(([what, hourUsd]) => [what, { hourUsd, asOf }]);
  return Object.fromEntries(prices) as Record<K, Price>;
}
