import { Agent, request, type ClientRequest, type OutgoingHttpHeaders } from 'node:http';
import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders as Http2Headers,
} from 'node:http2';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TargetGroup } from '../../../blueprint/load-balancing';
import type { HostPort } from '../../../probes/context';

/** A request as it is sent on. */
export interface Sent {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
}

/** Where requests are sent on to, with the connections that are kept. */
export class Upstream implements HostPort {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly protocolVersion: TargetGroup['protocolVersion'];
  private readonly agent: Agent;
  private session: ClientHttp2Session | undefined;

  /** @param idleSeconds - for how long an idle connection is kept */
  constructor(
    { name, host, port }: HostPort & { readonly name: string },
    { protocol, protocolVersion }: Pick<TargetGroup, 'protocol' | 'protocolVersion'>,
    idleSeconds: () => number,
  ) {
    this.name = name;
    this.host = host;
    this.port = port;
    this.isTls = protocol === 'HTTPS' || protocol === 'TLS';
    this.protocolVersion = protocolVersion;
    this.agent = this.isTls
      ? new TlsAgent({ keepAlive: true, ...UNVERIFIED })
      : new Agent({ keepAlive: true });
    // As long as the load balancer keeps it: unlike Node, it does not read what a target says of that in `Keep-Alive`.
    this.agent.keepSocketAlive = (socket) => {
      (socket as Socket)
        .setKeepAlive(true, 1000)
        .setTimeout(idleSeconds() * 1000)
        .unref();
      return true;
    };
  }

  /** Begins a request over HTTP/1.1. */
  request({ method, path, headers }: Sent, { isKept }: { readonly isKept: boolean }): ClientRequest {
    const { host, port } = this;
    const agent = isKept ? this.agent : false;
    return this.isTls
      ? requestTls({ host, port, method, path, headers, agent, ...UNVERIFIED })
      : request({ host, port, method, path, headers, agent });
  }

  /** Begins a request over HTTP/2. */
  stream(headers: Http2Headers, props: { readonly endStream: boolean }): ClientHttp2Stream {
    if (!this.session || this.session.destroyed || this.session.closed) {
      const { host, port } = this;
      this.session = connectHttp2(`${this.isTls ? 'https' : 'http'}://${host}:${port}`, UNVERIFIED);
      this.session.on('error', () => {}); // its streams report it
      this.session.unref();
    }
    return this.session.request({ ...headers, ':scheme': this.isTls ? 'https' : 'http' }, props);
  }

  /** Begins a connection. */
  connect(): Socket {
    const { host, port } = this;
    if (this.isTls) return connectTls({ host, port, ...UNVERIFIED });
    return connect({ host, port, noDelay: true, allowHalfOpen: true });
  }

  /** Closes the connections that no request uses: a service that waits for its connections to end must not wait for those. */
  closeIdle(): void {
    for (const sockets of Object.values(this.agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
    this.session?.close();
  }

  /** Closes every connection. */
  destroy(): void {
    this.agent.destroy();
    this.session?.destroy();
  }
}

/** As on AWS: a load balancer does not verify the certificates of its targets. */
const UNVERIFIED = { rejectUnauthorized: false } as const;
