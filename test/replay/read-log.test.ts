import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { ReplayRoute } from '../../lib/config/types';
import { MAX_LINE } from '../../lib/replay/lines';
import { readLog, type LogPlan } from '../../lib/replay/read-log';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-log-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const START = Date.parse('2026-11-03T10:15:00Z');
const { signal } = new AbortController();

const line = (second: number, request: string, status = 200): string =>
  `198.51.100.7 - ann.smith [${new Date(START + second * 1000).toISOString().replace(/(\d+)-(\d+)-(\d+)T(.*)\.\d+Z/, (_, y, __, d, t) => `${d}/Nov/${y}:${t} +0000`)}] "${request} HTTP/1.1" ${status} 12 "-" "ua-of-ann"`;

const read = (text: string | Buffer, plan: Partial<LogPlan> = {}, name = 'access.log') => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readLog(file, { name: 'busy', routes: ROUTES, ...plan }, signal);
};

const ROUTES: readonly ReplayRoute[] = [
  { path: '/orders/{id}' },
  { path: '/orders?customer={customer}' },
  { method: 'POST', path: '/orders', body: { customer: 'c-{i}' } },
];

it('keeps which requests are of the same, and nothing of what they are', async () => {
  const reading = await read(
    [
      line(0, 'GET /orders/771'),
      line(1, 'GET /orders/993?token=s3cret'),
      line(2, 'GET /orders/771'),
      line(2, 'GET /orders?customer=ann%40example.com&page=4'),
      line(3, 'POST /orders', 201),
      line(3, 'GET /orders/994', 404),
    ].join('\n'),
  );
  expect(reading.recording.requests).toEqual([
    { atMs: 0, route: 0, values: { id: '1' }, wasRefused: false },
    { atMs: 1000, route: 0, values: { id: '2' }, wasRefused: false },
    { atMs: 2000, route: 0, values: { id: '1' }, wasRefused: false },
    { atMs: 2500, route: 1, values: { customer: '1' }, wasRefused: false },
    { atMs: 3000, route: 2, values: {}, wasRefused: false },
    { atMs: 3500, route: 0, values: { id: '3' }, wasRefused: true },
  ]);
  expect(reading).toMatchObject({
    files: 1,
    entries: 6,
    wrong: 0,
    leftOut: [],
    from: '2026-11-03T10:15:00.000Z',
  });
  const all = inspect(reading, { depth: Infinity });
  for (const secret of ['771', '993', '994', 's3cret', 'ann', 'example', '198.51', 'ua-of'])
    expect(all).not.toContain(secret);
});

it('calls what has no route by its method and what routes have of its path alone', async () => {
  const reading = await read(
    [
      line(0, 'GET /orders/1'),
      line(0, 'DELETE /orders/4711'),
      line(1, 'GET /users/ann.smith@example.com/orders'),
      line(1, 'GET /users/bob/orders'),
      line(2, 'ANNSMITH /orders?by=ann'),
    ].join('\n'),
  );
  expect(reading.leftOut).toEqual([
    { what: 'GET /*/*/orders', requests: 2 },
    { what: 'DELETE /orders/*', requests: 1 },
    { what: 'another method /orders?*', requests: 1 },
  ]);
});

it('sends the values that a route allows, each for the same text', async () => {
  const routes = [
    { path: '/a/{id}/{kind}', values: { id: { from: 10, to: 11, prefix: 'n-' }, kind: ['x'] } },
  ];
  const { recording } = await read(
    ['p', 'q', 'r', 'p'].map((id, i) => line(i, `GET /a/${id}/${id}`)).join('\n'),
    { routes },
  );
  expect(recording.requests.map(({ values }) => values)).toEqual(
    ['n-10', 'n-11', 'n-10', 'n-10'].map((id) => ({ id, kind: 'x' })),
  );
});

it('takes the first route that matches, and a query with the text that it names', async () => {
  const routes = [{ path: '/s?sort=price&q={q}' }, { path: '/s?q={q}' }, { path: '/{page}' }];
  const { recording } = await read(
    ['/s?q=a&sort=price', '/s?q=a&sort=name', '/s', '/s?q='].map((it) => line(0, `GET ${it}`)).join('\n'),
    { routes },
  );
  expect(recording.requests.map(({ route }) => route)).toEqual([0, 1, 2, 2]);
});

it('replays the busiest time, which may begin anywhere', async () => {
  const seconds = [0, 1, 5, 5, 5, 6, 6, 9, 20];
  const { recording, from } = await read(seconds.map((it) => line(it, 'GET /orders/1')).join('\n'), {
    seconds: 2,
  });
  expect(from).toBe('2026-11-03T10:15:05.000Z');
  expect(recording.seconds).toBe(2);
  expect(recording.requests).toHaveLength(5);
  const short = await read(seconds.map((it) => line(it, 'GET /orders/1')).join('\n'), { seconds: 60 });
  expect(short.recording).toMatchObject({ seconds: 21 });
  expect(short.recording.requests).toHaveLength(9);
});

it('counts what is no request, and says it of no line what it holds', async () => {
  const wrong = ['nonsense of ann', line(1, '-'), `${'x'.repeat(3 * MAX_LINE)} y`, ''];
  const reading = await read(
    [line(0, 'GET /orders/1'), ...wrong, line(2, 'GET /orders/2'), 'z'.repeat(2 * MAX_LINE)].join('\n'),
  );
  expect(reading).toMatchObject({ entries: 2, wrong: 4 });
  expect(reading.recording.requests).toHaveLength(2);
});

it('reads a folder with folders, files of gzip and of several formats, as one log', async () => {
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, '.DS_Store'), 'none');
  writeFileSync(join(folder, 'empty.log'), '');
  writeFileSync(join(folder, 'a', '2.log'), line(2, 'GET /orders/7'));
  // two members, as tools that append write them
  writeFileSync(
    join(folder, '1.log.gz'),
    Buffer.concat([gzipSync(`${line(1, 'GET /orders/7')}\n`), gzipSync(line(3, 'GET /orders/8'))]),
  );
  const json = { time: START / 1000, method: 'GET', path: '/orders/8', status: 200 };
  writeFileSync(join(folder, '0.json'), JSON.stringify(json));
  const archived = {
    startedDateTime: new Date(START + 4000),
    request: { method: 'GET', url: 'https://a.example.com/orders/9' },
    response: { status: 200 },
  };
  writeFileSync(join(folder, '3.har'), JSON.stringify({ log: { entries: [archived] } }, null, 2));
  const { recording, files, entries } = await readLog(folder, { name: 'busy', routes: ROUTES }, signal);
  expect({ files, entries }).toEqual({ files: 5, entries: 5 });
  expect(recording.requests.map(({ values, atMs }) => [values['id'], atMs])).toEqual([
    ['1', 0],
    ['2', 1000],
    ['2', 2000],
    ['1', 3000],
    ['3', 4000],
  ]);
});

describe('a large log', () => {
  const file = (): string => join(folder, 'large.log');
  beforeEach(() => {
    const block = `${Array.from({ length: 1000 }, (_, i) => line(i % 50, `GET /orders/${i}`)).join('\n')}\n`;
    writeFileSync(file(), block.repeat(20));
  });
  const reading = (until: AbortSignal) =>
    readLog(file(), { name: 'busy', routes: ROUTES, seconds: 1 }, until);

  it('is read to its end', async () => {
    const { entries, recording } = await reading(signal);
    expect(entries).toBe(20_000);
    expect(recording.requests).toHaveLength(400);
  });

  it('is read piece by piece: a stop is seen in the middle of it', async () => {
    const stop = new AbortController();
    const stopped = reading(stop.signal);
    setImmediate(() => stop.abort(new Error('stopped in the middle')));
    await expect(stopped).rejects.toThrow('stopped in the middle');
  });
});

describe('ends with an error for', () => {
  it.each<[string, string | Buffer, Partial<LogPlan>, RegExp]>([
    [
      'what is no log',
      'name,age\nann,7\n',
      {},
      /access\.log, of the replay check "busy", is not an access log$/,
    ],
    ['JSON with other names', '{"ts":1,"verb":"GET"}\n', {}, /is not an access log$/],
    ['JSON that is no archive', '{"log":{"entries":[]}}', {}, /is not an access log$/],
    ['bytes', Buffer.from([0, 1, 2, 255, 10, 3]), {}, /is not an access log$/],
    ['nothing at all', '', {}, /access\.log is empty$/],
    ['requests without a route', line(0, 'GET /users/ann'), {}, /has a route: GET \/\*\/\* \(1\)$/],
    [
      'gzip that is cut',
      gzipSync(line(0, 'GET /orders/1').repeat(99)).subarray(0, 40),
      {},
      /cannot be read: unexpected end of file$/,
    ],
  ])('%s', async (_, text, plan, message) => {
    const error = await read(text, plan).catch((it: unknown) => it);
    expect(error).toMatchObject({ code: 'access-log', message: expect.stringMatching(message) as string });
    expect(String(error)).not.toMatch(/\bann\b/);
  });

  it('a log that is not there', async () => {
    const reading = readLog(join(folder, 'none'), { name: 'busy', routes: ROUTES }, signal);
    await expect(reading).rejects.toMatchObject({
      code: 'access-log',
      message: expect.stringContaining('ENOENT') as string,
    });
  });
});

it('stops when it is aborted', async () => {
  const reason = new Error('stopped by SIGINT');
  const file = join(folder, 'access.log');
  writeFileSync(file, line(0, 'GET /orders/1'));
  await expect(readLog(file, { name: 'busy', routes: ROUTES }, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});
