import { once } from 'node:events';
import type { ReplayCheck } from '../../lib/config/types';
import { replay } from '../../lib/probes/replay';
import type { Recording } from '../../lib/replay/recording';
import { closeServers, contextOf, deadUrl, serve } from './loopback';

afterAll(closeServers);

const check: ReplayCheck = { name: 'busy', log: 'log', routes: [{ path: '/orders/{id}?page={page}' }] };

/** Requests of the first route at these times. */
const recordingOf = (times: readonly number[], more: Partial<Recording> = {}): Recording => ({
  seconds: 1,
  routes: check.routes,
  requests: times.map((atMs, i) => ({
    atMs,
    route: 0,
    values: { id: String(i), page: 'a b' },
    wasRefused: false,
  })),
  ...more,
});

const run = (url: string | undefined, recording: Recording, more: Partial<ReplayCheck> = {}) =>
  replay({ ...check, ...more }, contextOf({ url, recordings: { busy: recording } }));

it('sends each request at its time, whether others are answered or not', async () => {
  const arrived: number[] = [];
  const paths: string[] = [];
  const url = await serve((request, response) => {
    arrived.push(performance.now());
    paths.push(request.url!);
    setTimeout(() => response.end(), 400);
  });
  const { outcome, measures } = await run(url, recordingOf([0, 100, 200, 200, 600]));
  expect(outcome).toBe('passed');
  expect(paths.toSorted()).toEqual([0, 1, 2, 3, 4].map((id) => `/orders/${id}?page=a%20b`));
  // all of the first four before the first answer; gaps as planned, in proportion
  expect(arrived[3]! - arrived[0]!).toBeLessThan(400);
  expect((arrived[4]! - arrived[0]!) / (arrived[2]! - arrived[0]!)).toBeGreaterThan(2);
  expect(measures).toMatchObject({ requests: 5, errors: 0, errorRate: 0 });
  expect(measures!.p50Ms).toBeGreaterThanOrEqual(399);
});

it('sends the body of a template and the headers of the check, and nothing that the log had', async () => {
  const seen: string[] = [];
  const url = await serve((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { authorization, 'user-agent': agent, referer } = request.headers;
      seen.push(JSON.stringify([request.method, request.url, body, authorization, agent, referer]));
      response.statusCode = 201;
      response.end();
    })();
  });
  const routes = [{ method: 'PUT', path: '/orders/{id}', body: { note: 'of {id}', gift: true } }];
  const recording = { ...recordingOf([0]), routes };
  const { measures } = await run(url, recording, { headers: { authorization: 'Bearer it' } });
  expect(measures!.errors).toBe(0);
  expect(seen).toEqual([
    JSON.stringify(['PUT', '/orders/0', '{"note":"of 0","gift":true}', 'Bearer it', 'cdk-twin', undefined]),
  ]);
});

it('counts an answer that is worse than the one in the log, and names the route of the first', async () => {
  const codes = [200, 404, 404, 503, 301];
  const url = await serve((request, response) => {
    response.statusCode = codes[Number(/\d/.exec(request.url!)![0])]!;
    response.end();
  });
  const all = recordingOf([0, 50, 100, 150, 200]);
  const requests = all.requests.map((it, i) => ({ ...it, wasRefused: i === 2 || i === 3 }));
  const { outcome, detail, measures } = await run(url, { ...all, requests });
  expect({ outcome, ...measures }).toMatchObject({
    outcome: 'passed',
    requests: 5,
    errors: 2,
    errorRate: 0.4,
  });
  expect(detail).toContain('(first error: GET /orders/{id}?page={page} answered 404, expected any 2xx)');
});

it('fails when no answer is good, and where there is no URL', async () => {
  const failed = await run(await deadUrl(), recordingOf([0, 1]));
  expect(failed).toMatchObject({ outcome: 'failed', measures: { errorRate: 1 } });
  expect(failed.detail).toMatch(
    /^no answer as in the log: GET \/orders\/\{id\}\?page=\{page\}: connection refused$/,
  );
  expect(await run(undefined, recordingOf([0]))).toMatchObject({ outcome: 'failed' });
});

it('stops when it is aborted', async () => {
  const abort = new AbortController();
  const reason = new Error('stopped by SIGINT');
  let requests = 0;
  const url = await serve(() => ++requests === 2 && abort.abort(reason));
  const recordings = { busy: recordingOf([0, 10, 60_000]) };
  const start = performance.now();
  await expect(replay(check, contextOf({ url, recordings, signal: abort.signal }))).rejects.toBe(reason);
  expect(performance.now() - start).toBeLessThan(30_000);
  expect(requests).toBe(2);
});

it('keeps connections for the requests after', async () => {
  const sockets = new Set<unknown>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    response.end('x'.repeat(100));
  });
  await run(url, recordingOf(Array.from({ length: 20 }, (_, i) => i * 30)));
  expect(sockets.size).toBeLessThan(15);
  for (const socket of sockets) {
    const open = socket as NodeJS.EventEmitter & { readonly destroyed: boolean };
    if (!open.destroyed) await once(open, 'close');
  }
});
