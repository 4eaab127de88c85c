import { createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  Server as TlsServer,
  type SecureVersion,
  type TlsOptions,
} from 'node:tls';
import type { Address } from '../../../blueprint/blueprint';
import type { LoadBalancer, RoutingListener } from '../../../blueprint/load-balancing';
import type { ServerCertificate } from '../tls/authority';
import { HttpListener } from './http-listener';
import { listen, portOf } from './listening';
import type { ListenerUrls } from './redirect';
import type { Targets } from './targets';
import type { TrafficWeights } from './traffic-weights';
import { TcpListener } from './tcp-listener';
import { UdpListener } from './udp-listener';

/** What a listener looks up with each request: a release may change it. */
export interface ListenerContext {
  loadBalancer(): LoadBalancer;
  listener(): RoutingListener;
  /** Undefined for a target group that no service here has. */
  targetsOf(group: Address): Targets | undefined;
  readonly urlOf: ListenerUrls;
  /** What it encrypts with, where it does. */
  certificate(): Promise<ServerCertificate>;
  /** The listener of the same load balancer that encrypts. @default - none */
  encrypting?(): LocalListener | undefined;
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
  /** Whether clients do not encrypt where the listener does: checks, which know neither its name nor its authority. @default false */
  readonly isPlain?: boolean;
}

/** A listener of a load balancer on this machine, with the ports where clients reach it. */
export class LocalListener {
  private readonly sockets = new Set<Socket>();
  /** Undefined where it takes no connections. */
  private readonly handler: OpenListener | undefined;
  private readonly udp: UdpListener | undefined;
  /** By the way in; the listener's own port is that of {@link PUBLIC}. */
  private readonly servers = new Map<string, Server>();

  constructor(
    private readonly context: ListenerContext,
    private readonly address: string,
  ) {
    const { protocol } = context.listener();
    if (protocol === 'udp' || protocol === 'tcp_udp') this.udp = new UdpListener(context);
    if (protocol === 'http' || protocol === 'https') this.handler = new HttpListener(context);
    else if (protocol !== 'udp') this.handler = new TcpListener(context);
  }

  /** Listens on the port of the template, or on another one where that is taken or reserved for root. */
  async open(): Promise<void> {
    const { port } = this.context.listener();
    if (this.handler) await this.listen(PUBLIC, port);
    await this.udp?.open(this.address, this.handler ? this.port : port);
  }

  /** Lets new connections be encrypted as its listener now says. */
  async renew(): Promise<void> {
    for (const server of this.servers.values()) {
      if (server instanceof TlsServer) server.setSecureContext(await this.secrets());
    }
  }

  /** Where clients reach it. */
  get url(): string {
    return this.urlOf(PUBLIC);
  }

  /** Whether it is on another port than that of the template. */
  get isMoved(): boolean {
    return this.port !== this.context.listener().port;
  }

  get port(): number {
    return this.handler ? portOf(this.serverOf(PUBLIC)!) : this.udp!.port;
  }

  /** Where clients reach it by another way: those that mean a host name and do not resolve it, and checks of this environment. */
  async urlFor(way: WayIn): Promise<string> {
    await this.portFor(way);
    return this.urlOf(way);
  }

  /** The port of another way. */
  async portFor(way: WayIn): Promise<number> {
    if (this.handler && !this.serverOf(way)) await this.listen(way, 0);
    return this.handler ? portOf(this.serverOf(way)!) : this.port;
  }

  async close(): Promise<void> {
    this.udp?.close();
    const all = [...this.servers.values()];
    const closed = all.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  private serverOf(way: WayIn): Server | undefined {
    return this.servers.get(keyOf(way));
  }

  private urlOf(way: WayIn): string {
    if (!this.handler) return `udp://${this.address}:${this.port}`;
    const scheme = this.encrypts(way) ? 'https' : 'http';
    return `${scheme}://${this.address}:${portOf(this.serverOf(way)!)}`;
  }

  private encrypts({ isPlain = false }: WayIn): boolean {
    return this.context.listener().tls !== undefined && !isPlain;
  }

  private async listen(way: WayIn, wanted: number): Promise<void> {
    const options = { noDelay: true, allowHalfOpen: true };
    const accept = (socket: Socket): void => this.handler!.accept(socket, way);
    const server = this.encrypts(way)
      ? createTlsServer({ ...options, ...(await this.secrets()) }, accept)
      : createServer(options, way === PUBLIC ? (socket) => this.sort(socket, accept) : accept);
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await listen(server, wanted, this.address);
    this.servers.set(keyOf(way), server);
  }

  /**
   * Where it is not on the port of the template, its port is in the name of its load balancer: clients that encrypt come to it too, and
   * are passed on by the first byte of their handshake.
   */
  private sort(socket: Socket, accept: (socket: Socket) => void): void {
    const other = this.isMoved ? this.context.encrypting?.() : undefined;
    if (!other) return accept(socket);
    const fail = (): unknown => socket.destroy();
    socket.once('error', fail);
    socket.once('readable', () => {
      socket.off('error', fail);
      const first = socket.read(1) as Buffer | null;
      if (first) socket.unshift(first);
      if (!first) socket.destroy();
      else if (first[0] === TLS_HANDSHAKE) other.serverOf(PUBLIC)!.emit('connection', socket);
      else accept(socket);
    });
  }

  private async secrets(): Promise<TlsOptions> {
    const { key, chain: cert } = await this.context.certificate();
    const { alpn = [], versions } = this.context.listener().tls ?? {};
    return {
      key,
      cert,
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      ...(versions && {
        minVersion: VERSIONS[versions.least]!,
        maxVersion: VERSIONS[versions.most]!,
        ...(versions.least < 2 && { ciphers: 'DEFAULT@SECLEVEL=0' }), // OpenSSL 3 refuses versions before 1.2 otherwise
      }),
    };
  }
}

/** https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const TLS_HANDSHAKE = 22;
const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** The listener's own port, where every client may come. */
const PUBLIC: WayIn = {};

const keyOf = ({ host = '', isDirect = false, isPlain = false }: WayIn): string =>
  `${host} ${isDirect} ${isPlain}`;
