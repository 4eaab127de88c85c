import type { PostgresNode } from './node';

/** The superuser, with the name that RDS reserves for it, so that no master user has it. */
export const ADMIN = 'rdsadmin';

/** The role of a member. */
export type Role =
  /** No member replicates from it: it keeps no WAL, which would only be copied to every member. */
  | { readonly name: 'seed' }
  | {
      readonly name: 'primary';
      /** Whether a commit waits until a replica has it on disk: then a failover does not lose acknowledged commits. */
      readonly isSynchronous: boolean;
    }
  | { readonly name: 'replica'; readonly of: PostgresNode; readonly delayMs: number };

/** Every connection needs a password: every user of this machine reaches the proxies, and through them the sockets. */
export const AUTHENTICATION = `local all all scram-sha-256\nlocal replication ${ADMIN} scram-sha-256\n`;

/** The settings of a member that differ from those of initdb. */
export function settingsOf(node: PostgresNode, role: Role): string {
  return Object.entries({ ...sharedBy(node), ...settingsOfRole(node, role) })
    .map(([name, value]) => `${name} = ${quoted(String(value))}\n`)
    .join('');
}

function sharedBy({ sockets, number, maxConnections }: PostgresNode) {
  return {
    listen_addresses: '', // Unix sockets only: no race for ports
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    port: number,
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: maxConnections,
    shared_buffers: '16MB',
    dynamic_shared_memory_type: 'mmap', // files in the data directory: in /dev/shm they would outlive a killed server
    // A crash of the machine ends the environment anyway. Full pages are still written: SIGKILL can tear a page.
    fsync: 'off',
    max_wal_size: '256MB',
    // Aurora has up to 15 readers.
    max_wal_senders: 24,
    max_replication_slots: 24,
    restart_after_crash: 'off', // a crashed member is reported as ended
    hot_standby: 'on',
    hot_standby_feedback: 'on',
    wal_retrieve_retry_interval: '50ms',
  };
}

function settingsOfRole(node: PostgresNode, role: Role) {
  if (role.name === 'seed') return { min_wal_size: '2MB' };
  const wal_keep_size = '256MB';
  if (role.name === 'primary') {
    return { wal_keep_size, synchronous_standby_names: role.isSynchronous ? 'ANY 1 (*)' : '' };
  }
  const { sockets, number, password } = role.of;
  const connection = { host: sockets, port: number, user: ADMIN, password, application_name: node.name };
  return {
    wal_keep_size, // for when it is promoted
    primary_conninfo: Object.entries(connection)
      .map(([name, value]) => `${name}=${escaped(String(value))}`)
      .join(' '),
    recovery_min_apply_delay: `${role.delayMs}ms`,
  };
}

/** A value in a configuration file. */
const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** A value in a connection string. */
const escaped = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
