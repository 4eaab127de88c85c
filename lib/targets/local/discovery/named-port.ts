import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { createServer as createHttp2Server, type Http2ServerResponse } from 'node:http2';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DiscoveryName } from '../../../blueprint/discovery';
import {
  answerOn,
  breakOff,
  forward,
  forwardStream,
  forwardUpgrade,
  reply,
  type Exchange,
  type Incoming,
  type Outgoing,
} from '../balancer/forwarding';
import { listen, portOf } from '../balancer/listening';
import { Upstream } from '../balancer/upstream';
import type { FoundTask, RunningTasks } from './running-tasks';

/** A port of a name: sends connections, or requests, to the tasks of its service in turn. */
export class NamedPort {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly upstreams = new WeakMap<FoundTask, Upstream>();

  /** @param offer - a release may change it */
  constructor(
    public offer: DiscoveryName,
    private readonly tasks: RunningTasks,
  ) {
    this.server = this.serverFor(offer.protocol);
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** The port where it listens. */
  get port(): number {
    return portOf(this.server);
  }

  async open(address: string): Promise<void> {
    await listen(this.server, this.offer.port, address);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private serverFor(protocol: DiscoveryName['protocol']): Server {
    if (protocol === 'tcp')
      return createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
        client.on('error', () => client.destroy());
        this.join(client, this.tasks.inTurn());
      });
    const serve = (incoming: Incoming, outgoing: Outgoing): void => this.serve(incoming, outgoing);
    if (protocol !== 'http') return createHttp2Server(serve).on('sessionError', () => {});
    return createHttpServer({ keepAliveTimeout: 0 }, serve).on('upgrade', (incoming, socket, head) =>
      this.upgrade(incoming, socket, head),
    );
  }

  /** A client that gets no connection tries the next address. */
  private join(client: Socket, [task, ...others]: readonly FoundTask[]): void {
    if (!task) return void client.resetAndDestroy();
    const { containerPort } = this.offer;
    const upstream = connect({
      host: task.host,
      port: task.portOf(containerPort),
      noDelay: true,
      allowHalfOpen: true,
    });
    const tryNext = (): void => this.join(client, others);
    upstream.once('error', tryNext);
    client.once('close', () => upstream.destroy());
    upstream.once('connect', () => {
      upstream.off('error', tryNext).on('error', () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
  }

  private serve(incoming: Incoming, outgoing: Outgoing): void {
    const [task] = this.tasks.inTurn();
    if (!task) return reply(outgoing, 503, PLAIN, 'no healthy upstream');
    this.limit(outgoing);
    const to = this.upstreamOf(task);
    if (to.protocolVersion === 'HTTP1') return forward(to, exchangeOf(incoming), outgoing);
    forwardStream(to, exchangeOf(incoming), outgoing as Http2ServerResponse);
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const [task] = this.tasks.inTurn();
    if (!task) return reply(answerOn(socket, incoming), 503, PLAIN, 'no healthy upstream');
    forwardUpgrade(this.upstreamOf(task), { ...exchangeOf(incoming), incoming }, socket, head);
  }

  /** A response has to be complete in time. */
  private limit(outgoing: Outgoing): void {
    const { requestTimeoutSeconds } = this.offer;
    if (requestTimeoutSeconds === 0) return;
    const timer = setTimeout(() => {
      if (outgoing.headersSent) breakOff(outgoing);
      else reply(outgoing, 504, PLAIN, 'upstream request timeout');
    }, requestTimeoutSeconds * 1000);
    (outgoing as { once(event: 'close', run: () => void): unknown }).once('close', () => clearTimeout(timer));
  }

  private upstreamOf(task: FoundTask): Upstream {
    const known = this.upstreams.get(task);
    if (known) return known;
    const { containerPort, protocol } = this.offer;
    const protocolVersion = protocol === 'http' ? 'HTTP1' : 'HTTP2';
    const at = { name: task.name, host: task.host, port: task.portOf(containerPort) };
    const upstream = new Upstream(at, { protocol: 'HTTP', protocolVersion }, () => KEPT_SECONDS);
    this.upstreams.set(task, upstream);
    return upstream;
  }
}

const PLAIN = { server: 'envoy', 'content-type': 'text/plain' } as const;
/** Less than programs keep an idle connection: the proxy of Service Connect tries again where a request meets the close of one. */
const KEPT_SECONDS = 1;

const exchangeOf = (incoming: Incoming): Exchange => ({
  incoming,
  cookies: () => [],
  sent: {
    method: incoming.method,
    path: incoming.url ?? '/',
    headers: ofRequest(incoming.headers),
  },
});

/** The headers of a request without those of its connection. */
function ofRequest(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { connection: _, 'keep-alive': __, ...others } = headers;
  const names = Object.entries(others).filter(([name]) => !name.startsWith(':'));
  return { host: headers[':authority'] as string | undefined, ...Object.fromEntries(names) };
}
