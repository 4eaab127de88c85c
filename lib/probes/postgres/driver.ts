import type { Client } from 'pg';
import { APPLICATION, type Driver, type DriverProps, type FaultKind, type Row } from '../session';

/** A connection to PostgreSQL. */
export class PostgresDriver implements Driver {
  private client: Client;

  constructor(private readonly props: DriverProps) {
    this.client = clientFor(props, props.tls !== undefined);
  }

  async connect(): Promise<void> {
    await this.client.connect().catch((error: unknown) => {
      if (this.props.tls === undefined || !String(error).includes('does not support SSL')) throw error;
      this.client = clientFor(this.props, false);
      return this.client.connect();
    });
  }

  async query(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return (await this.client.query<Row>(sql, [...values])).rows;
  }

  async end(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  /** By its SQLSTATE: everything else is of the system. */
  kindOf(error: unknown): FaultKind {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === INVALID_PASSWORD) return 'password';
    if (NOT_YET.has(code)) return 'not-there';
    return !/^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) || /^(08|57P)/.test(code) ? 'connection' : 'statement';
  }
}

const INVALID_PASSWORD = '28P01';
/** The errors of a replica that does not have a table yet. */
const NOT_YET = new Set(['42P01', '40001']);

function clientFor(
  { host, port, database, user, password, timeoutMs }: DriverProps,
  isEncrypted: boolean,
): Client {
  // Loaded here because most checks need none.
  const { Client: PgClient } = require('pg') as typeof import('pg');
  const client = new PgClient({
    host,
    port,
    database,
    user,
    password,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    // the authority that signs a database's certificate is none that Node knows
    ...(isEncrypted && { ssl: { rejectUnauthorized: false } }),
    application_name: APPLICATION,
  });
  // after a connection breaks, the next query fails with the reason
  client.on('error', () => {});
  return client;
}
