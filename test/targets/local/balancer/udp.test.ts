import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import { Front, groupOf, until } from './front';

let front: Front;
const sockets: Socket[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await front.close();
  for (const socket of sockets.splice(0)) socket.close();
  for (const server of servers.splice(0)) server.close();
});

const group = groupOf('Targets', {
  protocol: 'UDP',
  healthCheck: { ...groupOf().healthCheck, protocol: 'TCP' },
});

async function socketAt(port = 0): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'listening');
  return socket;
}

/** A task that answers each datagram, and connections to the same port, with its name. */
async function task(name: string) {
  const server = createServer((socket) => socket.on('error', () => {}).end(name)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const socket = await socketAt(port);
  socket.on('message', (message, { port: from, address }) =>
    socket.send(`${name} ${message.toString()}`, from, address),
  );
  front.targets().register({ name, host: '127.0.0.1', port });
  await until(() => front.targets().isHealthy(name));
}

async function ask(client: Socket, what: string): Promise<string> {
  const { hostname, port } = new URL(front.publicUrl);
  client.send(what, Number(port), hostname);
  return String((await once(client, 'message'))[0]);
}

async function open(protocol: 'udp' | 'tcp_udp'): Promise<void> {
  front = new Front({ protocol, kind: 'network' }, [group]);
  await front.open();
}

it('sends the datagrams of a client to one target, and its answers back', async () => {
  await open('udp');
  expect(front.publicUrl).toMatch(/^udp:/);
  await task('a');
  await task('b');
  const [one, two] = [await socketAt(), await socketAt()];
  const answers = [await ask(one, '1'), await ask(two, '1'), await ask(one, '2'), await ask(two, '2')];
  expect(answers.slice(0, 2).toSorted()).toEqual(['a 1', 'b 1']);
  expect(answers.slice(2)).toEqual(answers.slice(0, 2).map((it) => it.replace('1', '2')));
  expect(front.targets().totalRequests).toBe(2);
});

it('gives a client another target where its own has left, which nothing waits for', async () => {
  await open('udp');
  await task('a');
  await task('b');
  const client = await socketAt();
  const [first] = await ask(client, 'hello');
  await front.targets().deregister(first!, { signal: new AbortController().signal, log: () => {} });
  expect(await ask(client, 'hello')).toBe(first === 'a' ? 'b hello' : 'a hello');
});

it('loses datagrams while no target is registered, and goes on', async () => {
  await open('udp');
  const client = await socketAt();
  const { hostname, port } = new URL(front.publicUrl);
  await new Promise((done) => client.send('lost', Number(port), hostname, done));
  for (let i = 0; i < 3; i++) await immediate(); // the listener has read it before a target is there
  await task('a');
  expect(await ask(client, 'hello')).toBe('a hello');
});

it('takes connections and datagrams on one port where the listener has both', async () => {
  await open('tcp_udp');
  await task('a');
  const { hostname, port } = new URL(front.publicUrl);
  expect(await ask(await socketAt(), 'hello')).toBe('a hello');
  const socket = connect(Number(port), hostname);
  expect(String((await once(socket, 'data'))[0])).toBe('a');
  socket.destroy();
});
