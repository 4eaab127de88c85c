import { join } from 'node:path';
import { TwinError } from '../../../error';

/**
 * The directory of a tier's sockets.
 *
 * @throws TwinError `socket-path` when the path is too long for a socket
 */
export function socketsOf(folder: string): string {
  const sockets = join(folder, 's');
  const limit = process.platform === 'darwin' ? 103 : 107;
  const bytes = Buffer.byteLength(join(sockets, '.s.PGSQL.65535'));
  if (bytes <= limit) return sockets;
  throw new TwinError({
    code: 'socket-path',
    message: `the path of PostgreSQL's socket in ${folder} has ${bytes} bytes; at most ${limit} are allowed`,
    fix: 'Set TMPDIR to a shorter path, such as /tmp.',
  });
}
