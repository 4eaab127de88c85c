import type { Server } from 'node:net';

/** Listens on a port, or on another one where that is taken or reserved for root. */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  if (!(await listening(server, port, host))) await listening(server, 0, host);
}

/** The port that a server listens on. */
export const portOf = (server: Server): number => (server.address() as { port: number }).port;

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
