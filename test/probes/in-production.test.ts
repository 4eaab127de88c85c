import type { ChecksConfig, ReadYourWritesCheck } from '../../lib/config/types';
import { checkSafe, safeChecksOf } from '../../lib/probes/in-production';
import { readYourWrites } from '../../lib/probes/read-your-writes';
import { sendTraffic } from '../../lib/probes/traffic';
import { closeServers, contextOf, serve } from './loopback';

afterAll(closeServers);

const CHECK: ReadYourWritesCheck = {
  name: 'orders',
  write: { method: 'POST', path: '/orders', body: { item: 'tea {i}' }, status: 201 },
  read: { path: '/orders/{id}', contains: '"id":{id}' },
  cleanUp: { method: 'DELETE', path: '/orders/{id}', status: 204 },
  safeInProduction: true,
  times: 5,
};

/** A shop that keeps orders until they are removed. */
async function shop({ failing = 0, isBlind = false, readMs = 0, cleaningMs = 0 } = {}) {
  const orders = new Set<number>();
  let placed = 0;
  let failures = failing;
  const url = await serve((request, response) => {
    const id = Number(request.url!.split('/')[2]);
    const end = (status: number, text = '', ms = 0): void =>
      void setTimeout(() => response.writeHead(status).end(text), ms);
    if (request.method === 'POST') {
      orders.add(++placed);
      return end(201, `{"id":${placed}}`);
    }
    if (request.method === 'DELETE') {
      if (failures-- > 0) return end(503);
      return end(orders.delete(id) ? 204 : 404, '', cleaningMs);
    }
    return end(isBlind || !orders.has(id) ? 500 : 200, `{"id":${id}}`, readMs);
  });
  return { url, orders, placed: () => placed };
}

describe('the checks that may run in production', () => {
  const checks: ChecksConfig = {
    smoke: [
      { name: 'home', path: '/', safeInProduction: true },
      { name: 'admin', path: '/admin' },
      { name: 'no', path: '/no', safeInProduction: false },
    ],
    readYourWrites: [CHECK],
    replicaLag: [{ name: 'lag', tier: 'Orders', maxMs: 1 }],
    commands: [{ name: 'tests', run: 'true' }],
  };

  it('are those that say so, and no measurement of replicas, which writes to the database', () => {
    const { safe, others } = safeChecksOf(checks);
    expect(safe).toEqual({
      smoke: [{ name: 'home', path: '/', safeInProduction: true }],
      readYourWrites: [CHECK],
      commands: [],
      load: [],
    });
    expect(others).toEqual(['admin', 'no', 'lag', 'tests']);
  });

  it('are refused with any other one among them', () => {
    expect(() => checkSafe(safeChecksOf(checks).safe)).not.toThrow();
    expect(() => checkSafe(checks)).toThrow('not declared safe in production: admin, no, lag, tests');
  });
});

describe('a check that writes', () => {
  const see = (url: string, props = {}) =>
    readYourWrites(CHECK, contextOf({ url, inProduction: true, ...props }));

  it('removes in production all that it wrote', async () => {
    const { url, orders, placed } = await shop();
    expect(await see(url)).toMatchObject({
      outcome: 'passed',
      measures: { reads: 5, staleReads: 0, errors: 0 },
    });
    expect([placed(), orders.size]).toEqual([5, 0]);
  });

  it('removes it whatever the read says, and tries the clean-up again', async () => {
    const { url, orders, placed } = await shop({ isBlind: true, failing: 2 });
    expect((await see(url)).outcome).toBe('failed');
    expect([placed(), orders.size]).toEqual([5, 0]);
  });

  it('fails where its clean-up does', async () => {
    const { url, orders } = await shop({ failing: 3 });
    expect((await see(url)).detail).toBe(
      '1 error (first: POST /orders: its clean-up failed: DELETE /orders/1 answered 503, expected 204)',
    );
    expect([...orders]).toEqual([1]);
  });

  it('removes it where it is stopped in the middle', async () => {
    const { url, orders, placed } = await shop({ readMs: 50, cleaningMs: 50 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 70);
    await expect(see(url, { signal: stop.signal })).rejects.toThrow('stopped');
    expect(placed()).toBeGreaterThan(0);
    expect(orders.size).toBe(0);
  });

  it('leaves it in a rehearsal, where another release reads it, and tries the clean-up once', async () => {
    const { url, orders, placed } = await shop();
    expect(await see(url, { inProduction: false })).toMatchObject({
      outcome: 'passed',
      detail: '5 of 5 reads showed the write before them',
    });
    expect([placed(), orders.size]).toEqual([6, 5]);
    const broken = await shop({ failing: 9 });
    expect((await see(broken.url, { inProduction: false })).detail).toContain('its clean-up failed');
  });
});

describe('requests in the background of production', () => {
  const { signal } = new AbortController();
  const plan = { checks: { readYourWrites: [CHECK] }, everyMs: 10, inProduction: true };
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  it('leave nothing of what they wrote', async () => {
    const { url, orders, placed } = await shop();
    const { requests, failures, streams } = await sendTraffic(plan, { url, signal }, () => pause(200));
    expect(failures).toBe(0);
    expect(streams).toEqual([{ name: 'orders', requests, failures: 0, p95Ms: expect.any(Number) as number }]);
    expect(placed()).toBeGreaterThan(0);
    expect(orders.size).toBe(0);
  });

  it('leave nothing where they are stopped', async () => {
    const { url, orders, placed } = await shop({ readMs: 250 });
    const stop = new AbortController();
    const work = async (): Promise<void> => {
      await pause(100);
      stop.abort(new Error('stopped'));
      stop.signal.throwIfAborted();
    };
    await expect(sendTraffic(plan, { url, signal: stop.signal }, work)).rejects.toThrow('stopped');
    expect(placed()).toBeGreaterThan(0);
    expect(orders.size).toBe(0);
  });

  it('count a clean-up that fails as a failure', async () => {
    const { url } = await shop({ failing: 3 });
    const figures = await sendTraffic({ ...plan, connections: 1 }, { url, signal }, () => pause(100));
    expect(figures.firstFailure).toBe('its clean-up failed: DELETE /orders/1 answered 503, expected 204');
  });
});
