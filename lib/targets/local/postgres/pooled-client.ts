import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { DatabaseError } from 'pg';
import type { HostPort } from '../../../probes/context';
import { isPinning } from './pinning';
import { Refused, type ProxyLogins } from './proxy-logins';
import { BorrowTimeout, type Login, type Pool, type Pooled } from './pool';
import { fatal, message, Messages, REQUEST, sessionParameters, startPacket } from './wire';

/** What a client of an RDS proxy is served with. */
export interface PooledClientProps {
  readonly pool: Pool;
  readonly secureContext: SecureContext;
  readonly requiresTls: boolean;
  readonly logins: ProxyLogins;
  /** The proxy's address. */
  readonly endpoint: () => HostPort;
}

/**
 * One client of an RDS proxy. It has a session with the database only while it works in it, unless its session has a state of its
 * own: between transactions it survives the end of any server.
 */
export class PooledClient {
  private socket: Socket;
  private login: Login | undefined;
  private readonly requests = new Messages();
  private replies = new Messages();
  private waiting: Buffer[] = [];
  private pooled: Pooled | undefined;
  private isBorrowing = false;
  private isPinned = false;
  /** How many answers that end with "ready" are to come. */
  private outstanding = 0;
  private start: Buffer = Buffer.alloc(0);

  constructor(
    socket: Socket,
    private readonly props: PooledClientProps,
  ) {
    this.socket = this.attach(socket);
  }

  destroy(): void {
    this.socket.destroy();
  }

  private attach(socket: Socket): Socket {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
    // What a client leaves unfinished is no state for the next one.
    socket.once('close', () => {
      if (this.socket === socket) this.pooled?.stream.destroy();
    });
    return socket;
  }

  private receive(chunk: Buffer): void {
    if (this.login === undefined) return this.begin(Buffer.concat([this.start, chunk]));
    for (const { type, bytes } of this.requests.push(chunk)) {
      if (type === 'p') this.signIn(bytes.subarray(5, -1).toString('utf8'));
      else if (type === 'X') this.socket.end();
      else this.forward(type, bytes);
    }
  }

  private begin(bytes: Buffer): void {
    this.start = bytes;
    const packet = startPacket(bytes);
    if (!packet) return;
    this.start = Buffer.alloc(0);
    if (packet.code === REQUEST.tls) return this.encrypt();
    if (packet.code === REQUEST.gss) return void this.socket.write('N');
    if (packet.code !== REQUEST.session) return this.destroy(); // a cancel request names no session of a server
    if (this.props.requiresTls && !(this.socket instanceof TLSSocket)) {
      return this.refuse('28000', 'This RDS proxy requires TLS connections');
    }
    const {
      user = '',
      database = user,
      options = '',
      ...others
    } = Object.fromEntries(sessionParameters(packet));
    const more = Object.entries(others).map(
      ([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, String.raw`\$&`)}`,
    );
    this.login = { user, password: '', database, options: [options, ...more].join(' ').trim() };
    this.socket.write(message('R', 3)); // the password, as it is: the proxy signs in with it
  }

  private encrypt(): void {
    const plain = this.socket;
    plain.removeAllListeners('data');
    plain.write('S');
    this.socket = this.attach(
      new TLSSocket(plain, { isServer: true, secureContext: this.props.secureContext }),
    );
  }

  private signIn(password: string): void {
    const isEncrypted = this.socket instanceof TLSSocket;
    const given = { user: this.login!.user, password, isEncrypted };
    try {
      const own = this.props.logins.passwordFor(given, this.props.endpoint());
      this.login = { ...this.login!, password: own };
    } catch (error) {
      if (error instanceof Refused) return this.refuse('28P01', error.message);
      throw error;
    }
    void this.withSession((pooled) => {
      const status = [...pooled.parameters].map(([name, value]) => message('S', name, value));
      const key = message('K', process.pid, randomBytes(4));
      this.socket.write(Buffer.concat([message('R', 0), ...status, key, READY]));
      this.settle();
    });
  }

  private forward(type: string, bytes: Buffer): void {
    if (isPinning(type, bytes)) this.isPinned = true;
    if (type === 'Q' || type === 'S' || type === 'F') this.outstanding++;
    this.waiting.push(bytes);
    if (this.pooled) return this.flush();
    void this.withSession(() => this.flush());
  }

  private flush(): void {
    const { stream } = this.pooled!;
    const more = stream.write(Buffer.concat(this.waiting));
    this.waiting = [];
    if (more) return;
    this.socket.pause();
    stream.once('drain', () => this.socket.resume());
  }

  /** Works with a session of the database, for which it waits. */
  private async withSession(work: (pooled: Pooled) => void): Promise<void> {
    if (this.isBorrowing) return; // what is asked meanwhile waits for the same
    this.isBorrowing = true;
    try {
      const pooled = await this.props.pool.borrow(this.login!, () => !this.socket.destroyed);
      if (pooled) this.use(pooled, work);
    } catch (error) {
      if (error instanceof BorrowTimeout) {
        this.refuse('57000', 'Timed-out waiting to acquire database connection');
      } else if (error instanceof DatabaseError) this.refuse(error.code ?? '08006', error.message);
      else throw error;
    } finally {
      this.isBorrowing = false;
    }
  }

  private use(pooled: Pooled, work: (pooled: Pooled) => void): void {
    this.pooled = pooled;
    this.replies = new Messages();
    pooled.stream.on('data', this.reply);
    pooled.stream.once('close', this.lose);
    work(pooled);
  }

  private readonly reply = (chunk: Buffer): void => {
    const { stream } = this.pooled!;
    if (!this.socket.write(chunk)) {
      stream.pause();
      this.socket.once('drain', () => stream.resume());
    }
    for (const { type, bytes } of this.replies.push(chunk)) {
      if (type !== 'Z') continue;
      this.outstanding--;
      if (bytes[5] === IDLE) this.settle();
    }
  };

  /** A server that ends takes the clients that work in it along. */
  private readonly lose = (): void => this.destroy();

  /** Gives the session back, where it has nothing of this client's. */
  private settle(): void {
    const { pooled } = this;
    if (!pooled || this.isPinned || this.outstanding > 0) return;
    this.pooled = undefined;
    pooled.stream.off('data', this.reply).off('close', this.lose);
    pooled.stream.resume();
    this.props.pool.release(pooled);
  }

  private refuse(code: string, text: string): void {
    this.socket.end(fatal(code, text));
  }
}

const IDLE = 'I'.charCodeAt(0);
const READY = message('Z', Buffer.from('I'));
