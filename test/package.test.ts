import { execFileSync, spawnSync } from 'node:child_process';
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
import { production, staging } from '../bin/sizes';

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
    '--omit=optional', // the binaries of PostgreSQL: 60 MB
    join(app, packed.filename),
  );
  link('aws-cdk-lib', 'constructs', 'typescript', 'tsx', '@types/node', '@types/jest', 'expect');
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(app, 'app.ts'), example('Adopt it'));
  writeFileSync(join(app, 'twin.config.ts'), example('Rehearse a release'));
  writeFileSync(join(app, 'matcher.test.ts'), MATCHER);
  writeFileSync(join(app, 'shop.ts'), SHOP);
}, 120_000);

/** Types of every entry that has no example. */
const MATCHER = `
  import 'cdk-twin/jest';
  import { parityOfAssembly, type ParityReport } from 'cdk-twin/parity';
  import { App, Stack } from 'aws-cdk-lib';
  const reports: readonly ParityReport[] = parityOfAssembly('cdk.out');
  test('twins', () => expect(new Stack(new App(), String(reports.length))).toBeTwinOf(new Stack()));
  // @ts-expect-error - a number is no stack
  test('nothing else', () => expect(1).toBeTwinOf(2));
`;

/** The reference shop: its entry has copies of its own of what it shares with the others. */
const SHOP = `
  import { App } from 'aws-cdk-lib';
  import { Twins } from 'cdk-twin';
  import { shopScale, WebShop, type ShopScale, type WebShopProps } from 'cdk-twin/shop';
  const app = new App();
  const props: Omit<WebShopProps, 'scale'> = { release: '1.42.0', tls: false };
  const readers = ({ ordersReaders }: ShopScale): number => ordersReaders;
  const twins = new Twins(app, { scale: shopScale, environment: WebShop, props });
  twins.prod('Prod', { scale: ${JSON.stringify(production)} });
  twins.staging('Staging', { scale: ${JSON.stringify(staging)}, expires: '2026-12-01T18:00:00' });
  app.synth();
  export { readers };
`;

describe('the packed package, in an empty CDK app', () => {
  it("type-checks the README's examples, and has types for its other entries", () => {
    expect(() => run('node', 'node_modules/typescript/bin/tsc', '-p', '.')).not.toThrow();
  }, 60_000);

  it("runs the README's example, and the result is a twin", () => {
    execFileSync('node', ['--import', 'tsx', 'app.ts'], {
      cwd: app,
      env: { ...process.env, CDK_OUTDIR: join(app, 'cdk.out'), NODE_ENV: '' },
      stdio: 'ignore',
    });
    expect(run('node_modules/.bin/twin', 'parity')).toMatch(/^TWIN: Staging is a twin of Prod\n/);
  }, 60_000);

  it('makes twins of the reference shop, which has an entry of its own', () => {
    execFileSync('node', ['--import', 'tsx', 'shop.ts'], {
      cwd: app,
      env: { ...process.env, CDK_OUTDIR: join(app, 'shop.out'), NODE_ENV: '' },
      stdio: 'ignore',
    });
    expect(run('node_modules/.bin/twin', 'parity', '--assembly', 'shop.out')).toMatch(
      /^TWIN: Staging is a twin of Prod\n/,
    );
  }, 60_000);

  it('says what is wrong where a config does not fit the app, with the code that rehearses in the package', () => {
    const ended = spawnSync('node_modules/.bin/twin', ['rehearse', '--to', '1.42.0'], {
      cwd: app,
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: '' },
    });
    expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ended.stderr).toContain('seed.Orders is "seed.sql"; there is no such file in');
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
