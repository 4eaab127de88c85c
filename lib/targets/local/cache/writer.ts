import { Cluster, Redis } from 'ioredis';
import type { HostPort } from '../../../probes/context';
import type { Writer } from '../writes';
import { ADMIN } from './config';
import type { Shard } from './shard';
import type { TierTls } from './tls';

/** What a writer of a cache is made with. */
export interface CacheWriterProps {
  readonly shards: readonly Shard[];
  /** The endpoint of its clients. */
  readonly at: HostPort;
  readonly adminPassword: string;
  readonly tls: TierTls | undefined;
  readonly clusterMode: boolean;
}

/** Writes one key of each shard, each time as a client that was just started. */
export async function cacheWriter(props: CacheWriterProps): Promise<Writer> {
  const keys = await keysOf(props.shards, props.clusterMode);
  return {
    write: () =>
      using(props, async (client) => {
        await Promise.all(keys.map((key) => client.set(key, '1', 'EX', SECONDS)));
      }),
    close: () =>
      using(props, async (client) => {
        await Promise.all(keys.map((key) => client.del(key)));
      }),
  };
}

/** A key that is left over goes by itself. */
const SECONDS = 60;

/** A key for each shard: in cluster mode the server says which slot a key has. */
async function keysOf(shards: readonly Shard[], clusterMode: boolean): Promise<readonly string[]> {
  const keys = new Map<Shard, string>();
  const primary = shards[0]!.primary;
  for (let i = 0; keys.size < shards.length; i++) {
    const key = `cdk-twin:${i}`;
    const slot = clusterMode ? Number(await primary.call('CLUSTER', 'KEYSLOT', key)) : 0;
    const shard = shards.find(({ slots: [first, last] }) => first <= slot && slot <= last)!;
    if (!keys.has(shard)) keys.set(shard, key);
  }
  return [...keys.values()];
}

async function using(
  { at: { host, port }, adminPassword: password, tls, clusterMode }: CacheWriterProps,
  work: (client: Redis | Cluster) => Promise<void>,
): Promise<void> {
  const own = { username: ADMIN, password, ...(tls && { tls: { ca: tls.authority } }) };
  const once = { retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const client = clusterMode
    ? new Cluster([{ host, port }], { redisOptions: own, clusterRetryStrategy: () => null })
    : new Redis({ host, port, ...own, ...once });
  client.on('error', () => undefined); // the command fails with the reason
  try {
    await work(client);
  } finally {
    client.disconnect();
  }
}
