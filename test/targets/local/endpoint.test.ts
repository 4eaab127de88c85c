import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { TwinError } from '../../../lib/error';
import { Proxy, type ProxyProps, type Upstream } from '../../../lib/targets/local/endpoint';
import { freePort } from '../../../lib/targets/local/process/free-port';

const HOSTS = ['127.211.5.1', '127.211.5.2'] as const;

let servers: Server[] = [];
let proxies: readonly Proxy[] = [];
afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await Promise.all(servers.map((server) => server.close() && once(server, 'close')));
  [servers, proxies] = [[], []];
});

/** A server that greets with its name, and answers what it was sent when the other side has ended. */
async function listening(
  name: string,
  host = '127.0.0.1',
  port = 0,
): Promise<{ host: string; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write(`${name}.`);
    socket.on('error', () => {});
    socket.on('data', (data) => socket.write(data)).on('end', () => socket.end(' bye'));
  });
  servers.push(server);
  await once(server.listen(port, host), 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function open(route: ProxyProps['route'], port: number, hosts: readonly string[] = HOSTS) {
  proxies = await Proxy.openAll(
    hosts.map((host, index) => ({ name: `Orders-${index}`, host, route })),
    port,
  );
  return proxies;
}

const dial = ({ host, port }: Proxy): Socket => connect({ host, port, allowHalfOpen: true });

async function greeting(proxy: Proxy): Promise<string> {
  const socket = dial(proxy);
  socket.end('hello');
  return text(socket);
}

/** Resolves when the other side has broken a connection off: by an end or by a reset, as the system likes. */
function broken(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {}).on('end', () => socket.end());
    socket.resume().once('close', () => resolve());
  });
}

it('forwards to where its route points at the moment, and both ends of a connection end by themselves', async () => {
  const upstreams = [await listening('one'), await listening('two')];
  const [proxy] = await open(() => upstreams[0], await freePort());
  expect(await greeting(proxy!)).toBe('one.hello bye');
  upstreams.shift();
  expect(await greeting(proxy!)).toBe('two.hello bye');
});

it('keeps what comes back for a while where it is asked to, in its order and to its end', async () => {
  const upstream = await listening('one');
  const props = { name: 'Orders-0', host: HOSTS[0], route: () => upstream, delayMs: 300 };
  proxies = await Proxy.openAll([props], await freePort());
  const start = performance.now();
  expect(await greeting(proxies[0]!)).toBe('one.hello bye');
  expect(performance.now() - start).toBeGreaterThan(290);
});

it('listens on the declared port of every address', async () => {
  const upstream = await listening('one');
  const port = await freePort();
  const both = await open(() => upstream, port);
  expect(both.map((proxy) => [proxy.host, proxy.port])).toEqual(HOSTS.map((host) => [host, port]));
});

it('moves all endpoints to one other port when the declared one is taken on any address', async () => {
  const upstream = await listening('one');
  const taken = (await listening('other', HOSTS[1])).port;
  const both = await open(() => upstream, taken);
  expect(both[0]!.port).not.toBe(taken);
  expect(both[1]!.port).toBe(both[0]!.port);
  expect(await greeting(both[1]!)).toBe('one.hello bye');
});

it('breaks off the connections to one upstream and leaves the others', async () => {
  const upstreams: Upstream[] = [await listening('one'), await listening('two')];
  const [proxy] = await open(() => upstreams[0], await freePort());
  const first = dial(proxy!);
  await once(first, 'data');
  upstreams.reverse();
  const second = dial(proxy!);
  await once(second, 'data');

  proxy!.cut(upstreams[1]);
  await broken(first);
  second.end('still here');
  expect(await text(second)).toBe('still here bye');
});

it.each([
  ['its route leads nowhere', (): undefined => undefined],
  ['nothing listens there', (): Upstream => ({ path: '/nowhere/.s.PGSQL.1' })],
])('closes a connection at once when %s', async (_, route) => {
  const [proxy] = await open(route, await freePort());
  const socket = dial(proxy!);
  await broken(socket);
  expect(socket.bytesRead).toBe(0);
});

it('says how to get an address that the machine does not have', async () => {
  const error: unknown = await open(() => undefined, 0, ['192.0.2.7']).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(TwinError);
  expect(String(error)).toBe(
    '"Orders-0" cannot listen on 192.0.2.7: this machine does not have the address\n  fix: Run "sudo ifconfig lo0 alias 192.0.2.7".\n  code: no-address',
  );
  expect((error as TwinError).code).toBe('no-address');
});
