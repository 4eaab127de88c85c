import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { TwinError } from '../../error';
import type { HostPort } from '../../probes/context';

/** Where a connection goes: a Unix socket, or a host and a port. Compared by identity. */
export type Upstream = { readonly path: string } | HostPort;

/** What an endpoint is created with. */
export interface ProxyProps {
  /** For messages: `Orders reader`. */
  readonly name: string;
  /** A loopback address. */
  readonly host: string;
  /** Where the next connection goes; undefined closes it at once. */
  readonly route: () => Upstream | undefined;
  /** How long what comes back to a client is kept. @default 0 */
  readonly delayMs?: number | ((client: Socket) => number);
  /** Serves a client in place of forwarding its bytes; its end is the end of what it is connected with. @default - bytes are forwarded */
  readonly serve?: ((client: Socket, to: Upstream) => void) | undefined;
}

/** How many ports are tried when the declared one is taken. */
const ATTEMPTS = 10;

/** A stable address in front of changing servers: every connection is forwarded to where its route points. */
export class Proxy implements HostPort {
  readonly name: string;
  readonly host: string;
  private readonly route: ProxyProps['route'];
  private readonly delayMs: NonNullable<ProxyProps['delayMs']>;
  private readonly serve: ProxyProps['serve'];
  private readonly server: Server;
  private readonly connections = new Map<Socket, Upstream>();

  private constructor({ name, host, route, delayMs = 0, serve }: ProxyProps) {
    this.name = name;
    this.host = host;
    this.route = route;
    this.delayMs = delayMs;
    this.serve = serve;
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.forward(client));
  }

  /**
   * Opens endpoints that share one port, like those of a cluster: the declared port, or another one when that is taken on
   * this machine.
   *
   * @throws TwinError `no-address` when this machine does not have one of the addresses
   */
  static async openAll(wanted: readonly ProxyProps[], declaredPort: number): Promise<readonly Proxy[]> {
    let port = declaredPort;
    for (let attempt = 1; ; attempt++) {
      const proxies = wanted.map((props) => new Proxy(props));
      try {
        for (const proxy of proxies) {
          await proxy.listen(port);
          port = proxy.port;
        }
        return proxies;
      } catch (error) {
        await Promise.all(proxies.map((proxy) => proxy.close()));
        const { code } = error as NodeJS.ErrnoException;
        // EACCES: ports below 1024 are reserved for root
        if ((code !== 'EADDRINUSE' && code !== 'EACCES') || attempt === ATTEMPTS) throw error;
        port = 0;
      }
    }
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Closes the connections to one upstream, or all. */
  cut(upstream?: Upstream): void {
    for (const [client, to] of this.connections) {
      if (upstream === undefined || to === upstream) client.destroy();
    }
  }

  /** Closes all connections and accepts no more. */
  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (cause: NodeJS.ErrnoException): void =>
        reject(cause.code === 'EADDRNOTAVAIL' ? noAddress(this, cause) : cause);
      this.server.once('error', fail).listen(port, this.host, () => resolve());
    });
  }

  private forward(client: Socket): void {
    const to = this.route();
    if (!to) {
      client.destroy();
      return;
    }
    this.connections.set(client, to);
    if (this.serve) {
      client.once('close', () => this.connections.delete(client));
      return this.serve(client, to);
    }
    const upstream = connect({ ...to, noDelay: true, allowHalfOpen: true });
    const delayMs = typeof this.delayMs === 'number' ? this.delayMs : this.delayMs(client);
    const back = delayMs > 0 ? upstream.pipe(delay(delayMs)) : upstream;
    client.pipe(upstream);
    back.pipe(client);
    // A regular end passes through the pipes after all data; any error closes both sides. Not with resetAndDestroy: after a
    // pending shutdown it leaves a handle behind that Node 20 waits for forever when it exits.
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.once('close', () => {
      this.connections.delete(client);
      upstream.destroy();
      back.destroy();
    });
  }
}

/** Gives on what it gets after a while, all of it in its order. */
function delay(ms: number): Transform {
  const waiting = new Set<NodeJS.Timeout>();
  let ended: (() => void) | undefined;
  const later = new Transform({
    transform(chunk: Buffer, _, next) {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        later.push(chunk);
        if (waiting.size === 0) ended?.();
      }, ms);
      waiting.add(timer);
      next();
    },
    flush(done) {
      if (waiting.size === 0) done();
      else ended = done;
    },
    destroy(error, done) {
      for (const timer of waiting) clearTimeout(timer);
      done(error);
    },
  });
  return later;
}

function noAddress({ name, host }: Proxy, cause: unknown): TwinError {
  return new TwinError({
    code: 'no-address',
    message: `"${name}" cannot listen on ${host}: this machine does not have the address`,
    fix: `Run "sudo ifconfig lo0 alias ${host}".`,
    cause,
    isMachineFault: true,
  });
}
