import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { ORDER_VARIABLE, type InsideMessage, type InsideOrder } from '../../lib/probes/inside';
import { MessageReader } from '../../lib/probes/messages';
import { buildProbe, probeBuild } from './build-probe';

const script = resolve('node_modules/.cache/cdk-twin', `inside-${process.pid}.js`);
let server: Server;
let url: string;
let status: number;

beforeAll(async () => {
  buildProbe(script);
  server = createServer((_, response) => response.writeHead(status).end('hello'));
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => (status = 200));
afterAll(() => {
  server.close();
  rmSync(script);
});

/** Runs the script with nothing but its variables. */
function start(order: InsideOrder): {
  child: ChildProcess;
  messages: InsideMessage[];
  ended: Promise<unknown>;
} {
  const child = spawn(process.execPath, [script], { env: { [ORDER_VARIABLE]: JSON.stringify(order) } });
  const reader = new MessageReader();
  const messages: InsideMessage[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    messages.push(...lines.flatMap((line) => (reader.read(line) as InsideMessage | undefined) ?? []));
  });
  return { child, messages, ended: new Promise((done) => child.on('close', done)) };
}

it('runs checks, and says what it saw', async () => {
  const smoke = [
    { name: 'well', path: '/', contains: 'hello' },
    { name: 'ill', path: '/', status: 404 },
  ];
  const { messages, ended } = start({ kind: 'checks', checks: { smoke }, release: '1', url, databases: [] });
  expect(await ended).toBe(0);
  expect(messages).toMatchObject([
    { log: 'smoke: well' },
    { log: 'smoke: ill' },
    {
      results: [
        { name: 'well', outcome: 'passed' },
        { name: 'ill', outcome: 'failed', detail: 'GET / answered 200, expected 404' },
      ],
    },
  ]);
});

it('repeats a request until it is terminated, and says how long it failed', async () => {
  const { child, messages, ended } = start({ kind: 'recovery', request: { path: '/' }, url });
  while (messages.length === 0) await wait(20);
  expect(messages).toEqual([{ watching: true }]);
  status = 503;
  await wait(300);
  child.kill('SIGTERM'); // what was broken is repaired, but for a moment
  await wait(200);
  status = 200;
  expect(await ended).toBe(0);
  const [, { recovery }] = messages as [unknown, { recovery: { recoveryMs: number; detail: string } }];
  expect(recovery.recoveryMs).toBeGreaterThan(400);
  expect(recovery.detail).toMatch(/^recovered in .* first: GET \/ answered 503, expected any 2xx\)$/);
});

it('asks services which release they are', async () => {
  const version = { path: '/', text: true } as const;
  const order = {
    kind: 'versions',
    version,
    release: 'hello',
    tasks: { Web: 1 },
    urls: { Web: url },
  } as const;
  const { messages, ended } = start(order);
  expect(await ended).toBe(0);
  expect(messages).toEqual([{ versions: [{ service: 'Web', answered: 'hello' }] }]);
});

it('signs in to no database that does not answer, and says why', async () => {
  const at = { host: '127.0.0.1', port: 9 };
  const database = {
    tier: 'Orders',
    writer: at,
    reader: at,
    readers: [],
    database: 'shop',
    username: 'shop',
  };
  const { messages, ended } = start({
    kind: 'login',
    patienceMs: 60_000,
    databases: [{ ...database, password: '' }],
  });
  await ended;
  expect(messages).toEqual([
    { refused: ['the writer of Orders (127.0.0.1:9) cannot be reached: connect ECONNREFUSED 127.0.0.1:9'] },
  ]);
});

it('fits into a task definition, which holds 64 KiB with everything in it', () => {
  const { outputFiles } = buildSync({ ...probeBuild, write: false });
  const packed = brotliCompressSync(outputFiles[0]!.contents).toString('base64');
  expect(packed.length).toBeLessThan(48 * 1024);
});
