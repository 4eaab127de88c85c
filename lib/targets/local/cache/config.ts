import { createHash } from 'node:crypto';
import type { HostPort } from '../../../probes/context';
import { RESERVED } from './memory';

/** The configuration of a cache node. */
export interface CacheNodeConfig extends HostPort {
  /** The folder of its data. */
  readonly folder: string;
  /** What it encrypts its connections with, those of the cluster and of replicas included. @default - they are plain */
  readonly tls?: NodeTls;
  /** Of its clients; empty when it requires none. */
  readonly password: string;
  /** The users that clients are. @default - they are nobody in particular, with {@link password} */
  readonly users?: readonly NodeUser[] | undefined;
  /** Of the user that may do what clients may not, and that replicas are. */
  readonly adminPassword: string;
  /** Whether it belongs to a cluster with slots. */
  readonly clusterMode: boolean;
  /** Commands that clients are refused, beside those that every cache refuses: `keys`, `client|list`. */
  readonly refused: readonly string[];
  /** The primary of a replica without cluster mode. @default - the node is a primary */
  readonly primary?: HostPort;
  /** The parameters of the parameter group. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How much data it keeps, in bytes. */
  readonly maxmemory: number;
  /** Where it listens, where others reach it at its port through something else. @default - at its port */
  readonly innerPort?: number;
}

/** A user of the clients of a node. */
export interface NodeUser {
  readonly name: string;
  /** The words of its access string. */
  readonly access: readonly string[];
  /** Without one it is let in with any. */
  readonly passwords: readonly string[];
}

/** Files by which a node encrypts its connections. */
export interface NodeTls {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
}

/** A member of a cluster, as the other nodes know it. */
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

/** A range of slots, both ends included. */
export type SlotRange = readonly [first: number, last: number];

/** The file in which a node keeps what it knows of its cluster. */
export const NODES_FILE = 'nodes.conf';
/** The file that a snapshot is written to. */
export const DUMP_FILE = 'dump.rdb';

const SLOTS = 16_384;
/** The distance between a node's port and its port on the cluster bus. */
const BUS_OFFSET = 10_000;

/** The port of a node on the cluster bus. */
export const busPort = (port: number): number => port + BUS_OFFSET;

/** The highest port that leaves room for {@link busPort}. */
export const LAST_CLUSTER_PORT = 65_535 - BUS_OFFSET;

/** A node's configuration file. The password is in it, and arguments are visible to every user. */
export function configOf(node: CacheNodeConfig): string {
  const { host, folder, password, adminPassword, clusterMode, primary, parameters, tls, maxmemory, refused } =
    node;
  const port = node.innerPort ?? node.port;
  const lines: readonly (readonly (string | number)[])[] = [
    ['bind', host],
    ...(tls ? tlsLines(port, tls, clusterMode) : [['port', port]]),
    ['dir', folder],
    // It listens on loopback only; protected mode would refuse other loopback addresses.
    ['protected-mode', 'no'],
    ['maxmemory', maxmemory],
    // A process title would overwrite its environment, which holds the mark.
    ['set-proc-title', 'no'],
    ['save', ''],
    ['appendonly', 'no'],
    ['replica-announce-ip', host],
    ['repl-diskless-sync', 'yes'],
    ['repl-diskless-sync-delay', 0],
    // A cluster does not list a replica that has received nothing: the primary's first ping counts.
    ['repl-ping-replica-period', 1],
    // A user whose access string names no channel has all of them.
    ['acl-pubsub-default', 'allchannels'],
    ...(node.users ?? [anybody(password)]).map((user) => userLine(user, refused)),
    ...(node.users?.every(({ name }) => name !== 'default') ? [['user', 'default', 'off']] : []),
    ['user', ADMIN, 'on', `>${adminPassword}`, ...EVERYTHING],
    ['masteruser', ADMIN],
    ['masterauth', adminPassword],
    ...(clusterMode ? clusterLines(node) : []),
    ...(primary ? [['replicaof', primary.host, primary.port]] : []),
    ...Object.entries(parameters).filter(([name]) => AT_START.has(name)),
  ];
  return lines.map((line) => `${line.map(quoted).join(' ')}\n`).join('');
}

/** The user that arranges the nodes. */
export const ADMIN = 'cdk-twin';

/** The words of a text. */
export const wordsOf = (text: string): readonly string[] => text.split(' ');

/** Keys, channels and commands. */
const EVERYTHING = ['~*', '&*', '+@all'];

/**
 * The commands that clients of ElastiCache are refused:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
 */
const RESTRICTED: readonly string[] = [
  ...wordsOf('acl|setuser acl|load acl|save acl|deluser bgrewriteaof bgsave'),
  ...wordsOf(
    'cluster|addslots cluster|addslotsrange cluster|bumpepoch cluster|delslots cluster|delslotsrange',
  ),
  ...wordsOf('cluster|failover cluster|flushslots cluster|forget cluster|links cluster|meet cluster|setslot'),
  ...wordsOf('config debug migrate psync replicaof save shutdown slaveof sync'),
];

/** The user of clients that do not say who they are. */
const anybody = (password: string): NodeUser => ({
  name: 'default',
  access: ['on', ...EVERYTHING],
  passwords: password === '' ? [] : [password],
});

/** What a user may do, without what ElastiCache lets nobody do. */
const userLine = ({ name, access, passwords }: NodeUser, refused: readonly string[]): readonly string[] => [
  'user',
  name,
  ...(passwords.length === 0 ? ['nopass'] : passwords.map((it) => `>${it}`)),
  ...access,
  ...RESTRICTED.concat(refused).map((command) => `-${command}`),
];

/** What ElastiCache sets where the parameter group does not: https://repost.aws/knowledge-center/oom-command-not-allowed-redis */
const DEFAULTS: Readonly<Record<string, string>> = { 'maxmemory-policy': 'volatile-lru' };

/** Parameters that cannot be changed while a node runs. */
const AT_START = new Set(['databases']);
/** Parameters that the arrangement of the nodes covers. */
const ARRANGED = new Set(['cluster-enabled', RESERVED]);

/** The parameters that are set while a node runs. */
export const liveParameters = (
  parameters: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] =>
  Object.entries({ ...DEFAULTS, ...parameters }).filter(
    ([name]) => !AT_START.has(name) && !ARRANGED.has(name),
  );

function tlsLines(
  port: number,
  { key, certificate, authority }: NodeTls,
  clusterMode: boolean,
): readonly (readonly (string | number)[])[] {
  return [
    ['port', 0],
    ['tls-port', port],
    ['tls-key-file', key],
    ['tls-cert-file', certificate],
    ['tls-ca-cert-file', authority],
    ['tls-auth-clients', 'no'], // as ElastiCache: clients show no certificate
    ['tls-replication', 'yes'],
    ...(clusterMode ? [['tls-cluster', 'yes']] : []),
  ];
}

function clusterLines({
  host,
  port,
  innerPort,
  tls,
}: CacheNodeConfig): readonly (readonly (string | number)[])[] {
  return [
    ['cluster-enabled', 'yes'],
    ['cluster-config-file', NODES_FILE],
    ['cluster-announce-ip', host],
    ...(innerPort === undefined
      ? []
      : [
          [tls ? 'cluster-announce-tls-port' : 'cluster-announce-port', port],
          ['cluster-port', busPort(port)],
          // By its address what is put in between knows a replica.
          ['bind-source-addr', host],
        ]),
    ['cluster-node-timeout', NODE_TIMEOUT_MS],
    // ElastiCache's default.
    ['cluster-require-full-coverage', 'no'],
    // On a busy machine a slow node may seem dead: only a drill promotes.
    ['cluster-replica-no-failover', 'yes'],
    // Replicas stay with their shard, however many another shard has lost.
    ['cluster-migration-barrier', 1000],
  ];
}

/** Nodes exchange messages at least twice in this time: short, so that they soon agree. ElastiCache has 15 s. */
const NODE_TIMEOUT_MS = 2000;

const quoted = (value: string | number): string =>
  typeof value === 'number' || /^[\w.:~&*+@|-]+$/.test(value) ? String(value) : JSON.stringify(value);

/** The id of a node or a shard in a cluster, the same for the same name: 40 hexadecimal digits. */
export const clusterId = (name: string): string => createHash('sha1').update(name).digest('hex');

/** The slots of each shard: all slots, divided as evenly as possible. */
export function slotRanges(shards: number): readonly SlotRange[] {
  const first = (shard: number): number => Math.round((shard * SLOTS) / shards);
  return Array.from({ length: shards }, (_, shard) => [first(shard), first(shard + 1) - 1]);
}

/**
 * The content of a node's {@link NODES_FILE}. Nodes that start with it know each other already, and a node that restarts
 * knows the current state at once.
 */
export function nodesFile(self: ClusterMember, shards: readonly ClusterShard[]): string {
  const lines = shards.flatMap(({ id, slots, primary, replicas }, i) => {
    const more = id === undefined ? '' : `,,shard-id=${id}`;
    const epoch = i + 1; // two primaries with the same epoch would be in conflict
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
