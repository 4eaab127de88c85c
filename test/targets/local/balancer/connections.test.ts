import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { duration, Front, Tasks, until, type FrontProps } from './front';

let front: Front;
const tasks = new Tasks();
afterEach(async () => {
  await front.close();
  tasks.close();
});

async function open(
  props: FrontProps,
  ...work: Parameters<Tasks['start']> extends [unknown, unknown?, (infer W)?] ? [W?] : never
) {
  front = new Front(props);
  await front.open();
  front.targets().register(await tasks.start('a', undefined, ...work));
  await until(() => front.targets().isHealthy('a'));
}

describe('the idle time-out', () => {
  it('ends a request that is not answered with 504', async () => {
    await open({ idleTimeoutSeconds: 1 }, () => {});
    let answered: [number, string] | undefined;
    const took = await duration(async () => (answered = await front.ask()));
    expect(answered).toEqual([504, '504: the task did not answer in 1 s, the idle time-out\n']);
    expect(took).toBeGreaterThan(950);
    expect(took).toBeLessThan(4000);
  });

  it('does not end a request that is answered bit by bit', async () => {
    await open({ idleTimeoutSeconds: 1 }, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let count = 0;
      const timer = setInterval(() => {
        response.write(`data: ${++count}\n\n`);
        if (count < 5) return;
        clearInterval(timer);
        response.end();
      }, 500);
    });
    const response = await fetch(front.url);
    const first = await response.body!.getReader().read();
    expect(Buffer.from(first.value ?? []).toString()).toBe('data: 1\n\n'); // at once, not with the end
    expect((await front.ask())[1]).toBe([1, 2, 3, 4, 5].map((it) => `data: ${it}\n\n`).join(''));
  });

  it('cuts a stream of events that says nothing for so long', async () => {
    await open({ idleTimeoutSeconds: 1 }, (_, response) => void response.writeHead(200).write('data: 1\n\n'));
    const response = await fetch(front.url);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('answers 408 to a client that does not send all of its request', async () => {
    await open({ idleTimeoutSeconds: 1 }, (incoming, response) => {
      text(incoming)
        .then((it) => response.end(it))
        .catch(() => {});
    });
    const { socket, received } = front.send('POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\nhalf');
    await once(socket, 'close');
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('closes the connections of clients that send nothing', async () => {
    await open({ idleTimeoutSeconds: 1 });
    const [silent, kept] = [front.send(''), front.send('GET / HTTP/1.1\r\nHost: shop\r\n\r\n')];
    expect(
      await duration(() => Promise.all([once(silent.socket, 'close'), once(kept.socket, 'close')])),
    ).toBeLessThan(4000);
    expect(kept.received()).toMatch(/^HTTP\/1\.1 200 /);
    expect(kept.received()).not.toMatch(/keep-alive: timeout/i);
  });

  it('closes a WebSocket on which nothing is said', async () => {
    await open({ idleTimeoutSeconds: 1 });
    tasks.servers.at(-1)!.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    const { socket, received } = front.send(
      'GET / HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await until(() => received().includes('101'));
    expect(await duration(() => once(socket, 'close'))).toBeLessThan(4000);
  });
});

it('closes the connection of a client that is older than a client may be', async () => {
  await open({ clientKeepAliveSeconds: 1 });
  const agent = new Agent({ keepAlive: true });
  const connection = async (): Promise<string | undefined> => {
    const asked = request(front.url, { agent }).end();
    const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    await text(response);
    return response.headers.connection;
  };
  expect(await connection()).toBe('keep-alive');
  await pause(1100);
  expect(await connection()).toBe('close');
  agent.destroy();
});

describe('a task that closes idle connections before the load balancer does', () => {
  it('is kept a connection open to as long as it likes, whatever its Keep-Alive says', async () => {
    await open({}, ({ socket }, response) => response.end(String(socket.remotePort)));
    tasks.servers[0]!.keepAliveTimeout = 1500; // it says timeout=1
    const [, connection] = await front.ask();
    await pause(1100); // what it said is over, and it has not closed yet
    expect(await front.ask()).toEqual([200, connection]);
    expect(front.targets().keepAliveSeconds).toBe(1);
  });

  it('makes a 502 of the request that meets the close, which is not repeated', async () => {
    let asked = 0;
    await open({}, ({ socket }, response) => {
      asked += 1;
      if (asked === 1) response.end('first');
      else socket.destroy(); // as if the close had been under way when the request was sent
    });
    expect(await front.ask()).toEqual([200, 'first']);
    expect(await front.ask()).toMatchObject([502, expect.stringContaining('502: a closed the connection')]);
    expect(asked).toBe(2);
  });
});

describe('what is no request for a load balancer', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'a header of 70 KB',
      `GET / HTTP/1.1\r\nHost: shop\r\nX-Large: ${'x'.repeat(70_000)}\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      'more than 30 addresses',
      `GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nX-Forwarded-For: ${Array(31).fill('10.0.0.1').join(', ')}\r\n\r\n`,
      /^HTTP\/1\.1 463 /,
    ],
  ])('is %s', async (_, sent, status) => {
    await open({});
    const { socket, received } = front.send(sent);
    await once(socket, 'close');
    expect(received()).toMatch(status);
  });

  it('may have a header of 60 KB', async () => {
    front = new Front({});
    await front.open();
    expect((await front.ask('/', { headers: { 'x-large': 'x'.repeat(60_000) } }))[0]).toBe(503);
  });
});

it.each([
  ['append', '203.0.113.9, 127.0.0.1'],
  ['preserve', '203.0.113.9'],
  ['remove', undefined],
] as const)('does with X-Forwarded-For what the load balancer says: %s', async (forwardedFor, expected) => {
  await open({ forwardedFor }, ({ headers }, response) => response.end(JSON.stringify(headers)));
  const [, seen] = await front.ask('/', { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect((JSON.parse(seen) as Record<string, string>)['x-forwarded-for']).toBe(expected);
});

const MIB = 2 ** 20;

it('streams large bodies both ways', async () => {
  await open({}, (incoming, response) => void incoming.pipe(response));
  const chunk = randomBytes(MIB);
  const count = 64;
  const [sent, received] = [createHash('sha256'), createHash('sha256')];
  for (let i = 0; i < count; i++) sent.update(chunk);
  const body = Readable.toWeb(Readable.from(Array(count).fill(chunk))) as ReadableStream;
  const response = await fetch(front.url, { method: 'POST', body, duplex: 'half' });
  let size = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    received.update(part);
    size += part.length;
  }
  expect(size).toBe(count * MIB);
  expect(received.digest('hex')).toBe(sent.digest('hex'));
});

it('sends a body on while it comes, and gives the client the answer to a part of it', async () => {
  await open({}, (incoming, response) => {
    incoming.once('data', () => response.writeHead(413, { connection: 'close' }).end('too large'));
  });
  const { socket, received } = front.send(
    'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 9999999\r\n\r\nfirst',
  );
  await until(() => received().includes('too large'));
  socket.destroy();
  expect(received()).toMatch(/^HTTP\/1\.1 413 /);
});

it('ends the request of a client that has gone', async () => {
  let isClosed = false;
  await open({}, (_, response) => void response.once('close', () => (isClosed = true)));
  const { socket } = front.send('GET / HTTP/1.1\r\nHost: shop\r\n\r\n');
  await until(() => front.targets().requestsOf('a') === 1);
  await pause(50);
  expect(isClosed).toBe(false);
  socket.destroy();
  await until(() => isClosed);
});
