import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { LoadBalancer, RoutingListener, Rule } from '../../../blueprint/load-balancing';
import { hasTooManyAddresses, forwardedHeaders } from './forwarded-headers';
import {
  answer,
  answerOn,
  breakOff,
  forward,
  forwardStream,
  forwardUpgrade,
  reply,
  type Exchange,
  type Incoming,
  type Outgoing,
} from './forwarding';
import { GroupChoice } from './group-choice';
import type { ListenerContext, OpenListener, WayIn } from './listener';
import { locationOf } from './redirect';
import { ruleFor, transformed, type RoutedRequest } from './routing';
import { cookieToSet, StickyCookies, targetCookie } from './stickiness';
import type { Targets } from './targets';
import type { Upstream } from './upstream';

/** A listener of an Application Load Balancer: sends each request where its rules say. */
export class HttpListener implements OpenListener {
  private readonly server: Server;
  private readonly http2: Http2Server;
  private readonly cookies = new StickyCookies();
  private readonly groups = new GroupChoice(this.cookies);
  /** When a client's connection was made: milliseconds. */
  private readonly since = new WeakMap<object, number>();
  /** The host names that connections stand for. */
  private readonly hosts = new WeakMap<object, string>();
  /** The connections whose requests are for this environment, whatever share goes elsewhere. */
  private readonly direct = new WeakSet<object>();

  constructor(private readonly context: ListenerContext) {
    this.server = createServer(
      { maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: 0 },
      (incoming, outgoing) => {
        outgoing.once('timeout', () => this.giveUp(incoming, outgoing));
        outgoing.shouldKeepAlive &&= !this.isOld(incoming.socket);
        this.serve(incoming, outgoing);
      },
    );
    this.server.on('upgrade', (incoming, socket, head) => this.upgrade(incoming, socket, head));
    this.server.on('clientError', (error, socket) => refuse(error, socket));
    this.http2 = createHttp2Server((incoming, outgoing) => this.serve(incoming, outgoing));
    this.http2.on('sessionError', () => {}); // the client's connection has broken off
  }

  accept(socket: Socket, { host, isDirect = false }: WayIn): void {
    this.since.set(socket, Date.now());
    if (isDirect) this.direct.add(socket);
    if (host !== undefined) this.hosts.set(socket, host);
    socket.on('error', () => socket.destroy());
    this.server.timeout = this.idleMs;
    if (this.listener.protocol !== 'https') return void this.server.emit('connection', socket);
    const end = (): void => void socket.destroy();
    if (socket instanceof TLSSocket) {
      if (socket.alpnProtocol !== 'h2') return void this.server.emit('connection', socket);
      this.http2.emit('connection', socket);
      return void socket.setTimeout(this.idleMs, end);
    }
    // Clients speak HTTP/2 to a load balancer over TLS alone: those that do not encrypt here speak it without.
    socket.setTimeout(this.idleMs, end).once('end', end);
    socket.once('data', (first: Buffer) => {
      socket.pause().unshift(first);
      socket.off('timeout', end).off('end', end);
      const isHttp2 = first.subarray(0, PREFACE.length).equals(PREFACE.subarray(0, first.length));
      (isHttp2 ? this.http2 : this.server).emit('connection', socket);
      if (isHttp2) socket.setTimeout(this.idleMs, end);
      else socket.resume();
    });
  }

  private get loadBalancer(): LoadBalancer {
    return this.context.loadBalancer();
  }

  private get listener(): RoutingListener {
    return this.context.listener();
  }

  private get idleMs(): number {
    return this.loadBalancer.idleTimeoutSeconds * 1000;
  }

  private isOld(socket: object): boolean {
    const since = this.since.get(socket) ?? Date.now();
    return Date.now() - since > this.loadBalancer.clientKeepAliveSeconds * 1000;
  }

  /** Nothing was sent either way for the idle time-out. */
  private giveUp(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (outgoing.headersSent) return breakOff(outgoing);
    outgoing.shouldKeepAlive = false;
    const seconds = this.loadBalancer.idleTimeoutSeconds;
    if (incoming.complete)
      answer(outgoing, 504, `the task did not answer in ${seconds} s, the idle time-out`);
    else answer(outgoing, 408, `the client sent nothing for ${seconds} s, the idle time-out`);
  }

  private serve(incoming: Incoming, outgoing: Outgoing): void {
    const elsewhere = this.elsewhere(incoming, outgoing);
    if (elsewhere) {
      const exchange = this.sentOn(incoming);
      if ('stream' in outgoing) return forwardStream(elsewhere, exchange, outgoing);
      return forward(elsewhere, exchange, outgoing);
    }
    const rule = this.route(incoming, (status, headers, body) => reply(outgoing, status, headers, body));
    if (!rule) return;
    const { targets, to, exchange } = rule;
    targets.count(to, outgoing);
    if (to.protocolVersion === 'HTTP1') return forward(to, exchange, outgoing);
    if ('stream' in outgoing && isFor(to, incoming)) return forwardStream(to, exchange, outgoing);
    answer(outgoing, 464, `the target group takes ${to.protocolVersion} alone`);
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (incoming.headers.upgrade?.toLowerCase() !== 'websocket')
      return this.ignoreUpgrade(incoming, socket, head);
    const elsewhere = this.elsewhere(incoming);
    if (elsewhere) return forwardUpgrade(elsewhere, { ...this.sentOn(incoming), incoming }, socket, head);
    const rule = this.route(incoming, (status, headers, body) =>
      reply(answerOn(socket, incoming), status, headers, body),
    );
    if (!rule) return;
    const { targets, to, exchange } = rule;
    (socket as Socket).setTimeout(this.idleMs, () => socket.destroy());
    targets.count(to, socket);
    forwardUpgrade(to, { ...exchange, incoming }, socket, head);
  }

  /** The environment beside this one, where a request is for that; what clients see of either is measured. */
  private elsewhere({ socket }: Incoming, outgoing?: Outgoing): Upstream | undefined {
    const { weights } = this.context;
    if (!weights || this.direct.has(socket)) return undefined;
    const to = weights.of.next(weights.listener);
    if (outgoing) weights.of.measure(to !== undefined, outgoing, () => statusOf(outgoing));
    return to;
  }

  /** A request as it came: the load balancer beside this one has the same rules. */
  private sentOn(incoming: Incoming): Exchange {
    const request = requestOf(incoming, this.hosts.get(incoming.socket));
    return this.exchange(incoming, request, { transforms: [] }, () => []);
  }

  /** Finds where a request is to be sent, or answers it. */
  private route(incoming: Incoming, say: Say): Routed | undefined {
    const text = (status: number, why: string): undefined =>
      say(status, { 'content-type': 'text/plain' }, `${status}: ${why}\n`);
    if (hasTooManyAddresses(incoming.headers)) return text(463, 'X-Forwarded-For has more than 30 addresses');
    const request = requestOf(incoming, this.hosts.get(incoming.socket));
    const rule = ruleFor(this.listener.rules, request);
    const { action } = rule;
    if (action.kind === 'fixed-response')
      return say(action.status, { 'content-type': action.contentType }, action.body);
    if (action.kind === 'redirect') {
      const location = locationOf(action, request, this.listener, (protocol, port) =>
        this.context.urlOf(protocol, port),
      );
      return say(action.status, { location, 'content-type': 'text/plain' }, '');
    }
    const { group, cookies } = this.groups.choose(action, incoming.headers, isEncrypted(incoming));
    const targets = group && this.context.targetsOf(group);
    const { stickiness } = targets?.props ?? {};
    const cookie = targetCookie(stickiness, incoming.headers);
    const preferred = cookie && this.cookies.named(cookie, incoming.headers, targets!.names);
    const to = targets?.next(preferred);
    if (!targets || !to) return text(503, 'no task is registered');
    const exchange = this.exchange(incoming, request, rule, (response) => {
      noteKeepAlive(targets, response['keep-alive']);
      const set = stickiness && cookieToSet(stickiness, response);
      const own =
        set && stickiness.by !== 'source_ip'
          ? this.cookies.set(set, to.name, stickiness.seconds, isEncrypted(incoming))
          : [];
      return [...cookies, ...own];
    });
    return { targets, to, exchange };
  }

  private exchange(
    incoming: Incoming,
    request: RoutedRequest,
    { transforms }: Pick<Rule, 'transforms'>,
    cookies: Exchange['cookies'],
  ): Exchange {
    const { method, url = '/' } = incoming;
    const given = this.hosts.get(incoming.socket) ?? authorityOf(incoming);
    const changed = transformed(transforms, { host: given, url });
    const headers = forwardedHeaders(
      incoming.headers,
      request.address,
      this.listener,
      this.loadBalancer.forwardedFor,
    );
    return {
      incoming,
      cookies,
      sent: { method, path: changed.url, headers: { ...headers, host: changed.host } },
    };
  }

  /** An upgrade to anything else, such as HTTP/2, is an offer that a server may ignore: the request is read anew without it. */
  private ignoreUpgrade({ method, url, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const lines = [`${method} ${url} HTTP/1.1`];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (!/^(upgrade|connection)$/i.test(rawHeaders[i]!))
        lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
    }
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
    this.server.emit('connection', socket);
  }
}

const isEncrypted = ({ socket }: Incoming): boolean => (socket as Partial<TLSSocket>).encrypted === true;

type Say = (status: number, headers: Record<string, string>, body: string) => undefined;

/** The status of an answer; undefined where there was none. */
function statusOf(outgoing: Outgoing): number | undefined {
  // gRPC answers go past the response of Node
  if ('stream' in outgoing) return Number(outgoing.stream.sentHeaders?.[':status'] ?? NaN) || undefined;
  return outgoing.headersSent ? outgoing.statusCode : undefined;
}

/** Where a request is sent on to. */
interface Routed {
  readonly targets: Targets;
  readonly to: Upstream;
  readonly exchange: Exchange;
}

/** What every connection over HTTP/2 begins with. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MOST_HEADER_BYTES = 64 * 1024;

/** Whether the target group of a task takes a request over HTTP/2. */
const isFor = ({ protocolVersion }: Upstream, { method, headers }: Incoming): boolean =>
  protocolVersion === 'HTTP2' ||
  (method === 'POST' && headers['content-type']?.startsWith('application/grpc') === true);

const authorityOf = ({ headers }: Incoming): string => String(headers[':authority'] ?? headers.host ?? '');

function requestOf(incoming: Incoming, host = authorityOf(incoming)): RoutedRequest {
  const { method = 'GET', url = '/', headers, socket } = incoming;
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  return {
    method,
    host: host.toLowerCase().replace(/:\d+$/, ''),
    path,
    query,
    headers,
    address: socket.remoteAddress ?? '',
  };
}

/** Registers how long the tasks of a target group keep idle connections, where they say so. */
function noteKeepAlive(targets: Targets, header: string | string[] | undefined): void {
  const seconds = /timeout=(\d+)/.exec(String(header ?? ''))?.[1];
  if (seconds !== undefined) targets.keepAliveSeconds = Number(seconds);
}

/** Answers what is no HTTP, or too large: the connection is closed. */
function refuse({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || code === 'ECONNRESET') return void socket.destroy();
  const status = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
