import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheProps } from '../../../../lib/blueprint/blueprint';
import { coverageBeside, coverageOf } from '../../../../lib/targets/local/coverage';
import { differencesOf } from '../../../../lib/targets/local/memcached/differences';
import { Front } from '../../../../lib/targets/local/memcached/front';
import { optionsOf, unknownIn } from '../../../../lib/targets/local/memcached/options';
import { memcachedServer, NO_MEMCACHED } from '../../../../lib/targets/local/memcached/server';
import { discovered, DISCOVERY, TextCommands } from '../../../../lib/targets/local/memcached/text-commands';
import { technologyOf } from '../../../../lib/targets/local/technologies';

const cache: CacheProps = {
  engine: 'memcached',
  engineVersion: '1.6',
  port: 11211,
  isServerless: false,
  nodes: 2,
  encrypts: false,
  class: 'cache.t4g.small',
  parameters: {},
};
const tier = {
  kind: 'storage',
  name: 'Pages',
  path: 'Pages',
  stack: '',
  logicalId: 'Pages',
  type: 'AWS::ElastiCache::CacheCluster',
  cache,
} as const;

it('cannot begin with the data of another one, which a second production hears before anything stands', () => {
  const beside = (begins: 'copy' | 'empty') =>
    coverageBeside([tier], { folder: '', environment: 'Prod', begins: () => begins }, { services: {} })
      .refusals;
  expect(beside('copy')).toEqual([
    'Pages cannot be seeded from Prod: nothing can be read out of Memcached but by its keys',
  ]);
  expect(beside('empty')).toEqual([]);
});

describe('the server', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'twin-memcached-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const answering = (text: string): string => {
    const path = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(path, 'memcached'), `#!/bin/sh\necho '${text}'\n`);
    chmodSync(join(path, 'memcached'), 0o755);
    return path;
  };

  it('is the first on the PATH that is new enough', () => {
    const [old, first, second] = ['memcached 1.5.22', 'memcached 1.6.18', 'memcached 1.6.39'].map(answering);
    expect(memcachedServer([old, first, second].join(':'))).toEqual({
      command: join(first!, 'memcached'),
      version: '1.6.18',
    });
    expect(memcachedServer(answering('something else'))).toBeUndefined();
    expect(memcachedServer('')).toBeUndefined();
  });

  it('is asked for where there is none: the tier is skipped', () => {
    const { PATH } = process.env;
    process.env['PATH'] = '';
    try {
      expect(coverageOf(tier, { services: {} })).toMatchObject({ skipped: true, because: NO_MEMCACHED });
    } finally {
      process.env['PATH'] = PATH;
    }
    expect(NO_MEMCACHED).toMatch('apt-get install memcached');
  });

  it('begins without a seed', async () => {
    await expect(technologyOf(tier)!.checkSeed(tier, '/tmp/seed')).rejects.toMatchObject({
      code: 'seed',
      message: 'Memcached begins empty, as on AWS',
    });
  });
});

describe('what a client sends', () => {
  const passed = (...chunks: string[]): string[] => {
    const commands = new TextCommands();
    return chunks.flatMap((chunk) => commands.take(Buffer.from(chunk, 'latin1')).map(String));
  };

  it('is passed on, but for requests for the nodes, wherever it is cut', () => {
    const sent = 'get a b\r\nconfig get cluster\r\nset a 0 0 3\r\nxyz\r\ndelete a\r\n';
    const whole = passed(sent);
    expect(whole.filter((it) => it === DISCOVERY)).toHaveLength(1);
    expect(whole.join('')).toBe(sent.replace('config get cluster\r\n', DISCOVERY));
    for (let at = 1; at < sent.length; at++)
      expect(passed(sent.slice(0, at), sent.slice(at)).join('')).toBe(whole.join(''));
  });

  it('may have the same text in a value', () => {
    for (const command of ['set k 0 0 20', 'add k 1 0 20 noreply', 'cas k 0 0 20 7', 'ms k 20 T0']) {
      const sent = `${command}\r\nconfig get cluster\r\n\r\n`;
      expect(passed(sent)).not.toContain(DISCOVERY);
      expect(passed(sent).join('')).toBe(sent);
    }
  });

  it('may be the binary protocol, which has no lines', () => {
    expect(passed('\x80\x0b\x00\x00', 'config get cluster\r\n')).toEqual(
      ['\x80\x0b\x00\x00', 'config get cluster\r\n'].map((it) => Buffer.from(it, 'latin1').toString()),
    );
  });
});

it('gives clients the nodes as ElastiCache does', () => {
  const nodes = ['127.0.0.2', '127.0.0.3'].map((host) => ({ host, port: 11211 }));
  const payload = '1\n127.0.0.2|127.0.0.2|11211 127.0.0.3|127.0.0.3|11211\n';
  expect(discovered(nodes)).toBe(`CONFIG cluster 0 ${payload.length}\r\n${payload}\r\nEND\r\n`);
});

describe('a front', () => {
  let node: Server;
  beforeAll(async () => {
    // It says what it gets.
    node = createServer((socket) => socket.on('data', (chunk) => socket.write(`<${chunk.toString()}>`)));
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => node.close());

  const ask = (port: number, text: string): Promise<string> =>
    new Promise((resolve) => {
      let got = '';
      const socket = connect({ host: '127.0.0.1', port }, () => socket.end(text));
      socket.on('data', (chunk) => (got += chunk.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(got));
    });
  const free = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('answers what ElastiCache adds, and leaves the rest to the node', async () => {
    const at = { host: '127.0.0.1', port: await free() };
    const to = { host: '127.0.0.1', port: (node.address() as AddressInfo).port };
    const front = await Front.open({ ...at, route: () => to, nodes: () => [at] });
    expect(await ask(at.port, 'config get cluster\r\n')).toBe(discovered([at]));
    expect(await ask(at.port, 'get a\r\n')).toBe('<get a\r\n>');
    await front.close();
    expect(await ask(at.port, 'get a\r\n')).toBe('');
  });

  it('closes a connection where no node runs', async () => {
    const at = { host: '127.0.0.1', port: await free() };
    const front = await Front.open({ ...at, route: () => undefined, nodes: () => [] });
    expect(await ask(at.port, 'get a\r\n')).toBe('');
    await front.close();
  });
});

it('starts a server with what its parameter group says, and names the rest', () => {
  const parameters = {
    max_item_size: '2097152',
    error_on_memory_exhausted: '1',
    cas_disabled: '0',
    idle_timeout: '60',
    memcached_connections_overhead: '50',
    lru_segmented: '1',
  };
  expect(optionsOf(parameters)).toEqual(['-I', '2097152', '-M', '-o', 'idle_timeout=60']);
  expect(unknownIn(parameters)).toEqual(['lru_segmented']);
});

it('has in docs/local-target.md every line by which Memcached differs', () => {
  const text = readFileSync('docs/local-target.md', 'utf8');
  const [, listed = ''] = /<!-- differences of Memcached -->\n([^]*?)<!-- end -->/.exec(text) ?? [];
  const items = listed
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim().replaceAll(/\s+/g, ' '));
  const server = { command: '/usr/bin/memcached', version: '1.6.18' };
  const memory = { bytes: 1 };
  const lines = [
    { ...cache, engineVersion: '1.6.22', parameters: { lru_segmented: '1' } },
    { ...cache, encrypts: true, isServerless: true, hasUsers: true as const },
  ].flatMap((it) => differencesOf({ cache: it, server, memory }));
  expect(items).toEqual([...new Set(lines)]);
  expect(differencesOf({ cache, server, memory: { bytes: 1, differs: 'a node keeps less' } })).toContain(
    'a node keeps less',
  );
});
