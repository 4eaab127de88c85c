import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { codeStateOf } from '../../lib/rehearsal/code-state';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-code-state-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const stateOf = (where = folder) => codeStateOf(where, signal);
const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
const save = (name: string, text: string): void => writeFileSync(join(folder, name), text);

function commitAll(): string {
  git('init', '--quiet');
  save('.gitignore', 'dist\n');
  save('app.ts', 'one');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'one');
  return git('rev-parse', 'HEAD');
}

it('is what git has committed, from any folder of the repository', async () => {
  const commit = commitAll();
  const committedAt = new Date(Number(git('show', '--no-patch', '--format=%ct')) * 1000).toISOString();
  const state = { digest: git('rev-parse', 'HEAD^{tree}'), commit, committedAt, isCommitted: true };
  expect(await stateOf()).toEqual(state);
  mkdirSync(join(folder, 'inside'));
  expect(await stateOf(join(folder, 'inside'))).toEqual(state);
});

it('has what is not committed yet, and neither what is ignored nor the index', async () => {
  const commit = commitAll();
  const before = await stateOf();
  mkdirSync(join(folder, 'dist'));
  save('dist/app.js', 'built');
  expect(await stateOf()).toEqual(before);
  save('app.ts', 'two');
  const changed = await stateOf();
  expect(changed).toMatchObject({ commit, isCommitted: false });
  expect(changed!.digest).not.toBe(before!.digest);
  save('new.ts', 'new');
  const added = await stateOf();
  expect(added!.digest).not.toBe(changed!.digest);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'two');
  expect(await stateOf()).toMatchObject({ digest: added!.digest, isCommitted: true });
});

it('sees what was changed in the second of the commit, to something as long', async () => {
  const second = (name: string): number => Math.floor(statSync(join(folder, name)).ctimeMs / 1000);
  for (;;) {
    commitAll();
    const committed = second('app.ts');
    save('app.ts', 'two');
    if (second('app.ts') === committed && second('.git/index') === committed) break;
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  }
  const next = (second('app.ts') + 1) * 1000;
  while (Date.now() <= next) await setTimeout(20);
  expect(await stateOf()).toMatchObject({ isCommitted: false });
});

it('changes neither the repository nor its index', async () => {
  commitAll();
  save('app.ts', 'two');
  const index = (): string => {
    const file = join(folder, '.git', 'index');
    return `${readFileSync(file, 'base64')} ${statSync(file).mtimeMs}`;
  };
  const objects = (): string => git('count-objects');
  const before = [index(), objects(), git('status', '--porcelain')];
  const seen = [index(), objects()]; // `git status` may refresh the index
  await stateOf();
  expect([index(), objects()]).toEqual(seen);
  expect(git('status', '--porcelain')).toBe(before[2]);
});

it('has no commit before the first one, and is unknown outside of git', async () => {
  expect(await stateOf()).toBeUndefined();
  git('init', '--quiet');
  save('app.ts', 'one');
  expect(await stateOf()).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{40}$/) as string });
});

it('asks the repository of the folder, whatever a hook around this process says', async () => {
  commitAll();
  const state = await stateOf();
  process.env['GIT_DIR'] = '/nowhere';
  try {
    expect(await stateOf()).toEqual(state);
  } finally {
    delete process.env['GIT_DIR'];
  }
});
