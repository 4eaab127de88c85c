import { createServer } from 'node:net';
import { TwinError } from '../../../error';
import { busPort, LAST_CLUSTER_PORT } from './config';
import { freePort } from '../process/free-port';

/** The addresses that need a port. */
export interface NodePortProps {
  /** The address of every node. */
  readonly hosts: readonly string[];
  readonly clusterMode: boolean;
}

/**
 * The port for all nodes of a cache: the declared one, or another that is free on every address.
 *
 * @throws TwinError `no-address` when this machine does not have an address
 */
export async function nodePort(declared: number, { hosts, clusterMode }: NodePortProps): Promise<number> {
  for (let port = declared; ; port = await freePort()) {
    if (clusterMode && port > LAST_CLUSTER_PORT) continue;
    const ports = clusterMode ? [port, busPort(port)] : [port];
    const free = await Promise.all(hosts.flatMap((host) => ports.map((it) => isFree(host, it))));
    if (free.every(Boolean)) return port;
  }
}

/** Whether nothing listens there, on this address or on all addresses. */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRNOTAVAIL' ? reject(notOurs(host, error)) : resolve(false),
    );
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function notOurs(host: string, cause: Error): TwinError {
  return new TwinError({
    code: 'no-address',
    message: `a cache node cannot listen on ${host}: this machine does not have the address`,
    fix: `Run "sudo ifconfig lo0 alias ${host}".`,
    cause,
  });
}
