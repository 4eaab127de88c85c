import type { Measures } from './check';

/** What became of requests that were sent as load. */
export interface LoadSeen {
  /** The response times of those that were answered, in milliseconds. */
  readonly times: readonly number[];
  readonly requests: number;
  readonly errors: number;
  /** How long it took. */
  readonly ms: number;
}

/** The figures of load that gates judge. */
export function loadFigures({ times, requests, errors, ms }: LoadSeen): Measures {
  const sorted = Float64Array.from(times).sort();
  return {
    requests,
    errors,
    ...(requests > 0 && { errorRate: errors / requests }),
    requestsPerSecond: Math.round((sorted.length / ms) * 1000),
    ...(sorted.length > 0 && {
      p25Ms: percentile(sorted, 25),
      p50Ms: percentile(sorted, 50),
      p95Ms: percentile(sorted, 95),
      p99Ms: percentile(sorted, 99),
    }),
  };
}

/** The nearest-rank percentile, to a tenth of a millisecond. */
export function percentile(sorted: Float64Array, percent: number): number {
  return Math.round(sorted[Math.ceil((sorted.length * percent) / 100) - 1]! * 10) / 10;
}

/** Such as `640 requests in 5 s (128 a second), no error; p50 12 ms, p95 31 ms, p99 40 ms`. */
export function loadSentence(measures: Measures, ms: number): string {
  const { requests, errors, requestsPerSecond, p50Ms, p95Ms, p99Ms } = measures;
  return (
    `${requests} requests in ${Math.round(ms / 100) / 10} s (${requestsPerSecond} a second), ` +
    `${errors} ${errors === 1 ? 'error' : 'errors'}; p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms`
  );
}
