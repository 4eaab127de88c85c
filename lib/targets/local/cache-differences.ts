import type { CacheTier } from '../../blueprint/blueprint';
import type { CacheServer } from './cache-server';

/** What tells how a cache differs. */
export interface CacheDifferencesProps {
  readonly tier: CacheTier;
  readonly server: CacheServer;
  /** What the server did not take of the parameter group: why, by name. */
  readonly refused: ReadonlyMap<string, string>;
  readonly replicationDelayMs: number;
}

/** How a cache on this machine differs from its replication group on AWS: one sentence each. */
export function differencesOf(props: CacheDifferencesProps): readonly string[] {
  const { tier, server, refused, replicationDelayMs } = props;
  return [
    ...engineDifference(tier, server),
    'no TLS: clients connect in the clear',
    `a node has this machine's memory, not that of ${tier.class}: nothing is evicted or refused for want of it`,
    'a primary that ends by itself is not replaced; a failover drill replaces it',
    ...[...refused].map(
      ([name, why]) =>
        `parameter ${name} = ${tier.parameters[name]} is not set: ${server.engine} says "${why}"`,
    ),
    ...(replicationDelayMs > 0
      ? ['replicas are not held back by the replication delay: the engine has no such setting']
      : []),
  ];
}

function engineDifference({ engine, engineVersion }: CacheTier, server: CacheServer): readonly string[] {
  const isSame =
    server.engine.toLowerCase() === engine && `${server.version}.`.startsWith(`${engineVersion}.`);
  const declared = engine === 'valkey' ? 'Valkey' : engine === 'redis' ? 'Redis' : engine;
  return isSame ? [] : [`${server.engine} ${server.version} stands for ${declared} ${engineVersion}`];
}
