import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Balancer, ServiceTier } from '../../../../lib/blueprint/blueprint';
import { containerOf } from '../../../../lib/blueprint/containers';
import type { TargetGroup } from '../../../../lib/blueprint/load-balancing';
import { LoadBalancers } from '../../../../lib/targets/local/balancer/load-balancers';
import { controlGroupsOf, removeControlGroups } from '../../../../lib/targets/local/process/control-groups';
import { processesOf, leftoversOf } from '../../../../lib/targets/local/process/owned-processes';
import { Processes } from '../../../../lib/targets/local/process/processes';
import { until } from '../../../../lib/targets/local/process/until';
import { Service } from '../../../../lib/targets/local/service/service';
import type { ServiceRelease } from '../../../../lib/targets/local/service/task';
import type { Watch } from '../../../../lib/targets/target';
import { Authority } from '../../../../lib/targets/local/tls/authority';
import { groupOf } from '../balancer/front';

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

const healthCheck = { ...groupOf().healthCheck, matcher: '200' };

const balanced = (more: Partial<TargetGroup> = {}): Balancer => ({
  loadBalancer: undefined,
  listener: undefined,
  ports: [
    {
      group: groupOf('Targets', { deregistrationDelaySeconds: 1, healthCheck, ...more }),
      container: 'Web',
      port: 8080,
    },
  ],
});

const quick = balanced({ healthCheck: { ...healthCheck, intervalSeconds: 1 } });

let folder: string;
let machine: Processes;
let balancers: LoadBalancers;
let service: Service;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-service-'));
  writeFileSync(join(folder, 'server.js'), SERVER);
  machine = new Processes(folder, BLOCK);
  balancers = new LoadBalancers(machine, new Authority(folder));
  service = new Service({ name: 'Web', machine, balancers });
});
afterEach(async () => {
  await service.close();
  await balancers.close();
  await removeControlGroups(folder);
  rmSync(folder, { recursive: true });
});

const CONTAINER = {
  ...containerOf({ Name: 'Web', PortMappings: [{ ContainerPort: 8080 }] }, []),
  openFiles: { soft: 500, hard: 1000 },
};

const at = (
  release: string,
  command = 'node server.js',
  more: Partial<ServiceTier> = {},
  environment: Readonly<Record<string, string>> = {},
): ServiceRelease => {
  const tier = {
    kind: 'service',
    name: 'Web',
    tasks: 2,
    healthCheckGraceSeconds: 0,
    container: CONTAINER,
    containers: [],
    balancer: balanced(),
    deployment: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      onFailure: 'roll-back',
      strategy: 'ECS/ROLLING',
    },
    ...more,
  } as unknown as ServiceTier;
  const variables = { RELEASE: release, WEB_PORT: '8080', GREETING: 'hello', ...environment };
  return {
    tier,
    release,
    containers: [{ container: tier.container, command, environment: variables }],
    cwd: folder,
    differs: [],
  };
};

/** Deploys a release, as the environment does. */
async function deploy(release: ServiceRelease, by = watch, to = service): Promise<void> {
  await balancers.update({ environment: 'Staging', stacks: [], tiers: [release.tier] }, String);
  await to.deploy(release, by);
}

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
  await deploy(at('1'));
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
    'PGAPPNAME',
    'PORT',
    'PWD',
    'RELEASE',
    'SHLVL',
    'TMPDIR',
  ];
  const allowed = new Set([...expected, 'TWIN_ENVIRONMENT', 'TZ', 'WEB_PORT', '_']);
  expect(one.names.filter((name) => !allowed.has(name))).toEqual([]);
});

it('rolls to another release without a failed request: both serve for a while, and the old tasks end by themselves', async () => {
  await deploy(at('1'));
  const seen: { readonly release: string; readonly ms: number }[] = [];
  const rolling = new AbortController();
  const load = (async () => {
    while (!rolling.signal.aborted) {
      seen.push({ release: (await ask()).RELEASE, ms: performance.now() });
      await new Promise((done) => setTimeout(done, 10));
    }
  })();
  await deploy(at('2'));
  rolling.abort();
  await load;
  expect(seen.filter(({ release }) => !['1', '2'].includes(release))).toEqual([]);
  const [first, last] = [
    seen.find(({ release }) => release === '2'),
    seen.findLast(({ release }) => release === '1'),
  ];
  expect(last!.ms - first!.ms).toBeGreaterThan(1500);
  expect(service.state().incidents).toEqual([]);
  expect([(await ask()).RELEASE, (await ask()).RELEASE]).toEqual(['2', '2']);
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('11');
});

it('keeps the old release when the new one does not start', async () => {
  await deploy(at('1'));
  await expect(deploy(at('2', 'echo no such table; exit 3'))).rejects.toMatchObject({
    code: 'unhealthy',
    message: expect.stringMatching(
      /^Web-\d at 2 ended with 3 before it was healthy: no such table, the last of 3 that failed; the deployment circuit breaker rolls back to 1$/,
    ) as string,
    fix: expect.stringMatching(/^See logs\/Web-\d.log\.$/) as string,
  });
  expect([(await ask()).RELEASE, (await ask()).RELEASE]).toEqual(['1', '1']);
  expect(incidents()).toEqual(
    Array(2).fill(
      expect.stringMatching(/^Web-\d ended with 3 before it was healthy: no such table$/) as string,
    ),
  );
});

it('replaces a task that is killed, and one that ends by itself, which is an incident', async () => {
  await deploy(at('1'));
  const before = service.state().members.map(({ name }) => name);
  await service.killTask(watch);
  const rest = { role: 'task', state: 'running', code: folder };
  expect(service.state().members).toMatchObject([
    { name: 'Web-3', ...rest },
    { name: before[1], ...rest },
  ]);
  expect(service.state().incidents).toEqual([]);
  const { pid } = await ask();
  process.kill(pid, 'SIGKILL');
  while (service.state().members.every(({ name }) => name !== 'Web-4'))
    await new Promise((done) => setTimeout(done, 10));
  while (!service.state().members.every(({ state }) => state === 'running'))
    await new Promise((done) => setTimeout(done, 10));
  expect(service.state().members).toHaveLength(2);
  expect(service.state().incidents).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      what: expect.stringMatching(/^Web-[23] ended with (SIGKILL: no output|137: Killed)$/) as string,
    },
  ]);
});

it('runs a service without a load balancer too, and stops waiting when it is aborted', async () => {
  await deploy(at('1', 'sleep 60', { balancer: undefined, tasks: 1 }));
  expect(service.url).toBeUndefined();
  expect(processesOf(folder).map(({ command }) => command)).toEqual(expect.arrayContaining(['sleep 60']));
  const stopping = { ...watch, signal: AbortSignal.abort(new Error('stopped by SIGINT')) };
  await expect(deploy(at('2', 'sleep 60', { tasks: 1 }), stopping)).rejects.toThrow('stopped by SIGINT');
  await service.stop();
  expect(processesOf(folder)).toEqual([]);
});

it('leaves no process and no port behind', async () => {
  await deploy(at('1'));
  expect(leftoversOf(folder, BLOCK)).toEqual(
    expect.arrayContaining([
      { kind: 'process', what: expect.stringMatching(/^process \d+: node server.js$/) as string },
      { kind: 'port', what: expect.stringMatching(/^127\.213\.7\.1:\d+$/) as string },
    ]),
  );
  await service.close();
  await balancers.close();
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

it('spreads tasks over zones, loses those of one at once, and refuses to lose all', async () => {
  const zones = ['zone 1', 'zone 2'];
  const names = (): string[] => service.state().members.map(({ name }) => name);
  await deploy(at('1', 'node server.js', { tasks: 3, zones }));
  const lost: string[] = [];
  const saying = { ...watch, log: (line: string) => void lost.push(line) };
  expect(await service.loseZone(saying)).toBe('zone 1, with 2 of 3 tasks');
  expect(lost[0]).toBe('Web: lost zone 1, with 2 of 3 tasks');
  expect(names().filter((it) => ['Web-1', 'Web-2', 'Web-3'].includes(it))).toHaveLength(1);
  expect(names()).toHaveLength(3);
  expect(service.state().members.every(({ state }) => state === 'running')).toBe(true);
  expect(service.state().incidents).toEqual([]);
  const before = names();
  await deploy(at('2', 'node server.js', { tasks: 2, zones: ['zone 1'] }));
  const now = names();
  await expect(service.loseZone(watch)).rejects.toMatchObject({
    code: 'one-zone',
    message: 'Web has all of its 2 tasks in zone 1: losing that zone would leave none',
  });
  expect(names()).toEqual(now);
  expect(now).not.toEqual(before);
});

it('assumes two zones where no template says them, and says so', async () => {
  await deploy(at('1'));
  expect(await service.loseZone(watch)).toBe(
    'zone 1, with 1 of 2 tasks (the templates do not say its zones: two are assumed)',
  );
});

it('has no zone to lose before a release', async () => {
  await expect(service.loseZone(watch)).rejects.toMatchObject({ code: 'no-task' });
});

/** A server whose behaviour its query decides, for ever or for one request. */
const UNRULY = `
  const { createServer } = require('node:http');
  const { openSync } = require('node:fs');
  const { HOST, PORT, LIMIT } = process.env;
  const kept = [];
  let isSick = false;
  const doing = {
    '/health': (response) => response.writeHead(isSick ? 500 : 200).end(),
    '/sicken': (response) => { isSick = true; response.end(); },
    '/crash': () => { throw new RangeError('no such table'); },
    '/fill': (response) => { kept.push(Buffer.alloc(150 * 2 ** 20, 1)); response.end(); },
    '/open': (response) => { try { for (;;) kept.push(openSync('server.js')); } catch ({ code }) { response.end(code + ' ' + kept.length); } },
    '/worker': (response) => { require('node:child_process').spawn(process.execPath, ['-e', 'Buffer.alloc(400 * 2 ** 20, 1)']); response.end(); },
    '/slow': (response) => setTimeout(() => response.end('done'), 4000),
    '/never': () => {},
  };
  createServer((request, response) => (doing[request.url] ?? (() => response.end(String(process.pid))))(response)).listen(Number(PORT), HOST);
  process.on('SIGTERM', () => { if (!process.env.STUBBORN) process.exit(0); });
`;

const unruly = (
  release: string,
  more: Partial<ServiceTier> = {},
  environment: Readonly<Record<string, string>> = {},
  command = 'exec node server.js',
): ServiceRelease => {
  writeFileSync(join(folder, 'server.js'), UNRULY);
  return at(release, command, { tasks: 1, ...more }, environment);
};

const get = (path: string): Promise<string> => fetch(service.url! + path).then((it) => it.text());

const incidents = (): readonly string[] => service.state().incidents!.map(({ what }) => what);

const becomes = (holds: () => boolean, limitMs = 20_000): Promise<void> =>
  until(() => Promise.resolve(holds()), { what: 'it does', signal: watch.signal, limitMs });

const isRunning = (name: string): boolean =>
  service.state().members.some((it) => it.name === name && it.state === 'running');

async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

it('replaces a task that fails its health checks, once another one is healthy', async () => {
  await deploy(unruly('1', { balancer: quick }));
  await get('/sicken');
  await becomes(() => service.state().members[0]!.state === 'unhealthy');
  expect(await get('/')).toMatch(/^\d+$/); // where none is healthy all are asked
  await becomes(() => isRunning('Web-2'));
  expect(service.state().incidents).toEqual([
    { at: expect.any(String), what: 'Web-1 was replaced: GET /health answered 500, expected 200' },
  ]);
  await becomes(() => processesOf(folder).length === 1);
});

it('leaves a task that fails its health checks alone within its grace period', async () => {
  await deploy(unruly('1', { balancer: quick, healthCheckGraceSeconds: 60 }));
  await get('/sicken');
  await new Promise((done) => setTimeout(done, 4000));
  expect(service.state().members).toMatchObject([{ name: 'Web-1', state: 'unhealthy' }]);
  expect(incidents()).toEqual([]);
});

it.each([
  ['the kernel limits it, where this machine lets it', () => {}],
  ['it is measured', () => Object.defineProperty(machine, 'groups', { value: undefined })],
])('kills a task that uses more memory than it has: %s', async (_, prepare) => {
  prepare();
  await deploy(unruly('1', { memoryMiB: 256 }));
  await get('/fill');
  await becomes(() => (service.state().members[0]!.memoryMiB ?? 0) > 150);
  expect(service.state().members[0]!.openFiles).toBeGreaterThan(10);
  expect(incidents()).toEqual([]);
  await get('/fill');
  await becomes(() => isRunning('Web-2'));
  expect(incidents()).toEqual([
    expect.stringMatching(/^Web-1 used [23]\d\d MiB of its 256 MiB and was killed, as Fargate would$/),
  ]);
  expect(service.state().incidents![0]).toHaveProperty('isEnd', true);
});

it('says of a task that goes on without one of its processes what became of that', async () => {
  await deploy(unruly('1', { memoryMiB: 256 }));
  const pid = await get('/');
  await get('/worker');
  await becomes(() => incidents().length > 0 && service.state().members[0]!.state === 'running');
  const end = machine.groups
    ? /^Web-1 used all of its 256 MiB: one of its processes was killed, as on Fargate, and it went on$/
    : /^Web-1 used \d\d\d MiB of its 256 MiB and was killed, as Fargate would$/;
  expect(incidents()).toEqual([expect.stringMatching(end)]);
  expect((await get('/')) === pid).toBe(machine.groups !== undefined);
});

it('limits the processors of a task once it is healthy', async () => {
  await deploy(unruly('1', { cpu: 256 }));
  const quotas = controlGroupsOf(folder).flatMap((root) =>
    ['cpu.max', 'cpu.cfs_quota_us']
      .map((file) => join(root, 'Web-1', file))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8').trim().split(' ')[0]),
  );
  expect(quotas).toEqual(machine.groups?.limitsCpu ? ['25000'] : []);
});

it('measures what each task uses with the requests that it is sent, also of those that have ended', async () => {
  await deploy(at('1'));
  for (let i = 0; i < 100; i++) await ask();
  await becomes(() => service.state().usage!.every(({ requests }) => requests.at(-1) === 50));
  await deploy(at('2'));
  const { usage } = service.state();
  expect(usage!.map(({ task, release }) => [task, release])).toEqual([
    ['Web-1', '1'],
    ['Web-2', '1'],
    ['Web-3', '2'],
    ['Web-4', '2'],
  ]);
  const [first] = usage!;
  expect(first).toMatchObject({ openFilesLimit: 500, startedAt: expect.stringMatching(/^20/) as string });
  const { requests, memory, openFiles } = first!;
  expect([memory.length, openFiles.length]).toEqual([requests.length, requests.length]);
  expect(requests).toEqual(requests.toSorted((a, b) => a - b));
  expect(Math.min(...memory)).toBeGreaterThan(3);
  expect(Math.min(...openFiles)).toBeGreaterThan(10);
});

it('measures a task without a load balancer with the requests of the environment', async () => {
  let sent = 70;
  const worker = new Service({
    name: 'Worker',
    machine: new Processes(folder, BLOCK),
    balancers,
    requests: () => sent,
  });
  try {
    await deploy(at('1', 'exec sleep 60', { balancer: undefined, tasks: 1 }), watch, worker);
    sent = 100;
    await becomes(() => worker.state().usage![0]!.requests.at(-1) === 30);
    expect(worker.state().usage).toMatchObject([{ task: 'Worker-1', release: '1' }]);
  } finally {
    await worker.close();
  }
});

it('says why a task that uses too much memory does not start', async () => {
  const { tier } = unruly('1', { memoryMiB: 128 });
  const filling = `node -e "const kept = Buffer.alloc(200 * 2 ** 20, 1); setInterval(() => kept, 1000)"`;
  await expect(deploy({ ...at('1', filling), tier })).rejects.toMatchObject({
    code: 'unhealthy',
    message: expect.stringMatching(
      /^Web-\d at 1 used [\d,]+ MiB of its 128 MiB and was killed, as Fargate would(, the last of 3 that failed)?; the deployment circuit breaker has no release before to roll back to$/,
    ) as string,
  });
});

it('lets a task open as many files as its container may', async () => {
  await deploy(unruly('1'));
  const [code, count] = (await get('/open')).split(' ');
  expect(code).toBe('EMFILE');
  expect(Number(count)).toBeGreaterThan(900);
  expect(Number(count)).toBeLessThan(1000);
});

it('waits for requests under way before SIGTERM', async () => {
  const patient = { balancer: balanced({ deregistrationDelaySeconds: 300 }) };
  await deploy(unruly('1', patient));
  let answer = '';
  const deploying = duration(() => deploy(unruly('2', patient)));
  await becomes(() => service.state().members.length === 2);
  const asked = Promise.all([get('/slow'), get('/slow')]).then(([text]) => (answer = text));
  expect(await deploying).toBeLessThan(15_000);
  await asked;
  expect(answer).toBe('done');
});

it('ends at once where it is aborted, whatever the template allows', async () => {
  const patient: Partial<ServiceTier> = { balancer: balanced({ deregistrationDelaySeconds: 300 }) };
  await deploy(unruly('1', patient));
  const never = get('/never');
  const stop = new AbortController();
  const deploying = deploy(unruly('2', patient), { ...watch, signal: stop.signal });
  await becomes(() => service.state().members.length === 2);
  const took = duration(() => expect(deploying).rejects.toThrow('stopped'));
  stop.abort(new Error('stopped'));
  expect(await took).toBeLessThan(1500);
  expect(await never).toMatch(/^502: /);
  expect(service.state().members).toMatchObject([{ name: 'Web-2', state: 'running' }]);
  expect(await duration(() => service.stop())).toBeLessThan(1500);
});

it('kills a task that ignores SIGTERM when its stop timeout is over', async () => {
  const container = { ...CONTAINER, stopTimeoutSeconds: 1 };
  await deploy(unruly('1', { container }, { STUBBORN: 'yes' }));
  const took = await duration(() => deploy(unruly('2')));
  expect(took).toBeGreaterThan(2900);
  expect(processesOf(folder)).toHaveLength(1);
});

it('kills a task that ignores SIGTERM at once where it is aborted', async () => {
  await deploy(unruly('1', {}, { STUBBORN: 'yes' }));
  const stop = new AbortController();
  const deploying = deploy(unruly('2'), { ...watch, signal: stop.signal });
  await becomes(() => service.state().members.length === 2);
  setTimeout(() => stop.abort(new Error('stopped')), 3000); // both serve for two of them
  const took = duration(() => expect(deploying).rejects.toThrow('stopped'));
  expect(await took).toBeGreaterThan(2500);
  expect(await took).toBeLessThan(5000);
});

it('backs off from a service that ends again and again, and counts no end of incidents', async () => {
  const crashing = at('1', 'sleep 0.6; echo no such table; exit 3', { balancer: undefined, tasks: 1 });
  await deploy(crashing);
  await new Promise((done) => setTimeout(done, 6000));
  const count = incidents().length;
  expect(service.state().incidents![0]).toMatchObject({
    what: 'Web-1 ended with 3: no such table',
    isEnd: true,
  });
  expect(count).toBeGreaterThanOrEqual(3);
  expect(count).toBeLessThanOrEqual(5);
});

it('waits for a task that starts slowly as long as its grace period, and no longer', async () => {
  const hasty = new Service({
    name: 'Web',
    machine: new Processes(folder, BLOCK),
    balancers,
    startLimitMs: 2_000, // a shell on a busy machine may need a second to begin
  });
  const slow = (healthCheckGraceSeconds: number): ServiceRelease =>
    unruly('1', { healthCheckGraceSeconds }, {}, 'echo warming up; sleep 4; exec node server.js');
  try {
    await expect(deploy(slow(0), watch, hasty)).rejects.toMatchObject({
      code: 'unhealthy',
      message: expect.stringMatching(
        /^Web-1 at 1 was not healthy after 2 s: GET \/health failed \(.*\), expected 200; it wrote: warming up; the deployment circuit breaker has no release before to roll back to$/,
      ) as string,
    });
    await deploy(slow(60), watch, hasty);
    expect(hasty.state().members).toMatchObject([{ name: 'Web-2', state: 'running' }]);
    expect(hasty.state().incidents).toEqual([]);
  } finally {
    await hasty.close();
  }
});

it('gives up on a task that is not replaced, and says what ends those that should replace it', async () => {
  const hasty = new Service({
    name: 'Web',
    machine: new Processes(folder, BLOCK),
    balancers,
    startLimitMs: 1_500,
  });
  try {
    const once = 'if [ -e started ]; then echo no such table; exit 3; fi; touch started; exec sleep 60';
    await deploy(at('1', once, { balancer: undefined, tasks: 1 }), watch, hasty);
    await expect(hasty.killTask(watch)).rejects.toMatchObject({
      code: 'not-replaced',
      message: expect.stringMatching(
        /^Web-1 was killed, and is not replaced: Web-\d ended with 3 before it was healthy: no such table$/,
      ) as string,
      fix: expect.stringMatching(/^See logs\/Web-\d\.log\.$/) as string,
    });
    expect(hasty.state().incidents![0]!.what).toBe('Web-2 ended with 3: no such table');
  } finally {
    await hasty.close();
  }
});

const deployment = (
  minimumHealthyPercent: number,
  maximumPercent: number,
  onFailure: ServiceTier['deployment']['onFailure'] = 'roll-back',
): Partial<ServiceTier> => ({
  deployment: { minimumHealthyPercent, maximumPercent, onFailure, strategy: 'ECS/ROLLING' },
});

/** How many tasks ran at the same time while something was done, at least and at most. */
async function runningDuring(work: () => Promise<unknown>): Promise<readonly [least: number, most: number]> {
  const seen: number[] = [];
  const timer = setInterval(() => {
    seen.push(service.state().members.filter(({ state }) => state === 'running').length);
  }, 20);
  await work();
  clearInterval(timer);
  return [Math.min(...seen), Math.max(...seen)];
}

it('ends old tasks before new ones start where no more may run', async () => {
  await deploy(at('1', undefined, deployment(50, 100)));
  expect(await runningDuring(() => deploy(at('2', undefined, deployment(50, 100))))).toEqual([1, 2]);
  expect([(await ask()).RELEASE, (await ask()).RELEASE]).toEqual(['2', '2']);
});

it('brings the old tasks back that ended for a release that fails', async () => {
  await deploy(at('1', undefined, deployment(50, 100)));
  await expect(deploy(at('2', 'exit 3', deployment(50, 100)))).rejects.toMatchObject({ code: 'unhealthy' });
  expect(service.state().members).toHaveLength(2);
  expect([(await ask()).RELEASE, (await ask()).RELEASE]).toEqual(['1', '1']);
});

it.each([
  ['give-up', 'the deployment circuit breaker stops the deployment, and rolls nothing back'],
  ['try-on', 'ECS would go on trying: the service has no deployment circuit breaker'],
] as const)('says what follows a deployment that fails: %s', async (onFailure, what) => {
  await deploy(at('1', undefined, deployment(50, 100)));
  await expect(deploy(at('2', 'exit 3', deployment(50, 100, onFailure)))).rejects.toThrow(`; ${what}`);
  expect(service.state().members).toMatchObject([{ state: 'running' }]); // one had made room
});

it('starts another task in place of one that ends at its start, as ECS does', async () => {
  const once = 'if mkdir started; then echo too early; exit 3; fi; exec node server.js';
  await deploy(at('1', once, { tasks: 1 }));
  expect(incidents()).toEqual(['Web-1 ended with 3 before it was healthy: too early']);
  expect(service.state().members).toMatchObject([{ name: 'Web-2', state: 'running' }]);
});

it.each([
  ['', 1],
  ['server.keepAliveTimeout = 65_000;', 0],
])('advises to keep idle connections for longer than the load balancer: %s', async (setting, count) => {
  writeFileSync(join(folder, 'server.js'), SERVER + setting);
  await deploy(at('1', undefined, { tasks: 1 }));
  await ask();
  expect(service.state().advice).toEqual(
    Array(count).fill(
      'Web closes idle connections after 5 s, and its load balancer keeps them for 60 s: a request that meets the close is answered 502; raise its keep-alive time-out above 60 s',
    ),
  );
});

it('reaches each port of a container that a target group has: by the variable that names it, or as it is declared', async () => {
  writeFileSync(
    join(folder, 'server.js'),
    `const { createServer } = require('node:http');
     const { HOST, PORT, ADMIN_PORT } = process.env;
     const listen = (port, path) => createServer(({ url }, response) => response.writeHead(url === path ? 200 : 404).end()).listen(Number(port), HOST);
     listen(PORT, '/health'); listen(ADMIN_PORT, '/admin'); listen(9092, '/metrics');`,
  );
  const port = (number: number, path: string): Balancer['ports'][number] => ({
    group: groupOf(`Targets${number}`, { healthCheck: { ...healthCheck, path } }),
    container: 'Web',
    port: number,
  });
  const ports = [port(8080, '/health'), port(9090, '/admin'), port(9092, '/metrics')];
  await deploy(at('1', 'node server.js', { balancer: { ...balanced(), ports } }, { ADMIN_PORT: '9090' }));
  expect(ports.map(({ group }) => balancers.targetsOf(group).lastResult('Web-1'))).toEqual(
    ['/health', '/admin', '/metrics'].map((path) => `GET ${path} answered 200, expected 200`),
  );
});
