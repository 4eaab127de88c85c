import type { HostPort, ProbeDatabase } from './context';

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

/** What the sessions of checks call themselves. */
export const APPLICATION = 'cdk-twin';

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
