import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { duration, Front, groupOf, until } from './front';

let front: Front;
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await front.close();
  for (const server of servers.splice(0)) server.close();
});

const group = groupOf('Targets', {
  protocol: 'TCP',
  healthCheck: { ...groupOf().healthCheck, protocol: 'TCP' },
});

/** A task that says its name, and then what it is sent. */
async function echo(name: string) {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(`${name} `);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { name, host: '127.0.0.1', port };
}

async function open(names: readonly string[], idleTimeoutSeconds = 350): Promise<void> {
  front = new Front({ protocol: 'tcp', kind: 'network', idleTimeoutSeconds }, [group]);
  await front.open();
  for (const name of names) {
    front.targets().register(await echo(name));
    await until(() => front.targets().isHealthy(name));
  }
}

function dial(): { readonly socket: Socket; readonly received: () => string } {
  const { socket, received } = front.send('hello');
  sockets.push(socket);
  return { socket, received };
}

it('forwards connections to tasks in turn, both ways', async () => {
  await open(['a', 'b']);
  const [one, two] = [dial(), dial()];
  await until(() => one.received().endsWith('hello') && two.received().endsWith('hello'));
  expect([one.received(), two.received()].toSorted()).toEqual(['a hello', 'b hello']);
});

it('resets connections where no task is registered, and closes those on which nothing is said', async () => {
  await open([], 1);
  const { socket } = dial();
  await new Promise((resolve) => socket.once('close', resolve)); // after an error: the connection was reset
  front.targets().register(await echo('a'));
  await until(() => front.targets().isHealthy('a'));
  const idle = dial();
  await until(() => idle.received().endsWith('hello'));
  expect(await duration(() => once(idle.socket, 'close'))).toBeLessThan(4000);
});

it('waits for connections when a task leaves, as long as its delay allows', async () => {
  await open(['a']);
  const { socket, received } = dial();
  await until(() => received().endsWith('hello'));
  const leaving = duration(() =>
    front.targets().deregister('a', { signal: new AbortController().signal, log: () => {} }),
  );
  setTimeout(() => socket.end(), 300);
  const took = await leaving;
  expect(took).toBeGreaterThan(250);
  expect(took).toBeLessThan(3000);
});

it('says of a port that accepts no connection that it is not healthy', async () => {
  await open([]);
  const target = await echo('gone');
  servers.pop()!.close();
  front.targets().register(target);
  await until(() => front.targets().lastResult('gone') !== 'not checked yet');
  expect(front.targets().lastResult('gone')).toMatch(
    /^a connection to port \d+ failed \(connect ECONNREFUSED/,
  );
});
