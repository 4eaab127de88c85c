import { buildSync } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { didYouMean, TwinError } from '../lib/error';

const props = { code: 'scale', message: 'readers: got 0', fix: 'Keep 2 or more.' } as const;

test('an error carries its code, its message and its fix', () => {
  const error = new TwinError(props);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'TwinError', ...props });
});

test('an error shows its message, its fix and its code, and no stack', () => {
  expect(String(new TwinError(props))).toBe('readers: got 0\n  fix: Keep 2 or more.\n  code: scale');
});

test('an error keeps its cause', () => {
  const cause = new Error('disk full');
  expect(new TwinError({ ...props, cause }).cause).toBe(cause);
});

test('an error without a cause does not speak of one', () => {
  expect(inspect(new TwinError(props))).not.toContain('cause');
});

describe('in the bundles of the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'error-'));
  const [one, other] = ['one.cjs', 'other.cjs'].map((name) => join(folder, name)) as [string, string];

  beforeAll(() => {
    for (const outfile of [one, other]) {
      buildSync({ entryPoints: ['lib/error.ts'], outfile, bundle: true, platform: 'node', format: 'cjs' });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one class: an error of one is a TwinError in another, and in another realm', () => {
    const load = (file: string) => (require(file) as { TwinError: typeof TwinError }).TwinError;
    const Other = load(other);
    const error = new (load(one))(props);
    expect(error.constructor).not.toBe(Other);
    expect(error).toBeInstanceOf(Other);
    expect(error).toBeInstanceOf(TwinError);
    expect(TwinError.isTwinError(error)).toBe(true);
    expect([error].filter(Other.isTwinError)).toEqual([error]);
    expect(runInNewContext('error instanceof TwinError', { error, TwinError })).toBe(true);
  });

  it.each([
    ['an Error', new Error('readers')],
    ['an Error of that name', Object.assign(new Error('readers'), props, { name: 'TwinError' })],
    ['its parts', props],
    ['its code', 'scale'],
    ['null', null],
    ['undefined', undefined],
  ])('does not take %s for one', (_, value) => {
    expect(value instanceof TwinError).toBe(false);
    expect(TwinError.isTwinError(value)).toBe(false);
  });

  /** Runs an app that loads two bundles. */
  function run(body: string, env: Record<string, string> = {}) {
    const app = join(folder, 'app.cjs');
    const load = `const { TwinError } = require('./one.cjs'); const other = require('./other.cjs').TwinError;`;
    writeFileSync(app, `${load}\nconst props = ${JSON.stringify(props)};\n${body}`);
    const { status, stdout, stderr } = spawnSync('node', [app], {
      encoding: 'utf8',
      env: { ...process.env, CDK_DEBUG: '', ...env },
    });
    return { status, stdout, stderr };
  }
  const shown = {
    status: 1,
    stdout: '',
    stderr: 'error: readers: got 0\n  fix: Keep 2 or more.\n  code: scale\n',
  };

  it.each([
    ['thrown', 'throw new TwinError(props);'],
    ['thrown later', 'setTimeout(() => { throw new TwinError(props); });'],
    ['rejected', 'void (async () => { throw new TwinError(props); })();'],
    ['of the other bundle', 'new TwinError(props); throw new other(props);'],
    ['that has a cause', "throw new TwinError({ ...props, cause: new Error('disk full') });"],
  ])('shows its message and its fix without a stack when nobody catches one %s', (_, body) => {
    expect(run(body)).toEqual(shown);
  });

  it('shows the stack as well when CDK_DEBUG is set, which cdk --debug does', () => {
    const { status, stderr } = run('throw new TwinError(props);', { CDK_DEBUG: 'true' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/TwinError: readers: got 0\n {4}at .*app\.cjs:3/);
  });

  it('leaves other errors, and processes that have a handler of their own, alone', () => {
    const bug = run("new TwinError(props); throw new RangeError('a bug');");
    expect(bug.status).toBe(1);
    expect(bug.stderr).toMatch(/RangeError: a bug\n {4}at .*app\.cjs:3/);
    const handler =
      "process.on('uncaughtException', (error) => { console.log(error.code); process.exitCode = 9; });";
    expect(run(`${handler} throw new TwinError(props);`)).toEqual({
      status: 9,
      stdout: 'scale\n',
      stderr: '',
    });
  });

  it('listens once, however many errors and bundles there are', () => {
    const count = "console.log(process.listenerCount('uncaughtExceptionMonitor'));";
    expect(run(`for (let i = 0; i < 20; i++) [new TwinError(props), new other(props)]; ${count}`)).toEqual({
      status: 0,
      stdout: '1\n',
      stderr: '',
    });
  });
});

describe('did you mean', () => {
  const names = ['ordersReaders', 'webTasks', 'pagesShards'];

  test.each([
    ['a letter too few', 'ordersReader', 'did you mean "ordersReaders"?'],
    ['other capitals', 'WEBTASKS', 'did you mean "webTasks"?'],
    ['letters that changed places', 'wbeTasks', 'did you mean "webTasks"?'],
    ['a third of the name', 'pagesSha', 'did you mean "pagesShards"?'],
    ['more than a third of the name', 'pagesS', 'use one of: ordersReaders, webTasks, pagesShards'],
    ['nothing alike', 'zzzzzzzzzzzz', 'use one of: ordersReaders, webTasks, pagesShards'],
    ['nothing at all', '', 'use one of: ordersReaders, webTasks, pagesShards'],
  ])('answers %s', (_, name, answer) => {
    expect(didYouMean(name, names)).toBe(answer);
  });

  it('forgives two letters in a short name', () => {
    expect(didYouMean('cpx', ['cpu', 'memory'])).toBe('did you mean "cpu"?');
    expect(didYouMean('cxx', ['cpu', 'memory'])).toBe('did you mean "cpu"?');
    expect(didYouMean('xxx', ['cpu', 'memory'])).toBe('use one of: cpu, memory');
  });

  it('chooses the nearest whatever its capitals, and the first of two that are as near', () => {
    expect(didYouMean('WEBTASKS', ['WORKTASK', 'webTasks'])).toBe('did you mean "webTasks"?');
    expect(didYouMean('b', ['a', 'c'])).toBe('did you mean "a"?');
  });

  it('has nothing to offer when there is nothing', () => {
    expect(didYouMean('readers', [])).toBe('there is nothing to choose from');
  });
});
