import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const app = mkdtempSync(join(tmpdir(), 'twin-package-'));

afterAll(() => rmSync(app, { recursive: true, force: true }));

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** What an app with the AWS CDK has beside cdk-twin: linked, because it is large. */
function link(...packages: string[]): void {
  for (const name of packages) {
    const path = join(app, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(resolve('node_modules', name), path);
  }
}

/** The first block of TypeScript in README.md's chapter. */
function example(chapter: string): string {
  const text = readFileSync('README.md', 'utf8').split(`## ${chapter}\n`)[1]!;
  return /```ts\n([\s\S]*?)```/.exec(text)![1]!;
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'node20',
    strict: true,
    noEmit: true,
    types: ['node', 'jest'],
  },
  include: ['*.ts'],
};

beforeAll(() => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', app], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ filename: string; files: { path: string }[] }];
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'shop', private: true }));
  run(
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    join(app, packed.filename),
  );
  link('aws-cdk-lib', 'constructs', 'typescript', 'tsx', '@types/node', '@types/jest', 'expect');
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(app, 'app.ts'), example('Adopt it'));
}, 120_000);

describe('the packed package, in an empty CDK app', () => {
  it("runs the README's example, type-checked, and the result is a twin", () => {
    run('node', 'node_modules/typescript/bin/tsc', '-p', '.');
    execFileSync('node', ['--import', 'tsx', 'app.ts'], {
      cwd: app,
      env: { ...process.env, CDK_OUTDIR: join(app, 'cdk.out'), NODE_ENV: '' },
      stdio: 'ignore',
    });
    expect(run('node_modules/.bin/twin', 'parity')).toMatch(/^TWIN: Staging is a twin of Prod\n/);
  }, 60_000);

  it('has types for its matcher, and for the part without the AWS CDK', () => {
    writeFileSync(
      join(app, 'matcher.test.ts'),
      `import 'cdk-twin/jest';
       import { parityOfAssembly, type ParityReport } from 'cdk-twin/parity';
       import { App, Stack } from 'aws-cdk-lib';
       const reports: readonly ParityReport[] = parityOfAssembly('cdk.out');
       test('twins', () => expect(new Stack(new App(), String(reports.length))).toBeTwinOf(new Stack()));
       // @ts-expect-error - a number is no stack
       test('nothing else', () => expect(1).toBeTwinOf(2));
      `,
    );
    expect(() => run('node', 'node_modules/typescript/bin/tsc', '-p', '.')).not.toThrow();
  }, 60_000);

  it('brings its schemas, and neither tests nor sources', () => {
    const root = join(app, 'node_modules', 'cdk-twin');
    expect(readdirSync(root).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'schema',
    ]);
    expect(readdirSync(join(root, 'schema'))).toEqual(['twin.json', 'whitelist.json']);
  });
});
