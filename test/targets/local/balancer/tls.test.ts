import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import type { ListenerTls } from '../../../../lib/blueprint/load-balancing';
import { Front, groupOf, Tasks, until, type FrontProps } from './front';

let front: Front;
const tasks = new Tasks();
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await front.close();
  tasks.close();
  for (const server of servers.splice(0)) server.close();
});

const TLS: ListenerTls = {
  names: ['shop.test', '*.shop.test'],
  alpn: ['h2', 'http/1.1'],
  asksClients: false,
};

/** Where it listens: a URL leaves the usual port out. */
function at(): { readonly host: string; readonly port: number } {
  const { hostname: host, port } = new URL(front.publicUrl);
  return { host, port: Number(port || 443) };
}

const authority = (): string => readFileSync(front.authority.file, 'utf8');

async function open(props: FrontProps, group = groupOf()): Promise<void> {
  front = new Front({ tls: TLS, ...props }, [group]);
  await front.open();
}

async function withTask(group = groupOf()): Promise<void> {
  await open({}, group);
  const target = await tasks.start('a', undefined, (incoming, response) => {
    const { 'x-forwarded-proto': protocol, 'x-forwarded-port': port } = incoming.headers;
    response.end(`${protocol as string} ${port as string} ${incoming.httpVersion}`);
  });
  front.targets().register(target);
  await until(() => front.targets().isHealthy('a'));
}

/** The answer to a request over TLS, by a client that trusts the environment's authority. */
async function ask(ca = authority()): Promise<{ status: number; cookies: readonly string[]; body: string }> {
  const asked = request(front.publicUrl, { ca, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [Parameters<typeof text>[0] & IncomingLike];
  const { statusCode: status = 0, headers } = response;
  return { status, cookies: headers['set-cookie'] ?? [], body: await text(response) };
}
interface IncomingLike {
  readonly statusCode?: number;
  readonly headers: { readonly 'set-cookie'?: string[] };
}

it('encrypts with a certificate of the environment, which nobody else trusts', async () => {
  await withTask();
  expect(front.publicUrl).toMatch(/^https:/);
  expect(await ask()).toMatchObject({ status: 200, body: 'https 443 1.1' });
  await expect(ask('')).rejects.toThrow('self-signed certificate in certificate chain');
});

it('has the names of the certificates of the template, and offers HTTP/2', async () => {
  await withTask();
  for (const servername of ['shop.test', 'www.shop.test']) {
    const socket = connect({
      ...at(),
      servername,
      ca: authority(),
      ALPNProtocols: ['http/1.1', 'h2'],
    });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('h2');
  }
});

describe('of the versions of TLS', () => {
  const offered = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
  const takes = async (version: SecureVersion): Promise<boolean> => {
    const ciphers = 'DEFAULT@SECLEVEL=0'; // OpenSSL 3 offers the old versions with it alone
    const own = { ca: authority(), minVersion: version, maxVersion: version, ciphers };
    const socket = connect({ ...at(), ...own });
    sockets.push(socket);
    return Promise.race([
      once(socket, 'secureConnect').then(() => socket.getProtocol() === version),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
  };

  it.each([
    [0, 2, ['TLSv1', 'TLSv1.1', 'TLSv1.2']],
    [1, 3, ['TLSv1.1', 'TLSv1.2', 'TLSv1.3']],
    [2, 2, ['TLSv1.2']],
    [3, 3, ['TLSv1.3']],
  ])('takes those from 1.%i to 1.%i', async (least, most, expected) => {
    await open({ tls: { ...TLS, versions: { least, most } } });
    const taken = [];
    for (const version of offered) if (await takes(version)) taken.push(version);
    expect(taken).toEqual(expected);
  });
});

it('takes HTTP/2 of clients that encrypt', async () => {
  await withTask();
  const session = connectHttp2(front.publicUrl, { ca: authority() });
  const stream = session.request({ ':path': '/' });
  const [{ ':status': status }] = (await once(stream, 'response')) as [{ ':status': number }];
  expect([status, await text(stream)]).toEqual([200, 'https 443 1.1']);
  session.destroy();
});

it('has a way for checks, which do not encrypt, and takes nothing plain where clients do', async () => {
  await withTask();
  expect(await front.ask()).toEqual([200, 'https 443 1.1']);
  await expect(fetch(front.publicUrl.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
});

it('sets the cookie for other sites for clients that encrypt alone: others would not take it', async () => {
  await withTask(groupOf('Targets', { stickiness: { by: 'lb_cookie', seconds: 60 } }));
  expect((await ask()).cookies.at(-1)).toMatch(/^AWSALBCORS=.*; SameSite=None; Secure$/);
  const { headers } = await fetch(front.url);
  expect(headers.getSetCookie().at(-1)).toMatch(/^AWSALBCORS=.*; SameSite=None$/);
});

it('forwards WebSockets of clients that encrypt', async () => {
  await open({});
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', (head: Buffer) => {
      const isCheck = head.toString().startsWith('GET /health');
      if (isCheck) socket.end('HTTP/1.1 200 OK\r\n\r\n');
      else {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        socket.pipe(socket);
      }
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  front
    .targets()
    .register({ name: 'a', host: '127.0.0.1', port: (server.address() as { port: number }).port });
  await until(() => front.targets().isHealthy('a'));
  const asked = request(front.publicUrl, {
    ca: authority(),
    agent: false,
    headers: { connection: 'Upgrade', upgrade: 'websocket' },
  }).end();
  const [, socket] = (await once(asked, 'upgrade')) as [unknown, TLSSocket];
  sockets.push(socket);
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toBe('hello');
});

const tcp = groupOf('Targets', {
  protocol: 'TCP',
  healthCheck: { ...groupOf().healthCheck, protocol: 'TCP' },
});

it('ends TLS at a Network Load Balancer, which offers the protocols of its policy', async () => {
  await open({ protocol: 'tls', kind: 'network', tls: { ...TLS, alpn: ['http/1.1', 'h2'] } }, tcp);
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  front
    .targets()
    .register({ name: 'a', host: '127.0.0.1', port: (server.address() as { port: number }).port });
  await until(() => front.targets().isHealthy('a'));
  const socket = connect({
    ...at(),
    ca: authority(),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toBe('hello');
  expect(socket.alpnProtocol).toBe('http/1.1');
});
