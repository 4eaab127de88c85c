import type { MysqlPrograms } from './server';

/** Where a replica receives from. */
export interface SourceProps {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly delaySeconds: number;
}

/** What a replica says of itself. */
export interface ReplicaState {
  /** Whether it receives from its source now. */
  readonly isReceiving: boolean;
  /** Whether it applies what it receives. */
  readonly isApplying: boolean;
  /** How far it has received: the file of its source's binary log, and the position in it. */
  readonly received: readonly [file: string, position: number];
  /** The transactions that it has received, as its engine writes them. */
  readonly transactions: string;
  /** Why it does not receive or apply; empty when it does. */
  readonly error: string;
}

type StatusRow = Readonly<Record<string, string | number | null>>;

/** What MySQL and MariaDB say in different words. */
export interface Dialect {
  /** The settings of every server. */
  readonly always: Readonly<Record<string, string | number>>;
  /** The settings of every member of a tier. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** The settings of a member whose write is waited for, or not. */
  replicaSettings(isSynchronous: boolean): Readonly<Record<string, string | number>>;
  /** The settings of a port that other connections do not use up. */
  adminPort(host: string, port: number): Readonly<Record<string, string | number>>;
  /** Lets the commits of a primary wait for a replica, or not. */
  synchronous(isSynchronous: boolean): string;
  /** Refuses writes, also those of the superuser where that is possible. */
  readOnly(isReadOnly: boolean): string;
  /** What a replica is sent before it is started, on data that are a copy of its source's. */
  follow(source: SourceProps): readonly string[];
  /** Applies at once what was held back, without losing any of it; empty where that is not possible while it stands. */
  readonly applyAtOnce: readonly string[];
  stateOf(row: StatusRow): ReplicaState;
  /** A query for whether all of some transactions are applied, which waits for that: `done` is 1 then. */
  untilApplied(transactions: string, seconds: number): string;
  /** A query for what a server has: `done`. */
  readonly transactions: string;
  /** Whether what one server has is a part of what another one has. A query for the other one, with one parameter; `done` is 1 then. */
  readonly isPart: string;
}

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const A_DAY_MS = 86_400_000;

const MYSQL: Dialect = {
  always: {
    mysqlx: 'OFF',
    tls_version: '',
    secure_file_priv: 'NULL',
    // the name changed in 8.0.30
    loose_innodb_redo_log_capacity: '32M',
    // off by default from 8.4 on, and gone in 9: what Aurora and RDS for MySQL 8.0 sign their master users in with
    loose_mysql_native_password: 'ON',
  },
  settings: {
    gtid_mode: 'ON',
    enforce_gtid_consistency: 'ON',
    log_replica_updates: 'ON',
    skip_replica_start: 'ON',
    // without workers of its own a replica applies in the order of its source, and delays as long as it is asked to
    replica_parallel_workers: 1,
  },
  replicaSettings: (isSynchronous) => ({
    'plugin-load-add': 'semisync_source.so;semisync_replica.so',
    rpl_semi_sync_replica_enabled: isSynchronous ? 'ON' : 'OFF',
    rpl_semi_sync_source_enabled: 'OFF',
    rpl_semi_sync_source_timeout: A_DAY_MS,
    rpl_semi_sync_source_wait_point: 'AFTER_SYNC',
  }),
  adminPort: (host, port) => ({
    admin_address: host,
    admin_port: port,
    create_admin_listener_thread: 'ON',
    admin_tls_version: '',
  }),
  synchronous: (isSynchronous) => `set global rpl_semi_sync_source_enabled = ${isSynchronous ? 'ON' : 'OFF'}`,
  readOnly: (isReadOnly) =>
    isReadOnly ? 'set global super_read_only = ON' : 'set global super_read_only = OFF, read_only = OFF',
  follow: ({ host, port, user, password, delaySeconds }) => [
    `change replication source to source_host = ${text(host)}, source_port = ${port}, source_user = ${text(user)},
      source_password = ${text(password)}, source_auto_position = 1, source_delay = ${delaySeconds},
      source_connect_retry = 1, source_ssl = 0, get_source_public_key = 1`,
    'start replica',
  ],
  // while the other thread stands by for its source, what was received stays
  applyAtOnce: [
    'stop replica sql_thread',
    'change replication source to source_delay = 0',
    'start replica sql_thread',
  ],
  stateOf: (row) => ({
    isReceiving: row['Replica_IO_Running'] === 'Yes',
    isApplying: row['Replica_SQL_Running'] === 'Yes',
    received: [String(row['Source_Log_File']), Number(row['Read_Source_Log_Pos'])],
    transactions: String(row['Retrieved_Gtid_Set']),
    error: String(row['Last_IO_Error'] || row['Last_SQL_Error'] || ''),
  }),
  untilApplied: (transactions, seconds) =>
    `select wait_for_executed_gtid_set(${text(transactions)}, ${seconds}) = 0 as done`,
  transactions: 'select @@global.gtid_executed as done',
  isPart: 'select gtid_subset(?, @@global.gtid_executed) as done',
};

const MARIADB: Dialect = {
  always: { innodb_log_file_size: '32M' },
  settings: {
    log_slave_updates: 'ON',
    skip_slave_start: 'ON',
    // as in MySQL, where it is on: what checks ask of locks and transactions
    performance_schema: 'ON',
    'performance-schema-instrument': 'wait/lock/metadata/sql/mdl=ON',
    // a second line of the same name
    performance_schema_instrument: 'transaction=ON',
    performance_schema_consumer_events_statements_current: 'ON',
    performance_schema_consumer_events_transactions_current: 'ON',
  },
  replicaSettings: (isSynchronous) => ({
    rpl_semi_sync_slave_enabled: isSynchronous ? 'ON' : 'OFF',
    rpl_semi_sync_master_enabled: 'OFF',
    rpl_semi_sync_master_timeout: A_DAY_MS,
    rpl_semi_sync_master_wait_point: 'AFTER_SYNC',
  }),
  adminPort: (_, port) => ({ extra_port: port, extra_max_connections: 64 }),
  synchronous: (isSynchronous) => `set global rpl_semi_sync_master_enabled = ${isSynchronous ? 'ON' : 'OFF'}`,
  readOnly: (isReadOnly) => `set global read_only = ${isReadOnly ? 'ON' : 'OFF'}`,
  follow: ({ host, port, user, password, delaySeconds }) => [
    'set global gtid_slave_pos = @@global.gtid_binlog_pos',
    `change master to master_host = ${text(host)}, master_port = ${port}, master_user = ${text(user)},
      master_password = ${text(password)}, master_use_gtid = slave_pos, master_delay = ${delaySeconds},
      master_connect_retry = 1`,
    'start replica',
  ],
  applyAtOnce: [],
  stateOf: (row) => ({
    isReceiving: row['Slave_IO_Running'] === 'Yes',
    isApplying: row['Slave_SQL_Running'] === 'Yes',
    received: [String(row['Master_Log_File']), Number(row['Read_Master_Log_Pos'])],
    transactions: String(row['Gtid_IO_Pos']),
    error: String(row['Last_IO_Error'] || row['Last_SQL_Error'] || ''),
  }),
  untilApplied: (transactions, seconds) =>
    `select master_gtid_wait(${text(transactions)}, ${seconds}) = 0 as done`,
  transactions: 'select @@global.gtid_binlog_pos as done',
  // one domain: the server of a transaction and its number, which only grows
  isPart: `select substring_index(@given := ?, '-', -1) + 0 <= substring_index(@@global.gtid_binlog_pos, '-', -1) + 0 as done`,
};

/** The words of an engine. */
export const dialectOf = ({ engine }: Pick<MysqlPrograms, 'engine'>): Dialect =>
  engine === 'MySQL' ? MYSQL : MARIADB;
