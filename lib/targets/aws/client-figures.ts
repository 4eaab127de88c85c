import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { TwinError } from '../../error';
import type { ClientsSeen, TierClients } from '../production';
import type { ClientFigures } from '../traffic';
import { MINUTE } from './lag-metrics';
import type { LiveTier } from './live-tiers';
import { allPages } from './pages';
import type { AwsPlace } from './place';
import type { Metered } from './weights';

/** What the clients of services saw, by their Application Load Balancers. What cannot be read is named, and fails nothing. */
export async function clientsOf(
  tiers: readonly LiveTier[],
  since: number,
  place: AwsPlace,
  signal: AbortSignal,
): Promise<ClientsSeen> {
  const seen: TierClients[] = [];
  const unseen: string[] = [];
  for (const { tier, idOf, clients } of tiers.filter((it) => it.tier.kind === 'service')) {
    const address = tier.kind === 'service' ? tier.balancer?.loadBalancer : undefined;
    const [, Value] = /:loadbalancer\/(app\/.+)$/.exec((address && idOf(address)) ?? '') ?? [];
    if (Value === undefined) {
      unseen.push(`${tier.name} has no Application Load Balancer that CloudWatch has figures of`);
      continue;
    }
    const region = await clients.region();
    const dimensions = [{ Name: 'LoadBalancer', Value }];
    try {
      const figures = await clientFigures(
        { region, dimensions, failures: OF_BALANCER },
        since,
        place,
        signal,
      );
      if (figures.requests > 0) seen.push({ tier: tier.name, ...figures });
      else
        unseen.push(
          `CloudWatch has no request of ${tier.name} yet: it has a minute two minutes after its end`,
        );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TwinError)) throw error;
      unseen.push(`the clients of ${tier.name} were not looked at: ${error.message}`);
    }
  }
  return { tiers: seen, unseen };
}

/** What counts failed requests of a whole load balancer. */
export const OF_BALANCER: readonly string[] = ['HTTPCode_Target_5XX_Count', 'HTTPCode_ELB_5XX_Count'];

/**
 * What CloudWatch has of the requests that a load balancer answered, in the whole minutes since a time. It has a minute one or two minutes
 * after its end.
 *
 * The p95 is the mean of those of the minutes, each weighed by its requests.
 */
export async function clientFigures(
  { region, dimensions, failures }: Metered,
  since: number,
  place: AwsPlace,
  signal: AbortSignal,
): Promise<ClientFigures> {
  const first = Math.ceil(since / MINUTE) * MINUTE;
  const end = Math.floor(Date.now() / MINUTE) * MINUTE;
  if (end <= first) return { requests: 0, failures: 0 };
  const query = (Id: string, MetricName: string, Stat: string): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: [...dimensions] },
      Period: 60,
      Stat,
    },
  });
  const cloudWatch = place.in(region).reads('cloudwatch', signal);
  const results = await allPages(async (NextToken) => {
    const page = await cloudWatch.getMetricData({
      StartTime: new Date(first),
      EndTime: new Date(end),
      MetricDataQueries: [
        query('requests', 'RequestCount', 'Sum'),
        query('times', 'TargetResponseTime', 'p95'),
        ...failures.map((name, i) => query(`failures${i}`, name, 'Sum')),
      ],
      NextToken,
    });
    return { items: page.MetricDataResults, next: page.NextToken };
  });
  const points = results.flatMap(({ Id = '', Values = [], Timestamps = [] }) =>
    Values.map((value, i) => ({ id: Id, value, at: Timestamps[i]!.getTime() })),
  );
  const total = (id: RegExp): number =>
    points.filter((it) => id.test(it.id)).reduce((sum, { value }) => sum + value, 0);
  const requestsAt = (at: number): number =>
    points.find((it) => it.id === 'requests' && it.at === at)?.value ?? 0;
  const times = points.filter(({ id }) => id === 'times');
  const timed = times.reduce((sum, { at }) => sum + requestsAt(at), 0);
  const seconds = times.reduce((sum, { at, value }) => sum + value * requestsAt(at), 0) / timed;
  return {
    requests: total(/^requests$/),
    failures: total(/^failures/),
    ...(timed > 0 && { p95Ms: Math.round(seconds * 1000) }),
  };
}
