import { load } from '../../lib/probes/load';
import { closeServers, contextOf, deadUrl, serve } from './loopback';

afterAll(closeServers);

const check = { name: 'browse', path: '/orders', connections: 4, seconds: 1 };

it('counts errors and measures how long answers take, also where the server closes every connection', async () => {
  let requests = 0;
  const url = await serve((_request, response) => {
    requests++;
    response.setHeader('connection', 'close');
    response.statusCode = requests % 20 === 0 ? (requests % 40 === 0 ? 429 : 503) : 200;
    setTimeout(() => response.end(response.statusCode === 200 ? '[]' : '\nno room\nfor you'), 10);
  });
  const { outcome, detail, measures, firstError } = await load(check, contextOf({ url }));
  expect(outcome).toBe('passed');
  expect(detail).toMatch(
    /^GET \/orders: \d+ requests in [\d.]+ s \(\d+ a second\), \d+ errors?; p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms \(first error: answered 503: no room\)$/,
  );
  expect(firstError).toBe('GET /orders answered 503: no room');
  expect(measures!.errors! / measures!.requests!).toBe(measures!.errorRate);
  // every 20th of its requests, give or take those that were under way in the end
  expect(Math.abs(measures!.errors! - requests / 20)).toBeLessThanOrEqual(2);
  expect(measures!.p50Ms).toBeGreaterThanOrEqual(9);
  expect(measures!.p95Ms).toBeGreaterThanOrEqual(measures!.p50Ms!);
  expect(measures!.p99Ms).toBeGreaterThanOrEqual(measures!.p95Ms!);
  const inProduction = await load({ ...check, seconds: 0.5 }, { ...contextOf({ url }), inProduction: true });
  expect(inProduction.firstError).toMatch(/^GET \/orders answered (503|429)$/);
});

it('sends headers and a body with every request', async () => {
  const seen = new Set<string>();
  const url = await serve(({ headers }, response) => {
    seen.add(`${headers['content-type']} ${headers['authorization']}`);
    response.end();
  });
  const more = { method: 'POST' as const, body: { n: 1 }, headers: { authorization: 'Bearer it' } };
  const { measures } = await load({ ...check, ...more }, contextOf({ url }));
  expect(measures!.errors).toBe(0);
  expect([...seen]).toEqual(['application/json Bearer it']);
});

it('counts requests whose connection breaks before the answer', async () => {
  let broken = 0;
  let requests = 0;
  const url = await serve((request, response) => {
    // the first request checks that something listens
    if (++requests > 1 && requests % 10 === 0 && ++broken) request.socket.end();
    else setTimeout(() => response.end('[]'), 1);
  });
  const { outcome, measures, firstError } = await load(check, contextOf({ url }));
  expect(outcome).toBe('passed');
  expect(firstError).toBe('GET /orders got no answer');
  expect(broken).toBeGreaterThan(0);
  expect(Math.abs(measures!.errors! - broken)).toBeLessThanOrEqual(4);
});

it('fails when nothing listens, when there is no answer, and when no answer is good', async () => {
  expect(await load(check, contextOf({ url: await deadUrl() }))).toEqual({
    outcome: 'failed',
    detail: 'no answer: GET /orders: connection refused',
  });
  const missing = await serve(
    (_request, response) => void setTimeout(() => response.writeHead(404).end(), 5),
  );
  const seen = await load({ ...check, seconds: 0.2 }, contextOf({ url: missing }));
  expect(seen).toMatchObject({ outcome: 'failed', measures: { errorRate: 1 } });
  expect(seen.detail).toMatch(/^GET \/orders: answered 404 \(\d+\), expected 2xx or 3xx$/);
  let requests = 0;
  const silent = await serve((_request, response) => void (++requests === 1 && response.end()));
  expect(await load({ ...check, seconds: 0.2 }, contextOf({ url: silent }))).toMatchObject({
    outcome: 'failed',
    detail: 'GET /orders: no answer',
  });
  expect(await load(check, contextOf())).toMatchObject({ outcome: 'failed' });
});

it('stops when it is aborted', async () => {
  const abort = new AbortController();
  let requests = 0;
  const url = await serve((_request, response) => {
    if (++requests === 5) abort.abort();
    setTimeout(() => response.end(), 2);
  });
  await load({ ...check, seconds: 60 }, contextOf({ url, signal: abort.signal }));
  const before = requests;
  await new Promise((resolve) => setTimeout(resolve, 50));
  // those on their way may still arrive: one of each connection
  expect(requests - before).toBeLessThanOrEqual(check.connections);
});
