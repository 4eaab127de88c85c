import { once } from 'node:events';
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import { text } from 'node:stream/consumers';
import type { TargetGroup } from '../../../../lib/blueprint/load-balancing';
import { Front, groupOf, Tasks, until } from './front';

let front: Front;
let session: ClientHttp2Session;
const tasks = new Tasks();
const servers: Http2Server[] = [];
afterEach(async () => {
  session?.destroy();
  await front.close();
  tasks.close();
  for (const server of servers.splice(0)) server.close();
});

/** A task that speaks HTTP/2 alone. */
async function http2Task(work: (stream: ServerHttp2Stream, path: string) => void) {
  const server = createServer().listen(0, '127.0.0.1');
  server.on('stream', (stream, { ':path': path = '' }) => {
    stream.on('error', () => {});
    work(stream, path);
  });
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { name: 'a', host: '127.0.0.1', port };
}

async function open(
  group: Partial<TargetGroup>,
  target: Awaited<ReturnType<typeof http2Task>>,
): Promise<void> {
  front = new Front({}, [groupOf('Targets', group)]);
  await front.open();
  front.targets().register(target);
  await until(() => front.targets().isHealthy('a'));
  session = connect(front.url);
  session.on('error', () => {});
}

/** What came of a request over HTTP/2. */
async function ask(headers: Record<string, string>, body?: Buffer | string) {
  const stream = session.request(headers, { endStream: body === undefined });
  let trailers: Record<string, unknown> = {};
  stream.once('trailers', (it) => (trailers = it));
  if (body !== undefined) stream.end(body);
  const [response, flags] = (await once(stream, 'response')) as [Record<string, unknown>, number];
  const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  return { status: response[':status'], headers: response, isWhole, body: await text(stream), trailers };
}

it('takes HTTP/2 of clients, and speaks HTTP/1.1 to tasks', async () => {
  const target = await tasks.start('a', undefined, (incoming, response) => {
    response.setHeader('x-version', incoming.httpVersion);
    response.setHeader('x-host', incoming.headers.host!);
    response.setHeader('x-for', String(incoming.headers['x-forwarded-for']));
    incoming.pipe(response);
  });
  await open({}, target);
  const { status, headers, body } = await ask(
    { ':method': 'POST', ':path': '/x', ':authority': 'shop.test' },
    'order',
  );
  expect([status, body]).toEqual([200, 'order']);
  expect(headers).toMatchObject({ 'x-version': '1.1', 'x-host': 'shop.test', 'x-for': '127.0.0.1' });
  expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['connection']));
});

it('takes HTTP/1.1 beside it, on the same port', async () => {
  await open({}, await tasks.start('a'));
  expect(await front.ask()).toEqual([200, 'a']);
  expect((await ask({ ':path': '/' })).body).toBe('a');
});

it('speaks HTTP/2 to the tasks of a target group that has that version, and to no other client', async () => {
  const target = await http2Task((stream, path) => {
    stream.respond({ ':status': path === '/health' ? 200 : 201 });
    stream.pipe(stream);
  });
  await open({ protocolVersion: 'HTTP2' }, target);
  expect(await ask({ ':method': 'POST', ':path': '/x' }, 'order')).toMatchObject({
    status: 201,
    body: 'order',
  });
  expect(await front.ask()).toEqual([464, '464: the target group takes HTTP2 alone\n']);
});

/** A message of gRPC: not compressed, its length, itself. */
function message(content: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(content), 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

const CALL = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };

/** A server of gRPC: a method that answers with several messages, one that fails at once, and no health service. */
const grpcTask = () =>
  http2Task((stream, path) => {
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    if (path !== '/shop.Orders/Watch') {
      const code = path === '/shop.Orders/Deny' ? '7' : '12';
      return stream.respond({ ...head, 'grpc-status': code }, { endStream: true });
    }
    stream.respond(head, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'done' }));
    stream.once('data', () => {
      stream.write(message('one'));
      setTimeout(() => stream.end(message('two')), 50);
    });
  });

it('sends calls of gRPC on with their messages and trailers', async () => {
  await open(
    {
      protocolVersion: 'GRPC',
      healthCheck: { ...groupOf().healthCheck, path: '/AWS.ALB/healthcheck', matcher: '12' },
    },
    await grpcTask(),
  );
  const { status, body, trailers } = await ask({ ...CALL, ':path': '/shop.Orders/Watch' }, message('7'));
  expect([status, body]).toEqual([200, `${message('one').toString()}${message('two').toString()}`]);
  expect(trailers).toMatchObject({ 'grpc-status': '0', 'grpc-message': 'done' });
  expect(await ask({ ...CALL, ':path': '/shop.Orders/Deny' }, message('7'))).toMatchObject({
    headers: { 'grpc-status': '7' },
    isWhole: true, // without trailers: clients of gRPC ask for that
  });
  expect((await ask({ ':path': '/shop.Orders/Watch' })).status).toBe(464); // no call of gRPC
  expect((await front.ask())[0]).toBe(464);
});

it('knows a task of gRPC that is not healthy', async () => {
  front = new Front({}, [
    groupOf('Targets', {
      protocolVersion: 'GRPC',
      healthCheck: { ...groupOf().healthCheck, path: '/grpc.health.v1.Health/Check', matcher: '0' },
    }),
  ]);
  await front.open();
  front.targets().register(await grpcTask());
  await until(() => front.targets().lastResult('a') !== 'not checked yet');
  expect(front.targets().lastResult('a')).toBe('gRPC /grpc.health.v1.Health/Check answered 12, expected 0');
  expect(front.targets().isHealthy('a')).toBe(false);
});

it('answers 502 where a task ends a stream without an answer', async () => {
  await open(
    { protocolVersion: 'HTTP2' },
    await http2Task((stream, path) => {
      if (path === '/health') stream.respond({ ':status': 200 }, { endStream: true });
      else stream.session!.destroy();
    }),
  );
  expect((await ask({ ':path': '/' })).status).toBe(502);
});

it('knows no HTTP/2 on a listener without TLS, as on AWS', async () => {
  front = new Front({ protocol: 'http' });
  await front.open();
  session = connect(front.url);
  session.on('error', () => {});
  await expect(
    once(session, 'connect').then(() => once(session.request({ ':path': '/' }), 'response')),
  ).rejects.toThrow('Protocol error');
});
