import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../lib/cli/run';
import { Github } from './server';

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}

const VARIABLES = [
  'GITHUB_API_URL',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GITHUB_REPOSITORY',
  'GITHUB_EVENT_PATH',
  'GITHUB_EVENT_NAME',
] as const;

const environment = { ...process.env };
let folder: string;
let github: Github;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twin-comment-'));
  github = new Github();
  await github.start();
  for (const name of VARIABLES) delete process.env[name];
  Object.assign(process.env, github.env, {
    GITHUB_EVENT_PATH: save('event.json', '{"pull_request":{"number":7}}'),
  });
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true });
  for (const name of VARIABLES) delete process.env[name];
  Object.assign(process.env, environment);
});

function save(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function comment(markdown: string, ...flags: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const argv = ['comment', save('report.md', markdown), ...flags];
  const exitCode = await run(argv, { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text.replaceAll(folder, 'FOLDER') };
}

const URL_OF = (id: number): string => `https://github.com/acme/shop/pull/7#issuecomment-${id}`;
const MARKER = '<!-- cdk-twin: report -->\n';

describe('twin comment', () => {
  it('writes a comment, edits it where it stands, and leaves one as it is that says the same', async () => {
    github.add('ada', 'User', 'Looks good');
    expect(await comment('### NO')).toEqual({ exitCode: 0, stdout: `commented: ${URL_OF(2)}\n`, stderr: '' });
    expect(await comment('### YES')).toEqual({ exitCode: 0, stdout: `edited: ${URL_OF(2)}\n`, stderr: '' });
    expect(await comment('### YES')).toMatchObject({ exitCode: 0, stdout: `as it was: ${URL_OF(2)}\n` });
    expect(github.comments.map(({ body }) => body)).toEqual(['Looks good', `${MARKER}### YES`]);
    expect(github.requests.filter((it) => !it.startsWith('GET'))).toEqual([
      'POST /repos/acme/shop/issues/7/comments',
      'PATCH /repos/acme/shop/issues/comments/2',
    ]);
  });

  it('has one comment of each name', async () => {
    await comment('a');
    await comment('b', '--name', 'cost');
    await comment('c', '--name', 'cost');
    expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}a`, '<!-- cdk-twin: cost -->\nc']);
  });

  it('finds its comment after a hundred others', async () => {
    for (let i = 0; i < 100; i++) github.add('ada', 'User', `${i}`);
    await comment('a');
    expect(await comment('b')).toMatchObject({ stdout: `edited: ${URL_OF(101)}\n` });
    expect(github.comments).toHaveLength(101);
  });

  it('writes into no comment of a person who copied the marker: they could change the verdict', async () => {
    github.add('mallory', 'User', `${MARKER}All is well`);
    expect(await comment('### NO')).toMatchObject({ stdout: `commented: ${URL_OF(2)}\n` });
    expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}All is well`, `${MARKER}### NO`]);
  });

  it('with a token of a person writes into theirs alone', async () => {
    github.user = 'ada';
    github.add('mallory', 'User', `${MARKER}All is well`);
    github.add('other[bot]', 'Bot', `${MARKER}of another app`);
    await comment('1');
    await comment('2');
    expect(github.comments.at(-1)).toMatchObject({ body: `${MARKER}2`, user: { login: 'ada' } });
    expect(github.comments).toHaveLength(3);
  });

  it('takes the pull request from its flag, from the event of a comment, and says where there is none', async () => {
    process.env['GITHUB_EVENT_PATH'] = save('issue.json', '{"issue":{"number":7,"pull_request":{}}}');
    expect(await comment('a')).toMatchObject({ exitCode: 0 });
    process.env['GITHUB_EVENT_PATH'] = save('plain.json', '{"issue":{"number":7}}');
    process.env['GITHUB_EVENT_NAME'] = 'issues';
    expect(await comment('b', '--pull-request', '7')).toMatchObject({ exitCode: 0 });
    expect(await comment('c')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: there is no pull request to comment on: the event is "issues"\n' +
        '  fix: Name it with --pull-request <number>, or run this where the event is "pull_request".\n' +
        '  code: github\n',
    });
    process.env['GITHUB_EVENT_PATH'] = join(folder, 'none.json');
    expect((await comment('d')).stderr).toMatch(/^error: the event of the workflow could not be read from FOLDER\/none\.json: ENOENT/); // prettier-ignore
  });

  it('cuts what GitHub would refuse, and says where the rest is', async () => {
    const row = `| ${'ä'.repeat(400)} |\n`;
    expect(await comment(`<details><summary>x</summary>\n\n${row.repeat(200)}\n</details>\n`)).toMatchObject({
      exitCode: 0,
    });
    const { body } = github.comments[0]!;
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(body)).toBeGreaterThan(64_000);
    expect(body).toMatch(/\|\n\n<\/details>\n\nThe rest is in the summary of the run\.\n$/);
  });

  it('says what GitHub says where it refuses, and what to do', async () => {
    const body = '{"message":"Resource not accessible by integration"}';
    github.refusal = { status: 403, body };
    expect(await comment('a')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: GitHub answered 403 (Resource not accessible by integration) to GET /repos/acme/shop/issues/7/comments?per_page=100&page=1\n' +
        '  fix: Give the job "permissions: pull-requests: write". In pull requests of forks and of Dependabot a token can only read: the summary of the run has the same report.\n' +
        '  code: github\n',
    });
    github.refusal = { status: 502, body: '<html>' };
    expect((await comment('a')).stderr).toMatch(/^error: GitHub answered 502 to GET /);
    github.refusal = undefined;
    process.env['GITHUB_TOKEN'] = 'stale';
    expect((await comment('a')).stderr).toMatch(/^error: GitHub answered 401 \(Bad credentials\)/);
  });

  it('says what it misses', async () => {
    process.env['GITHUB_API_URL'] = 'http://127.0.0.1:1';
    expect((await comment('a')).stderr).toMatch(/^error: http:\/\/127\.0\.0\.1:1 did not answer: /);
    process.env['GITHUB_REPOSITORY'] = 'shop/../x/y';
    expect((await comment('a')).stderr).toMatch(/^error: GITHUB_REPOSITORY is "shop\/\.\.\/x\/y"; expected /);
    delete process.env['GITHUB_TOKEN'];
    expect((await comment('a')).stderr).toMatch(/^error: there is no token of GitHub/);
  });

  it.each([
    [['--name', 'a--b'], /^error: --name is "a--b"; expected letters and digits/],
    [['--pull-request', '7a'], /^error: --pull-request is "7a"; expected its number/],
  ])('rejects %j', async (flags, message) => {
    const { exitCode, stderr } = await comment('a', ...flags);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) });
  });

  it('rejects an empty file, and one that is not there', async () => {
    expect(await comment(' \n')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/report\.md is empty/) }); // prettier-ignore
    const [stdout, stderr] = [new Kept(), new Kept()];
    expect(await run(['comment', 'none.md'], { stdout, stderr, columns: 80, color: false })).toBe(2);
    expect(stderr.text).toMatch(/^error: none\.md could not be read \(ENOENT\)/);
    expect(github.requests).toEqual([]);
  });
});
