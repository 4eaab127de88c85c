import type { Client, ClientConfig } from 'pg';
import type { HostPort, ProbeDatabase } from './context';

/** An error of a database, or of the connection to it: a finding, not a bug. */
export class DatabaseFault extends Error {
  constructor(
    message: string,
    /** PostgreSQL's SQLSTATE, or the code of the system. */
    readonly code: string | undefined,
    /** The message without the name of the server. */
    readonly reason: string,
  ) {
    super(message);
  }
}

/** A row of a result. */
export type Row = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 5_000;

/** What the sessions of checks call themselves. */
export const APPLICATION = 'cdk-twin';

/** The sessions of one check. All end with the check, and at once when it is aborted. */
export class Sessions {
  private readonly opened: Session[] = [];
  private readonly stop = (): void => this.opened.forEach((session) => void session.end());

  constructor(
    private readonly database: ProbeDatabase,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.stop);
  }

  /**
   * Opens a session.
   *
   * @param name - of the server, for messages
   * @param timeoutMs - for the connection, and for each statement
   * @throws DatabaseFault
   */
  async open(name: string, { host, port }: HostPort, timeoutMs = TIMEOUT_MS): Promise<Session> {
    this.signal.throwIfAborted();
    const { database, username: user, password, tls } = this.database;
    const limits = { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs };
    const config = { host, port, database, user, password, ...limits };
    const session = new Session(`${name} (${host}:${port})`, config, tls);
    this.opened.push(session);
    await session.connect();
    return session;
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.stop);
    await Promise.all(this.opened.map((session) => session.end()));
  }
}

/** A session with a PostgreSQL database. */
export class Session {
  private client: Client;

  constructor(
    private readonly name: string,
    private readonly config: ClientConfig,
    private readonly tls?: ProbeDatabase['tls'],
  ) {
    this.client = clientFor(config, tls !== undefined);
  }

  /** @throws DatabaseFault */
  async connect(): Promise<void> {
    try {
      await this.client.connect().catch((error: unknown) => {
        if (this.tls === undefined || !String(error).includes('does not support SSL')) throw error;
        this.client = clientFor(this.config, false);
        return this.client.connect();
      });
    } catch (error) {
      this.fault('cannot be reached', error);
    }
  }

  /** @throws DatabaseFault */
  async ask(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const result = await this.client
      .query<Row>(sql, [...values])
      .catch((error: unknown) => this.fault('does not answer', error));
    return result.rows;
  }

  async end(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  private fault(what: string, error: unknown): never {
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = message || String(code);
    throw new DatabaseFault(`${this.name} ${what}: ${reason}`, code, reason);
  }
}

function clientFor(config: ClientConfig, isEncrypted: boolean): Client {
  // Loaded here because most checks need none.
  const { Client: PgClient } = require('pg') as typeof import('pg');
  const client = new PgClient({
    ...config,
    // the authority that signs a database's certificate is none that Node knows
    ...(isEncrypted && { ssl: { rejectUnauthorized: false } }),
    application_name: APPLICATION,
  });
  // after a connection breaks, the next query fails with the reason
  client.on('error', () => {});
  return client;
}
