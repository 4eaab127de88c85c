import { EventEmitter, once } from 'node:events';
import { watchRecovery } from '../../lib/probes/recovery';
import { closeServers, serve } from './loopback';

afterAll(closeServers);

const plan = { method: 'POST', path: '/orders' };
const signal = new AbortController().signal;

/** A service that fails for some of its requests. */
async function service(fails: (request: number) => boolean) {
  const requests = new EventEmitter();
  let count = 0;
  const url = await serve((_request, response) => {
    response.writeHead(fails(++count) ? 503 : 200).end();
    requests.emit(String(count));
  });
  const until = (request: number) => once(requests, String(request));
  return { url, until };
}

it('measures from the first failure to the first success after the last one', async () => {
  const { url, until } = await service((request) => [3, 6, 8].includes(request));
  const watch = watchRecovery(plan, { url, signal });
  await until(12);
  const seen = await watch.stop();
  expect(seen).toMatchObject({ failures: 3, firstFailure: 'POST /orders answered 503, expected any 2xx' });
  // from the 3rd request to the 9th, which begin 25 ms after each other at the soonest
  expect(seen.recoveryMs).toBeGreaterThanOrEqual(6 * 25 - 10);
});

it('sees nothing when nothing fails', async () => {
  const { url, until } = await service(() => false);
  const watch = watchRecovery(plan, { url, signal });
  await until(2);
  expect(await watch.stop()).toEqual({ requests: expect.any(Number), failures: 0, recoveryMs: 0 });
});

it('says when it never recovered', async () => {
  const { url, until } = await service((request) => request > 1);
  const watch = watchRecovery(plan, { url, signal });
  await until(3);
  expect(await watch.stop()).toMatchObject({ recoveryMs: undefined });
});

it('does not depend on the clock of the wall', async () => {
  const { url, until } = await service((request) => [2, 3].includes(request));
  let now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => (now -= 60_000));
  try {
    const watch = watchRecovery(plan, { url, signal });
    await until(4);
    expect((await watch.stop()).recoveryMs).toBeGreaterThan(0);
  } finally {
    clock.mockRestore();
  }
});

it('ends by itself when it is aborted, and takes no request for no recovery', async () => {
  const abort = new AbortController();
  const url = await serve(() => abort.abort());
  const watch = watchRecovery(plan, { url, signal: abort.signal });
  await new Promise((resolve) => abort.signal.addEventListener('abort', resolve));
  expect(await watch.stop()).toEqual({ requests: 0, failures: 0, recoveryMs: undefined });
});
