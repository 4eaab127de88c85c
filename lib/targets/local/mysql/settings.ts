import { join } from 'node:path';
import type { MysqlNode } from './node';

/** The superuser, with the name that RDS reserves for it, so that no master user has it. */
export const ADMIN = 'rdsadmin';
/** The user that replicas sign in to their source as, likewise. */
export const REPLICATION = 'rdsrepladmin';

/** The role of a member when it starts. */
export type Role =
  /** Nothing replicates from it: it keeps no binary log, and listens on its socket alone. */
  | { readonly name: 'seed' }
  /** It starts as one that refuses writes, and becomes what the cluster says. */
  | {
      readonly name: 'member';
      /** Whether the commits of its source wait until it has received them. */
      readonly isSynchronous: boolean;
    };

type Settings = Readonly<Record<string, string | number>>;

/** The file of settings of a member. */
export function settingsOf(node: MysqlNode, role: Role): string {
  const all = {
    ...sharedBy(node),
    ...(role.name === 'seed' ? SEED : memberSettings(node, role.isSynchronous)),
  };
  const lines = Object.entries({ ...all, ...node.settings }).map(
    ([name, value]) => `${name} = ${quoted(value)}\n`,
  );
  return `[mysqld]\n${lines.join('')}`;
}

/** Whether a parameter is one that the local environment sets by itself. */
export function isOwnSetting(node: MysqlNode, name: string): boolean {
  const own = { ...sharedBy(node), ...SEED, ...memberSettings(node, true) };
  const plain = (it: string): string =>
    it
      .toLowerCase()
      .replace(/^loose_/, '')
      .replaceAll('-', '_');
  return [...Object.keys(own), 'read_only', 'super_read_only', 'tmpdir'].some(
    (it) => plain(it) === plain(name),
  );
}

const SEED: Settings = { skip_log_bin: 'ON', skip_networking: 'ON', port: 0 };

function sharedBy({ data, socket, number, dialect }: MysqlNode): Settings {
  return {
    ...dialect.always,
    datadir: data,
    socket,
    'pid-file': join(data, 'twin.pid'),
    server_id: number,
    skip_name_resolve: 'ON',
    default_time_zone: '+00:00', // as on RDS
    innodb_buffer_pool_size: '64M',
    // A crash of the machine ends the environment anyway: what a server has written survives its own end.
    innodb_flush_log_at_trx_commit: 2,
    sync_binlog: 0,
    // A copy is made of a server that stands still: then no write of it may be under way in the kernel.
    innodb_use_native_aio: 'OFF',
    loose_innodb_flush_method: 'fsync',
    innodb_buffer_pool_dump_at_shutdown: 'OFF',
    innodb_buffer_pool_load_at_startup: 'OFF',
  };
}

function memberSettings(
  { host, ports, maxConnections, dialect }: MysqlNode,
  isSynchronous: boolean,
): Settings {
  return {
    bind_address: host,
    port: ports.clients,
    ...dialect.adminPort(host, ports.admin),
    max_connections: maxConnections,
    log_bin: 'binlog',
    relay_log: 'relay',
    binlog_format: 'ROW',
    relay_log_recovery: 'ON',
    slave_net_timeout: 3600,
    read_only: 'ON',
    event_scheduler: 'OFF',
    ...dialect.settings,
    ...dialect.replicaSettings(isSynchronous),
  };
}

/** A value in a file of settings. */
const quoted = (value: string | number): string =>
  typeof value === 'number' || /^[\w.:+;=,/-]*$/.test(value)
    ? String(value)
    : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
