import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { leftOutBy } from '../../lib/cli/changes';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'watch-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['lib/stack.ts', false],
  ['README.md', true],
  ['docs/README.md', false],
  ['cdk.context.json', true],
  ['lib/types.d.ts', true],
  ['types.d.ts', true],
  ['test', true],
  ['test/deep/stack.test.ts', true],
  ['testing/stack.ts', false],
  ['packages/a/node_modules', true],
  ['build/cdk.out/tree.json', true],
  ['cdk.out', true],
  ['.git/index', true],
])('leaves %s out of a watch by cdk.json: %p', (path, expected) => {
  const isLeftOut = leftOutBy(
    { include: ['**'], exclude: ['README.md', 'cdk*.json', '**/*.d.ts', 'test'] },
    'build/cdk.out',
  );
  expect(isLeftOut(path)).toBe(expected);
});

it('watches what is included alone, and the folders above it', () => {
  const isLeftOut = leftOutBy({ include: ['bin/**', 'packages/infra/**/*.{ts,js}'] });
  const left = [
    'bin',
    'bin/a.ts',
    'packages',
    'packages/infra',
    'packages/infra/a/b.ts',
    'packages/web',
    'a.ts',
  ].filter(isLeftOut);
  expect(left).toEqual(['packages/web', 'a.ts']);
});

const app = (port: string): string => `
  const { App, Stack, CfnResource } = require('aws-cdk-lib');
  const { count, Twins } = require('cdk-twin');
  const twins = new Twins(new App(), {
    scale: { wait: count({ reason: 'nobody waits' }) },
    environment: (scope, id, { wait }, options) => {
      const stack = new Stack(scope, id, { ...options });
      new CfnResource(stack, 'Jobs', {
        type: 'AWS::SQS::Queue',
        properties: { DelaySeconds: wait, VisibilityTimeout: ${port} },
      });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { wait: 9 } });
  twins.staging('Staging', { scale: { wait: 3 }, expires: '2099-12-01T18:00:00' });
`;

/** What is said at once. */
const START = 'proving with "cdk synth --quiet", and again on every save; Ctrl-C ends it\n';

it('writes a line at once and after a save, with the findings, and ends with 0 on Ctrl-C, leaving nothing', async () => {
  const scratch = join(folder, 'tmp');
  const root = join(folder, 'app');
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  mkdirSync(scratch);
  write('cdk.json', '{ "app": "node app.js", "watch": { "exclude": ["README.md"] } }');
  write('app.js', app('30'));
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['aws-cdk-lib', 'constructs', '.bin'])
    symlinkSync(resolve('node_modules', name), join(root, 'node_modules', name));
  symlinkSync(resolve('.'), join(root, 'node_modules', 'cdk-twin'));

  const env = { ...process.env, TMPDIR: scratch, CDK_VALIDATION: 'false' };
  const child = spawn('node', [resolve('dist/twin.js'), 'watch'], { cwd: root, env });
  let [text, problems] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()));
  const said = async (words: RegExp): Promise<void> => {
    while (!words.test(text)) {
      expect({ ended: child.exitCode, problems: problems.replace(START, '') }).toEqual({
        ended: null,
        problems: '',
      });
      await new Promise((next) => setTimeout(next, 100));
    }
  };
  try {
    await said(/^\d\d:\d\d:\d\d {2}TWIN: Staging of Prod, 0 findings \(\d+ s\)\n$/m);
    write('README.md', 'nothing that counts');
    write('app.js', app(`stack.stackName === 'Prod' ? 30 : 60`));
    await said(/NOT A TWIN: Staging of Prod, \d+ findings? \(\d+ s\)\n[^]*TWIN-PAR-003[^]*VisibilityTimeout/);
    expect(text.match(/^\d\d:\d\d:\d\d /gm)).toHaveLength(2);
    write('app.js', app('20'));
    await new Promise((next) => setTimeout(next, 1_000)); // in the middle of a round
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, problems }).toEqual({ code: 0, problems: START });
    // what the CDK's own command line leaves of itself is not ours
    expect(readdirSync(scratch).filter((name) => name.startsWith('twin-watch'))).toEqual([]);
  } finally {
    child.kill('SIGKILL');
  }
}, 600_000);
