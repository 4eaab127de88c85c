import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll, leftoversOf, processesOf } from '../../../../lib/targets/local/process/owned-processes';
import { markingWords } from '../../../../lib/targets/local/process/process-mark';
import { Processes } from '../../../../lib/targets/local/process/processes';
import { until } from '../../../../lib/targets/local/process/until';

/** Leaves session, parent, environment and folder, under a name of its own; writes its pid to the file of its argument. */
const DAEMON = `
  const { spawn } = require('node:child_process');
  const [, , file, depth = '2'] = process.argv;
  if (depth === '0') {
    process.title = 'kworker/0:1';
    require('node:fs').writeFileSync(file, String(process.pid));
    setTimeout(() => {}, 60_000);
  } else {
    spawn(process.execPath, [__filename, file, String(depth - 1)], { detached: true, stdio: 'ignore', env: {}, cwd: '/' }).unref();
  }
`;

const signal = new AbortController().signal;

let folder: string;
let elsewhere: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-processes-'));
  elsewhere = mkdtempSync(join(tmpdir(), 'daemon-'));
  writeFileSync(join(elsewhere, 'daemon.cjs'), DAEMON);
});
afterEach(async () => {
  await killAll(folder);
  for (const it of [folder, elsewhere]) rmSync(it, { recursive: true });
});

/** The pid of a daemon that a command starts, once the command's daemon has written it. */
async function pidIn(file: string): Promise<number> {
  const isThere = (): Promise<boolean> =>
    Promise.resolve(existsSync(file) && readFileSync(file, 'utf8') !== '');
  await until(isThere, { what: 'the daemon runs', signal });
  return Number(readFileSync(file, 'utf8'));
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

it('ends with a program what has left its session, parent, environment and folder', async () => {
  const machine = new Processes(folder, '127.213.9');
  const file = join(elsewhere, 'pid');
  const start = (name: string, command: string) =>
    machine.start({ name, command: '/bin/sh', args: ['-c', command], cwd: folder });
  const other = start('other', 'exec sleep 60');
  const program = start('daemonises', `node ${elsewhere}/daemon.cjs ${file}; exec sleep 60`);
  const pid = await pidIn(file);
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('');
  expect(processesOf(folder).map((it) => it.pid)).toContain(pid);
  expect(leftoversOf(folder, '127.213.9')).toContainEqual({
    kind: 'process',
    what: expect.stringContaining(`process ${pid}: `) as string,
  });
  await program.stop();
  expect(isAlive(pid)).toBe(false);
  expect(processesOf(folder).map(({ command }) => command)).toEqual(['sleep 60']);
  await other.kill();
  expect(processesOf(folder)).toEqual([]);
});

it('says whether a program has ended by itself, and lets none run once all are killed', async () => {
  const machine = new Processes(folder, '127.213.9');
  const start = (command: string) =>
    machine.start({ name: 'any', command: '/bin/sh', args: ['-c', command], cwd: folder });
  const [ends, killed, stopped] = [start('exit 3'), start('exec sleep 60'), start('exec sleep 60')];
  expect(await ends.ended).toBe(3);
  await killed.kill();
  await stopped.stop();
  await ends.kill(); // what is left of it
  expect([ends, killed, stopped].map(({ endedByItself }) => endedByItself)).toEqual([true, false, false]);
  await machine.killAll();
  const late = start('exec sleep 60');
  expect([await late.ended, late.endedByItself]).toEqual(['SIGKILL', false]);
});

it('ends it when the program ends by itself', async () => {
  const machine = new Processes(folder, '127.213.9');
  const file = join(elsewhere, 'pid');
  const command = `node ${elsewhere}/daemon.cjs ${file}; while [ ! -s ${file} ]; do sleep 0.05; done; exit 7`;
  const program = machine.start({ name: 'ends', command: '/bin/sh', args: ['-c', command], cwd: folder });
  expect(await program.ended).toBe(7);
  const pid = await pidIn(file);
  await until(() => Promise.resolve(!isAlive(pid)), { what: 'the daemon has ended', signal, limitMs: 5_000 });
});

it('gives the program after the last number the first one again, and never that of the supervisor', () => {
  const [, , script] = markingWords(folder, 2 ** 16 - 1);
  const [first, next, supervisor] = [1, 2 ** 16, undefined].map((number) => markingWords(folder, number)[2]);
  expect(next).toBe(first);
  expect(new Set([script, first, supervisor]).size).toBe(3);
});

it('kills no program of another object for the same environment', async () => {
  const [one, other] = [new Processes(folder, '127.213.9'), new Processes(folder, '127.213.9')];
  const start = (machine: Processes) =>
    machine.start({ name: 'sleeps', command: '/bin/sleep', args: ['60'], cwd: folder });
  const [first, second] = [start(one), start(other)];
  await first.kill();
  expect(isAlive(second.child.pid!)).toBe(true);
  await second.kill();
  expect(isAlive(second.child.pid!)).toBe(false);
});

it('names and kills nobody else: not what was started without the mark, nor another environment', async () => {
  const other = mkdtempSync(join(tmpdir(), 'twin-other-'));
  const [first, ...words] = [...markingWords(other), 'sleep', '60'];
  const theirs = [spawn('sleep', ['60'], { cwd: elsewhere }), spawn(first, words, { cwd: elsewhere })];
  try {
    await until(() => Promise.resolve(processesOf(other).some(({ command }) => command === 'sleep 60')), {
      what: 'the other environment has a process',
      signal,
    });
    expect(processesOf(folder)).toEqual([]);
    expect(await killAll(folder)).toEqual([]);
    expect(theirs.map(({ pid }) => isAlive(pid!))).toEqual([true, true]);
    expect((await killAll(other)).length).toBe(0);
    expect(theirs.map(({ pid }) => isAlive(pid!))).toEqual([true, false]);
  } finally {
    theirs.forEach((it) => it.kill('SIGKILL'));
    rmSync(other, { recursive: true });
  }
});

it('does not take a process for alive that only its parent has not asked for', async () => {
  const machine = new Processes(folder, '127.213.9');
  const file = join(folder, 'pid');
  machine.start({
    name: 'negligent',
    command: '/bin/sh',
    // the sleep of the shell becomes the child of a program that never waits for it
    args: ['-c', `sleep 0.1 & echo $! > ${file}; exec sleep 60`],
    cwd: folder,
  });
  const pid = await pidIn(file);
  const hasEnded = (): Promise<boolean> =>
    Promise.resolve(/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  await until(hasEnded, { what: 'the child has ended', signal });
  expect(processesOf(folder).map((it) => it.pid)).not.toContain(pid);
});

it('reads the end of the output, without that of an earlier program of the same name', async () => {
  const machine = new Processes(folder, '127.213.9');
  const run = async (command: string): Promise<string> => {
    const program = machine.start({ name: 'same', command: '/bin/sh', args: ['-c', command], cwd: folder });
    await program.ended;
    return program.tail();
  };
  const many = await run('i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo line $i; done');
  expect(many.trim().split('\n')).toHaveLength(40);
  expect(await run('echo second')).toBe('second\n');
});
