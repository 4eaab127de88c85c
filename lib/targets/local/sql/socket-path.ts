import { TwinError } from '../../../error';

/**
 * Checks that the path of a socket is as short as the system wants it.
 *
 * @param whose - for the message, such as `PostgreSQL's`
 * @throws TwinError `socket-path`
 */
export function checkSocketPath(socket: string, whose: string, folder: string): void {
  const limit = process.platform === 'darwin' ? 103 : 107;
  const bytes = Buffer.byteLength(socket);
  if (bytes <= limit) return;
  throw new TwinError({
    code: 'socket-path',
    message: `the path of ${whose} socket in ${folder} has ${bytes} bytes; at most ${limit} are allowed`,
    fix: 'Set TMPDIR to a shorter path, such as /tmp.',
  });
}
