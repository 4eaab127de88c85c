import type { FailoverQuota } from '../failover-quota';
import type { Clients } from './clients';
import { isDenied } from './failed-call';
import { allPages } from './pages';

/** An account may test so many shards in any 24 hours (ElastiCache API Reference, "TestFailover"). */
const MOST = 15;
const DAY_MINUTES = 24 * 60;

/** The event that each test leaves (the same page). Events are kept for 14 days. */
const TESTED = /^Test Failover API called for node group /;

/**
 * The test failovers that ElastiCache has left for an account in a Region: the calls of the last 24 hours are counted,
 * of all callers. Whether the service counts a shard twice that was tested twice, it does not say.
 *
 * @param shards - those of each cache, by its tier
 */
export async function testFailovers(
  shards: Readonly<Record<string, number>>,
  clients: Clients,
  signal: AbortSignal,
): Promise<FailoverQuota> {
  const of = `test failovers of shards by ElastiCache in ${await clients.region()} in 24 hours`;
  const quota = { of, takes: shards, most: MOST };
  try {
    const back = (await testsOfADay(clients, signal)).map((at) => new Date(at + DAY_MINUTES * 60_000));
    return { ...quota, left: Math.max(0, MOST - back.length), back };
  } catch (error) {
    if (!isDenied(error)) throw error;
    // the service says so itself when there are no more
    return {
      ...quota,
      left: MOST,
      back: [],
      unknown: 'these credentials may not call elasticache:DescribeEvents',
    };
  }
}

/** When shards were tested, the first first. */
async function testsOfADay(clients: Clients, signal: AbortSignal): Promise<number[]> {
  const cache = clients.for('elasticache', signal);
  const events = await allPages(async (Marker) => {
    const asked = { SourceType: 'replication-group', Duration: DAY_MINUTES, Marker } as const;
    const page = await cache.describeEvents(asked);
    return { items: page.Events, next: page.Marker };
  });
  return events
    .flatMap(({ Message: message = '', Date: at }) => (at && TESTED.test(message) ? [at.getTime()] : []))
    .toSorted((a, b) => a - b);
}
