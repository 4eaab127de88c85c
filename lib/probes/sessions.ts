import type { HostPort, ProbeDatabase } from './context';
import { dialectOf } from './dialects';
import { Session } from './session';

const TIMEOUT_MS = 5_000;

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
