import type { ServerResponse } from 'node:http';
import { loadLevel, mixOfLoad, type LoadMix } from '../../lib/probes/load-level';
import { findCapacity } from '../../lib/rehearsal/find-capacity';
import { closeServers, serve } from './loopback';

afterAll(closeServers);

const { signal } = new AbortController();
const READS = mixOfLoad({ name: 'reads', path: '/a', headers: { authorization: 'Bearer it' } });

/** A server that answers so many requests at once, each after a time, and lets the others wait. */
async function saturating(atOnce: number, ms: number): Promise<string> {
  const waiting: ServerResponse[] = [];
  let busy = 0;
  const next = (): void => {
    const response = busy < atOnce ? waiting.shift() : undefined;
    if (!response) return;
    busy++;
    setTimeout(() => {
      busy--;
      response.end();
      next();
    }, ms);
  };
  return serve((_, response) => {
    waiting.push(response);
    next();
  });
}

it('finds that a server with twice the concurrency carries twice the load', async () => {
  const limits = {
    maxP95Ms: 500, // of a busy machine, too
    maxErrorRate: 0,
    startRequestsPerSecond: 20,
    maxRequestsPerSecond: 200,
    precision: 0.2,
  };
  const capacityOf = async (atOnce: number): Promise<number> => {
    const url = await saturating(atOnce, 50);
    const level = (perSecond: number) =>
      loadLevel({ mix: READS, perSecond, seconds: 0.7, warmUpSeconds: 0.2 }, url, signal);
    return (await findCapacity(limits, false, level)).carried;
  };
  const [one, two] = [await capacityOf(2), await capacityOf(4)];
  expect(two / one).toBeGreaterThan(1.3);
  expect(two / one).toBeLessThan(3.1);
}, 60_000);

it('sends the mix of a recording at any rate, with its gaps in proportion, and leaves the warm-up out', async () => {
  const seen: { readonly url: string; readonly at: number }[] = [];
  const url = await serve(({ url: path }, response) => {
    seen.push({ url: path!, at: performance.now() });
    response.statusCode = path === '/b' ? 500 : 200;
    response.end();
  });
  const at = (atMs: number, route: number) => ({ atMs, route, values: { id: '7' }, wasRefused: false });
  const mix: LoadMix = {
    recording: {
      seconds: 10,
      routes: [{ path: '/a/{id}' }, { path: '/b' }],
      requests: [at(0, 0), at(2500, 0), at(5000, 0), at(5000, 1)],
    },
  };
  const level = await loadLevel({ mix, perSecond: 20, seconds: 1, warmUpSeconds: 1 }, url, signal);
  expect(seen).toHaveLength(40);
  expect(seen.filter((it) => it.url === '/b')).toHaveLength(10);
  expect(level).toMatchObject({ perSecond: 20, errorRate: 0.25 });
  const gap = (i: number, j: number): number => seen[j]!.at - seen[i]!.at;
  // four requests in 200 ms: at 0, 50, 100 and 100
  expect(gap(0, 36) / gap(0, 4)).toBeGreaterThan(5);
});

it('sends headers with each, and keeps to the rate where nothing is answered in time', async () => {
  let requests = 0;
  let named = 0;
  const url = await serve(({ headers }, response) => {
    requests++;
    if (headers.authorization === 'Bearer it') named++;
    setTimeout(() => response.end(), 900);
  });
  const level = await loadLevel({ mix: READS, perSecond: 50, seconds: 1, warmUpSeconds: 0 }, url, signal);
  expect({ requests, named }).toEqual({ requests: 50, named: 50 });
  expect(level.p95Ms).toBeGreaterThan(800);
});
