import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalListener } from '../../../../lib/targets/local/balancer/listener';
import { TrafficWeights } from '../../../../lib/targets/local/balancer/traffic-weights';
import { TrafficHold } from '../../../../lib/targets/local/supervisor/traffic-hold';
import type { LoadBalancer, RoutingListener } from '../../../../lib/blueprint/load-balancing';

const RULE = { conditions: [], transforms: [], skipped: [] };
const listener: RoutingListener = {
  stack: '',
  logicalId: 'Http',
  protocol: 'http',
  port: 0,
  rules: [
    { ...RULE, action: { kind: 'fixed-response', status: 200, contentType: 'text/plain', body: 'first' } },
  ],
};
const loadBalancer: LoadBalancer = {
  stack: '',
  logicalId: 'Front',
  name: 'Front',
  kind: 'application',
  idleTimeoutSeconds: 60,
  clientKeepAliveSeconds: 3600,
  forwardedFor: 'append',
  listeners: [listener],
};

let weights: TrafficWeights;
let front: LocalListener;
let second: Server;
/** What the second production answers. */
let answer: (headers: NodeJS.Dict<string | string[]>) => number | 'breaks off';

beforeEach(async () => {
  answer = () => 200;
  weights = new TrafficWeights();
  front = new LocalListener(
    {
      loadBalancer: () => loadBalancer,
      listener: () => listener,
      targetsOf: () => undefined,
      urlOf: () => undefined,
      certificate: () => Promise.reject(new Error('it does not encrypt')),
      weights: { of: weights, listener: 'Http' },
    },
    '127.0.0.1',
  );
  second = createServer((request, response) => {
    const status = answer(request.headers);
    if (status === 'breaks off') {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(status).end('second');
  });
  await new Promise<void>((done) => second.listen(0, '127.0.0.1', done));
  await front.open();
});
afterEach(async () => {
  await front.close();
  weights.lead({});
  second.closeAllConnections();
  await new Promise((done) => second.close(done));
});

const at = () => ({ Http: { host: '127.0.0.1', port: (second.address() as AddressInfo).port } });
const ask = async (url = front.url): Promise<string> => (await fetch(url)).text();
async function share(times: number): Promise<number> {
  let seen = 0;
  for (let i = 0; i < times; i++) if ((await ask()) === 'second') seen++;
  return seen;
}

it('sends all, none, or about the share that is set to the second production', async () => {
  expect(await share(20)).toBe(0);
  weights.lead(at());
  weights.set(100);
  expect(await share(20)).toBe(20);
  weights.set(25);
  const seen = await share(400);
  expect(seen).toBeGreaterThan(60); // 4.6 standard deviations of 100 of 400
  expect(seen).toBeLessThan(140);
  expect(weights.figures()).toMatchObject({
    own: { requests: 400 - seen, failures: 0 },
    beside: { requests: seen, failures: 0, p95Ms: expect.any(Number) as number },
  });
  weights.set(0);
  expect(await share(20)).toBe(0);
});

it('asks the first alone by the way of its checks, and counts no client there', async () => {
  weights.lead(at());
  weights.set(100);
  const direct = await front.urlFor({ isDirect: true });
  expect([await ask(direct), await ask()]).toEqual(['first', 'second']);
  expect(weights.figures()).toMatchObject({ own: { requests: 0 }, beside: { requests: 1 } });
});

it('counts errors, answers that break off, and a production that is gone as failures of clients; 404 as none', async () => {
  weights.lead(at());
  weights.set(100);
  const statuses = [404, 503, 'breaks off'] as const;
  for (const status of statuses) {
    answer = () => status;
    await ask().catch(() => {});
  }
  await new Promise((done) => setTimeout(done, 50));
  expect(weights.figures()!.beside).toMatchObject({ requests: 3, failures: 2, firstFailure: 'answered 503' });
  second.closeAllConnections();
  await new Promise((done) => second.close(done));
  expect((await fetch(front.url)).status).toBe(502);
  expect(weights.figures()!.beside).toMatchObject({ requests: 4, failures: 3 });
});

it('passes on who the client is', async () => {
  weights.lead(at());
  weights.set(100);
  const seen: unknown[] = [];
  answer = (headers) => (seen.push(headers['x-forwarded-for'], headers['host']), 200);
  await ask();
  expect(seen).toEqual(['127.0.0.1', new URL(front.url).host]);
});

describe('while a process holds the share', () => {
  const begin = (hold: TrafficHold, ending: AbortController, token = 'mine') =>
    hold.hold(
      { token, second: '/tmp/b', listeners: at() },
      { signal: ending.signal, log: () => {}, learn: () => {}, span: (_, work) => work() },
    );

  it('is what it was before, once that process is gone', async () => {
    const [hold, ending] = [new TrafficHold(weights), new AbortController()];
    const held = begin(hold, ending);
    hold.shift('mine', 50);
    expect(hold.state()).toMatchObject({
      percent: 50,
      second: '/tmp/b',
      clients: { second: { requests: 0 } },
    });
    ending.abort();
    await held;
    expect(hold.state()).toEqual({ percent: 0 });
    expect(await share(10)).toBe(0);
    expect(() => hold.shift('mine', 50)).toThrow('the share of traffic is held no more');
  });

  it('lasts where it says so, and comes back to that', async () => {
    const hold = new TrafficHold(weights);
    const held = begin(hold, new AbortController());
    hold.shift('mine', 100);
    hold.keep('mine');
    hold.release('mine');
    await held;
    expect(hold.state()).toEqual({ percent: 100, second: '/tmp/b' });
    expect(await share(5)).toBe(5);
    const ending = new AbortController();
    const again = begin(hold, ending);
    hold.shift('mine', 20);
    ending.abort();
    await again;
    expect([hold.state().percent, await share(5)]).toEqual([100, 5]);
  });

  it('is no other process’s', async () => {
    const [hold, ending] = [new TrafficHold(weights), new AbortController()];
    const held = begin(hold, ending);
    await expect(begin(hold, new AbortController(), 'other')).rejects.toMatchObject({ code: 'at-work' });
    expect(() => hold.shift('other', 50)).toThrow('the share of traffic is held no more');
    ending.abort();
    await held;
  });
});
