import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesOf, leftoversOf } from '../../lib/targets/local/process/owned-processes';
import { Bench, type Project } from './small-app';

// Each stands a real environment up; the machine may be busy.
jest.setTimeout(120_000);

const bench = new Bench();
afterAll(() => bench.remove());

/** Kills a rehearsal with SIGKILL as soon as it says something, or after a time. */
async function kill(project: Project, when: RegExp | number): Promise<void> {
  const running = project.start(['rehearse', '--to', '2']);
  if (typeof when === 'number') {
    await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, when))]);
  } else {
    await running.said(when);
  }
  running.child.kill('SIGKILL');
  await running.ended;
}

/** Whether a process runs; one whose parent has not asked for its end does not. */
function isAlive(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What `twin down` says and leaves after that. */
async function finish(project: Project) {
  const { exitCode, stderr } = await project.run('down');
  const { standing, handle } = project.ledger() ?? {};
  const left = handle?.name
    ? [...leftoversOf(handle.name, handle['block'] ?? ''), ...processesOf(handle.name)]
    : [];
  return { exitCode, standing: standing ?? 'none', left, ...(exitCode === 0 ? {} : { stderr }) };
}

/** Several at a time: they mostly wait. */
async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of left) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** One drill is enough to be killed in. */
const SHORT = { drills: { failover: ['Orders'] } };

const STEPS = [
  'plan',
  'seed',
  'stand up',
  'baseline',
  'checkpoint',
  'release',
  'verify',
  'drill',
  'judge',
  'tear down',
  'leftovers',
  'evidence',
];

it('finishes with twin down what a rehearsal began that was killed with SIGKILL, at every step', async () => {
  const seen = await inTurns(STEPS, 3, async (step) => {
    const project = bench.project(SHORT);
    await kill(project, new RegExp(`^ +[\\d.]+ s  ${step}$`, 'm'));
    return [step, await finish(project)] as const;
  });
  const gone = { exitCode: 0, standing: expect.stringMatching(/^(none|gone)$/) as string, left: [] };
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(STEPS.map((step) => [step, gone])));
});

it('finishes it at any moment', async () => {
  const moments = [0.2, 0.6].map((share) => Math.round((share + Math.random() * 0.3) * 4500));
  const seen = await inTurns(moments, 2, async (ms) => {
    const project = bench.project(SHORT);
    await kill(project, ms);
    return [ms, await finish(project)] as const;
  });
  const gone = { exitCode: 0, standing: expect.stringMatching(/^(none|gone)$/) as string, left: [] };
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(moments.map((ms) => [ms, gone])));
});

it('leaves nothing where the process that holds the environment is told to end', async () => {
  const project = bench.project();
  await kill(project, / baseline$/m);
  const { handle } = project.ledger()!;
  const supervisor = processesOf(handle.name).find(({ command }) => command.includes('supervisor.js'));
  expect(processesOf(handle.name).length).toBeGreaterThan(3);
  process.kill(supervisor!.pid, 'SIGTERM');
  await until(() => !isAlive(supervisor!.pid));
  expect(processesOf(handle.name)).toEqual([]);
  expect(existsSync(handle.name)).toBe(false);
  expect(await finish(project)).toEqual({ exitCode: 0, standing: 'gone', left: [] });
});

it('finishes it when the process that holds the environment was killed too, with a daemon that left no trace', async () => {
  const daemon = `here=$PWD; (cd / && setsid env -i sh -c 'echo $$ >> "$0"; exec sleep 600' "$here/daemons" &)`;
  const project = bench.project({
    local: { services: { Web: { command: `${daemon}; exec node server.mjs` } } },
  });
  await kill(project, / baseline$/m);
  const { handle } = project.ledger()!;
  const supervisor = processesOf(handle.name).find(({ command }) => command.includes('supervisor.js'));
  process.kill(supervisor!.pid, 'SIGKILL');
  expect(existsSync(handle.name)).toBe(true);
  const daemons = readFileSync(join(project.folder, 'daemons'), 'utf8').trim().split('\n').map(Number);
  expect(processesOf(handle.name).map(({ pid }) => pid)).toEqual(expect.arrayContaining(daemons));
  expect(await finish(project)).toEqual({ exitCode: 0, standing: 'gone', left: [] });
  expect(daemons.filter(isAlive)).toEqual([]);
  expect((await project.run('down')).stdout).toMatch(/nothing to do/);
});
