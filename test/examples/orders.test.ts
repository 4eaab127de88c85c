import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import config from '../../twin.config';

const FOLDER = 'examples/orders';

/** Where no database is. */
const DATABASE = {
  ORDERS_WRITER_HOST: '127.0.0.1',
  ORDERS_READER_HOST: '127.0.0.1',
  ORDERS_PORT: '1',
  ORDERS_DATABASE: 'orders',
  ORDERS_USERNAME: 'orders',
  ORDERS_PASSWORD: 'secret',
};

const start = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs a program of the example to its end. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = start(args, env);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

const migrationsUpTo = async (release: string): Promise<unknown> => {
  const script = `import { migrationsUpTo } from './${FOLDER}/migrations.mjs';
    console.log(JSON.stringify(migrationsUpTo('${release}')));`;
  return JSON.parse((await run(['--input-type=module', '-e', script])).stdout);
};

describe('a release', () => {
  it.each([['server.mjs'], ['worker.mjs'], ['migrate.mjs']])(
    'that does not exist is refused by %s',
    async (file) => {
      const { exitCode, stderr } = await run([`${FOLDER}/${file}`], { ...DATABASE, RELEASE: 'latest' });
      expect(stderr).toBe('error: there is no release "latest"; use one of: 1.41.0, 1.42.0, 1.43.0\n');
      expect(exitCode).toBe(1);
    },
  );

  it('must be named, and so must the database', async () => {
    const [noRelease, noDatabase] = await Promise.all([
      run([`${FOLDER}/server.mjs`], DATABASE),
      run([`${FOLDER}/server.mjs`], { RELEASE: '1.41.0' }),
    ]);
    expect(noRelease.stderr).toBe('error: RELEASE is not set; use one of: 1.41.0, 1.42.0, 1.43.0\n');
    expect(noDatabase.stderr).toBe(
      'error: ORDERS_WRITER_HOST is not set: the environment names the database\n',
    );
    expect([noRelease.exitCode, noDatabase.exitCode]).toEqual([1, 1]);
  });

  it('differs from the next in where it reads an order, and nowhere else between 1.42 and 1.43', () => {
    const codeOf = (release: string): string[] =>
      readFileSync(`${FOLDER}/releases/${release}.mjs`, 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith(' *'));
    const [bug, fix] = [codeOf('1.42.0'), codeOf('1.43.0')];
    const changed = bug.flatMap((line, i) => (line === fix[i] ? [] : [[line.trim(), fix[i]!.trim()]]));
    expect(bug).toHaveLength(fix.length);
    expect(changed.length).toBeLessThanOrEqual(2);
    for (const [before, after] of changed) expect(before!.replace('reader', 'writer')).toBe(after);
  });

  it('needs its own migrations and those of the releases before it', async () => {
    expect(await Promise.all(['1.41.0', '1.42.0', '1.43.0'].map(migrationsUpTo))).toEqual([
      ['1.41.0-orders'],
      ['1.41.0-orders', '1.42.0-total'],
      ['1.41.0-orders', '1.42.0-total', '1.43.0-every-total'],
    ]);
  });

  it('begins with the schema that its migrations have made in production', () => {
    const schema = readFileSync(`${FOLDER}/migrations/1.41.0-orders.sql`, 'utf8');
    const seed = readFileSync(`${FOLDER}/seed.sql`, 'utf8');
    expect(seed).toContain(schema);
    expect(seed).toContain(`insert into migrations values ('${config.baseline}-orders'`);
  });
});

describe('a server whose database does not answer', () => {
  it('says so and ends at once when it is stopped', async () => {
    const server = start([`${FOLDER}/server.mjs`], {
      ...DATABASE,
      RELEASE: '1.41.0',
      HOST: '127.0.0.1',
      PORT: '0',
    });
    const closed = once(server, 'close');
    const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
    const url = /listens on (\S+)/.exec(line)![1]!;
    const answers = await Promise.all(
      ['/health', '/orders/1', '/version', '/orders', '/nowhere'].map(async (path) => {
        const response = await fetch(`http://${url}${path}`);
        return [response.status, await response.json()];
      }),
    );
    server.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    expect(answers).toEqual([
      [503, { error: 'the database does not answer; try again' }],
      [503, { error: 'the database does not answer; try again' }],
      [200, { release: '1.41.0', order: ['id', 'customer', 'cents', 'shipping'] }],
      [400, { error: 'whose orders? give ?customer=<name>' }],
      [404, { error: 'there is no GET /nowhere' }],
    ]);
  });
});

describe('the check of totals', () => {
  let api: Server;
  /** What the API answers for an order, and whether it promises totals. */
  let order: (id: number) => unknown;
  let fields: readonly string[];
  beforeAll(async () => {
    api = createServer(({ url = '' }, response) => {
      const id = Number(url.split('/')[2]);
      const body = url === '/version' ? { release: '1.42.0', order: fields } : order(id);
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}));
    });
    await once(api.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => void api.close());
  const check = () =>
    run([`${FOLDER}/checks/totals.mjs`], {
      TWIN_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    });

  it('passes a release that promises none', async () => {
    fields = ['id', 'cents'];
    expect(await check()).toEqual({
      exitCode: 0,
      stdout: 'release 1.42.0 promises no totals\n',
      stderr: '',
    });
  });

  it('passes when every order has one, and names those that have none', async () => {
    fields = ['id', 'total'];
    order = (id) => ({ id, total: 1 });
    expect(await check()).toMatchObject({ exitCode: 0, stdout: '0 of 40 orders have no total\n' });
    order = (id) => ({ id, total: id > 900 ? null : 0 });
    expect(await check()).toEqual({
      exitCode: 1,
      stdout: '4 of 40 orders have no total\nwithout a total: 901, 926, 951, 976\n',
      stderr: '',
    });
  });

  it('fails where there is no order at all: nothing is proved there', async () => {
    fields = ['id', 'total'];
    order = () => undefined;
    expect(await check()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: there is no order to check\n',
    });
    order = (id) => (id === 51 ? { id, total: 2 } : undefined);
    expect(await check()).toMatchObject({ exitCode: 0, stdout: '0 of 1 orders have no total\n' });
  });
});
