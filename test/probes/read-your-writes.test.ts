import type { ServerResponse } from 'node:http';
import type { Seen } from '../../lib/probes/context';
import { readYourWritesWith } from '../../lib/probes/read-your-writes';
import type { ReadYourWritesCheck } from '../../lib/config/types';
import { closeServers, contextOf, deadUrl, serve } from './loopback';

afterAll(closeServers);

const CHECK: ReadYourWritesCheck = {
  name: 'orders',
  write: { method: 'POST', path: '/orders', body: { item: 'tea {i}' }, status: 201 },
  read: { path: '/orders/{id}', contains: 'tea {i}' },
  times: 10,
};

/** A shop that hides an order from so many of its first reads. */
async function shop(hiddenReads: (id: number) => number): Promise<{ url: string; reads: number[] }> {
  const orders: string[] = [];
  const reads: number[] = [];
  const url = await serve((request, response) => {
    const id = Number(request.url!.split('/')[2]);
    if (request.method === 'GET') {
      const isHidden = reads[id - 1]!++ < hiddenReads(id);
      end(response, isHidden ? 404 : 200, isHidden ? 'no such order' : orders[id - 1]!);
      return;
    }
    void request.toArray().then((chunks) => {
      orders.push(Buffer.concat(chunks as Buffer[]).toString());
      reads.push(0);
      end(response, 201, JSON.stringify({ id: orders.length }));
    });
  });
  return { url, reads };
}

const end = (response: ServerResponse, status: number, text: string) => response.writeHead(status).end(text);

const see = (url: string | undefined, more: object = {}, patience: object = {}): Promise<Seen> =>
  readYourWritesWith(
    { timeoutMs: 5000, appearMs: 5000, ...patience },
    { ...CHECK, ...more },
    contextOf({ url }),
  );

it('passes when every read shows the write before it', async () => {
  expect(await see((await shop(() => 0)).url)).toEqual({
    outcome: 'passed',
    detail: '10 of 10 reads showed the write before them',
    measures: { reads: 10, staleReads: 0, errors: 0 },
    lastReads: [6, 7, 8, 9, 10].map((id) => ({
      path: `/orders/${id}`,
      contains: expect.stringMatching(/^tea \d+$/) as string,
    })),
  });
});

it('makes 100 attempts by default: one stale read in twenty is missed once in 170 times', async () => {
  const { measures } = await see((await shop(() => 0)).url, { times: undefined });
  expect(measures).toEqual({ reads: 100, staleReads: 0, errors: 0 });
});

it('counts reads that lag behind their writes, and says how far the first did', async () => {
  const { url, reads } = await shop((id) => (id % 2 === 1 ? 2 : 0));
  const { outcome, detail, measures } = await see(url);
  expect({ outcome, measures }).toEqual({
    outcome: 'failed',
    measures: { reads: 10, staleReads: 5, errors: 0 },
  });
  expect(detail).toMatch(
    /^5 of 10 reads missed the write before them \(first: GET \/orders\/1 answered 404, expected any 2xx; it appeared after \d+ ms\)$/,
  );
  // the first three are waited for, the others are not
  expect(reads).toEqual([3, 1, 3, 1, 3, 1, 1, 1, 1, 1]);
});

it('counts answers as errors that say nothing of the write, however soon they pass', async () => {
  const orders = new Map<string, number>();
  const url = await serve((request, response) => {
    if (request.method === 'POST') return void end(response, 201, JSON.stringify({ id: orders.size + 1 }));
    const reads = (orders.get(request.url!) ?? 0) + 1;
    orders.set(request.url!, reads);
    return void end(response, reads === 1 ? 500 : 200, 'tea');
  });
  const { outcome, detail, measures } = await see(url, { read: { path: '/orders/{id}' }, times: 4 });
  expect({ outcome, measures }).toEqual({
    outcome: 'failed',
    measures: { reads: 4, staleReads: 0, errors: 4 },
  });
  expect(detail).toBe('4 errors (first: GET /orders/1 answered 500, expected any 2xx)');
});

it('reads from the task that did not write, and from that which did, of two that take turns', async () => {
  let requests = 0;
  const pairs = new Set<string>();
  let writer = 0;
  const url = await serve((request, response) => {
    const task = requests++ % 2;
    if (request.method !== 'POST') return void (pairs.add(`${writer}${task}`), end(response, 200, 'tea'));
    writer = task;
    return void end(response, 201, JSON.stringify({ id: 1 }));
  });
  await see(url, { read: { path: '/orders/{id}' }, times: 30 });
  expect(pairs).toContain('01');
  expect(pairs).toContain('10');
});

it('distinguishes a lost write from a late one', async () => {
  expect(await see((await shop(() => Infinity)).url, {}, { appearMs: 50 })).toEqual({
    outcome: 'failed',
    detail:
      '10 errors (first: GET /orders/1 answered 404, expected any 2xx; the write is lost: it did not appear within 0.05 s)',
    measures: { reads: 10, staleReads: 0, errors: 10 },
  });
});

it('counts an answer without the text as a miss too', async () => {
  const check = { read: { path: '/orders/{id}', contains: 'coffee {i}' }, times: 1 };
  expect((await see((await shop(() => 0)).url, check, { appearMs: 20 })).detail).toMatch(
    /^1 error \(first: GET \/orders\/1 answered 200 without "coffee \d+"; the write is lost: it did not appear within 0.02 s\)$/,
  );
});

it.each<[string, string, string]>([
  ['fails', 'no', 'POST /orders answered 500, expected 201'],
  ['is no JSON', 'ok', 'the answer to POST /orders is not JSON with "id", which the read needs'],
  ['lacks the field', '{"key":7}', 'the answer to POST /orders is not JSON with "id", which the read needs'],
])('reads nothing when the answer of the write %s', async (_, body, what) => {
  const url = await serve((_request, response) => end(response, body === 'no' ? 500 : 201, body));
  expect(await see(url)).toEqual({
    outcome: 'failed',
    detail: `10 errors (first: ${what})`,
    measures: { reads: 0, staleReads: 0, errors: 10 },
  });
});

it('fills in fields within objects, and keeps them from changing the path', async () => {
  const seen: string[] = [];
  const url = await serve((request, response) => {
    seen.push(request.url!);
    end(response, 200, '{"order":{"id":"a/b?c"}}');
  });
  const check = { write: { path: '/new' }, read: { path: '/orders/{order.id}?try={i}' }, times: 1 };
  expect(await see(url, check)).toMatchObject({ outcome: 'passed' });
  expect(seen).toEqual(['/new', expect.stringMatching(/^\/orders\/a%2Fb%3Fc\?try=\d+$/)]);
});

it('does not take what an earlier check wrote for its own', async () => {
  // a cart is there from its first write on, but each write is seen only after a read
  const carts = new Set<string>();
  const unseen = new Set<string>();
  const url = await serve((request, response) => {
    if (request.method === 'PUT') unseen.add(request.url!);
    const isSeen = carts.has(request.url!);
    if (request.method === 'GET' && unseen.has(request.url!)) carts.add(request.url!);
    end(response, request.method === 'PUT' || isSeen ? 200 : 404, '');
  });
  const check = { write: { method: 'PUT', path: '/carts/{i}' }, read: { path: '/carts/{i}' }, times: 2 };
  for (const round of ['baseline', 'candidate'])
    expect([round, (await see(url, check)).measures]).toEqual([
      round,
      { reads: 2, staleReads: 2, errors: 0 },
    ]);
});

it('gives up when there is no answer', async () => {
  expect(await see(await deadUrl())).toEqual({
    outcome: 'failed',
    detail:
      '3 errors (first: POST /orders: connection refused); stopped after 3 requests in a row without an answer',
    measures: { reads: 0, staleReads: 0, errors: 3 },
  });
  expect(await see(undefined)).toMatchObject({ outcome: 'failed' });
});

it('throws the reason when it is aborted while it waits', async () => {
  const abort = new AbortController();
  const { url } = await shop(() => {
    setTimeout(() => abort.abort(new Error('enough')), 20);
    return Infinity;
  });
  const context = contextOf({ url, signal: abort.signal });
  await expect(readYourWritesWith({ timeoutMs: 5000, appearMs: 5000 }, CHECK, context)).rejects.toThrow(
    'enough',
  );
});

describe('somebody who signs in', () => {
  it('is the one who reads: by the cookies of the answer', async () => {
    const url = await serve(({ method, headers: { cookie } }, response) => {
      response.setHeader('set-cookie', 'session=7; Path=/; HttpOnly');
      end(response, method === 'POST' ? 201 : cookie === 'session=7' ? 200 : 401, '');
    });
    const { detail, lastReads } = await see(url, { read: { path: '/me/{i}' } });
    expect(detail).toBe('10 of 10 reads showed the write before them');
    expect(lastReads![0]!.headers).toEqual({ cookie: 'session=7' }); // another release is asked by the same
  });

  it('is the one who reads: by a token in a header, which the answer has to name', async () => {
    const url = await serve(({ method, headers: { authorization } }, response) =>
      method === 'POST'
        ? end(response, 201, JSON.stringify({ token: 'abc' }))
        : end(response, authorization === 'Bearer abc' ? 200 : 401, ''),
    );
    const readBy = (name: string) => ({
      read: { path: '/me', headers: { authorization: `Bearer {${name}}` } },
    });
    expect((await see(url, readBy('token'))).detail).toBe('10 of 10 reads showed the write before them');
    expect((await see(url, readBy('jwt'))).detail).toBe(
      '10 errors (first: the answer to POST /orders is not JSON with "jwt", which the read needs)',
    );
  });
});
