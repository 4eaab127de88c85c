import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReleasesConfig } from '../../lib/config/types';
import { processOf } from '../../lib/rehearsal/rehearsing-process';
import { codeFinder } from '../../lib/rehearsal/release-code';

let root: string;
let app: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "twin-code it's-"));
  app = join(root, 'repo', 'infra');
  mkdirSync(app, { recursive: true });
  git('init', '--quiet');
  commit('1', 'v1');
  commit('2', 'v2');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...words: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@b.test', '-c', 'core.autocrlf=false', ...words],
    {
      cwd: join(root, 'repo'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  ).trim();

function commit(release: string, tag: string): void {
  writeFileSync(join(app, 'app.txt'), release);
  writeFileSync(join(root, 'repo', '.gitattributes'), 'infra/app.txt export-ignore\n');
  git('add', '--all', '--', '.gitattributes', 'infra/app.txt');
  git('commit', '--quiet', '--message', release);
  git('tag', '--annotate', '--message', tag, tag);
}

const logged: string[] = [];
beforeEach(() => (logged.length = 0));
const find = (release: string, releases: ReleasesConfig | undefined, { signal } = new AbortController()) =>
  codeFinder(app, releases)(release, { signal, log: (message) => logged.push(message) });
const asked = (release: string, releases: ReleasesConfig) =>
  find(release, releases).then(
    () => 'found',
    ({ message }: Error) => message,
  );

const GIT = { git: 'v{release}' };

describe('in git', () => {
  it("is checked out as it was, in the folder that is the config's, with all that git knows of it", async () => {
    const code = await find('1', GIT);
    const commit1 = git('rev-parse', 'v1^{commit}');
    const tree = join(app, '.twin', 'releases', commit1);
    expect(code).toEqual({ from: 'v1', commit: commit1, folder: join(tree, 'infra') });
    expect(readFileSync(join(code!.folder, 'app.txt'), 'utf8')).toBe('1');
    const describe = execFileSync('git', ['describe', '--tags'], { cwd: code!.folder, encoding: 'utf8' });
    expect(describe).toBe('v1\n');
  });

  it('leaves the repository as it was', async () => {
    writeFileSync(join(app, 'app.txt'), 'changed, and not committed');
    git('add', 'infra/app.txt');
    const state = (): string[] => [
      git('status', '--porcelain', '--', 'infra/app.txt'),
      git('rev-parse', 'HEAD'),
      git('worktree', 'list', '--porcelain'),
      git('config', '--list', '--local'),
      ...readdirSync(join(root, 'repo', '.git'))
        .filter((name) => name !== 'index')
        .sort(),
    ];
    const before = state();
    const { folder } = (await find('1', { ...GIT, build: 'git config core.hooksPath .husky' }))!;
    expect(state()).toEqual(before);
    rmSync(folder, { recursive: true });
    expect(git('fsck')).toBe('');
    expect(await find('1', { ...GIT, build: 'git config core.hooksPath .husky' })).toMatchObject({ folder });
  });

  it('runs no hooks, neither those of a template nor those of everybody', async () => {
    const hooks = join(root, 'hooks');
    mkdirSync(hooks);
    writeFileSync(join(hooks, 'post-checkout'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    writeFileSync(join(root, 'gitconfig'), `[core]\n\thooksPath = "${hooks}"\n`);
    process.env['GIT_CONFIG_GLOBAL'] = join(root, 'gitconfig');
    try {
      const { commit: hash } = (await find('1', GIT))!;
      expect(existsSync(join(app, '.twin', 'releases', hash!, '.git', 'hooks'))).toBe(false);
    } finally {
      delete process.env['GIT_CONFIG_GLOBAL'];
    }
  });

  it('is built once for each commit and command, with the commands of its own packages', async () => {
    const build = (word: string) => ({
      ...GIT,
      build: `echo ${word} "$TWIN_RELEASE" "$TWIN_COMMIT" >> ${join(root, 'builds').replace("'", "\\'").replace(' ', '\\ ')}; pwd > built`,
    });
    const [first, again] = [await find('1', build('a')), await find('1', build('a'))];
    const other = await find('1', build('b'));
    expect(again).toEqual(first);
    expect(other!.folder).not.toBe(first!.folder);
    expect(readFileSync(join(first!.folder, 'built'), 'utf8')).toBe(`${first!.folder}\n`);
    expect(readFileSync(join(root, 'builds'), 'utf8')).toBe(`a 1 ${first!.commit}\nb 1 ${first!.commit}\n`);
  });

  it('is built once where two rehearsals of one process ask for it at the same time', async () => {
    const releases = { ...GIT, build: 'echo built >> ../../builds; sleep 0.2; echo "$TWIN_RELEASE" > done' };
    const found = await Promise.all(['1', '1', '2'].map((release) => find(release, releases)));
    expect(found.map((it) => readFileSync(join(it!.folder, 'done'), 'utf8'))).toEqual(['1\n', '1\n', '2\n']);
    const builds = readFileSync(join(app, '.twin', 'releases', 'builds'), 'utf8');
    expect(builds).toBe('built\nbuilt\n');
  });

  it('is built by one process at a time: another one waits until that has built it, or has ended', async () => {
    const folder = join(app, '.twin', 'releases');
    mkdirSync(folder, { recursive: true });
    const other = spawn('sleep', ['60']);
    writeFileSync(join(folder, 'claim-1.json'), JSON.stringify(processOf(other.pid)));
    const found = find('1', GIT);
    while (logged.length === 0) await sleep(5);
    expect(logged).toEqual([`process ${other.pid} is at work on the code of releases: waiting`]);
    other.kill('SIGKILL');
    expect(await found).toMatchObject({ from: 'v1' });
    expect(readdirSync(folder).filter((name) => name === 'claim-2.json')).toEqual([]);
  });

  it('is built again where the build failed or was stopped, and says what the build wrote', async () => {
    const fails = { ...GIT, build: 'echo no such package; exit 4' };
    await expect(find('1', fails)).rejects.toMatchObject({
      code: 'build',
      message: '"echo no such package; exit 4" could not build 1: it ended with 4:\nno such package',
      fix: expect.stringMatching(/the whole output is in .*\.log\.$/) as string,
    });
    const file = join(root, 'repaired');
    const slow = { ...GIT, build: `test -e "$OUT" || { sleep 30; }` };
    process.env['OUT'] = file;
    const stop = new AbortController();
    const stopped = find('1', slow, stop);
    while (!logged.some((line) => line.includes('sleep 30'))) await sleep(5);
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    writeFileSync(file, '');
    expect(await find('1', slow)).toMatchObject({ from: 'v1' });
    delete process.env['OUT'];
  });

  it.each([
    ['9.9.9', 'the code of 9.9.9 was looked for in git as "v9.9.9": fatal: Needed a single revision'],
    [
      '1..v2',
      'the code of 1..v2 was looked for in git as "v1..v2": that is no name of a tag, a branch or a commit',
    ],
    ['1^', 'the code of 1^ was looked for in git as "v1^": that is no name of a tag, a branch or a commit'],
    [
      '1\n',
      'the code of 1\n was looked for in git as "v1\\n": that is no name of a tag, a branch or a commit',
    ],
  ])('is not found for %j', async (release, message) => {
    expect(await asked(release, GIT)).toBe(message);
    expect(existsSync(join(app, '.twin'))).toBe(false);
  });

  it.each([
    '--upload-pack=touch x',
    '--help',
    '-v',
    '../../etc',
    '/v1',
    '@{-1}',
    ':/fix',
    'v1:infra',
    'v1/',
    '.',
  ])('has no commit by the name %j, which git could take for something else', async (release) => {
    expect(await asked(release, { git: '{release}' })).toMatch(
      /: that is no name of a tag, a branch or a commit$/,
    );
  });

  it('may be a branch, a commit, and a name with a slash', async () => {
    git('branch', 'release/7', 'v1');
    const commit1 = git('rev-parse', 'v1^{commit}');
    for (const release of ['release/7', commit1.slice(0, 9)])
      expect(await find(release, { git: '{release}' })).toMatchObject({ commit: commit1 });
  });

  it('says where the folder of the config is missing in it, and where there is no repository', async () => {
    git('rm', '--quiet', '-r', '--cached', 'infra');
    git('commit', '--quiet', '--message', 'without');
    git('tag', 'v3');
    expect(await asked('3', GIT)).toBe('the code of 3 was looked for in git as "v3": v3 has no folder infra');
    rmSync(join(root, 'repo', '.git'), { recursive: true });
    expect(await asked('1', GIT)).toMatch(
      /^the code of 1 was looked for in git as "v1": fatal: not a git repository/,
    );
  });
});

describe('in folders', () => {
  const releases = { folder: '../checkouts/{release}' };
  beforeEach(() => {
    mkdirSync(join(root, 'repo', 'checkouts', '1', 'a'), { recursive: true });
    symlinkSync('1', join(root, 'repo', 'checkouts', 'current'));
  });

  it('is where the pattern leads; a link is followed once, before anything runs', async () => {
    const folder = join(root, 'repo', 'checkouts', '1');
    expect(await find('1', releases)).toEqual({ from: '../checkouts/1', folder });
    expect(await find('current', releases)).toEqual({ from: '../checkouts/current', folder });
    expect(await find('1/a', releases)).toMatchObject({ folder: join(folder, 'a') });
  });

  it('is not found where there is none, and the place is named', async () => {
    expect(await asked('2', releases)).toBe(
      `the code of 2 was looked for in "../checkouts/2": there is no folder ${join(root, 'repo', 'checkouts', '2')}`,
    );
  });

  it.each(['..', '../..', '1/../..', '.', '/etc', '1/', 'a\\..\\b', '1\0'])('is not %j', async (release) => {
    expect(await asked(release, releases)).toMatch(/ is no name of a folder$/);
  });
});

it('is in the folder of the config where nothing else is said', async () => {
  expect(await find('1', undefined)).toBeUndefined();
});
