import type { Connection, RowDataPacket } from 'mysql2/promise';
import { APPLICATION, type Driver, type DriverProps, type FaultKind, type Row } from '../session';

/** A connection to MySQL or MariaDB. */
export class MysqlDriver implements Driver {
  private connection: Connection | undefined;
  private isOver = false;

  constructor(private readonly props: DriverProps) {}

  async connect(): Promise<void> {
    const { host, port, database, user, password, timeoutMs } = this.props;
    // Loaded here because most environments need none.
    const { createConnection } = require('mysql2/promise') as typeof import('mysql2/promise');
    const connection = await createConnection({
      host,
      port,
      database,
      user,
      password,
      connectTimeout: timeoutMs,
      connectAttributes: { program_name: APPLICATION },
    });
    // after a connection breaks, the next query fails with the reason
    connection.on('error', () => {});
    if (this.isOver) connection.destroy();
    this.connection = connection;
  }

  async query(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const [rows] = await this.connection!.query<RowDataPacket[]>({
      sql,
      values: [...values],
      timeout: this.props.timeoutMs,
    });
    return rows;
  }

  /** At once: a server that hangs would not answer to a farewell. */
  async end(): Promise<void> {
    this.isOver = true;
    this.connection?.destroy();
    return Promise.resolve();
  }

  kindOf(error: unknown): FaultKind {
    const { code = '', fatal = false } = error as NodeJS.ErrnoException & { readonly fatal?: boolean };
    if (code === 'ER_ACCESS_DENIED_ERROR') return 'password';
    if (code === 'ER_NO_SUCH_TABLE' || code === 'ER_BAD_DB_ERROR') return 'not-there';
    return fatal || !code.startsWith('ER_') || code === 'ER_SERVER_SHUTDOWN' ? 'connection' : 'statement';
  }
}
