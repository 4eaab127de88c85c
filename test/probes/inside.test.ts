import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import {
  ORDER_VARIABLE,
  passwordVariable,
  type InsideMessage,
  type InsideOrder,
} from '../../lib/probes/inside';
import { MessageReader } from '../../lib/probes/messages';
import type { TrafficFigures } from '../../lib/probes/traffic-figures';
import { standUp, type RealDatabase } from './real-database';
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
function start(
  order: InsideOrder,
  secrets: Readonly<Record<string, string>> = {},
): {
  child: ChildProcess;
  messages: InsideMessage[];
  ended: Promise<unknown>;
} {
  const child = spawn(process.execPath, [script], {
    env: { ...secrets, [ORDER_VARIABLE]: JSON.stringify(order) },
  });
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

it('sends requests until it is terminated and they are answered, and says how long they failed', async () => {
  const plan = { checks: { smoke: [{ name: 'well', path: '/' }] }, recoverWithinMs: 10_000 };
  const { child, messages, ended } = start({ kind: 'traffic', plan, url });
  while (messages.length === 0) await wait(20);
  expect(messages).toEqual([{ watching: true }]);
  status = 503;
  await wait(300);
  child.kill('SIGTERM'); // what was broken is repaired, but for a moment
  await wait(200);
  status = 200;
  expect(await ended).toBe(0);
  const [, { traffic }] = messages as [unknown, { traffic: TrafficFigures }];
  expect(traffic.recoveryMs).toBeGreaterThan(400);
  expect(traffic.firstFailure).toBe('GET / answered 503, expected 200');
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
    engine: 'postgresql' as const,
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

describe('with a database', () => {
  let real: RealDatabase;
  beforeAll(async () => {
    real = await standUp(1, 'create table orders as select n as id from generate_series(1, 3) n');
  }, 60_000);
  afterAll(() => real.remove());
  const databases = () => [{ ...real.database(), password: '' }];
  const secrets = () => ({ [passwordVariable(0)]: real.database().password });

  it('counts rows', async () => {
    const bounds = { Orders: [{ oid: '0', schema: 'public', name: 'orders', column: 'id', most: '2' }] };
    const { messages, ended } = start({ kind: 'data', bounds, databases: databases() }, secrets());
    await ended;
    expect(messages).toMatchObject([
      {
        data: [
          {
            tier: 'Orders',
            tables: [{ name: 'orders', count: { rows: 3 } }],
            faults: [expect.stringContaining('the table orders has no primary key') as string],
          },
        ],
      },
    ]);
  });

  it('watches until it is terminated', async () => {
    const { child, messages, ended } = start({ kind: 'database-watch', databases: databases() }, secrets());
    while (messages.length === 0) await wait(20);
    expect(messages).toEqual([{ watching: true }]);
    const client = await real.connect();
    await client.query('begin; lock table orders');
    await wait(1000);
    await client.query('commit');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(messages.slice(1)).toMatchObject([
      { figures: [{ tier: 'Orders', locks: [{ table: 'orders', statement: 'begin; lock table orders' }] }] },
    ]);
  });
});

it('asks for what was written earlier', async () => {
  const writtenReads = [{ name: 'old', path: '/', contains: 'good bye' }];
  const { messages, ended } = start({
    kind: 'checks',
    checks: { writtenReads },
    release: '1',
    url,
    databases: [],
  });
  await ended;
  expect(messages.slice(1)).toMatchObject([
    {
      results: [{ kind: 'written-read', outcome: 'failed', detail: 'GET / answered 200 without "good bye"' }],
    },
  ]);
});

it('fits into a task definition, which holds 64 KiB with everything in it', () => {
  const { outputFiles } = buildSync({ ...probeBuild, write: false });
  const packed = brotliCompressSync(outputFiles[0]!.contents).toString('base64');
  // the rest is for its order: 8 KB of bounds at the most, checks, and the service's own definition
  expect(packed.length).toBeLessThan(49 * 1024);
});
