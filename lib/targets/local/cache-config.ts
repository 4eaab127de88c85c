import { createHash } from 'node:crypto';
import type { HostPort } from '../target';

/** What a node of a cache is configured with. */
export interface CacheNodeConfig extends HostPort {
  /** Where it keeps its data. */
  readonly folder: string;
  /** Empty when it asks for none. */
  readonly password: string;
  /** Whether it is part of a cluster with slots. */
  readonly clusterMode: boolean;
  /** What it is a replica of, without cluster mode. @default - it is a primary */
  readonly primary?: HostPort;
  /** What the parameter group sets. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A member of a cluster, as its own nodes know it. */
export interface ClusterMember extends HostPort {
  /** 40 hexadecimal digits. */
  readonly id: string;
}

/** One shard of a cluster. */
export interface ClusterShard {
  /** 40 hexadecimal digits; undefined for servers that give a shard no id (Redis before 7.2). */
  readonly id: string | undefined;
  readonly slots: SlotRange;
  readonly primary: ClusterMember;
  readonly replicas: readonly ClusterMember[];
}

/** The first and the last of some slots. */
export type SlotRange = readonly [first: number, last: number];

/** The file that a cluster's nodes keep what they know of one another in. */
export const NODES_FILE = 'nodes.conf';
/** The file that a snapshot is written to. */
export const DUMP_FILE = 'dump.rdb';

const SLOTS = 16_384;
/** What Valkey adds to a node's port for the nodes among themselves. */
const BUS_OFFSET = 10_000;

/** The port that a cluster's nodes use among themselves. */
export const busPort = (port: number): number => port + BUS_OFFSET;

/** The highest port that leaves room for {@link busPort}. */
export const LAST_CLUSTER_PORT = 65_535 - BUS_OFFSET;

/** A node's configuration file. A file and not arguments: everybody may read a process's arguments, and the password is in it. */
export function configOf(node: CacheNodeConfig): string {
  const { host, port, folder, password, clusterMode, primary, parameters } = node;
  const lines: readonly (readonly (string | number)[])[] = [
    ['bind', host],
    ['port', port],
    ['dir', folder],
    // It listens on loopback alone; the mode would refuse what comes from another loopback address.
    ['protected-mode', 'no'],
    // A title would be written over its environment, where the mark is that it is found by.
    ['set-proc-title', 'no'],
    ['save', ''],
    ['appendonly', 'no'],
    ['replica-announce-ip', host],
    ['repl-diskless-sync', 'yes'],
    ['repl-diskless-sync-delay', 0],
    // A cluster hides a replica that has received nothing: the primary's first ping is something.
    ['repl-ping-replica-period', 1],
    ...(password === ''
      ? []
      : [
          ['requirepass', password],
          ['masterauth', password],
        ]),
    ...(clusterMode ? clusterLines(host) : []),
    ...(primary ? [['replicaof', primary.host, primary.port]] : []),
    ...Object.entries(parameters).filter(([name]) => AT_START.has(name)),
  ];
  return lines.map((line) => `${line.map(quoted).join(' ')}\n`).join('');
}

/** Parameters that cannot be changed while a node runs. */
const AT_START = new Set(['databases']);
/** Parameters that are seen to by the way that the nodes are arranged. */
const ARRANGED = new Set(['cluster-enabled']);

/** The parameters that are set once a node runs. */
export const liveParameters = (
  parameters: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] =>
  Object.entries(parameters).filter(([name]) => !AT_START.has(name) && !ARRANGED.has(name));

function clusterLines(host: string): readonly (readonly (string | number)[])[] {
  return [
    ['cluster-enabled', 'yes'],
    ['cluster-config-file', NODES_FILE],
    ['cluster-announce-ip', host],
    ['cluster-node-timeout', NODE_TIMEOUT_MS],
    // ElastiCache's default.
    ['cluster-require-full-coverage', 'no'],
    // On a busy machine a node may seem dead that is only slow: a drill alone promotes.
    ['cluster-replica-no-failover', 'yes'],
    // Replicas stay with their shard, however many another shard has lost.
    ['cluster-migration-barrier', 1000],
  ];
}

/** Nodes tell each other news at least twice in this time: short, so that all soon agree. ElastiCache has 15 s. */
const NODE_TIMEOUT_MS = 2000;

const quoted = (value: string | number): string =>
  typeof value === 'number' || /^[\w.:-]+$/.test(value) ? String(value) : JSON.stringify(value);

/** The id of a node or a shard in a cluster, the same for the same name: 40 hexadecimal digits. */
export const clusterId = (name: string): string => createHash('sha1').update(name).digest('hex');

/** The slots of each of so many shards: all of them, as evenly as they divide. */
export function slotRanges(shards: number): readonly SlotRange[] {
  const first = (shard: number): number => Math.round((shard * SLOTS) / shards);
  return Array.from({ length: shards }, (_, shard) => [first(shard), first(shard + 1) - 1]);
}

/**
 * What a node of a cluster knows of it ({@link NODES_FILE}). Nodes that start with it need not be introduced to each other,
 * and one that comes back knows at once what has become of it.
 */
export function nodesFile(self: ClusterMember, shards: readonly ClusterShard[]): string {
  const lines = shards.flatMap(({ id, slots, primary, replicas }, i) => {
    const more = id === undefined ? '' : `,,shard-id=${id}`;
    const epoch = i + 1; // two primaries of one epoch would have to settle who wins
    const line = (member: ClusterMember, role: string, of: string): string => {
      const flags = member.id === self.id ? `myself,${role}` : role;
      const address = `${member.host}:${member.port}@${busPort(member.port)}${more}`;
      return `${member.id} ${address} ${flags} ${of} 0 0 ${epoch} connected`;
    };
    return [
      `${line(primary, 'master', '-')} ${slots[0]}-${slots[1]}`,
      ...replicas.map((replica) => line(replica, 'slave', primary.id)),
    ];
  });
  return `${lines.join('\n')}\nvars currentEpoch ${shards.length} lastVoteEpoch 0\n`;
}
