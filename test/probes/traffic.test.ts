import { sendTraffic, type TrafficPlan } from '../../lib/probes/traffic';
import type { TrafficChecks } from '../../lib/probes/traffic';
import { closeServers, serve } from './loopback';

afterAll(closeServers);

const { signal } = new AbortController();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const PAGE: TrafficChecks = { smoke: [{ name: 'home', path: '/' }] };
const ORDERS: TrafficChecks = {
  readYourWrites: [
    {
      name: 'orders',
      write: { method: 'POST', path: '/orders', body: { n: '{i}' }, status: 201 },
      read: { path: '/orders/{id}', contains: '"id":{id}' },
    },
  ],
};

/** A service whose answers a test decides, and what was asked of it. */
async function service(
  answer: (path: string, at: number) => number | { status: number; body: string },
  tookMs = 5,
) {
  const asked: string[] = [];
  const sockets = new Set<unknown>();
  let open = 0;
  let mostOpen = 0;
  const url = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    sockets.add(request.socket);
    mostOpen = Math.max(mostOpen, ++open);
    const answered = answer(request.url ?? '', asked.length);
    const { status, body } = typeof answered === 'number' ? { status: answered, body: '' } : answered;
    setTimeout(() => {
      open--;
      response.writeHead(status).end(body);
    }, tookMs);
  });
  return { url, asked, sockets, mostOpen: () => mostOpen };
}

/** Traffic while time passes. */
const during = (plan: TrafficPlan, url: string | undefined, work: () => Promise<void> = () => pause(300)) =>
  sendTraffic({ everyMs: 20, ...plan }, { url, signal }, work);

describe('requests in the background', () => {
  it('are sent all the time, several at once, on kept and on new connections', async () => {
    const { url, asked, sockets, mostOpen } = await service(() => 200);
    const figures = await during({ checks: PAGE }, url);
    expect(figures).toMatchObject({ requests: asked.length, failures: 0, longestOutageMs: 0, recoveryMs: 0 });
    expect(mostOpen()).toBeGreaterThan(1);
    // two of four keep theirs: about half of the requests have a connection of their own
    expect(sockets.size).toBeGreaterThan(asked.length * 0.3);
    expect(sockets.size).toBeLessThan(asked.length * 0.8);
    expect(figures.p95Ms).toBeGreaterThanOrEqual(4);
    expect(sum(figures.strip.sent)).toBe(asked.length);
  });

  it('count each failure, with the words of the first, and the longest time without an answer', async () => {
    let status = 200;
    const { url } = await service(() => status);
    const figures = await during({ checks: PAGE }, url, async () => {
      await pause(100);
      status = 503;
      await pause(200);
      status = 200;
      await pause(100);
    });
    expect(figures.firstFailure).toBe('GET / answered 503, expected 200');
    expect(figures.failures).toBeGreaterThan(5);
    expect(sum(figures.strip.failed)).toBe(figures.failures);
    expect(figures.longestOutageMs).toBeGreaterThanOrEqual(180);
    expect(figures.recoveryMs).toBeGreaterThanOrEqual(figures.longestOutageMs);
  });

  it.each([
    ['no answer', undefined, false],
    ['502', 502, false],
    ['503', 503, false],
    ['504', 504, false],
    ['429', 429, false],
    ['500', 500, true],
    ['404', 404, true],
    ['another text', 200, true],
  ])('tell what an overload may be the cause of from what it is not: %s', async (_, status, isOwn) => {
    const url = await serve((request, response) => {
      if (status === undefined) request.socket.destroy();
      else response.writeHead(status).end('busy');
    });
    const checks = { smoke: [{ name: 'home', path: '/', contains: 'ready' }] };
    const { failures, firstFailure, answered } = await during({ checks }, url, () => pause(100));
    expect(failures).toBeGreaterThan(3);
    expect(answered).toEqual(isOwn ? { count: failures, first: firstFailure } : undefined);
  });

  it('count a request that was under way at the end', async () => {
    const { url } = await service((_, at) => (at > 4 ? 500 : 200));
    const figures = await during({ checks: PAGE, connections: 4, everyMs: 50 }, url, () => pause(52));
    expect(figures.failures).toBeGreaterThan(0);
    expect(figures.recoveryMs).toBeUndefined();
  });

  it('are one for each path, and those of load take a redirect for an answer', async () => {
    const { url, asked } = await service((path) => (path === '/old' ? 302 : 200));
    const checks = {
      ...PAGE,
      load: [
        { name: 'home again', path: '/' },
        { name: 'moved', path: '/old' },
      ],
    };
    expect(await during({ checks, connections: 1 }, url)).toMatchObject({ failures: 0 });
    expect(new Set(asked)).toEqual(new Set(['GET /', 'GET /old']));
    const paths = asked.filter((it) => it === 'GET /').length / asked.length;
    expect(paths).toBeLessThan(0.7);
  });

  it('do not ask for the text of one release while two of them serve', async () => {
    const { url } = await service(() => ({ status: 200, body: 'release 1' }));
    const checks = { smoke: [{ name: 'home', path: '/', contains: 'release {release}' }] };
    expect(await during({ checks }, url)).toMatchObject({ failures: 0 });
  });

  it('never send the same number twice', async () => {
    const { url, asked } = await service(() => 404);
    const write = { method: 'POST', path: '/orders/{i}' };
    await during({ checks: { readYourWrites: [{ name: 'orders', write, read: write }] } }, url);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('say so when there is nothing to send them to, or nothing to send', async () => {
    const { url } = await service(() => 200);
    let done = 0;
    const work = () => Promise.resolve(void done++);
    expect(await during({ checks: PAGE }, undefined, work)).toMatchObject({ requests: 0 });
    expect(await during({ checks: {} }, url, work)).toMatchObject({ requests: 0 });
    expect(done).toBe(2);
  });

  it('end with the work that fails, and at once where they are stopped', async () => {
    const { url, asked } = await service(() => 200);
    await expect(during({ checks: PAGE }, url, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await pause(50); // what had been sent arrives
    const before = asked.length;
    await pause(200);
    expect(asked.length).toBe(before);
    const stop = new AbortController();
    const seen = sendTraffic({ checks: PAGE }, { url, signal: stop.signal }, async () => {
      stop.abort(new Error('stopped'));
      await pause(10);
    });
    await expect(seen).rejects.toThrow('stopped');
  });
});

describe('what was written', () => {
  /** Orders that a release stores, and those that it does not show. */
  async function shop(isShown: (id: number, ageMs: number) => number) {
    const born = new Map<number, number>();
    return service((path) => {
      const id = Number(path.split('/')[2]);
      if (Number.isNaN(id)) {
        const next = born.size + 1;
        born.set(next, performance.now());
        return { status: 201, body: JSON.stringify({ id: next }) };
      }
      const status = isShown(id, performance.now() - born.get(id)!);
      return { status, body: status === 200 ? `{"id":${id}}` : '' };
    });
  }

  it('is read at once, and again later', async () => {
    const { url, asked } = await shop(() => 200);
    const figures = await during({ checks: ORDERS, connections: 1 }, url);
    expect(figures).toMatchObject({ failures: 0, staleReads: 0 });
    const reads = asked.filter((it) => it.startsWith('GET')).length;
    expect(reads / asked.filter((it) => it.startsWith('POST')).length).toBeGreaterThan(1.5);
  });

  it('is stale where it is not shown yet, and that is no failure', async () => {
    const { url } = await shop((_, ageMs) => (ageMs < 100 ? 404 : 200));
    const figures = await during({ checks: ORDERS }, url);
    expect(figures.failures).toBe(0);
    expect(figures.staleReads).toBeGreaterThan(0);
  });

  it('is stale where the first read misses it, and every other shows it', async () => {
    const read = new Set<number>();
    const { url } = await shop((id) => (read.size < read.add(id).size ? 404 : 200));
    const { failures, staleReads } = await during({ checks: ORDERS }, url);
    expect(failures).toBe(0);
    expect(staleReads).toBe(read.size); // one for each write
  });

  it('is lost where it is not there after seconds, which is a failure', async () => {
    const { url } = await shop((_, ageMs) => (ageMs < 5_100 ? 200 : 404));
    const figures = await during({ checks: ORDERS, connections: 1 }, url, () => pause(6_500));
    expect(figures.firstFailure).toMatch(
      /^GET \/orders\/\d+ answered 404, expected any 2xx, [56]\.\d s after it was written$/,
    );
  }, 15_000);

  it('is a failure where another release does not know it any more', async () => {
    let isReplaced = false;
    const refused: number[] = [];
    const readBefore = new Set<number>();
    const { url } = await shop((id) => {
      if (!isReplaced) readBefore.add(id);
      if (!isReplaced || !readBefore.has(id)) return 200;
      refused.push(id);
      return 401;
    });
    const figures = await during({ checks: ORDERS }, url, async () => {
      while (readBefore.size === 0) await pause(10);
      isReplaced = true;
      while (refused.length === 0) await pause(10);
      await pause(200); // the answer arrives
    });
    expect(figures.failures).toBeGreaterThan(0);
    expect(figures.firstFailure).toMatch(
      /^GET \/orders\/\d+ answered 401, expected any 2xx, \d\.\d s after it was written$/,
    );
  });

  it('is read by whoever wrote it: with the cookies of the answer', async () => {
    const url = await serve(({ method, headers: { cookie } }, response) => {
      response.setHeader('set-cookie', 'session=7; Path=/');
      response.writeHead(method === 'POST' || cookie === 'session=7' ? 201 : 401).end('{"id":1}');
    });
    const figures = await during({ checks: ORDERS }, url);
    expect(figures).toMatchObject({ failures: 0, staleReads: 0 });
    expect(figures.requests).toBeGreaterThan(2);
  });

  it('cannot be read where the answer does not name it', async () => {
    const { url } = await service(() => 201);
    expect(await during({ checks: ORDERS }, url)).toMatchObject({
      firstFailure: 'POST /orders answered without "id"',
    });
  });
});

describe('where something is broken on purpose', () => {
  const recoverWithinMs = 2_000;

  it('they are sent until they are answered again', async () => {
    let status = 200;
    const { url } = await service(() => status);
    const figures = await during({ checks: PAGE, recoverWithinMs }, url, async () => {
      status = 503;
      await pause(100);
      setTimeout(() => (status = 200), 100); // what was broken is repaired, and the service not yet
    });
    expect(figures.recoveryMs).toBeGreaterThanOrEqual(180);
    expect(figures.failedAfter).toBeUndefined();
  });

  it('an answer now and then is no recovery', async () => {
    let isBroken = false;
    const { url } = await service((_, at) => (isBroken && at % 3 === 0 ? 503 : 200));
    const figures = await during({ checks: PAGE, recoverWithinMs: 300 }, url, () => {
      isBroken = true;
      return pause(50);
    });
    expect(figures.failedAfter).toBe('GET / answered 503, expected 200');
    expect(figures.recoveryMs).toBeUndefined();
  });

  it('requests that take long are waited for, and not one after the other', async () => {
    const { url } = await service(() => 200, 1200);
    const start = performance.now();
    const figures = await during({ checks: PAGE, recoverWithinMs: 100 }, url, () => pause(10));
    expect(figures).toMatchObject({ failures: 0, recoveryMs: 0 });
    expect(figures.failedAfter).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1200 * 5);
  }, 15_000);

  it('nothing is broken while requests fail already', async () => {
    const { url } = await service((_, at) => (at % 2 === 0 ? 500 : 200));
    let isBroken = false;
    const figures = await sendTraffic({ checks: PAGE, everyMs: 20, recoverWithinMs }, { url, signal }, () =>
      Promise.resolve(void (isBroken = true)),
    );
    expect(isBroken).toBe(false);
    expect(figures.failedBefore).toBe('GET / answered 500, expected 200');
  }, 10_000);
});

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
