import { once } from 'node:events';
import { duration, Front, groupOf, Tasks, until } from './front';

let front: Front;
const tasks = new Tasks();
beforeEach(async () => {
  front = new Front({});
  await front.open();
});
afterEach(async () => {
  await front.close();
  tasks.close();
});

const task = (...args: Parameters<Tasks['start']>) => tasks.start(...args);
const ask: Front['ask'] = (...args) => front.ask(...args);
const send: Front['send'] = (text) => front.send(text);

it('forwards to healthy tasks in turn', async () => {
  front.targets().register(await task('a'));
  front.targets().register(await task('b'));
  front.targets().register(await task('sick', () => 500));
  await until(() => front.targets().isHealthy('a') && front.targets().isHealthy('b'));
  const answers = [await ask(), await ask(), await ask(), await ask()].map(([, text]) => text);
  expect(answers.toSorted()).toEqual(['a', 'a', 'b', 'b']);
  expect(front.targets().lastResult('sick')).toMatch(
    /^(not checked yet|GET \/health answered 500, expected 200-299)$/,
  );
});

it('passes method, path, body and headers through, both ways', async () => {
  const echo = await task('echo', undefined, (request, response) => {
    response.writeHead(201, { 'x-seen': String(request.headers['x-mine']) });
    response.write(`${request.method} ${request.url} `);
    request.pipe(response);
  });
  front.targets().register(echo);
  await until(() => front.targets().isHealthy('echo'));
  const response = await fetch(`${front.url}/a?b=c`, {
    method: 'POST',
    body: 'body',
    headers: { 'x-mine': 'yes' },
  });
  expect([response.status, response.headers.get('x-seen'), await response.text()]).toEqual([
    201,
    'yes',
    'POST /a?b=c body',
  ]);
});

it('takes a task out after as many failed checks as the target group says, and back after as many passed ones', async () => {
  let status = 200;
  let checks = 0;
  front.targets().register(await task('a', () => (checks++, status)));
  await until(() => front.targets().isHealthy('a'));
  status = 503;
  const before = checks;
  await until(() => !front.targets().isHealthy('a'));
  expect(checks - before).toBeGreaterThanOrEqual(2);
  expect(await ask()).toEqual([200, 'a']); // all are tried when none is healthy
  status = 200;
  const sick = checks;
  await until(() => front.targets().isHealthy('a'));
  expect(checks - sick).toBeGreaterThanOrEqual(2);
});

it('answers 503 without a task and 502 for one that breaks off', async () => {
  expect(await ask()).toEqual([503, '503: no task is registered\n']);
  front.targets().register(await task('a', undefined, (request) => request.socket.destroy()));
  await until(() => front.targets().isHealthy('a'));
  expect((await ask())[0]).toBe(502);
});

/** How a task that leaves is waited for. */
const ending = (signal = new AbortController().signal) => ({ signal, log: () => {} });

it('lets a task finish what it has when it leaves, and gives it nothing new', async () => {
  let finish: (() => void) | undefined;
  front
    .targets()
    .register(await task('a', undefined, (_, response) => (finish = () => response.end('done'))));
  await until(() => front.targets().isHealthy('a'));
  const asked = ask();
  await until(() => finish !== undefined);
  let left = false;
  const leaving = front
    .targets()
    .deregister('a', ending())
    .then(() => (left = true));
  expect((await ask())[0]).toBe(503);
  expect(left).toBe(false);
  finish!();
  await leaving;
  expect(await asked).toEqual([200, 'done']);
});

/** A task with a request that never ends. */
async function busy(): Promise<{ readonly asked: Promise<unknown> }> {
  let isAsked = false;
  front.targets().register(await task('a', undefined, () => (isAsked = true)));
  await until(() => front.targets().isHealthy('a'));
  const asked = ask().catch(() => 'closed');
  await until(() => isAsked);
  return { asked };
}

it('waits for what never ends until the deregistration delay is over, and no longer than a signal lets it', async () => {
  front.targets().props = groupOf('Targets', { deregistrationDelaySeconds: 1 });
  await busy();
  const took = await duration(() => front.targets().deregister('a', ending()));
  expect(took).toBeGreaterThan(950);
  expect(took).toBeLessThan(3000);
  front.targets().props = groupOf('Targets', { deregistrationDelaySeconds: 300 });
  const { asked } = await busy();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  expect(await duration(() => front.targets().deregister('a', ending(stop.signal)))).toBeLessThan(1000);
  await front.close();
  await asked;
});

it('closes the idle connections to a task that leaves, which would wait for them', async () => {
  front.targets().register(await task('a'));
  await until(() => front.targets().isHealthy('a'));
  await ask();
  const [server] = tasks.servers;
  const open = async (): Promise<number> =>
    new Promise((resolve, reject) =>
      server!.getConnections((error, all) => (error ? reject(error) : resolve(all))),
    );
  expect(await open()).toBe(1);
  await front.targets().deregister('a', ending());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await open()).toBe(0);
});

it('knows for how long a task has failed its checks', async () => {
  let status = 200;
  front.targets().register(await task('a', () => status));
  await until(() => front.targets().isHealthy('a'));
  expect(front.targets().unhealthyForMs('a')).toBeUndefined();
  status = 500;
  await until(() => front.targets().unhealthyForMs('a') !== undefined);
  const first = front.targets().unhealthyForMs('a')!;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(front.targets().unhealthyForMs('a')! - first).toBeGreaterThan(250);
  status = 200;
  await until(() => front.targets().isHealthy('a'));
  expect(front.targets().unhealthyForMs('a')).toBeUndefined();
});

it('adds what a load balancer adds, and leaves the host as it is', async () => {
  front
    .targets()
    .register(
      await task('echo', undefined, ({ headers }, response) => response.end(JSON.stringify(headers))),
    );
  await until(() => front.targets().isHealthy('echo'));
  const seen = async (headers: Record<string, string> = {}) =>
    JSON.parse((await ask('/', { headers }))[1]) as Record<string, string>;
  expect(await seen()).toMatchObject({
    host: new URL(front.url).host,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
  });
  expect(await seen({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http' })).toMatchObject({
    'x-forwarded-for': '203.0.113.9, 127.0.0.1',
    'x-forwarded-proto': 'https',
  });
  const trace = async (given: string) => (await seen({ 'x-amzn-trace-id': given }))['x-amzn-trace-id'];
  expect(await trace('Root=1-a-b')).toMatch(/^Self=1-[0-9a-f-]{33};Root=1-a-b$/);
  expect(await trace('Field=x')).toMatch(/^Root=1-[0-9a-f-]{33};Field=x$/);
});

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** A task that accepts upgrades, and sends back what it gets. */
async function echoing(): Promise<void> {
  const target = await task('echo');
  tasks.servers.at(-1)!.on('upgrade', (request, socket, head) => {
    const protocols = `${request.headers.connection} ${request.headers.upgrade} ${request.headers.host}`;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Seen: ${protocols}\r\n\r\n`,
    );
    socket.write(head);
    socket.pipe(socket);
    socket.on('error', () => {});
  });
  front.targets().register(target);
  await until(() => front.targets().isHealthy('echo'));
}

it('forwards WebSockets, which hold a task up that leaves, and end with the load balancer', async () => {
  await echoing();
  const { socket, received } = send(`${UPGRADE}first `);
  await until(() => received().endsWith('first '));
  expect(received()).toContain('X-Seen: Upgrade websocket shop\r\n');
  socket.write('second');
  await until(() => received().endsWith('first second'));
  front.targets().props = groupOf('Targets', { deregistrationDelaySeconds: 1 });
  expect(await duration(() => front.targets().deregister('echo', ending()))).toBeGreaterThan(950);
  const closed = once(socket, 'close');
  await front.close();
  await closed;
});

it('ends the drain when a WebSocket is closed, on either side', async () => {
  await echoing();
  const { socket, received } = send(UPGRADE);
  await until(() => received().includes('101'));
  const leaving = duration(() => front.targets().deregister('echo', ending()));
  socket.destroy();
  expect(await leaving).toBeLessThan(1000);
});

it.each([
  ['the answer of a task that does not upgrade', 'HTTP/1.1 200 OK', () => task('plain')],
  [
    '502 of one that breaks off',
    'HTTP/1.1 502',
    () => task('broken', undefined, ({ socket }) => socket.destroy()),
  ],
])('gives a WebSocket %s', async (_, status, target) => {
  front.targets().register(await target());
  await until(() => front.targets().isHealthy('plain') || front.targets().isHealthy('broken'));
  const { socket, received } = send(UPGRADE);
  await once(socket, 'close');
  expect(received()).toContain(status);
});

it('answers 503 to a WebSocket without a task', async () => {
  const { socket, received } = send(UPGRADE);
  await once(socket, 'close');
  expect(received()).toMatch(/^HTTP\/1\.1 503 .*503: no task is registered\r?\n/s);
});

it('ignores the offer of another protocol, and keeps the body', async () => {
  const echo = await task('echo', undefined, (request, response) => request.pipe(response));
  front.targets().register(echo);
  await until(() => front.targets().isHealthy('echo'));
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  const { socket, received } = send(`POST / HTTP/1.1\r\nHost: shop\r\n${offer}Content-Length: 9\r\n\r\nthe `);
  setTimeout(() => socket.write('order'), 50);
  await until(() => received().includes('order'));
  socket.destroy();
  expect(received()).toMatch(/^HTTP\/1\.1 200 .*the .*order/s);
});
