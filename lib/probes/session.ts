import type { HostPort, ProbeDatabase } from './context';
import { dialectOf } from './dialects';

/** An error of a database, or of the connection to it: a finding, not a bug. */
export class DatabaseFault extends Error {
  constructor(
    message: string,
    readonly kind: FaultKind,
    /** The message without the name of the server. */
    readonly reason: string,
  ) {
    super(message);
  }
}

/** What failed: the connection, the password, or a statement, which may be because what it reads is not there yet. */
export type FaultKind = 'connection' | 'password' | 'not-there' | 'statement';

/** Where a driver connects to, and as whom. */
export interface DriverProps extends HostPort {
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: ProbeDatabase['tls'];
  /** For the connection, and for each statement. */
  readonly timeoutMs: number;
}

/** One connection to a database, by its engine's protocol. It rejects with the errors of the engine. */
export interface Driver {
  connect(): Promise<void>;
  query(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  end(): Promise<void>;
  kindOf(error: unknown): FaultKind;
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
    const driver = dialectOf(this.database).driver({ host, port, database, user, password, tls, timeoutMs });
    const session = new Session(`${name} (${host}:${port})`, driver);
    this.opened.push(session);
    await session.connect();
    return session;
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.stop);
    await Promise.all(this.opened.map((session) => session.end()));
  }
}

/** A session with a database. */
export class Session {
  constructor(
    private readonly name: string,
    private readonly driver: Driver,
  ) {}

  /** @throws DatabaseFault */
  async connect(): Promise<void> {
    await this.driver.connect().catch((error: unknown) => this.fault('cannot be reached', error));
  }

  /** @throws DatabaseFault */
  async ask(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.driver.query(sql, values).catch((error: unknown) => this.fault('does not answer', error));
  }

  async end(): Promise<void> {
    await this.driver.end();
  }

  private fault(what: string, error: unknown): never {
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = message || String(code);
    throw new DatabaseFault(`${this.name} ${what}: ${reason}`, this.driver.kindOf(error), reason);
  }
}
