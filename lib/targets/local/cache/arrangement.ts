import { Cluster } from 'ioredis';
import { ADMIN, nodesFile } from './config';
import type { CacheNode, CacheNodeStart } from './node';
import { replicasOf, untilReplicated, type Shard } from './shard';
import type { TierTls } from './tls';
import { until } from '../process/until';

/** How the nodes of a cache are arranged. */
export interface Arrangement {
  /** The start options that give a node its place. */
  placeOf(
    node: CacheNode,
    shards: readonly Shard[],
  ): Pick<CacheNodeStart, 'clusterMode' | 'primary' | 'nodes'>;
  /** Makes the node that a shard names as its primary the primary for every running node. Idempotent. */
  promote(shard: Shard, shards: readonly Shard[], signal: AbortSignal): Promise<void>;
  /** Resolves when every running node has its place and its data. */
  untilSettled(shards: readonly Shard[], signal: AbortSignal): Promise<void>;
  /** Opens a client for commands on any key. */
  open(shards: readonly Shard[], adminPassword: string, tls?: TierTls): Commands;
}

/** Sends commands to a cache. */
export interface Commands {
  send(command: string, args: readonly string[]): Promise<unknown>;
  close(): void;
}

/** One primary, and replicas that are configured with its address. */
export const REPLICATION: Arrangement = {
  placeOf(node, [shard]) {
    const { link } = shard!.primary;
    return { clusterMode: false, ...(node !== shard!.primary && { primary: link }) };
  },
  async promote(shard) {
    const { host, port } = shard.primary.link;
    await shard.primary.call('REPLICAOF', 'NO', 'ONE');
    await Promise.all(replicasOf(shard).map((node) => node.call('REPLICAOF', host, port)));
  },
  async untilSettled([shard], signal) {
    await untilReplicated(shard!, signal);
  },
  open: ([shard]) => ({
    send: (command, args) => shard!.primary.call(command, ...args),
    close: () => undefined,
  }),
};

/** Every shard has its range of slots, and every node knows all of them. */
export const CLUSTER: Arrangement = {
  placeOf(node, shards) {
    const known = shards.map((shard) => ({
      ...shard,
      replicas: shard.nodes.filter((it) => it !== shard.primary),
    }));
    return { clusterMode: true, nodes: nodesFile(node, known) };
  },
  async promote(shard, shards, signal) {
    const { role } = await shard.primary.info('replication');
    // Without a vote: one of two shards has no majority.
    if (role === 'slave') await shard.primary.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await untilAgreed(shards, signal);
  },
  async untilSettled(shards, signal) {
    await untilAgreed(shards, signal);
    await Promise.all(shards.map((shard) => untilReplicated(shard, signal)));
  },
  open(shards, adminPassword, tls) {
    const nodes = shards.map(({ primary: { host, port } }) => ({ host, port }));
    const redisOptions = {
      username: ADMIN,
      password: adminPassword,
      ...(tls && { tls: { ca: tls.authority } }),
    };
    const cluster = new Cluster(nodes, { redisOptions, clusterRetryStrategy: () => null });
    cluster.on('error', () => undefined); // the next command fails with the reason
    return {
      send: (command, args) => cluster.call(command, [...args]),
      close: () => cluster.disconnect(),
    };
  },
};

/** Resolves when every running node is ready and knows the primary and the replicas of each shard. */
async function untilAgreed(shards: readonly Shard[], signal: AbortSignal): Promise<void> {
  const nodes = shards.flatMap((shard) => [shard.primary, ...replicasOf(shard)]);
  await Promise.all(
    nodes.map((node) =>
      until(async () => (await isReady(node)) && knows(await slotsOf(node), shards), {
        what: `${node.name} knows the cluster`,
        signal,
      }),
    ),
  );
}

/** One row of CLUSTER SLOTS: the slots, then the primary and its replicas, each as host, port and id. */
type SlotRow = readonly [
  first: number,
  last: number,
  ...nodes: readonly (readonly [string, number, string])[],
];

const slotsOf = async (node: CacheNode): Promise<readonly SlotRow[]> =>
  (await node.call('CLUSTER', 'SLOTS')) as readonly SlotRow[];

const isReady = async (node: CacheNode): Promise<boolean> =>
  ((await node.call('CLUSTER', 'INFO')) as string).includes('cluster_state:ok');

function knows(rows: readonly SlotRow[], shards: readonly Shard[]): boolean {
  return shards.every((shard) => {
    const row = rows.find(([first, last]) => first === shard.slots[0] && last === shard.slots[1]);
    const [primary, ...replicas] = (row?.slice(2) ?? []) as readonly (readonly [string, number, string])[];
    const ids = new Set(replicas.map(([, , id]) => id));
    return primary?.[2] === shard.primary.id && replicasOf(shard).every(({ id }) => ids.has(id));
  });
}
