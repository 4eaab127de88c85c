import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ readonly status: number, readonly body: unknown }} Answer - of the API */
/** @typedef {import('node:http').IncomingMessage} IncomingMessage */

/** An error of the caller. */
export class BadRequest extends Error {}

/** More than any order needs. */
const MAX_BODY = 65_536;

/** How long requests are still accepted after SIGTERM; their connections are closed after the answer. */
const LAST_CALL_MS = 100;

/**
 * Serves JSON until it is stopped.
 *
 * @param {{
 *   host: string,
 *   port: number,
 *   answer: (request: IncomingMessage) => Promise<Answer>,
 *   failed: (error: unknown) => Answer,
 * }} props - `failed` is the answer to a request that threw
 * @returns {Promise<{ address: string, stop: () => Promise<void> }>} its address, and a function that stops it once open
 *   requests are answered
 */
export async function serve({ host, port, answer, failed }) {
  let stopping = false;
  const server = createServer((request, response) => {
    void answer(request)
      .catch(failed)
      .then(({ status, body }) => {
        if (stopping) response.setHeader('connection', 'close');
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(status === 204 ? undefined : `${JSON.stringify(body)}\n`);
      });
  });
  // Longer than a load balancer keeps its connections: the load balancer must be the one that closes them.
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, host, () => resolve(null)),
  );
  const { address, port: chosen } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `${address}:${chosen}`,
    stop: async () => {
      stopping = true;
      await sleep(LAST_CALL_MS);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The body of a request, which is JSON.
 *
 * @param {IncomingMessage} request
 * @returns {Promise<unknown>}
 */
export async function bodyOf(request) {
  let text = '';
  // Not destroyed after reading enough, so that the caller still gets an answer.
  for await (const part of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += part;
    if (text.length > MAX_BODY) throw new BadRequest(`the body is longer than ${MAX_BODY} characters`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}
