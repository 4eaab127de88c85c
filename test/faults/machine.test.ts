import { spawn } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { leftoversOf, processesOf } from '../../lib/targets/local/process/owned-processes';
import { Bench, Running, type Project } from './small-app';

// Each stands a real environment up; the machine may be busy.
jest.setTimeout(120_000);

const bench = new Bench();
afterAll(() => bench.remove());

const REHEARSE = ['rehearse', '--to', '2', '--json'];

/** Kills the process that holds the environment. */
function killSupervisor(project: Project): void {
  const { handle } = project.ledger()!;
  const supervisor = processesOf(handle.name).find(({ command }) => command.includes('supervisor.js'));
  process.kill(supervisor!.pid, 'SIGKILL');
}

/** What became of a rehearsal, and what is left of it. */
function outcomeOf(project: Project, { exitCode, stdout }: Awaited<Running['ended']>): unknown {
  const { verdict, reasons, tearDown } = JSON.parse(stdout) as Evidence;
  const { handle } = project.ledger()!;
  const left = leftoversOf(handle.name, handle['block'] ?? '');
  return { exitCode, verdict, reasons, tearDown: tearDown.outcome, left };
}

const undecided = (reason: RegExp): unknown => ({
  exitCode: 70,
  verdict: 'UNDECIDED',
  reasons: [expect.stringMatching(reason)],
  tearDown: 'gone',
  left: [],
});

it.each([
  [
    'baseline',
    { smoke: [{ name: 'it answers', path: '/' }], commands: [{ name: 'late', run: 'sleep 2; exit 1' }] },
  ],
  [
    'verify',
    {
      smoke: [{ name: 'it answers', path: '/' }],
      commands: [{ name: 'late', run: '[ $TWIN_RELEASE = 1 ] || { sleep 2; exit 1; }' }],
    },
  ],
  ['checkpoint', { smoke: [{ name: 'it answers', path: '/' }] }],
])('blames no release when its supervisor is killed during %s', async (step, checks) => {
  const project = bench.project({ checks, drills: {} });
  const running = project.start(REHEARSE);
  await running.said(new RegExp(`^ +[\\d.]+ s {2}${step}$`, 'm'));
  killSupervisor(project);
  expect(outcomeOf(project, await running.ended)).toEqual(
    undecided(/^\w+ failed: the supervisor of the environment does not answer at .*: it has ended/),
  );
});

it('blames no release for a full disk', async () => {
  const project = bench.project({ drills: {} });
  const disk = mkdtempSync(join(tmpdir(), 'disk-'));
  // a file system of the process's own, which ends with it
  const unshare = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
  const script = `mount -t tmpfs -o size=24m,mode=711 tmpfs "$0" && TMPDIR="$0" exec "$@"`;
  const words = [
    ...unshare,
    '--mount',
    'sh',
    '-c',
    script,
    disk,
    process.execPath,
    project.program,
    ...REHEARSE,
  ];
  const running = new Running(
    spawn('unshare', words, { cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  expect(outcomeOf(project, await running.ended)).toEqual(
    undecided(/^(seed|stand up) failed: .*(disk is full|No space left on device|ENOSPC)/),
  );
  rmdirSync(disk); // all that was on it ended with the process
});
