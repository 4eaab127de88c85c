import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, DatabaseError, type ClientConfig } from 'pg';
import type { Certificates } from './certificates';
import type { PostgresNode } from './node';

/** Who signs in, and to what. */
export interface Login {
  readonly user: string;
  /** Undefined where the proxy signs in by IAM, which has verified a token. */
  readonly password: string | undefined;
  readonly database: string;
  /** The other parameters of the session, as options of its start. */
  readonly options: string;
}

/** A session with the database, which clients take in turns. */
export interface Pooled {
  readonly login: string;
  readonly node: PostgresNode;
  readonly stream: Socket;
  /** What the server said of itself, by name. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What a pool is made with. */
export interface PoolProps {
  /** Where the next session leads; undefined while that is nowhere. */
  readonly route: () => PostgresNode | undefined;
  readonly limit: number;
  readonly borrowTimeoutMs: number;
  readonly certificates: Certificates;
}

/** No connection became free in time. */
export class BorrowTimeout extends Error {}

/** The sessions of an RDS proxy with its database. */
export class Pool {
  private readonly idle: Pooled[] = [];
  /** How many there are, and are being made. */
  private count = 0;

  constructor(private readonly props: PoolProps) {}

  /**
   * A session of a login: one that is idle, or a new one. Waits while all are taken, and while no server takes any: through a
   * failover.
   *
   * @throws BorrowTimeout
   * @throws DatabaseError when the server refuses the login
   */
  async borrow(login: Login, isWanted: () => boolean): Promise<Pooled | undefined> {
    const giveUp = Date.now() + this.props.borrowTimeoutMs;
    while (isWanted()) {
      const node = this.props.route();
      const pooled = node && ((await this.take(login, node)) ?? undefined);
      if (pooled) return pooled;
      if (Date.now() > giveUp) throw new BorrowTimeout();
      await pause(POLL_MS);
    }
    return undefined;
  }

  /** Gives a session back. */
  release(pooled: Pooled): void {
    if (pooled.stream.destroyed) return;
    if (pooled.node === this.props.route()) this.idle.push(pooled);
    else pooled.stream.destroy();
  }

  /** Ends the sessions that nobody has. */
  close(): void {
    for (const { stream } of this.idle.splice(0)) stream.destroy();
  }

  private async take(login: Login, node: PostgresNode): Promise<Pooled | undefined> {
    const key = JSON.stringify(login);
    const at = this.idle.findIndex((it) => it.login === key && it.node === node);
    if (at >= 0) return this.idle.splice(at, 1)[0]!;
    // One that is idle makes room for another user's.
    if (this.count >= this.props.limit) this.idle.shift()?.stream.destroy();
    if (this.count >= this.props.limit) return undefined;
    this.count++;
    try {
      return await this.open(login, key, node);
    } catch (error) {
      this.count--;
      // 57P03: it is starting or stopping
      if (error instanceof DatabaseError && error.code !== '57P03' && error.code !== '57P01') throw error;
      return undefined;
    }
  }

  private at({ password }: Login, node: PostgresNode): ClientConfig {
    if (password !== undefined) return { host: node.sockets, port: node.port, ssl: false };
    const { token, ca } = this.props.certificates;
    return { ...node.upstream, ssl: { key: token.key, cert: token.chain, ca } };
  }

  private async open(login: Login, key: string, node: PostgresNode): Promise<Pooled> {
    const client = new Client({ ...login, ...this.at(login, node) });
    client.on('error', () => {});
    const { connection } = client as unknown as { readonly connection: PgConnection };
    const parameters = new Map<string, string>();
    connection.on('parameterStatus', ({ parameterName, parameterValue }) =>
      parameters.set(parameterName, parameterValue),
    );
    await client.connect();
    // From here on the bytes are the clients' own.
    const { stream } = connection;
    stream.removeAllListeners();
    stream.on('error', () => {});
    const pooled = { login: key, node, stream, parameters };
    stream.once('close', () => {
      this.count--;
      const at = this.idle.indexOf(pooled);
      if (at >= 0) this.idle.splice(at, 1);
    });
    stream.resume(); // an idle session ends unseen otherwise
    return pooled;
  }
}

/** The members of pg's connection that its types lack. */
interface PgConnection {
  readonly stream: Socket;
  on(
    event: 'parameterStatus',
    listener: (it: { readonly parameterName: string; readonly parameterValue: string }) => void,
  ): void;
}

const POLL_MS = 10;
