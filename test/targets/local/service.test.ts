import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceTier } from '../../../lib/blueprint/blueprint';
import { processesOf, leftoversOf } from '../../../lib/targets/local/owned-processes';
import { Processes } from '../../../lib/targets/local/processes';
import { until } from '../../../lib/targets/local/until';
import { Service, type ServiceRelease } from '../../../lib/targets/local/service';
import type { Watch } from '../../../lib/targets/target';

const SERVER = `
  const { createServer } = require('node:http');
  const { appendFileSync } = require('node:fs');
  const { RELEASE, HOST, PORT, WEB_PORT, GREETING } = process.env;
  const body = JSON.stringify({ pid: process.pid, RELEASE, HOST, PORT, WEB_PORT, GREETING, names: Object.keys(process.env).sort() });
  const server = createServer((request, response) => response.end(body)).listen(Number(PORT), HOST);
  process.on('SIGTERM', () => server.close(() => { appendFileSync('ended', RELEASE); process.exit(0); }));
`;
const BLOCK = '127.213.7';

const watch: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

const balancer = {
  loadBalancer: undefined,
  healthCheck: {
    path: '/health',
    intervalSeconds: 3,
    timeoutSeconds: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: '200',
  },
  deregistrationDelaySeconds: 1,
};

let folder: string;
let service: Service;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-service-'));
  writeFileSync(join(folder, 'server.js'), SERVER);
  service = new Service('Web', new Processes(folder, BLOCK));
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

const at = (
  release: string,
  command = 'node server.js',
  more: Partial<ServiceTier> = {},
): ServiceRelease => ({
  tier: {
    kind: 'service',
    name: 'Web',
    tasks: 2,
    container: { name: 'Web', environment: {}, secrets: {}, port: 8080, stopTimeoutSeconds: 30 },
    balancer,
    ...more,
  } as ServiceTier,
  release,
  command,
  cwd: folder,
  environment: { RELEASE: release, WEB_PORT: '8080', GREETING: 'hello' },
});

interface Answer {
  readonly pid: number;
  readonly RELEASE: string;
  readonly HOST: string;
  readonly PORT: string;
  readonly WEB_PORT: string;
  readonly GREETING: string;
  readonly names: readonly string[];
}
const ask = async (): Promise<Answer> => (await (await fetch(service.url!)).json()) as Answer;

it('runs its tasks with the environment of the container, and nothing of ours but what programs need', async () => {
  await service.deploy(at('1'), watch);
  const [one, two] = [await ask(), await ask()];
  expect(one.pid).not.toBe(two.pid);
  expect([one.HOST, one.PORT]).not.toEqual([two.HOST, two.PORT]);
  expect(one).toMatchObject({ RELEASE: '1', GREETING: 'hello', WEB_PORT: one.PORT });
  const expected = [
    'GREETING',
    'HOME',
    'HOST',
    'LANG',
    'OLDPWD',
    'PATH',
    'PORT',
    'PWD',
    'RELEASE',
    'SHLVL',
    'TMPDIR',
  ];
  const allowed = new Set([...expected, 'TWIN_ENVIRONMENT', 'TZ', 'WEB_PORT', '_']);
  expect(one.names.filter((name) => !allowed.has(name))).toEqual([]);
});

it('rolls to another release without a failed request, and lets the old tasks end by themselves', async () => {
  await service.deploy(at('1'), watch);
  const seen = new Set<string>();
  const rolling = new AbortController();
  const load = (async () => {
    while (!rolling.signal.aborted) seen.add((await ask()).RELEASE);
  })();
  await service.deploy(at('2'), watch);
  rolling.abort();
  await load;
  expect([...seen].filter((release) => !['1', '2'].includes(release))).toEqual([]);
  expect([(await ask()).RELEASE, (await ask()).RELEASE]).toEqual(['2', '2']);
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('11');
});

it('keeps the old release when the new one does not start', async () => {
  await service.deploy(at('1'), watch);
  await expect(service.deploy(at('2', 'echo no such table; exit 3'), watch)).rejects.toMatchObject({
    code: 'unhealthy',
    message: expect.stringMatching(
      /^Web-[34] at 2 ended with 3 before it was healthy: no such table$/,
    ) as string,
    fix: expect.stringMatching(/^See logs\/Web-[34].log\.$/) as string,
  });
  expect([(await ask()).RELEASE, (await ask()).RELEASE]).toEqual(['1', '1']);
});

it('replaces a task that is killed, and one that ends by itself', async () => {
  await service.deploy(at('1'), watch);
  const before = service.state().members.map(({ name }) => name);
  await service.killTask(watch);
  const rest = { role: 'task', state: 'running', code: folder };
  expect(service.state().members).toEqual([
    { name: 'Web-3', ...rest },
    { name: before[1], ...rest },
  ]);
  const { pid } = await ask();
  process.kill(pid, 'SIGKILL');
  while (service.state().members.every(({ name }) => name !== 'Web-4'))
    await new Promise((done) => setTimeout(done, 10));
  while (!service.state().members.every(({ state }) => state === 'running'))
    await new Promise((done) => setTimeout(done, 10));
  expect(service.state().members).toHaveLength(2);
});

it('runs a service without a load balancer too, and stops waiting when it is aborted', async () => {
  await service.deploy(at('1', 'sleep 60', { balancer: undefined, tasks: 1 }), watch);
  expect(service.url).toBeUndefined();
  expect(processesOf(folder).map(({ command }) => command)).toEqual(expect.arrayContaining(['sleep 60']));
  const stopping = { ...watch, signal: AbortSignal.abort(new Error('stopped by SIGINT')) };
  await expect(service.deploy(at('2', 'sleep 60', { tasks: 1 }), stopping)).rejects.toThrow(
    'stopped by SIGINT',
  );
  await service.stop();
  expect(processesOf(folder)).toEqual([]);
});

it('leaves no process and no port behind', async () => {
  await service.deploy(at('1'), watch);
  expect(leftoversOf(folder, BLOCK)).toEqual(
    expect.arrayContaining([
      { kind: 'process', what: expect.stringMatching(/^process \d+: node server.js$/) as string },
      { kind: 'port', what: expect.stringMatching(/^127\.213\.7\.1:\d+$/) as string },
    ]),
  );
  await service.close();
  // the shell of a task has ended; what it started was killed with it, and its sockets close a moment later on a busy machine
  const isClosed = (): Promise<boolean> => Promise.resolve(leftoversOf(folder, BLOCK).length === 1);
  await until(isClosed, { what: 'all ports are closed', signal: watch.signal, limitMs: 2_000 });
  expect(leftoversOf(folder, BLOCK)).toEqual([{ kind: 'file', what: folder }]);
});

it('has no task to kill before a release', async () => {
  await expect(service.killTask(watch)).rejects.toMatchObject({
    code: 'no-task',
    message: 'Web has no running task to kill',
  });
  expect(existsSync(join(folder, 'ended'))).toBe(false);
});
