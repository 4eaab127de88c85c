import type { PostgresNode } from './node';
import { TOKEN_SIGN_IN } from './token-sign-in';

/** The superuser, with the name that RDS reserves for it, so that no master user has it. */
export const ADMIN = 'rdsadmin';

/** The role of a member. */
export type Role =
  /** No member replicates from it: it keeps no WAL, which would only be copied to every member. */
  | { readonly name: 'seed' }
  | {
      readonly name: 'primary';
      /** The members of which one must have a commit on disk before it is acknowledged: then a failover does not lose it. */
      readonly waitsFor: readonly string[];
    }
  | { readonly name: 'replica'; readonly of: PostgresNode; readonly delayMs: number };

/** Where clients reach a server, and what it shows them. */
export interface Listening {
  /** A loopback address. */
  readonly host: string;
  readonly port: number;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Whether it refuses connections without TLS. */
  readonly forcesTls: boolean;
  /** How users who are granted `rds_iam` sign in. @default - with their passwords */
  readonly tokens?: {
    /** Who signs in with its password all the same: the master user is granted the role, so that it can grant it. */
    readonly master: string;
    /** The certificate of the authority of those who have verified a token. */
    readonly authorityFile: string;
  };
}

/** The map of those who have verified a token, in the file of identities. */
const TOKENS = 'tokens';

/** Every connection needs a password: every user of this machine reaches the server. The superuser comes from this process alone. */
export function authenticationOf(listening: Listening | undefined): string {
  const shared = `local all all scram-sha-256\nlocal replication ${ADMIN} scram-sha-256\n`;
  if (!listening) return shared;
  const type = listening.forcesTls ? 'hostssl' : 'host';
  const { tokens } = listening;
  // md5 takes passwords of either kind: a dump or a parameter group may have the old one
  return [
    `${shared}host all ${ADMIN} all reject`,
    ...(tokens
      ? [
          `${type} all ${quotedName(tokens.master)} all md5`,
          `hostssl all +rds_iam all cert map=${TOKENS}`,
          'host all +rds_iam all reject',
        ]
      : []),
    `${type} all all all md5\n`,
  ].join('\n');
}

/** Those who have verified a token may be any user. */
export const identities = `${TOKENS} ${TOKEN_SIGN_IN} all\n`;

/** The settings of a member that differ from those of initdb; the parameters of its groups may say others than the first. */
export function settingsOf(node: PostgresNode, role: Role): string {
  const { parameters } = node;
  // A seed is loaded however long that takes, with the libraries that its extensions need.
  const said = role.name === 'seed' ? { [PRELOADING]: parameters[PRELOADING] ?? '' } : parameters;
  return Object.entries({ ...OVERRIDABLE, ...said, ...ownSettings(node, role) })
    .map(([name, value]) => `${name} = ${quoted(String(value))}\n`)
    .join('');
}

/** The setting with the libraries that a server loads when it starts. */
export const PRELOADING = 'shared_preload_libraries';

/** What parameter groups may say otherwise. */
const OVERRIDABLE = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_buffers: '16MB',
  max_wal_size: '256MB',
};

/** The names of the settings that no parameter group changes here: this environment could not run otherwise. */
export const isOwnSetting = (name: string): boolean => OWN_SETTINGS.has(name.toLowerCase());

const SHARED = {
  unix_socket_permissions: '0700',
  dynamic_shared_memory_type: 'mmap', // files in the data directory: in /dev/shm they would outlive a killed server
  // A crash of the machine ends the environment anyway. Full pages are still written: SIGKILL can tear a page.
  fsync: 'off',
  // Aurora has up to 15 readers.
  max_wal_senders: 24,
  max_replication_slots: 24,
  restart_after_crash: 'off', // a crashed member is reported as ended
  hot_standby: 'on',
  hot_standby_feedback: 'on',
  wal_retrieve_retry_interval: '50ms',
  huge_pages: 'off', // nobody has reserved any
  // The end of the log says why a server ended.
  log_destination: 'stderr',
  logging_collector: 'off',
};

const OWN_SETTINGS = new Set([
  ...Object.keys(SHARED),
  'listen_addresses',
  'port',
  'unix_socket_directories',
  'unix_socket_group',
  'max_connections',
  'ssl',
  'ssl_cert_file',
  'ssl_key_file',
  'ssl_ca_file',
  'ssl_crl_file',
  'ssl_crl_dir',
  'min_wal_size',
  'wal_keep_size',
  'synchronous_standby_names',
  'primary_conninfo',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'wal_level',
  'archive_mode',
  'archive_library',
  'config_file',
  'data_directory',
  'hba_file',
  'ident_file',
  'external_pid_file',
]);

function ownSettings(node: PostgresNode, role: Role) {
  return {
    ...SHARED,
    unix_socket_directories: node.sockets,
    max_connections: node.maxConnections,
    ...settingsOfRole(node, role),
  };
}

function settingsOfRole(node: PostgresNode, role: Role) {
  // Unix sockets only, until clients are to reach it.
  if (role.name === 'seed') return { listen_addresses: '', port: node.port, min_wal_size: '2MB' };
  const { host, port, certificateFile, keyFile, tokens } = node.listening;
  const reached = {
    listen_addresses: host,
    port,
    ssl: 'on',
    ssl_cert_file: certificateFile,
    ssl_key_file: keyFile,
    ssl_ca_file: tokens?.authorityFile ?? '',
    wal_keep_size: '256MB', // of a replica for when it is promoted
  };
  if (role.name === 'primary') {
    const names = role.waitsFor.map((name) => `"${name.replaceAll('"', '""')}"`);
    return {
      ...reached,
      synchronous_standby_names: names.length > 0 ? `ANY 1 (${names.join(', ')})` : '',
    };
  }
  const { sockets, port: primaryPort, password } = role.of;
  const connection = { host: sockets, port: primaryPort, user: ADMIN, password, application_name: node.name };
  return {
    ...reached,
    primary_conninfo: Object.entries(connection)
      .map(([name, value]) => `${name}=${escaped(String(value))}`)
      .join(' '),
    recovery_min_apply_delay: `${role.delayMs}ms`,
  };
}

/** A value in a configuration file. */
const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** A name in the file of authentication. */
const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A value in a connection string. */
const escaped = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
