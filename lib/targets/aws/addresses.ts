import type { LiveTier } from './live-tiers';

/** Where a service is reached. */
export interface ServiceAddress {
  readonly tier: string;
  readonly url: string;
  /** Whether it can be reached from anywhere; otherwise from inside its network alone. */
  readonly isPublic: boolean;
}

/** The services of an environment that have a load balancer. */
export async function serviceAddresses(
  tiers: readonly LiveTier[],
  signal: AbortSignal,
): Promise<ServiceAddress[]> {
  const all = await Promise.all(tiers.map((live) => addressOf(live, signal)));
  return all.filter((it) => it !== undefined);
}

async function addressOf(
  { tier, idOf, clients }: LiveTier,
  signal: AbortSignal,
): Promise<ServiceAddress | undefined> {
  const address = tier.kind === 'service' ? tier.balancer?.loadBalancer : undefined;
  const arn = address && idOf(address);
  if (arn === undefined) return undefined;
  const balancers = clients.for('elbv2', signal);
  const { LoadBalancers: [balancer] = [] } = await balancers.describeLoadBalancers({
    LoadBalancerArns: [arn],
  });
  if (balancer?.DNSName === undefined) return undefined;
  const { Listeners: listeners = [] } = await balancers.describeListeners({ LoadBalancerArn: arn });
  const listener = listeners.find(({ Protocol }) => Protocol === 'HTTPS') ?? listeners[0];
  const protocol = listener?.Protocol === 'HTTPS' ? 'https' : 'http';
  const port = listener?.Port;
  const isUsual = port === undefined || port === (protocol === 'https' ? 443 : 80);
  const url = `${protocol}://${balancer.DNSName}${isUsual ? '' : `:${port}`}`;
  return { tier: tier.name, url, isPublic: balancer.Scheme === 'internet-facing' };
}
