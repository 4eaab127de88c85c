import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../../blueprint/blueprint';
import type { LoadBalancer, RoutingListener } from '../../../blueprint/load-balancing';
import { HttpListener } from './http-listener';
import type { ListenerUrls } from './redirect';
import type { Targets } from './targets';
import type { TrafficWeights } from './traffic-weights';
import { TcpListener } from './tcp-listener';

/** What a listener looks up with each request: a release may change it. */
export interface ListenerContext {
  loadBalancer(): LoadBalancer;
  listener(): RoutingListener;
  /** Undefined for a target group that no service here has. */
  targetsOf(group: Address): Targets | undefined;
  readonly urlOf: ListenerUrls;
  /** What share of the requests goes elsewhere, and the name of this listener there. @default - nothing does */
  readonly weights?: { readonly of: TrafficWeights; readonly listener: string };
}

/** What handles the connections of clients. */
export interface OpenListener {
  accept(socket: Socket, way: WayIn): void;
}

/** How a client's connection came in. */
export interface WayIn {
  /** The host name that requests are taken to have. @default - the one that they have */
  readonly host?: string;
  /** Whether it is for this environment alone, whatever share of the requests goes elsewhere. @default false */
  readonly isDirect?: boolean;
}

/** A listener of a load balancer on this machine, with the ports where clients reach it. */
export class LocalListener {
  private readonly sockets = new Set<Socket>();
  private readonly handler: OpenListener;
  /** By the way in; the listener's own port is that of {@link PUBLIC}. */
  private readonly servers = new Map<string, Server>();

  constructor(
    private readonly context: ListenerContext,
    private readonly address: string,
  ) {
    const { protocol } = context.listener();
    this.handler =
      protocol === 'http' || protocol === 'https' ? new HttpListener(context) : new TcpListener(context);
  }

  /** Listens on the port of the template, or on another one where that is taken, reserved for root, or means TLS. */
  async open(): Promise<void> {
    const { protocol, port } = this.context.listener();
    await this.listen(PUBLIC, protocol === 'https' || protocol === 'tls' ? 0 : port);
  }

  /** Where clients reach it. */
  get url(): string {
    return this.urlOf(PUBLIC);
  }

  get port(): number {
    return portOf(this.serverOf(PUBLIC)!);
  }

  /** Where clients reach it by another way: those that mean a host name and do not resolve it, and checks of this environment. */
  async urlFor(way: WayIn): Promise<string> {
    if (!this.serverOf(way)) await this.listen(way, 0);
    return this.urlOf(way);
  }

  async close(): Promise<void> {
    const all = [...this.servers.values()];
    const closed = all.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  private serverOf(way: WayIn): Server | undefined {
    return this.servers.get(keyOf(way));
  }

  private urlOf(way: WayIn): string {
    return `http://${this.address}:${portOf(this.serverOf(way)!)}`;
  }

  private async listen(way: WayIn, wanted: number): Promise<void> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      this.handler.accept(socket, way);
    });
    const isListening = await listening(server, wanted, this.address);
    if (!isListening) await listening(server, 0, this.address);
    this.servers.set(keyOf(way), server);
  }
}

/** The listener's own port, where every client may come. */
const PUBLIC: WayIn = {};

const keyOf = ({ host = '', isDirect = false }: WayIn): string => `${host} ${isDirect}`;

const portOf = (server: Server): number => (server.address() as { port: number }).port;

/** @returns whether it listens: false where the port is taken, or reserved for root */
function listening(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (port !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) resolve(false);
      else reject(error);
    };
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}
