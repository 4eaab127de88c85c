import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  ControlGroups,
  controlGroupsOf,
  joiningWords,
  removeControlGroups,
} from '../../../../lib/targets/local/process/control-groups';
import { leftoversOf } from '../../../../lib/targets/local/process/owned-processes';
import { Processes } from '../../../../lib/targets/local/process/processes';

const BLOCK = '127.213.10';
const LIMITS = { memoryMiB: 256, cpus: 0.25 };

let folder: string;
/** A file system that stands in for the kernel's: what is written there stays, and limits nothing. */
let system: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-groups-'));
  system = mkdtempSync(join(tmpdir(), 'cgroup-'));
});
afterEach(async () => {
  rmSync(system, { recursive: true }); // files of the kernel need not be removed: these would stay
  await removeControlGroups(folder);
  rmSync(folder, { recursive: true });
});

/** A group of the system, with its controllers where it is one of the unified hierarchy. */
function group(path: string, controllers?: string): string {
  const at = join(system, path);
  mkdirSync(at, { recursive: true });
  if (controllers !== undefined) writeFileSync(join(at, 'cgroup.controllers'), `${controllers}\n`);
  return at;
}

const unified = (own: string) => ({ mounts: `cgroup2 ${system} cgroup2 rw 0 0\n`, own: `0::${own}\n` });

const name = (): string => basename(folder);
const textOf = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

it('makes a group below that of this process in the unified hierarchy', () => {
  const own = group('user/app.scope', 'cpu memory pids');
  const groups = ControlGroups.open(folder, unified('/user/app.scope'))!;
  expect(groups.limitsCpu).toBe(true);
  const task = groups.task('Web-1', LIMITS);
  const [procs] = task.container('agent', 64);
  expect(procs).toBe(join(own, name(), 'Web-1', 'agent', 'cgroup.procs'));
  expect(textOf(own, 'cgroup.subtree_control')).toBe('+memory +cpu');
  expect(textOf(own, name(), 'Web-1', 'memory.max')).toBe(String(256 * 2 ** 20));
  expect(textOf(own, name(), 'Web-1', 'agent', 'memory.max')).toBe(String(64 * 2 ** 20));
  expect(existsSync(join(own, name(), 'Web-1', 'agent', 'cgroup.subtree_control'))).toBe(false); // it has processes
  expect(existsSync(join(own, name(), 'Web-1', 'cpu.max'))).toBe(false);
  expect(textOf(own, name(), 'cpu.weight')).toBe('100');
  task.limitCpu();
  expect(textOf(own, name(), 'Web-1', 'cpu.max')).toBe('25000 100000');
  writeFileSync(join(own, name(), 'Web-1', 'agent', 'memory.events'), 'oom 3\noom_kill 2\n');
  expect(task.kills).toBe(2);
});

it('makes it beside that of this process where none may come below it, as is so for one with processes', () => {
  const own = group('user/app.scope', 'memory');
  mkdirSync(join(own, 'cgroup.subtree_control')); // cannot be written
  const groups = ControlGroups.open(folder, { ...unified('/user/app.scope') });
  expect(groups).toBeUndefined();
  group('user', 'memory');
  expect(ControlGroups.open(folder, unified('/user/app.scope'))!.limitsCpu).toBe(false);
  expect(existsSync(join(system, 'user', name()))).toBe(true);
  expect(existsSync(join(own, name()))).toBe(false);
});

it('makes one for each controller where each has a hierarchy of its own', () => {
  const memory = group('memory/jobs/7');
  const cpu = group('cpu,cpuacct');
  const groups = ControlGroups.open(folder, {
    mounts: [
      `cgroup ${system}/memory cgroup rw,memory 0 0`,
      `cgroup ${cpu} cgroup rw,cpu,cpuacct 0 0`,
      `cgroup2 ${group('unified', '')} cgroup2 rw 0 0`,
    ].join('\n'),
    own: '4:memory:/jobs/7\n1:cpu,cpuacct:/of-another-namespace\n0::/\n',
  })!;
  const task = groups.task('Web-1', LIMITS);
  expect(task.container('Web', undefined)).toEqual(
    [memory, cpu].map((it) => join(it, name(), 'Web-1', 'Web', 'cgroup.procs')),
  );
  groups.task('Web-2', LIMITS);
  expect(textOf(cpu, name(), 'cpu.shares')).toBe('2048'); // of a busy machine as much as two programs
  task.limitCpu();
  expect(textOf(memory, name(), 'Web-1', 'memory.limit_in_bytes')).toBe(String(256 * 2 ** 20));
  expect(textOf(cpu, name(), 'Web-1', 'cpu.cfs_quota_us')).toBe('25000');
});

it.each([
  ['nothing is mounted', { mounts: '', own: '0::/\n' }],
  ['the hierarchy has no controller of memory', { mounts: 'cgroup2 /proc cgroup2 rw 0 0\n', own: '0::/\n' }],
  ['nothing may be made there', { mounts: 'cgroup /proc cgroup rw,memory 0 0\n', own: '1:memory:/\n' }],
])('has none where %s', (_, at) => {
  expect(ControlGroups.open(folder, at)).toBeUndefined();
  expect(controlGroupsOf(folder)).toEqual([]);
});

it('is left over until it is removed, and starts no program that cannot join', async () => {
  const machine = new Processes(folder, BLOCK);
  const { groups } = machine; // of this machine: undefined where it lets us have none
  const files = groups?.task('Web-1', LIMITS).container('Web', undefined) ?? [];
  const program = machine.start({
    name: 'a',
    command: 'cat',
    args: ['/proc/self/cgroup'],
    cwd: folder,
    groups: files,
  });
  expect(await program.ended).toBe(0);
  expect(program.tail().includes(`${name()}/Web-1/Web`)).toBe(groups !== undefined);
  const left = leftoversOf(folder, BLOCK).map(({ what }) => what);
  expect(left).toEqual([...controlGroupsOf(folder), folder]);
  expect(left.length > 1).toBe(groups !== undefined);
  expect(await removeControlGroups(folder)).toEqual([]);
  expect(leftoversOf(folder, BLOCK).map(({ what }) => what)).toEqual([folder]);
  const [shell, ...words] = joiningWords([join(folder, 'gone', 'cgroup.procs')]);
  expect(spawnSync(shell!, [...words, 'touch', join(folder, 'started')]).status).toBe(125);
  expect(existsSync(join(folder, 'started'))).toBe(false);
});
