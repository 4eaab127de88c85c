import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { TwinError } from '../../error';

/**
 * The first three bytes of an environment's addresses. Linux and Windows have all of 127.0.0.0/8, so that each environment
 * gets a block of its own; elsewhere, as on macOS, addresses are given to the machine one by one, and all environments share them.
 */
export const blockFor = (platform: NodeJS.Platform = process.platform): string =>
  ['linux', 'android', 'win32'].includes(platform)
    ? `127.${randomInt(16, 255)}.${randomInt(0, 256)}`
    : SHARED_BLOCK;

const SHARED_BLOCK = '127.84.19';
/** How many addresses are enough for most environments. */
const ENOUGH = 60;

/**
 * Checks, before anything exists, that this machine has the addresses of a block.
 *
 * @throws TwinError `no-address`
 */
export async function checkLoopback(block: string): Promise<void> {
  for (const host of [`${block}.1`, `${block}.${ENOUGH}`]) {
    const cause = await whyNotListening(host);
    if (cause === undefined) continue;
    throw new TwinError({
      code: 'no-address',
      message: `nothing can listen on ${host} (${cause.code}): this machine does not have the loopback addresses that members of an environment get`,
      fix: `Add them until the next start of the machine: for i in $(seq ${ENOUGH}); do sudo ifconfig lo0 alias ${block}.$i; done`,
      cause,
    });
  }
}

const whyNotListening = (host: string): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error));
    server.listen(0, host, () => server.close(() => resolve(undefined)));
  });
