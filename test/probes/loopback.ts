import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import type { ProbeContext } from '../../lib/probes/context';

const servers: Server[] = [];

/** A server on a free port of this machine. @returns its URL */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The URL of a port on which nothing listens. */
export async function deadUrl(): Promise<string> {
  const url = await serve(() => {});
  await close(servers.pop()!);
  return url;
}

/** Ends every server of this test file. */
export const closeServers = async (): Promise<void> => {
  await Promise.all(servers.splice(0).map(close));
};

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Where checks run, unless a test says otherwise. */
export const contextOf = (props: Partial<ProbeContext> = {}): ProbeContext => ({
  url: undefined,
  urls: {},
  databases: [],
  release: '1.42.0',
  folder: tmpdir(),
  environment: {},
  signal: new AbortController().signal,
  log: () => {},
  ...props,
});
