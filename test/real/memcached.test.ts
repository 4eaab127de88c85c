import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { CacheProps } from '../../lib/blueprint/blueprint';
import type { MemcachedNode } from '../../lib/targets/local/memcached/node';
import { LocalMemcached } from '../../lib/targets/local/memcached/tier';
import { memcachedServer, NO_MEMCACHED } from '../../lib/targets/local/memcached/server';
import type { Program } from '../../lib/targets/local/process/machine';
import { Processes } from '../../lib/targets/local/process/processes';
import { until } from '../../lib/targets/local/process/until';
import { Authority } from '../../lib/targets/local/tls/authority';
import type { Watch } from '../../lib/targets/target';

const server = memcachedServer();
if (!server) throw new Error(NO_MEMCACHED);
const watch: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};
const pages: CacheProps = {
  engine: 'memcached',
  engineVersion: '1.6',
  port: 11211,
  isServerless: false,
  nodes: 2,
  encrypts: false,
  class: 'cache.t4g.small',
  parameters: { max_item_size: '2097152' },
};

interface Standing {
  readonly cache: LocalMemcached;
  readonly machine: Processes;
  readonly folder: string;
}

let blocks = 0;
const standing: Standing[] = [];

async function stand(cache: CacheProps): Promise<Standing> {
  const folder = mkdtempSync(join(tmpdir(), 'twin-memcached-'));
  const machine = new Processes(folder, `127.${200 + ++blocks}.${process.pid % 250}`);
  const made = new LocalMemcached({
    tier: { kind: 'storage', name: 'Pages', path: 'Pages', stack: '', logicalId: 'Pages', type: '', cache },
    folder: join(folder, 'data'),
    machine,
    username: '',
    password: '',
    replicationDelayMs: 0,
    authority: new Authority(folder),
    server: server!,
  });
  const it = { cache: made, machine, folder };
  standing.push(it);
  await made.up(watch);
  return it;
}

afterAll(async () => {
  for (const { cache, machine, folder } of standing) {
    await cache.close();
    await machine.killAll();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** What is answered until the server closes. */
function ask(host: string, port: number, text: string, ca?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = ca ? connectTls({ host, port, ca }) : connectTcp({ host, port });
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    socket.once('error', reject);
    socket.once('close', () => resolve(got));
    socket.write(`${text}quit\r\n`);
  });
}

const endpointOf = ({ cache }: Standing, name: string): [host: string, port: number] => {
  const { [`${name}.Address`]: host, [`${name}.Port`]: port } = cache.attributes();
  return [host!, Number(port)];
};

describe('a cluster of Memcached', () => {
  it('has nodes with data of their own, which its configuration endpoint names', async () => {
    const at = await stand(pages);
    const config = await ask(...endpointOf(at, 'ConfigurationEndpoint'), 'config get cluster\r\n');
    const nodes = config
      .split('\n')[2]!
      .split(' ')
      .map((it) => it.split('|'));
    expect(nodes).toHaveLength(2);
    const [first, second] = nodes.map(([host, , port]) => [host!, Number(port)] as const);
    expect(await ask(...first!, 'set a 0 0 1\r\nx\r\n')).toBe('STORED\r\n');
    expect(await ask(...first!, 'get a\r\n')).toBe('VALUE a 0 1\r\nx\r\nEND\r\n');
    expect(await ask(...second!, 'get a\r\n')).toBe('END\r\n');
    // A client that knows no cluster gets the nodes in turns.
    const turns = [];
    for (let i = 0; i < 4; i++)
      turns.push(await ask(...endpointOf(at, 'ConfigurationEndpoint'), 'get a\r\n'));
    expect(turns.filter((it) => it.startsWith('VALUE'))).toHaveLength(2);
    expect(at.cache.state()).toMatchObject({
      kind: 'storage',
      members: [{ state: 'running' }, { state: 'running' }],
    });
  });

  it('replaces a node that ends by itself by an empty one, at the same address', async () => {
    const at = await stand({ ...pages, nodes: 1 });
    const endpoint = endpointOf(at, 'ConfigurationEndpoint');
    await ask(...endpoint, 'set a 0 0 1\r\nx\r\n');
    const [node] = (at.cache as unknown as { nodes: readonly MemcachedNode[] }).nodes;
    (node as unknown as { program: Program }).program.child.kill('SIGKILL');
    const isBack = () => Promise.resolve(at.cache.state().incidents!.length === 1 && node!.isInPlace);
    await until(isBack, { what: 'the node runs again', signal: watch.signal });
    expect(at.cache.state().incidents).toMatchObject([
      { what: 'Pages-1 ended with SIGKILL, and is replaced', isEnd: true },
    ]);
    expect(await ask(...endpoint, 'get a\r\n')).toBe('END\r\n');
  });

  it('takes what its parameter group allows, and is empty after its checkpoint', async () => {
    const at = await stand({ ...pages, nodes: 1 });
    const endpoint = endpointOf(at, 'ConfigurationEndpoint');
    const large = 'x'.repeat(1.5 * 1024 ** 2);
    expect(await ask(...endpoint, `set a 0 0 ${large.length}\r\n${large}\r\n`)).toBe('STORED\r\n');
    await at.cache.checkpoint(join(at.folder, 'checkpoint'));
    await at.cache.restore(join(at.folder, 'checkpoint'), watch);
    expect(await ask(...endpoint, 'get a\r\n')).toBe('END\r\n');
    await expect(at.cache.failover()).rejects.toMatchObject({ code: 'no-replica' });
  });
});

it('encrypts where it is serverless, at two ports of one address, and knows the text protocol alone', async () => {
  const at = await stand({ ...pages, nodes: 1, isServerless: true, encrypts: true, parameters: {} });
  const [host, port] = endpointOf(at, 'Endpoint');
  expect(endpointOf(at, 'ReaderEndpoint')).toEqual([host, 11212]);
  const ca = readFileSync(join(at.folder, 'ca.pem'));
  expect(await ask(host, port, 'set a 0 0 1\r\nx\r\n', ca)).toBe('STORED\r\n');
  expect(await ask(host, 11212, 'get a\r\n', ca)).toBe('VALUE a 0 1\r\nx\r\nEND\r\n');
  await expect(ask(host, port, 'get a\r\n')).resolves.toBe('');
  // What would be a command of the binary protocol.
  expect(await ask(host, port, `\u0080\n${'\0'.repeat(22)}\r\n`, ca)).toMatch('ERROR');
  expect(at.cache.variables()).toMatchObject({ NODE_EXTRA_CA_CERTS: join(at.folder, 'ca.pem') });
});
