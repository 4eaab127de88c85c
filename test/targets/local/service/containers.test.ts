import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerOf } from '../../../../lib/blueprint/containers';
import type { ServiceTier } from '../../../../lib/blueprint/blueprint';
import type { JsonObject } from '../../../../lib/json';
import { removeControlGroups } from '../../../../lib/targets/local/process/control-groups';
import { processesOf } from '../../../../lib/targets/local/process/owned-processes';
import { Processes } from '../../../../lib/targets/local/process/processes';
import { until } from '../../../../lib/targets/local/process/until';
import { RunningTasks } from '../../../../lib/targets/local/discovery/running-tasks';
import { Task, type ServiceRelease } from '../../../../lib/targets/local/service/task';

const signal = new AbortController().signal;
const ending = { signal, log: () => {} };

let folder: string;
let task: Task | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-containers-'))));
afterEach(async () => {
  await task?.kill();
  task = undefined;
  const left = processesOf(folder);
  await removeControlGroups(folder);
  if (left.length > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
  rmSync(folder, { recursive: true });
});

/** Starts a task; every container has its definition and the command that it runs here. */
async function start(
  definitions: readonly (JsonObject & { readonly command: string })[],
  props: { readonly startLimitMs?: number; readonly memoryMiB?: number } = {},
): Promise<Task> {
  const containers = definitions.map(({ command, ...definition }) => {
    const container = containerOf(definition, []);
    return { container, command, environment: container.environment as Record<string, string> };
  });
  const tier = {
    kind: 'service',
    name: 'Web',
    tasks: 1,
    memoryMiB: props.memoryMiB,
    healthCheckGraceSeconds: 0,
    container: containers[0]!.container,
    containers: containers.map(({ container }) => container),
    balancer: undefined,
  } as unknown as ServiceTier;
  const release: ServiceRelease = { tier, release: '1', containers, cwd: folder, differs: [] };
  const { startLimitMs = 20_000 } = props;
  const machine = new Processes(folder, '127.213.9');
  task = await Task.start({
    zone: 'zone 1',
    name: 'Web-1',
    release,
    host: '127.213.9.1',
    machine,
    groups: [],
    found: new RunningTasks(),
    startLimitMs,
    requests: () => 0,
  });
  return task;
}

const becomes = (holds: () => boolean): Promise<void> =>
  until(() => Promise.resolve(holds()), { what: 'it does', signal, limitMs: 15_000 });

/** What the containers wrote into a file of theirs, in turn. */
const events = (): string[] =>
  existsSync(join(folder, 'events')) ? readFileSync(join(folder, 'events'), 'utf8').trim().split('\n') : [];

const RUNS = 'exec sleep 60';

it('starts containers when what they depend on has started, has ended, or is healthy', async () => {
  const started = await start([
    {
      Name: 'web',
      DependsOn: [
        { ContainerName: 'migrate', Condition: 'SUCCESS' },
        { ContainerName: 'agent', Condition: 'HEALTHY' },
      ],
      command: `echo web >> events; ${RUNS}`,
    },
    {
      Name: 'agent',
      DependsOn: [{ ContainerName: 'migrate', Condition: 'START' }],
      HealthCheck: { Command: ['CMD-SHELL', 'echo checked >> events; test -e ready'] },
      command: `echo agent >> events; sleep 1; touch ready; ${RUNS}`,
    },
    { Name: 'migrate', Essential: false, command: 'sleep 0.5; echo migrated >> events' },
  ]);
  await started.untilHealthy(signal);
  await becomes(() => events().includes('web'));
  const seen = events();
  expect(seen.filter((it) => it !== 'checked').toSorted()).toEqual(['agent', 'migrated', 'web']);
  expect(seen.indexOf('web')).toBeGreaterThan(seen.indexOf('migrated'));
  expect(seen.indexOf('web')).toBeGreaterThan(seen.indexOf('checked'));
  expect(started.isRunning).toBe(true); // the container that has ended is not essential
});

it('does not start where a container that has to succeed fails', async () => {
  const failing = await start([
    { Name: 'web', DependsOn: [{ ContainerName: 'init', Condition: 'SUCCESS' }], command: 'touch started' },
    { Name: 'init', Essential: false, command: 'echo no such table; exit 3' },
  ]);
  await expect(failing.untilHealthy(signal)).rejects.toMatchObject({
    code: 'unhealthy',
    message: 'Web-1 at 1 did not start: its container init ended with 3: no such table',
  });
  expect(existsSync(join(folder, 'started'))).toBe(false);
});

it('starts after a container that only has to end, however it does', async () => {
  const tolerant = await start([
    { Name: 'web', DependsOn: [{ ContainerName: 'init', Condition: 'COMPLETE' }], command: RUNS },
    { Name: 'init', Essential: false, command: 'exit 3' },
  ]);
  await tolerant.untilHealthy(signal);
  expect(tolerant.isHealthy).toBe(true);
});

it('ends with an essential container, and takes the others with it', async () => {
  const fragile = await start([
    { Name: 'web', command: RUNS },
    { Name: 'agent', command: 'sleep 1; echo lost its configuration; exit 4' },
  ]);
  await fragile.untilHealthy(signal);
  await fragile.ended;
  expect(fragile.fault()).toBe('ended with its container agent, which ended with 4: lost its configuration');
  expect(processesOf(folder)).toEqual([]);
});

it('goes on without a container that is not essential', async () => {
  const robust = await start([
    { Name: 'web', command: RUNS },
    { Name: 'agent', Essential: false, command: 'exit 4' },
  ]);
  await robust.untilHealthy(signal);
  await new Promise((done) => setTimeout(done, 300));
  expect([robust.isHealthy, robust.fault()]).toEqual([true, undefined]);
});

it('stops containers before those that they depend on, each with its own stop timeout', async () => {
  const noting = (name: string): string =>
    `trap 'echo ${name} >> events; exit' TERM; while :; do sleep 0.05; done`;
  const ordered = await start([
    { Name: 'web', DependsOn: [{ ContainerName: 'agent', Condition: 'START' }], command: noting('web') },
    { Name: 'agent', command: noting('agent') },
    { Name: 'stubborn', StopTimeout: 1, command: "trap '' TERM; while :; do sleep 0.05; done" },
  ]);
  await ordered.untilHealthy(signal);
  const begin = performance.now();
  await ordered.end(ending);
  expect(performance.now() - begin).toBeGreaterThan(950);
  expect(events()).toEqual(['web', 'agent']);
});

it('is healthy when the health check of its container passes, and to be replaced when that fails', async () => {
  const checked = await start([
    {
      Name: 'web',
      HealthCheck: { Command: ['CMD', 'test', '-e', 'ready'], Interval: 5, Retries: 2 },
      command: `sleep 1; touch ready; ${RUNS}`,
    },
  ]);
  expect(checked.isHealthy).toBe(false);
  await checked.untilHealthy(signal);
  expect(existsSync(join(folder, 'ready'))).toBe(true);
  rmSync(join(folder, 'ready'));
  await becomes(() => checked.fault() !== undefined);
  expect(checked.fault()).toBe(
    'was replaced: its container web is not healthy: test -e ready ended with 1: no output',
  );
});

it('waits for the start period of a health check, and for a check no longer than it may take', async () => {
  const slow = await start(
    [
      {
        Name: 'web',
        HealthCheck: { Command: ['CMD-SHELL', 'sleep 30'], Timeout: 1, StartPeriod: 60 },
        command: RUNS,
      },
    ],
    { startLimitMs: 2500 },
  );
  await expect(slow.untilHealthy(signal)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^Web-1 at 1 was not healthy after 2.5 s: its container web is not healthy: sleep 30 took longer than 1 s;/,
    ) as string,
  });
});

it('gives each container its variables, in which the ports of the task lead to where those are here', async () => {
  const show = (file: string): string => `env > ${file}.tmp; mv ${file}.tmp ${file}; ${RUNS}`;
  const at = (name: string, value: string): JsonObject => ({ Name: name, Value: value });
  await start([
    {
      Name: 'web',
      PortMappings: [{ ContainerPort: 8080 }],
      Environment: [
        at('AGENT_URL', 'http://localhost:9000/v1'),
        at('AGENT_PORT', '9000'),
        at('OTHER_PORT', '9001'),
      ],
      HealthCheck: { Command: ['CMD-SHELL', 'echo localhost:8080 > checked'] },
      command: show('web'),
    },
    {
      Name: 'agent',
      PortMappings: [{ ContainerPort: 9000 }],
      Environment: [at('UPSTREAM', 'http://127.0.0.1:8080'), at('PGAPPNAME', 'agent')],
      command: show('agent'),
    },
  ]);
  await becomes(() => ['web', 'agent', 'checked'].every((it) => existsSync(join(folder, it))));
  const read = (file: string) =>
    Object.fromEntries(
      readFileSync(join(folder, file), 'utf8')
        .trim()
        .split('\n')
        .map((it) => it.split(/=(.*)/s)),
    );
  const [web, agent] = [read('web'), read('agent')] as [Record<string, string>, Record<string, string>];
  expect(web).toMatchObject({
    HOST: '127.213.9.1',
    PGAPPNAME: 'Web-1',
    AGENT_URL: `http://127.213.9.1:${agent['PORT']}/v1`,
    AGENT_PORT: agent['PORT'],
    OTHER_PORT: '9001',
  });
  expect(agent).toMatchObject({ UPSTREAM: `http://127.213.9.1:${web['PORT']}`, PGAPPNAME: 'agent' });
  expect(web['PORT']).not.toBe(agent['PORT']);
  await becomes(() => readFileSync(join(folder, 'checked'), 'utf8') === `127.213.9.1:${web['PORT']}\n`);
});

it('counts the memory of all containers against that of the task, and of each against its own', async () => {
  const filling = (mebibytes: number): string =>
    `exec node -e "const kept = Buffer.alloc(${mebibytes} * 2 ** 20, 1); setInterval(() => kept, 1000)"`;
  const greedy = await start(
    [
      { Name: 'web', command: RUNS },
      { Name: 'agent', Memory: 128, command: filling(200) },
    ],
    { memoryMiB: 1024 },
  );
  await greedy.ended;
  expect(greedy.fault()).toMatch(
    /^its container agent used [123]\d\d MiB of its 128 MiB and was killed, as Fargate would$/,
  );
  const crowded = await start(
    [
      { Name: 'web', command: filling(150) },
      { Name: 'agent', command: filling(160) },
    ],
    { memoryMiB: 300 },
  );
  await crowded.ended;
  expect(crowded.fault()).toMatch(/^used [34]\d\d MiB of its 300 MiB and was killed, as Fargate would$/);
});

it('writes a log for each container', async () => {
  const talking = await start([
    { Name: 'web', command: `echo from web; ${RUNS}` },
    { Name: 'agent', command: `echo from agent; ${RUNS}` },
  ]);
  await talking.untilHealthy(signal);
  const log = (name: string): string => readFileSync(join(folder, 'logs', `${name}.log`), 'utf8');
  expect([log('Web-1'), log('Web-1-agent')]).toEqual(['from web\n', 'from agent\n']);
});
