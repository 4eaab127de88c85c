import type { CacheProps, CacheTier, StorageTier, Tier } from '../../../blueprint/blueprint';
import { wordsOf } from './config';
import type { CacheRole } from './endpoints';
import { memoryOf, serverlessMemory, type NodeMemory } from './memory';
import type { CacheNode } from './node';
import type { Shard } from './shard';

/** A cache that is no replication group. */
export type OtherCache = StorageTier & { readonly cache: CacheProps };

/** What Amazon ElastiCache makes of nodes: where clients find them, and what it lets them do. */
export interface CacheForm {
  /** Its nodes. */
  readonly tier: CacheTier;
  /** The kind that its tier has elsewhere. */
  readonly kind: 'cache' | 'storage';
  rolesOf(shards: readonly Shard[]): readonly CacheRole[];
  /** Commands that its clients are refused, beside those that every cache refuses. */
  readonly refused: readonly string[];
  readonly memory: NodeMemory;
  /** How it differs from AWS, beside what its server does, in sentences. */
  readonly differs: readonly string[];
}

/** Whether a tier is a cache of Valkey or Redis. */
export const isCache = (tier: Tier): tier is CacheTier | OtherCache =>
  tier.kind === 'cache' ||
  (tier.kind === 'storage' && tier.cache !== undefined && tier.cache.engine !== 'memcached');

/** How a cache of any form differs from AWS where a node fails. */
export const REPLACED_AT_ONCE =
  'a node that ends by itself is replaced at once; ElastiCache has to notice it first';

/** What a tier is made as. */
export function formOf(tier: CacheTier | OtherCache): CacheForm {
  if (tier.kind === 'cache') return replicationGroup(tier);
  return tier.cache.isServerless ? serverless(tier) : singleNode(tier);
}

const replicationGroup = (tier: CacheTier): CacheForm => ({
  tier,
  kind: 'cache',
  rolesOf: (shards) =>
    tier.clusterMode
      ? [
          {
            attribute: 'ConfigurationEndPoint',
            nodes: () => shards.flatMap(({ nodes }) => nodes).filter(runs),
          },
        ]
      : [
          { attribute: 'PrimaryEndPoint', nodes: primaryOf(shards[0]!) },
          { attribute: 'ReaderEndPoint', nodes: readersOf(shards[0]!) },
        ],
  refused: [],
  memory: memoryOf(tier),
  differs: [REPLACED_AT_ONCE],
});

/** `AWS::ElastiCache::CacheCluster`. */
const singleNode = (tier: OtherCache): CacheForm => {
  const node: CacheTier = { ...nodesOf(tier), replicas: 0, clusterMode: false };
  return {
    tier: node,
    kind: 'storage',
    rolesOf: ([shard]) => [{ attribute: 'RedisEndpoint', nodes: primaryOf(shard!) }],
    refused: [],
    memory: memoryOf(node),
    differs: [REPLACED_AT_ONCE],
  };
};

/**
 * `AWS::ElastiCache::ServerlessCache`: a cluster whose only shard has all slots, and which has two ports at one address:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ReadReplicas.html
 */
const serverless = (tier: OtherCache): CacheForm => ({
  tier: { ...nodesOf(tier), replicas: 1, clusterMode: true },
  kind: 'storage',
  rolesOf: ([shard]) => [
    { attribute: 'Endpoint', nodes: primaryOf(shard!) },
    { attribute: 'ReaderEndpoint', beside: { attribute: 'Endpoint', port: 6380 }, nodes: readersOf(shard!) },
  ],
  refused: NOT_SERVERLESS,
  memory: serverlessMemory(tier.cache),
  differs: [
    REPLACED_AT_ONCE,
    'a serverless cache is a primary and a replica here, which nothing scales or throttles, and clients in cluster mode see the addresses of both',
  ],
});

/** What its nodes have in common with those of a replication group. */
function nodesOf({ cache, ...tier }: OtherCache): Omit<CacheTier, 'replicas' | 'clusterMode'> {
  const { engine, engineVersion, port, encrypts, hasUsers, users, parameters } = cache;
  return {
    ...tier,
    kind: 'cache',
    engine,
    engineVersion,
    port,
    parameters,
    authToken: undefined,
    shards: 1,
    class: cache.class ?? 'serverless',
    ...(encrypts && { tls: 'required' }),
    ...(hasUsers && { hasUsers }),
    ...(users && { users }),
  };
}

const runs = ({ state }: CacheNode): boolean => state === 'running';

const primaryOf = (shard: Shard) => (): readonly CacheNode[] => [shard.primary].filter(runs);

/** The replicas, or the primary where none runs. */
const readersOf = (shard: Shard) => (): readonly CacheNode[] => {
  const replicas = shard.nodes.filter((node) => node !== shard.primary && runs(node));
  return replicas.length > 0 ? replicas : [shard.primary].filter(runs);
};

/**
 * What serverless caches refuse beside what every cache does, as Redis 7 has it:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
 */
const NOT_SERVERLESS: readonly string[] = [
  ...wordsOf('acl|log client|caching client|getredir client|id client|info client|kill client|list'),
  ...wordsOf(
    'client|no-evict client|pause client|tracking client|trackinginfo client|unblock client|unpause',
  ),
  ...wordsOf(
    'cluster|count-failure-reports fcall fcall_ro function keys lastsave latency memory monitor move',
  ),
  ...wordsOf(
    'object pfdebug pfselftest psubscribe pubsub|numpat punsubscribe script|kill slowlog swapdb wait',
  ),
];
