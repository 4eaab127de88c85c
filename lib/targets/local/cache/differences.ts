import type { CacheTier } from '../../../blueprint/blueprint';
import type { CacheServer } from './server';

/** What the differences of a cache depend on. */
export interface CacheDifferencesProps {
  readonly tier: CacheTier;
  readonly server: CacheServer;
  /** The parameters of the parameter group that the server rejected: the reason, by name. */
  readonly refused: ReadonlyMap<string, string>;
  readonly replicationDelayMs: number;
}

/** How a cache on this machine differs from its replication group on AWS, in sentences. */
export function differencesOf(props: CacheDifferencesProps): readonly string[] {
  const { tier, server, refused, replicationDelayMs } = props;
  return [
    ...engineDifference(tier, server),
    'no TLS: connections are not encrypted',
    `a node has this machine's memory, not that of ${tier.class}: keys are not evicted, and writes not refused, at that limit`,
    'a primary that ends by itself is not replaced; only a failover drill promotes a replica',
    ...[...refused].map(
      ([name, why]) =>
        `parameter ${name} = ${tier.parameters[name]} is not set: ${server.engine} reports "${why}"`,
    ),
    ...(replicationDelayMs > 0 && tier.clusterMode
      ? ['replicas ignore the replication delay: in cluster mode they connect to their primary by themselves']
      : []),
  ];
}

function engineDifference({ engine, engineVersion }: CacheTier, server: CacheServer): readonly string[] {
  const isSame =
    server.engine.toLowerCase() === engine && `${server.version}.`.startsWith(`${engineVersion}.`);
  const declared = engine === 'valkey' ? 'Valkey' : engine === 'redis' ? 'Redis' : engine;
  return isSame ? [] : [`${server.engine} ${server.version} stands in for ${declared} ${engineVersion}`];
}
