import { createServer, get, Server as HttpServer, type RequestListener } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { DiscoveryName } from '../../../../lib/blueprint/discovery';
import { portOf } from '../../../../lib/targets/local/balancer/listening';
import { NamedPort } from '../../../../lib/targets/local/discovery/named-port';
import { RunningTasks, type FoundTask } from '../../../../lib/targets/local/discovery/running-tasks';

const HOST = '127.0.0.1';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function named(more: Partial<DiscoveryName>, tasks: RunningTasks): Promise<string> {
  const offer: DiscoveryName = {
    name: 'orders',
    by: 'service-connect',
    namespace: 'shop',
    port: 0,
    containerPort: 3000,
    protocol: 'http',
    requestTimeoutSeconds: 15,
    ...more,
  };
  const port = new NamedPort(offer, tasks);
  await port.open(HOST);
  closing.push(() => port.close());
  return `http://${HOST}:${port.port}`;
}

/** Starts a server as a task, and waits until it is found. */
async function task(
  tasks: RunningTasks,
  server: Server,
  isHealthy = (): boolean => true,
): Promise<FoundTask> {
  server.listen(0, HOST);
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    if (server instanceof HttpServer) server.closeAllConnections();
  });
  const port = portOf(server);
  const added: FoundTask = { name: 'Orders-1', host: HOST, portOf: () => port, isHealthy };
  closing.push(() => tasks.remove(added));
  tasks.add(added, [3000]);
  for (let i = 0; i < 200 && !tasks.inTurn().includes(added) && isHealthy(); i++) await pause(10);
  return added;
}

/** The probe of a task resets its connection. */
const says =
  (text: string) =>
  (socket: Socket): void =>
    void socket.on('error', () => {}).end(text);

const http = (listener: RequestListener): Server => createServer(listener);

it('answers 503 where no task takes connections, as the proxy does', async () => {
  const tasks = new RunningTasks();
  const none: FoundTask = { name: 'Orders-1', host: HOST, portOf: () => 1, isHealthy: () => true };
  tasks.add(none, [3000]);
  closing.push(() => tasks.remove(none));
  const response = await fetch(await named({}, tasks));
  expect([response.status, response.headers.get('server')]).toEqual([503, 'envoy']);
});

it('leaves out a task whose containers are not healthy, and one that was removed', async () => {
  const tasks = new RunningTasks();
  const found = await task(
    tasks,
    http((_, response) => response.end('well')),
  );
  await task(
    tasks,
    http((_, response) => response.end('unwell')),
    () => false,
  );
  const url = await named({}, tasks);
  const ask = (): Promise<string> => fetch(url).then((it) => it.text());
  expect([await ask(), await ask(), await ask()]).toEqual(['well', 'well', 'well']);
  tasks.remove(found);
  expect(await ask()).toBe('no healthy upstream');
});

it('keeps the host and the headers of a request', async () => {
  const tasks = new RunningTasks();
  await task(
    tasks,
    http(({ headers, url }, response) => response.end(JSON.stringify({ ...headers, url }))),
  );
  const url = await named({}, tasks);
  const seen = (await fetch(`${url}/a?b=c`, { headers: { 'x-id': '7' } }).then((it) => it.json())) as object;
  expect(seen).toMatchObject({ host: url.slice(7), 'x-id': '7', url: '/a?b=c' });
  expect(seen).not.toHaveProperty('x-forwarded-for');
});

it('answers 504 for a request that takes too long, and breaks off what is not complete by then', async () => {
  const tasks = new RunningTasks();
  await task(
    tasks,
    http(({ url }, response) => void (url === '/begun' && response.write('first'))),
  );
  const url = await named({ requestTimeoutSeconds: 0.2 }, tasks);
  expect((await fetch(url)).status).toBe(504);
  await expect(fetch(`${url}/begun`).then((it) => it.text())).rejects.toThrow('terminated');
});

it('forwards a WebSocket', async () => {
  const tasks = new RunningTasks();
  const server = http(() => {}).on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await task(tasks, server);
  const url = await named({}, tasks);
  const asked = get(url, { agent: false, headers: { connection: 'Upgrade', upgrade: 'websocket' } });
  const [, socket] = (await once(asked, 'upgrade')) as [unknown, Socket];
  socket.write('echo');
  expect(String((await once(socket, 'data'))[0])).toBe('echo');
  socket.destroy();
});

it('speaks HTTP/2 with its trailers where the port mapping says gRPC', async () => {
  const tasks = new RunningTasks();
  const server = createHttp2Server().on('stream', (stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end('reply');
  });
  server.on('session', (it) => closing.push(() => it.destroy()));
  await task(tasks, server);
  const session = connectHttp2(await named({ protocol: 'grpc' }, tasks));
  closing.push(() => session.destroy());
  const stream = session.request({ ':path': '/orders.Orders/List' });
  let body = '';
  stream.on('data', (it) => (body += String(it)));
  const [trailers] = (await once(stream, 'trailers')) as [Record<string, string>];
  expect([trailers['grpc-status'], body]).toEqual(['0', 'reply']);
});

it('tries the next task with a connection that the first does not take', async () => {
  const tasks = new RunningTasks();
  const first = createTcpServer(says('first'));
  await task(tasks, first);
  await task(tasks, createTcpServer(says('second')));
  await new Promise((resolve) => first.close(resolve)); // it is found still
  const url = new URL(await named({ protocol: 'tcp', by: 'dns' }, tasks));
  const answers = [];
  for (let i = 0; i < 3; i++) {
    const socket = connect({ host: HOST, port: Number(url.port) });
    answers.push(String((await once(socket, 'data'))[0]));
    socket.destroy();
  }
  expect(answers).toEqual(['second', 'second', 'second']);
});
