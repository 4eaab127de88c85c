import type { Addresses } from '../../probes/addresses';
import type { LiveTier } from './live-tiers';

/** The addresses of an environment that can be reached from anywhere: its internet-facing load balancers. */
export async function addressesOf(tiers: readonly LiveTier[], signal: AbortSignal): Promise<Addresses> {
  const urls: Record<string, string> = {};
  for (const live of tiers) {
    const url = await urlOf(live, signal);
    if (url !== undefined) urls[live.tier.name] = url;
  }
  return { url: Object.values(urls)[0], urls, databases: [] };
}

/** The URL of a service's load balancer; undefined where it has none, or one inside the VPC. */
async function urlOf({ tier, idOf, clients }: LiveTier, signal: AbortSignal): Promise<string | undefined> {
  const address = tier.kind === 'service' ? tier.balancer?.loadBalancer : undefined;
  const arn = address && idOf(address);
  if (arn === undefined) return undefined;
  const balancers = clients.for('elbv2', signal);
  const { LoadBalancers: [balancer] = [] } = await balancers.describeLoadBalancers({
    LoadBalancerArns: [arn],
  });
  if (balancer?.Scheme !== 'internet-facing' || balancer.DNSName === undefined) return undefined;
  const { Listeners: listeners = [] } = await balancers.describeListeners({ LoadBalancerArn: arn });
  const listener = listeners.find(({ Protocol }) => Protocol === 'HTTPS') ?? listeners[0];
  const protocol = listener?.Protocol === 'HTTPS' ? 'https' : 'http';
  const port = listener?.Port;
  const isUsual = port === undefined || port === (protocol === 'https' ? 443 : 80);
  return `${protocol}://${balancer.DNSName}${isUsual ? '' : `:${port}`}`;
}
