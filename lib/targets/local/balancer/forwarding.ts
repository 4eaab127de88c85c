import {
  ServerResponse,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import type {
  Http2ServerRequest,
  Http2ServerResponse,
  OutgoingHttpHeaders as Http2Headers,
} from 'node:http2';
import { pipeline, type Duplex } from 'node:stream';
import type { Sent, Upstream } from './upstream';

/** A request of a client, over either version of HTTP, and the answer to it. */
export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** A request and how it is sent on. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly sent: Sent;
  /** The cookies that the client gets beside those of the answer. */
  readonly cookies: (response: IncomingHttpHeaders) => readonly string[];
}

/** Sends a request on over HTTP/1.1, and its answer back. */
export function forward(to: Upstream, exchange: Exchange, outgoing: Outgoing): void {
  const { incoming, sent } = exchange;
  const upstream = to.request(sent, { isKept: true });
  outgoing.once('close', () => upstream.destroy());
  answerWith(upstream, to, exchange, () => outgoing);
  incoming.pipe(upstream);
}

/** Sends a request on over HTTP/2, and its answer back with the trailers that gRPC has its status in. */
export function forwardStream(
  to: Upstream,
  { incoming, sent, cookies }: Exchange,
  outgoing: Http2ServerResponse,
): void {
  const { stream: client } = outgoing;
  const { host, ...headers } = sent.headers;
  const upstream = to.stream(
    { ...unconnected(headers), ':method': sent.method!, ':path': sent.path, ':authority': String(host) },
    { endStream: (incoming as Http2ServerRequest).stream.readableEnded },
  );
  let trailers: Http2Headers = {};
  let why = 'without an answer';
  client.once('close', () => upstream.destroy());
  upstream.once('response', ({ ':status': status, ...response }, flags) => {
    const endStream = (flags & END_STREAM) !== 0;
    const all = withCookies(response, cookies);
    client.respond(
      { ...unconnected(all), ':status': status ?? 502 },
      { endStream, waitForTrailers: !endStream },
    );
    // in place of the listener of Node's response, which has no trailers
    client.removeAllListeners('wantTrailers').once('wantTrailers', () => client.sendTrailers(trailers));
    if (!endStream) upstream.pipe(client);
  });
  upstream.once('trailers', (it) => (trailers = it));
  upstream.once('error', (error) => (why = error.message));
  upstream.once('close', () => {
    if (!client.headersSent) answer(outgoing, 502, `${to.name} closed the connection: ${why}`);
    else if (!upstream.readableEnded && !client.writableEnded) breakOff(outgoing);
  });
  client.pipe(upstream);
}

/** Sends a request for a WebSocket on. Once the task has accepted it, whatever either side sends goes to the other. */
export function forwardUpgrade(
  to: Upstream,
  exchange: Exchange & { readonly incoming: IncomingMessage },
  socket: Duplex,
  head: Buffer,
): void {
  const { incoming, sent, cookies } = exchange;
  const upstream = to.request(
    { ...sent, headers: { ...sent.headers, connection: 'Upgrade' } },
    { isKept: false },
  );
  socket.once('close', () => upstream.destroy());
  upstream.once('upgrade', (response, other, rest) => {
    socket.write(Buffer.concat([headOf(response, cookies(response.headers)), rest]));
    other.write(head);
    const ended = (): void => {}; // either side may break off: then both are closed
    for (const side of [socket, other]) side.setMaxListeners(20); // two pipelines take more than 10
    upstream.removeAllListeners('error').on('error', ended);
    pipeline(socket, other, ended);
    pipeline(other, socket, ended);
  });
  answerWith(upstream, to, exchange, () => answerOn(socket, incoming));
  upstream.end();
}

/** An answer to a request of which only the socket is left. */
export function answerOn(socket: Duplex, incoming: IncomingMessage): ServerResponse {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  return outgoing.once('finish', () => socket.end());
}

/** Answers in place of a task. */
export function answer(outgoing: Outgoing, status: number, why: string): void {
  reply(outgoing, status, { 'content-type': 'text/plain' }, `${status}: ${why}\n`);
}

/** Answers in place of a task, with a body. */
export function reply(
  outgoing: Outgoing,
  status: number,
  headers: Record<string, string>,
  body: string,
): undefined {
  if (!isGone(outgoing))
    (outgoing as ServerResponse).writeHead(status, { server: 'awselb/2.0', ...headers }).end(body);
  return undefined;
}

/** The answers that were broken off: not by their clients. */
const broken = new WeakSet<Outgoing>();

/** Whether an answer was broken off, and not by its client. */
export const wasBrokenOff = (outgoing: Outgoing): boolean => broken.has(outgoing);

/** Breaks an answer off. */
export function breakOff(outgoing: Outgoing): void {
  broken.add(outgoing);
  if ('stream' in outgoing) outgoing.stream.destroy();
  else outgoing.destroy();
}

const isGone = (outgoing: Outgoing): boolean =>
  'stream' in outgoing ? outgoing.stream.destroyed : outgoing.destroyed;

const END_STREAM = 0x1;

/** A task that ends the connection without an answer makes a 502, as on AWS. */
function answerWith(
  upstream: ClientRequest,
  { name }: Upstream,
  { incoming, cookies }: Pick<Exchange, 'incoming' | 'cookies'>,
  open: () => Outgoing,
): void {
  let outgoing: Outgoing | undefined;
  let answered: IncomingMessage | undefined;
  upstream.once('response', (response) => {
    answered = response;
    outgoing = open();
    if (isGone(outgoing) || outgoing.headersSent) {
      response.destroy(); // answered in its place: too late
      return;
    }
    const { 'keep-alive': _, connection: __, ...headers } = withCookies(response.headers, cookies);
    (outgoing as ServerResponse).writeHead(
      response.statusCode ?? 502,
      'stream' in outgoing ? unconnected(headers) : headers,
    );
    response.pipe(outgoing as ServerResponse);
    response.once('error', () => breakOff(outgoing!));
  });
  upstream.once('error', (error) => {
    upstream.on('error', () => {}); // more than one may follow the first
    if (answered?.complete)
      incoming.resume(); // it has answered without reading all: the client gets that
    else if (outgoing) breakOff(outgoing);
    else {
      const late = open();
      if (!late.headersSent) answer(late, 502, `${name} closed the connection: ${error.message}`);
    }
  });
}

function withCookies(headers: IncomingHttpHeaders, cookies: Exchange['cookies']): OutgoingHttpHeaders {
  const more = cookies(headers);
  return more.length === 0
    ? headers
    : { ...headers, 'set-cookie': [...(headers['set-cookie'] ?? []), ...more] };
}

/** Headers without those that HTTP/2 forbids: it has no such connections. */
function unconnected(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const {
    connection: _,
    'keep-alive': __,
    'proxy-connection': ___,
    'transfer-encoding': ____,
    upgrade: _____,
    ...others
  } = headers;
  return others;
}

function headOf(
  { statusCode, statusMessage, rawHeaders }: IncomingMessage,
  cookies: readonly string[],
): Buffer {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  for (const cookie of cookies) lines.push(`Set-Cookie: ${cookie}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
