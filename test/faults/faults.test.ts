import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { leftoversOf } from '../../lib/targets/local/process/owned-processes';
import { Bench, type Project } from './small-app';

// Each stands a real environment up; the machine may be busy.
jest.setTimeout(240_000);

const bench = new Bench();
afterAll(() => bench.remove());

/** What is left of the only rehearsal of a project. */
function left(project: Project): unknown {
  const { handle, standing } = project.ledger()!;
  return { standing, leftovers: leftoversOf(handle.name, handle['block'] ?? '') };
}
const GONE = { standing: 'gone', leftovers: [] };

it('tears down on SIGINT, and says NO-GO', async () => {
  const project = bench.project();
  const running = project.start(['rehearse', '--to', '2']);
  await running.said(/^ +[\d.]+ s {2}release$/m);
  running.child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await running.ended;
  expect(stderr).toContain('stopping: tearing down; press Ctrl-C again to leave that to npx twin down');
  expect(stdout).toContain('stopped by SIGINT before it was judged');
  expect({ exitCode, ...(left(project) as object) }).toEqual({ exitCode: 1, ...GONE });
});

it('ends at once on a second signal and says how to finish, which then does', async () => {
  const project = bench.project();
  const running = project.start(['rehearse', '--to', '2']);
  await running.said(/^ +[\d.]+ s {2}stand up$/m);
  running.child.kill('SIGTERM');
  await running.said(/stopping: tearing down/);
  running.child.kill('SIGTERM');
  const { exitCode, stderr } = await running.ended;
  const [, command] = /there may be leftovers; finish with npx twin (down \S+)/.exec(stderr) ?? [];
  expect({ exitCode, command }).toEqual({
    exitCode: 3,
    command: expect.stringMatching(/^down \d/) as string,
  });
  expect((await project.run(...command!.split(' '))).exitCode).toBe(0);
  expect(left(project)).toEqual(GONE);
});

it('tears down where the folder that it works in is removed under it', async () => {
  const project = bench.project();
  const running = project.start(['rehearse', '--to', '2']);
  await running.said(/^ +[\d.]+ s {2}baseline$/m);
  const { handle } = project.ledger()!;
  const late = setTimeout(() => running.child.kill('SIGKILL'), 100_000);
  rmSync(project.folder, { recursive: true });
  const { exitCode, stdout } = await running.ended;
  clearTimeout(late);
  expect(leftoversOf(handle.name, handle['block'] ?? '')).toEqual([]);
  expect(exitCode).toBe(70);
  expect(stdout).toMatch(/^UNDECIDED/);
});

it('ends a hung test command at its time limit, with all that it started, and continues', async () => {
  const project = bench.project({
    checks: {
      smoke: [{ name: 'it answers', path: '/' }],
      commands: [
        { name: 'e2e', run: '[ $TWIN_RELEASE = 1 ] || { sleep 600 & sleep 601; }', timeoutSeconds: 1 },
      ],
    },
    drills: {},
  });
  const { exitCode, stdout } = await project.run('rehearse', '--to', '2', '--json');
  const { verdict, checks } = JSON.parse(stdout) as Evidence;
  expect({ exitCode, verdict, ...(left(project) as object) }).toEqual({
    exitCode: 1,
    verdict: 'NO-GO',
    ...GONE,
  });
  expect(checks.at(-1)).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('1 s') as string,
  });
});

it('keeps the environment when asked to, retries from the checkpoint, and removes it', async () => {
  const project = bench.project({
    checks: {
      smoke: [{ name: 'it answers', path: '/' }],
      commands: [{ name: 'fixed', run: '[ $TWIN_RELEASE != 2 ]' }],
    },
    drills: {},
  });
  const first = await project.run('rehearse', '--to', '2', '--keep');
  expect(first.exitCode).toBe(1);
  expect(first.stdout).toContain('npx twin retry');
  expect(project.ledger()!.standing).toBe('kept');
  const second = await project.run('retry', '--to', '3', '--json');
  const { verdict, attempts } = JSON.parse(second.stdout) as Evidence;
  expect({ verdict, exitCode: second.exitCode }).toEqual({ verdict: 'GO', exitCode: 0 });
  expect(attempts).toMatchObject([{ to: '2', verdict: 'NO-GO' }]);
  expect(left(project)).toEqual(GONE);
});

it('says in one line what is wrong with a database that does not start, and that the baseline failed', async () => {
  const project = bench.project({ local: { seed: { Orders: 'seed.sql' } } });
  writeFileSync(join(project.folder, 'seed.sql'), 'create table a (b int);\ninsert into nope values (1);\n');
  const { exitCode, stdout } = await project.run('rehearse', '--to', '2');
  expect(exitCode).toBe(4);
  expect(stdout).toContain('BASELINE FAILED');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('relation "nope" does not exist');
  expect(left(project)).toEqual(GONE);
});

describe('with the port of the database taken on every address', () => {
  let server: Server | undefined;
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      // A file that another user owns counts as taken too.
      server = createServer().once('error', () => resolve());
      server.listen(5432, '0.0.0.0', () => resolve());
    });
  });
  afterAll(() => server?.close());

  it('takes another one, in two rehearsals side by side', async () => {
    const projects = [bench.project({ drills: {} }), bench.project({ drills: {} })];
    const ended = await Promise.all(projects.map((project) => project.run('rehearse', '--to', '2')));
    expect(ended.map(({ exitCode, stdout }) => [exitCode, stdout.slice(0, 3)])).toEqual([
      [0, 'GO:'],
      [0, 'GO:'],
    ]);
    expect(projects.map(left)).toEqual([GONE, GONE]);
  });
});

describe('with the code of each release in git', () => {
  const at = { path: '/', text: true, expect: 'code of {release}' };
  const project = (change: object = {}): Project => {
    const made = bench.project({
      version: at,
      releases: { git: 'v{release}' },
      drills: { rollBack: true },
      ...change,
    });
    const server = join(made.folder, 'server.mjs');
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', ...words], { cwd: made.folder });
    git('init', '--quiet');
    const text = readFileSync(server, 'utf8');
    for (const release of ['1', '2']) {
      writeFileSync(server, text.replace('process.env.RELEASE', `'code of ${release}'`));
      writeFileSync(join(made.folder, 'migrate.mjs'), `console.log('migrated by ${release}')`);
      git('add', '--all');
      git('commit', '--quiet', '--message', release);
      git('tag', `v${release}`);
    }
    writeFileSync(server, 'a change that is not committed');
    return made;
  };

  it('migrates and runs each in its own folder, back and forward too, and says so', async () => {
    const made = project({ local: { migrate: { command: 'exec node migrate.mjs', as: 'Web' } } });
    const { exitCode, stdout } = await made.run('rehearse', '--to', '2');
    expect({ exitCode, ...(left(made) as object) }).toEqual({ exitCode: 0, ...GONE });
    expect(stdout).toMatch(/^Ran {2}2 from v2 \([0-9a-f]{7}\); Web answered code of 2 \(2 tasks\)$/m);
    const log = readFileSync(
      join(made.folder, '.twin', made.ledger()!.rehearsal, 'logs/migration.log'),
      'utf8',
    );
    expect(log.match(/migrated by \d/g)).toEqual(
      ['1', '2', '1', '2'].map((release) => `migrated by ${release}`),
    );
  });

  it('takes other code for proof enough, where no service is asked', async () => {
    const made = project({ version: undefined, drills: {} });
    const { exitCode, stdout } = await made.run('rehearse', '--to', '2', '--json');
    const { gates } = JSON.parse(stdout) as Evidence;
    expect({ exitCode, gate: gates[0] }).toMatchObject({
      exitCode: 0,
      gate: { gate: 'release', measured: expect.stringMatching(/^Web ran v2 \([0-9a-f]{7}\)$/) as string },
    });
  });

  it('stands nothing up for a release that is not there', async () => {
    const made = project();
    const { exitCode, stderr } = await made.run('rehearse', '--to', '3');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the code of 3 was looked for in git as "v3": fatal: Needed a single revision');
    expect(made.ledger()!.standing).toBe('none');
  });
});

it('stands nothing up where nothing would show which release runs', async () => {
  const project = bench.project({ version: undefined });
  const { exitCode, stderr } = await project.run('rehearse', '--to', '2');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('nothing would show that 2 runs: its services would run the code of 1');
  expect(project.ledger()!.standing).toBe('none');
});

it('is NO-GO where the release is there, and what runs is another', async () => {
  const project = bench.project({
    local: { services: { Web: { command: 'RELEASE=1 exec node server.mjs' } } },
  });
  const { exitCode, stdout } = await project.run('rehearse', '--to', '2');
  expect(exitCode).toBe(1);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'release failed: version: Web answers 1 at /, expected 2. See whether the services read their release',
  );
  expect(left(project)).toEqual(GONE);
});

it('stands nothing up when the config has a typo, and says where', async () => {
  const project = bench.project({ drils: { rollBack: true } });
  const { exitCode, stdout, stderr } = await project.run('rehearse', '--to', '2');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/drils is not known; did you mean "drills"\?/);
  expect(existsSync(join(project.folder, '.twin'))).toBe(false);
});

it('says so when there is no room or no right to write where environments live', async () => {
  const project = bench.project();
  const file = join(project.folder, 'a-file');
  writeFileSync(file, '');
  const { exitCode, stderr } = await project.start(['rehearse', '--to', '2'], { TMPDIR: file }).ended;
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Set TMPDIR to a writable folder with free space.');
});

it('refuses a seed that cannot be read before anything stands, and says what it is', async () => {
  const project = bench.project({ local: { seed: { Orders: 'orders.dump' } } });
  writeFileSync(join(project.folder, 'orders.dump'), 'PGDMP');
  const { exitCode, stderr } = await project.run('rehearse', '--to', '2');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('orders.dump is a dump in custom format, which ');
  expect(project.ledger()!.standing).toBe('none');
});
