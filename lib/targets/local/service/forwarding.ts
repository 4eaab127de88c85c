import {
  request,
  ServerResponse,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import type { HostPort } from '../../../probes/context';

/** Where requests are forwarded to. */
export interface Upstream extends HostPort {
  /** For messages. */
  readonly name: string;
  readonly agent: Agent;
}

/** Sends a request on, and its answer back. */
export function forward(
  to: Upstream,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  headers: OutgoingHttpHeaders,
): void {
  const upstream = send(to, incoming, headers);
  outgoing.once('close', () => upstream.destroy());
  answerWith(upstream, to, () => outgoing);
  incoming.pipe(upstream);
}

/** Sends a request for a WebSocket on. Once the task has accepted it, whatever either side sends goes to the other. */
export function forwardUpgrade(
  to: Upstream,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  headers: OutgoingHttpHeaders,
): void {
  const upstream = send({ ...to, agent: undefined }, incoming, { ...headers, connection: 'Upgrade' });
  socket.once('close', () => upstream.destroy());
  upstream.once('upgrade', (response, other, rest) => {
    socket.write(Buffer.concat([headOf(response), rest]));
    other.write(head);
    const ended = (): void => {}; // either side may break off: then both are closed
    for (const side of [socket, other]) side.setMaxListeners(20); // two pipelines take more than 10
    upstream.removeAllListeners('error').on('error', ended);
    pipeline(socket, other, ended);
    pipeline(other, socket, ended);
  });
  answerWith(upstream, to, () => answerOn(socket, incoming));
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
export function answer(outgoing: ServerResponse, status: number, why: string): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}: ${why}\n`);
}

function send(
  { host, port, agent }: HostPort & { readonly agent: Agent | undefined },
  { method, url: path }: IncomingMessage,
  headers: OutgoingHttpHeaders,
): ClientRequest {
  return request({ host, port, method, path, headers, agent: agent ?? false });
}

/** A task that ends the connection without an answer makes a 502, as on AWS. */
function answerWith(upstream: ClientRequest, { name }: Upstream, open: () => ServerResponse): void {
  let outgoing: ServerResponse | undefined;
  upstream.once('response', (response) => {
    outgoing = open().writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
    response.once('error', () => outgoing?.destroy());
  });
  upstream.once('error', (error) => {
    if (outgoing) outgoing.destroy();
    else answer(open(), 502, `${name} closed the connection: ${error.message}`);
  });
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
