import { createServer } from 'node:net';
import { TwinError } from '../../../error';
import { freePort } from './free-port';

/** The addresses that need a port. */
export interface SharedPortProps {
  /** Such as `a cache node`. */
  readonly who: string;
  readonly hosts: readonly string[];
  /** What a server with this port listens on; undefined where it cannot have it. @default - that port */
  readonly portsOf?: ((port: number) => readonly number[] | undefined) | undefined;
}

/**
 * A port for several servers, each at an address of its own: the declared one, or another that is free on every address.
 *
 * @throws TwinError `no-address` when this machine does not have an address
 */
export async function sharedPort(declared: number, props: SharedPortProps): Promise<number> {
  const { hosts, portsOf = (port) => [port] } = props;
  for (let port = declared; ; port = await freePort()) {
    const ports = portsOf(port);
    if (!ports) continue;
    const free = await Promise.all(hosts.flatMap((host) => ports.map((it) => isFree(host, it, props))));
    if (free.every(Boolean)) return port;
  }
}

/** Whether nothing listens there, on this address or on all addresses. */
function isFree(host: string, port: number, { who }: SharedPortProps): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRNOTAVAIL' ? reject(notOurs(who, host, error)) : resolve(false),
    );
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function notOurs(who: string, host: string, cause: Error): TwinError {
  return new TwinError({
    code: 'no-address',
    message: `${who} cannot listen on ${host}: this machine does not have the address`,
    fix: `Run "sudo ifconfig lo0 alias ${host}".`,
    cause,
  });
}
