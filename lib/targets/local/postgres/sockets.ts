import { join } from 'node:path';
import { checkSocketPath } from '../sql/socket-path';

/**
 * The directory of a tier's sockets.
 *
 * @throws TwinError `socket-path` when the path is too long for a socket
 */
export function socketsOf(folder: string): string {
  const sockets = join(folder, 's');
  checkSocketPath(join(sockets, '.s.PGSQL.65535'), "PostgreSQL's", folder);
  return sockets;
}
