import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
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
import { checkCdkVersion } from '../lib/cdk-version';
import type { ParityReport } from '../lib/parity/report';
import { exports as entries, peerDependencies, typesVersions } from '../package.json';
import { fileOf, TYPED } from './docs/contexts';

/** Where the AWS CDK of the adopter is: ours, or one of those that scripts/cdk-range.mjs installs. */
const CDK = resolve(process.env['ADOPTER_CDK'] ?? 'node_modules');
const cdk = JSON.parse(readFileSync(join(CDK, 'aws-cdk-lib/package.json'), 'utf8')) as { version: string };

const app = mkdtempSync(join(tmpdir(), 'twin-package-'));

afterAll(() => rmSync(app, { recursive: true, force: true }));

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** How a program of the app ends. What it finds in the environment is not what these tests are run with. */
function start(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync('node', args, {
    cwd: app,
    encoding: 'utf8',
    env: { ...process.env, CDK_DEBUG: '', NODE_ENV: '', ...env },
  });
  return { status, stdout, stderr };
}

/** For test runners: the CDK counts what it does unless NODE_ENV is "test", and its own validator is slow. */
const TESTING = { NODE_ENV: 'test', CDK_VALIDATION: 'false' };

const write = (file: string, text: string): void => writeFileSync(join(app, file), text);

/** What an app has beside cdk-twin: linked, because it is large. */
function link(folder: string, ...packages: string[]): void {
  for (const name of packages) {
    const path = join(app, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(folder, name), path);
  }
}

/** What a page has from a heading on. */
const chapter = (heading: string, page: string): string =>
  readFileSync(page, 'utf8').split(`## ${heading}\n`)[1]!;

/** The first block of TypeScript from a heading on. */
const example = (heading: string, page: string): string =>
  /```ts\n([\s\S]*?)```/.exec(chapter(heading, page))![1]!;

const STACK = example('1. Give the stack its sizes as props', 'docs/adopting.md');
const APP = example('Adopt it', 'README.md');

/** Writes the app of README.md with a statement more in its stack, and runs it: how it ended. */
function startWith(statement: string, name: string, imports: string) {
  mkdirSync(join(app, name));
  const stack = STACK.replace('{ Stack,', '{ Duration, Stack,')
    .replace('import type', `${imports}\nimport type`)
    .replace('super(scope, id, props);', `super(scope, id, props);\n    ${statement}`);
  write(`${name}/shop-stack.ts`, stack);
  write(`${name}/app.ts`, APP);
  return start(['--import', 'tsx', `${name}/app.ts`], {
    CDK_OUTDIR: join(app, `${name}.out`),
    CDK_CONTEXT_JSON: '{"aws:cdk:enable-path-metadata":true}', // as the CDK's command line does
  });
}

/** What a page shows of a report, up to where it leaves lines out. */
const shownIn = (text: string): string => /```text\n((?:NOT A )?TWIN[\s\S]*?) {2}\.\.\.\n```/.exec(text)![1]!;

/** The first lines of the report of an app, as many as are shown. Other versions of the CDK make other templates of the same code. */
function expectShown(name: string, shown: string): void {
  const parity = start(['node_modules/.bin/twin', 'parity', '--assembly', `${name}.out`]);
  expect(parity.status).toBe(1);
  const counted = (it: string): string =>
    process.env['ADOPTER_CDK'] === undefined ? it : it.replace(/^\d forbidden and .*$/m, '');
  expect(counted(parity.stdout).slice(0, counted(shown).length)).toBe(counted(shown));
}

/** What is no source of the package, or what is made of it. */
const NO_SOURCE = new Set(['node_modules', 'dist', 'cdk.out', '.twin', '.git', 'coverage', 'site', 'test']);

/** Packs a copy of this folder: packing builds, and other tests run what is built here. */
function pack(): { readonly filename: string; readonly files: readonly { readonly path: string }[] } {
  const source = mkdtempSync(join(tmpdir(), 'twin-source-'));
  try {
    for (const name of readdirSync('.').filter((it) => !NO_SOURCE.has(it)))
      cpSync(name, join(source, name), { recursive: true });
    const modules = join(source, 'node_modules');
    // a build writes among the programs
    cpSync('node_modules/.bin', join(modules, '.bin'), { recursive: true, verbatimSymlinks: true });
    for (const name of readdirSync('node_modules').filter((it) => it !== '.bin'))
      symlinkSync(resolve('node_modules', name), join(modules, name));
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', app], {
      cwd: source,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return (JSON.parse(packed) as [ReturnType<typeof pack>])[0];
  } finally {
    rmSync(source, { recursive: true });
  }
}

beforeAll(() => {
  const packed = pack();
  write('package.json', JSON.stringify({ name: 'shop', private: true }));
  run(
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    '--omit=optional', // the binaries of PostgreSQL: 60 MB
    join(app, packed.filename),
    'typescript@~5.9.3', // the last that resolves modules as apps of 2025 do
  );
  link(CDK, 'aws-cdk-lib', 'constructs');
  link(resolve('node_modules'), 'tsx', '@types/node', '@types/jest', 'expect', 'vitest');
  write('shop-stack.ts', STACK);
  write('app.ts', APP);
  write('twin.config.ts', example('The config', 'docs/rehearsing.md'));
  write('outside.ts', `${OUTSIDE}\n${example('What is outside on purpose', 'docs/staging.md')}`);
  write('access.ts', example('From two empty accounts to the first rehearsal', 'docs/aws.md'));
  write('types.ts', TYPES);
  write('types.vitest.ts', TYPES_OF_VITEST);
  write('shop.ts', SHOP);
  for (const block of TYPED) write(`${block.page.replaceAll('/', '_')}.${block.line}.ts`, fileOf(block));
}, 120_000);

/** Types of every entry that has no example. */
const TYPES = `
  import 'cdk-twin/jest';
  import { parityOfAssembly, type ParityReport } from 'cdk-twin/parity';
  import { App, Stack } from 'aws-cdk-lib';
  const reports: readonly ParityReport[] = parityOfAssembly('cdk.out');
  test('twins', () => expect(new Stack(new App(), String(reports.length))).toBeTwinOf(new Stack()));
  // @ts-expect-error - a number is no stack
  test('nothing else', () => expect(1).toBeTwinOf(2));
`;
const TYPES_OF_VITEST = `
  import 'cdk-twin/vitest';
  import { Stack } from 'aws-cdk-lib';
  import { expect, test } from 'vitest';
  test('twins', () => expect(new Stack()).not.toBeTwinOf(new Stack()));
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

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d';

/** What the staging of docs/staging.md with `outside` and `physicalNames` is a staging of: it has all that the block names. */
const OUTSIDE = `
  import { App, Duration, Stack } from 'aws-cdk-lib';
  import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
  import * as acm from 'aws-cdk-lib/aws-certificatemanager';
  import * as iam from 'aws-cdk-lib/aws-iam';
  import * as lambda from 'aws-cdk-lib/aws-lambda';
  import * as route53 from 'aws-cdk-lib/aws-route53';
  import * as s3 from 'aws-cdk-lib/aws-s3';
  import * as sns from 'aws-cdk-lib/aws-sns';
  import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
  import { duration, Twins } from 'cdk-twin';
  const certificateArn = '${CERTIFICATE}';
  const twins = new Twins(new App(), {
    scale: { keptSeconds: duration({ reason: 'nobody waits for old messages' }) },
    environment: (scope, id, { keptSeconds }, options) => {
      const stack = new Stack(scope, id, { ...options });
      new s3.Bucket(stack, 'Assets', { bucketName: 'acme-assets' });
      new iam.Role(stack, 'Role', { roleName: 'shop', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
      new sns.Topic(stack, 'Alarms').addSubscription(new subscriptions.EmailSubscription('night@acme.io'));
      new lambda.Function(stack, 'Checkout', {
        runtime: lambda.Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline('exports.handler = async () => "ok";'),
        environment: { PAYMENTS: 'https://api.pay.example.com/v1' },
        timeout: Duration.seconds(keptSeconds),
      });
      const domainName = \`\${stack.stackName.toLowerCase()}.acme.io\`;
      const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', certificateArn);
      const domain = new apigateway.DomainName(stack, 'Domain', { domainName, certificate });
      new route53.CnameRecord(stack, 'Name', {
        zone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
          hostedZoneId: 'Z0123456789ABC',
          zoneName: 'acme.io',
        }),
        recordName: domainName,
        domainName: domain.regionalDomainName,
      });
      return stack;
    },
  });
  const small = { keptSeconds: 60 };
  twins.prod('Prod', { scale: { keptSeconds: 600 } });
`;

/** Tests of the matcher, with any framework. */
const MATCHER = `
  function stack(app, id, properties) {
    const made = new Stack(app, id);
    new CfnResource(made, 'Queue', { type: 'AWS::SQS::Queue', properties });
    return made;
  }
  test('alike', () => {
    const app = new App();
    expect(stack(app, 'Staging', { DelaySeconds: 1 })).toBeTwinOf(stack(app, 'Prod', { DelaySeconds: 1 }));
  });
  test('different', () => {
    const app = new App();
    const [prod, staging] = [stack(app, 'Prod', { DelaySeconds: 1 }), stack(app, 'Staging', { DelaySeconds: 2 })];
    expect(staging).not.toBeTwinOf(prod);
    expect(() => expect(staging).toBeTwinOf(prod)).toThrow(/expected Staging to be a twin of Prod[^]*DelaySeconds/);
  });
  test('no stacks', () => {
    expect(() => expect(1).toBeTwinOf(2)).toThrow('toBeTwinOf compares two stacks of the AWS CDK');
  });
`;

const isTooOld = ((): boolean => {
  try {
    checkCdkVersion(cdk.version);
    return false;
  } catch {
    return true;
  }
})();

/** Puts an aws-cdk-lib in the place of the app's that is the same, but says that it is of another version. */
function disguise(version: string): void {
  const [real, disguised] = [join(CDK, 'aws-cdk-lib'), join(app, 'disguised')];
  mkdirSync(disguised);
  for (const name of readdirSync(real)) symlinkSync(join(real, name), join(disguised, name));
  const manifest = JSON.parse(readFileSync(join(real, 'package.json'), 'utf8')) as object;
  rmSync(join(disguised, 'package.json'));
  write('disguised/package.json', JSON.stringify({ ...manifest, version }));
  const path = join(app, 'node_modules/aws-cdk-lib');
  rmSync(path);
  symlinkSync(disguised, path);
}

describe('the packed package, in an app whose aws-cdk-lib is too old', () => {
  const version = isTooOld ? cdk.version : '2.100.0';

  beforeAll(() => {
    if (!isTooOld) disguise(version);
  });
  afterAll(() => {
    rmSync(join(app, 'node_modules/aws-cdk-lib'));
    link(CDK, 'aws-cdk-lib');
  });

  it('says so', () => {
    write('old.js', "new (require('cdk-twin').Twins)(new (require('aws-cdk-lib').App)(), {});");
    const { 'aws-cdk-lib': range } = peerDependencies;
    expect(start(['old.js'])).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `error: aws-cdk-lib ${version} is installed; cdk-twin needs ${range.slice(1)} or newer\n` +
        `  fix: Run npm install aws-cdk-lib@${range}.\n  code: cdk-version\n`,
    });
  });
});

/** An app whose aws-cdk-lib is too old gets no further than the message about it. */
const inApp: (name: string, tests: () => void) => void = isTooOld ? () => {} : describe;

inApp(`the packed package, in an empty app with aws-cdk-lib ${cdk.version}`, () => {
  const TYPESCRIPT_7 = resolve('node_modules/typescript/bin/tsc');
  const TYPESCRIPT_5 = 'node_modules/typescript/bin/tsc';

  it.each([
    // what `cdk init` writes, today and until 2025
    { name: 'nodenext', tsc: TYPESCRIPT_7, options: { module: 'nodenext' } },
    { name: 'node10', tsc: TYPESCRIPT_5, options: { module: 'commonjs', skipLibCheck: true } },
    // with Vitest, whose own types are not clean
    {
      name: 'bundler',
      tsc: TYPESCRIPT_7,
      options: { module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true },
    },
  ])(
    'type-checks every block of TypeScript in README.md and docs, and has types for its other entries: $name',
    ({ name, tsc, options }) => {
      const compilerOptions = { target: 'es2022', strict: true, noEmit: true, types: ['node', 'jest'] };
      const include = [
        '*.md.*.ts', // the blocks
        'access.ts',
        'app.ts',
        'outside.ts',
        'twin.config.ts',
        'types.ts',
        'shop.ts',
        ...(name === 'bundler' ? ['types.vitest.ts'] : []),
      ];
      const config = { compilerOptions: { ...compilerOptions, ...options }, include };
      write(`tsconfig.${name}.json`, JSON.stringify(config));
      expect(start([tsc, '-p', `tsconfig.${name}.json`])).toEqual({ status: 0, stdout: '', stderr: '' });
    },
    120_000,
  );

  it('has types for the same entries whether or not TypeScript reads exports', () => {
    const typed = Object.entries(entries).flatMap(([entry, target]) =>
      typeof target === 'object' && entry !== '.' ? [[entry.slice(2), [target.types]]] : [],
    );
    expect(Object.entries(typesVersions['*'])).toEqual(typed);
  });

  it("runs the README's example, and the result is a twin", () => {
    const ended = start(['--import', 'tsx', 'app.ts'], { CDK_OUTDIR: join(app, 'cdk.out') });
    expect(ended).toMatchObject({ status: 0 });
    expect(run('node_modules/.bin/twin', 'parity')).toMatch(/^TWIN: Staging is a twin of Prod\n/);
  }, 60_000);

  it('says what README.md shows when its example is broken', () => {
    const text = chapter('Adopt it', 'README.md');
    const broken = /```ts\n(new sqs.*)\n```/.exec(text)![1]!;
    const { status, stderr } = startWith(broken, 'broken', "import * as sqs from 'aws-cdk-lib/aws-sqs';");
    expect(status).toBe(1);
    expect(stderr).toContain('TWIN-PAR-003');
    expectShown('broken', shownIn(text));
  }, 60_000);

  it('says what docs/staging.md shows when the example reaches a person', () => {
    const text = chapter('What staging may not do', 'docs/staging.md');
    const reaching = /```ts\n(new sns.*)\n```/.exec(text)![1]!;
    const imports = [
      "import * as sns from 'aws-cdk-lib/aws-sns';",
      "import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';",
    ];
    expect(startWith(reaching, 'reaching', imports.join('\n')).status).toBe(1);
    expectShown('reaching', shownIn(text));
  }, 60_000);

  it('runs the staging of docs/staging.md that may reach something outside, as it is written', () => {
    expect(start(['--import', 'tsx', 'outside.ts'], { CDK_OUTDIR: join(app, 'outside.out') })).toMatchObject({
      status: 0,
    });
    const parity = run('node_modules/.bin/twin', 'parity', '--assembly', 'outside.out', '--json');
    const { verdict, checks } = JSON.parse(parity) as ParityReport;
    expect(verdict).toBe('twins');
    const named = ['api.pay.example.com', 'night@acme.io', CERTIFICATE, 'Z0123456789ABC'];
    expect(checks!.outside).toEqual(
      named.map((text) =>
        expect.objectContaining({ text, in: [expect.any(String)], reason: expect.any(String) }),
      ),
    );
    const names = /acme-assets|"shop"/;
    const template = (id: string): string =>
      readFileSync(join(app, `outside.out/${id}.template.json`), 'utf8');
    expect(template('Prod')).toMatch(names);
    expect(template('Staging')).not.toMatch(names);
  }, 60_000);

  it('makes twins of the reference shop, which has an entry of its own', () => {
    const ended = start(['--import', 'tsx', 'shop.ts'], { CDK_OUTDIR: join(app, 'shop.out') });
    expect(ended).toMatchObject({ status: 0 });
    const verdict = run('node_modules/.bin/twin', 'parity', '--assembly', 'shop.out');
    expect(verdict).toMatch(/^TWIN: Staging is a twin of Prod\n/);
  }, 120_000);

  it('makes the access of docs/aws.md, which is deployed before an account is bootstrapped', () => {
    const ended = start(['--import', 'tsx', 'access.ts'], { CDK_OUTDIR: join(app, 'access.out') });
    expect(ended).toMatchObject({ status: 0 });
    for (const stack of ['RehearsalAccess', 'ProductionAccess'])
      expect(readFileSync(join(app, `access.out/${stack}.template.json`), 'utf8')).not.toContain(
        'BootstrapVersion',
      );
  }, 60_000);

  it('says what is wrong where a config does not fit the app, with the code that rehearses in the package', () => {
    const ended = start(['node_modules/.bin/twin', 'rehearse', '--to', '1.42.0']);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain('seed.Orders is "seed.sql"; there is no such file in');
  }, 60_000);

  it.each([
    ['JavaScript', []],
    ['TypeScript', ['--import', 'tsx']],
  ])('shows what is wrong with an app in %s, and no stack', (_, loader) => {
    write('wrong.js', "require('cdk-twin').defineScale({ readers: require('cdk-twin').replicas({}) });");
    write(
      'wrong.ts',
      "import { defineScale, replicas } from 'cdk-twin';\ndefineScale({ readers: replicas({ reason: '' }) });",
    );
    expect(start([...loader, loader.length > 0 ? 'wrong.ts' : 'wrong.js'])).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: the factor "readers" has no reason\n {2}fix: Say in one sentence .*\n {2}code: factor-reason\n$/,
      ),
    });
  });

  it('has a matcher for Jest', () => {
    write(
      'jest.test.js',
      `require('cdk-twin/jest');\nconst { App, CfnResource, Stack } = require('aws-cdk-lib');\n${MATCHER}`,
    );
    const jest = resolve('node_modules/jest/bin/jest.js');
    const { stderr } = start([jest, '--rootDir', app, '--testTimeout', '60000', 'jest.test.js'], TESTING);
    expect(stderr).toContain('Tests:       3 passed, 3 total');
  }, 60_000);

  it('has a matcher for Vitest', () => {
    const imports = "import 'cdk-twin/vitest';\nimport { App, CfnResource, Stack } from 'aws-cdk-lib';";
    write('vitest.test.mjs', `${imports}\nimport { expect, test } from 'vitest';\n${MATCHER}`);
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--no-color', '--testTimeout', '60000'];
    const { stdout } = start([...vitest, 'vitest.test.mjs'], TESTING);
    expect(stdout).toMatch(/Tests {2}3 passed \(3\)/);
  }, 60_000);

  it('says what to do where Jest gives no expect', () => {
    expect(start(['-e', "require('cdk-twin/jest')"])).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'error: cdk-twin/jest is loaded where Jest gives no expect\n' +
        '  fix: Import it in a test or in a file of setupFilesAfterEnv; with Vitest, import cdk-twin/vitest.\n  code: matcher\n',
    });
  });

  it('has no script that npm runs when it is installed, or asks about', () => {
    const { scripts } = JSON.parse(
      readFileSync(join(app, 'node_modules/cdk-twin/package.json'), 'utf8'),
    ) as typeof import('../package.json');
    expect(Object.keys(scripts)).not.toContainEqual(
      expect.stringMatching(/^(?:(?:pre|post)?install|prepare)$/),
    );
    // and yet there is what it runs after the installation of a clone, and before it is packed
    expect(scripts).toMatchObject({ postprepare: scripts.prepack, prepack: 'npm run build' });
  });

  it('brings its schemas and the pages for users, and neither tests nor sources', () => {
    const root = join(app, 'node_modules', 'cdk-twin');
    expect(readdirSync(root).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist',
      'docs',
      'package.json',
      'schema',
    ]);
    expect(readdirSync(join(root, 'schema'))).toEqual(['twin.config.json', 'twin.json', 'whitelist.json']);
    expect(readdirSync(join(root, 'docs'), { recursive: true })).toEqual(
      readdirSync('docs', { recursive: true }),
    );
  });
});
