import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { Balancer } from '../../../lib/targets/local/balancer';

const healthCheck = {
  path: '/health',
  intervalSeconds: 3,
  timeoutSeconds: 1,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  matcher: '200-299',
};

let balancer: Balancer;
const servers: Server[] = [];
beforeEach(async () => {
  balancer = new Balancer(healthCheck);
  await balancer.listen('127.0.0.1');
});
afterEach(async () => {
  await balancer.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A task that answers with its name, and with what `health` says. */
async function task(name: string, health = () => 200, work?: RequestListener) {
  const server = createServer((request, response) => {
    if (request.url === '/health') response.writeHead(health()).end();
    else if (work) work(request, response);
    else response.end(name);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { name, host: '127.0.0.1', port };
}

const ask = async (path = '/', init?: RequestInit): Promise<[number, string]> => {
  const response = await fetch(balancer.url + path, init);
  return [response.status, await response.text()];
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('forwards to healthy tasks in turn', async () => {
  balancer.register(await task('a'));
  balancer.register(await task('b'));
  balancer.register(await task('sick', () => 500));
  await until(() => balancer.isHealthy('a') && balancer.isHealthy('b'));
  const answers = [await ask(), await ask(), await ask(), await ask()].map(([, text]) => text);
  expect(answers.toSorted()).toEqual(['a', 'a', 'b', 'b']);
  expect(balancer.lastResult('sick')).toMatch(
    /^(not checked yet|GET \/health answered 500, expected 200-299)$/,
  );
});

it('passes method, path, body and headers through, both ways', async () => {
  const echo = await task('echo', undefined, (request, response) => {
    response.writeHead(201, { 'x-seen': String(request.headers['x-mine']) });
    response.write(`${request.method} ${request.url} `);
    request.pipe(response);
  });
  balancer.register(echo);
  await until(() => balancer.isHealthy('echo'));
  const response = await fetch(`${balancer.url}/a?b=c`, {
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
  balancer.register(await task('a', () => (checks++, status)));
  await until(() => balancer.isHealthy('a'));
  status = 503;
  const before = checks;
  await until(() => !balancer.isHealthy('a'));
  expect(checks - before).toBeGreaterThanOrEqual(2);
  expect(await ask()).toEqual([200, 'a']); // all are tried when none is healthy
  status = 200;
  const sick = checks;
  await until(() => balancer.isHealthy('a'));
  expect(checks - sick).toBeGreaterThanOrEqual(2);
});

it('answers 503 without a task and 502 for one that breaks off', async () => {
  expect(await ask()).toEqual([503, '503: no task is registered\n']);
  balancer.register(await task('a', undefined, (request) => request.socket.destroy()));
  await until(() => balancer.isHealthy('a'));
  expect((await ask())[0]).toBe(502);
});

it('lets a task finish what it has when it leaves, for as long as it is given', async () => {
  let finish: (() => void) | undefined;
  balancer.register(await task('a', undefined, (_, response) => (finish = () => response.end('done'))));
  await until(() => balancer.isHealthy('a'));
  const asked = ask();
  await until(() => finish !== undefined);
  let left = false;
  const leaving = balancer.deregister('a', 5000).then(() => (left = true));
  expect((await ask())[0]).toBe(503);
  expect(left).toBe(false);
  finish!();
  await leaving;
  expect(await asked).toEqual([200, 'done']);
});
