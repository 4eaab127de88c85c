import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Blueprint, ServiceTier, Tier } from '../../lib/blueprint/blueprint';
import { TwinError } from '../../lib/error';
import type { RehearsalConfig } from '../../lib/config/types';
import { readConfig } from '../../lib/config/read';
import { checkAgainst, gatesDigestOf, loadConfig } from '../../lib/config/load';
import { EVERY_KEY, FEWEST_KEYS } from './sample-config';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'twin-config-')));
let folders = 0;

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with a config, and files beside it. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(root, `app-${++folders}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const configured = (config: object): string =>
  folderWith({ 'twin.config.ts': `export default ${JSON.stringify(config)};`, 'seed.sql': '' });

const errorOf = async (folder: string): Promise<TwinError> => {
  const error: unknown = await loadConfig(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TwinError);
  return error as TwinError;
};

describe('a config', () => {
  it('is loaded with its defaults, and nothing is written', async () => {
    const folder = configured(EVERY_KEY);
    const { config, file, gatesDigest } = await loadConfig(folder);
    expect(config).toEqual(EVERY_KEY);
    expect(file).toBe(join(folder, 'twin.config.ts'));
    expect(gatesDigest).toBe(gatesDigestOf(config.gates));
    expect(readdirSync(folder).toSorted()).toEqual(['seed.sql', 'twin.config.ts']);
  });

  it.each<[string, string]>([
    [
      'ts',
      `import { defineRehearsal } from 'cdk-twin/rehearsal'; const b: string = 'v'; export default defineRehearsal(CONFIG as never);`,
    ],
    [
      'ts',
      `import { defineRehearsal } from '${resolve('lib/config')}'; export default defineRehearsal(CONFIG);`,
    ],
    ['ts', `import { baseline } from './releases'; export default { ...CONFIG, baseline };`],
    ['mts', `const config = await Promise.resolve(CONFIG); export default config;`],
    ['mjs', `import { defineRehearsal } from 'cdk-twin/rehearsal'; export default defineRehearsal(CONFIG);`],
    ['js', `import { defineRehearsal } from 'cdk-twin/rehearsal'; export default defineRehearsal(CONFIG);`],
    [
      'cjs',
      `const { defineRehearsal } = require('cdk-twin/rehearsal'); module.exports = defineRehearsal(CONFIG);`,
    ],
    ['json', 'CONFIG'],
    [
      'json',
      `{ "$schema": "./schema/twin.config.json", "baseline": "1.41.0", "checks": { "smoke": [{ "name": "a", "path": "/" }] }, "gates": {} }`,
    ],
  ])('may be twin.config.%s: %s', async (extension, text) => {
    const folder = folderWith({
      [`twin.config.${extension}`]: text.replace('CONFIG', JSON.stringify(FEWEST_KEYS)),
      'releases.ts': `export const baseline: string = '1.41.0';`,
    });
    expect((await loadConfig(folder)).config.baseline).toBe('1.41.0');
  });

  it('is the TypeScript where what was compiled from it is there too', async () => {
    const text = `export default ${JSON.stringify(FEWEST_KEYS)};`;
    const { file } = await loadConfig(folderWith({ 'twin.config.js': 'nonsense(', 'twin.config.ts': text }));
    expect(file).toMatch(/\.ts$/);
  });
});

describe('a config that is not there', () => {
  const fix =
    'Write one with defineRehearsal, see docs/rehearsing.md in the package, or name its folder with --config <dir>.';

  it('is reported with what to write', async () => {
    const folder = folderWith({});
    const { code, message, fix: given } = await errorOf(folder);
    expect({ code, message, fix: given }).toEqual({
      code: 'config-missing',
      message: `there is no twin.config.ts in ${folder}`,
      fix,
    });
  });

  it('is reported when even its folder is missing', async () => {
    const missing = join(root, 'missing');
    expect(await errorOf(missing)).toMatchObject({
      code: 'config-missing',
      message: `there is no folder ${missing}`,
    });
  });
});

describe('a config that cannot be run', () => {
  it.each<[string, string, string, string]>([
    ['a syntax error', 'const a = 1;\nexport default { a: , };', 'Unexpected token', ':2:20'],
    ['an exception', `\nfunction f(): void {\n  throw new Error('boom\\nmore');\n}\nf();`, 'boom', ':3'],
    ['an unknown name', '\nexport default { a: nope };', 'ReferenceError: nope is not defined', ':2'],
    ['a text that is thrown', `throw 'no';`, '"no" was thrown', ''],
  ])('says where: %s', async (_, text, what, place) => {
    const folder = folderWith({ 'twin.config.ts': text });
    const file = join(folder, 'twin.config.ts');
    const { code, message, fix } = await errorOf(folder);
    expect({ code, message, fix }).toEqual({
      code: 'config',
      message: `cannot run ${file}: ${what} (${file}${place})`,
      fix: 'Correct that place, or install what it imports.',
    });
  });

  it('says what it cannot import', async () => {
    const folder = folderWith({ 'twin.config.ts': `import { x } from './gone'; export default x;` });
    expect((await errorOf(folder)).message).toMatch(
      /^cannot run \S+\/twin\.config\.ts: Cannot find module '\.\/gone'.* \(\S+\/twin\.config\.ts(:1)?\)$/,
    );
  });

  it('is not JSON', async () => {
    const folder = folderWith({ 'twin.config.json': '{ "baseline": }' });
    const { code, message, fix } = await errorOf(folder);
    expect(code).toBe('config');
    expect(message).toMatch(/^\S+\/twin\.config\.json is not JSON: Unexpected token '}'/);
    expect(fix).toBe('Correct it; an editor shows where.');
  });

  it('has no default export', async () => {
    const folder = folderWith({ 'twin.config.ts': 'export const config = {};' });
    expect((await errorOf(folder)).toString()).toBe(
      `${join(folder, 'twin.config.ts')} has no default export\n  fix: Write \`export default defineRehearsal({ ... })\`.\n  code: config`,
    );
  });
});

describe('a config with problems', () => {
  it.each([
    [{ name: 'prices', run: 'echo on' }, 'drills.flags[0].run is "echo on"; expected '],
    ['prices', 'drills.flags[0] is "prices"; expected '],
    [{}, 'drills.flags[0]'],
    [{ name: 'prices', run: 'echo {state}', default: 'maybe' }, 'drills.flags[0].default is "maybe"; '],
  ])('says what is wrong with a flag, whatever its form: %j', async (flag, problem) => {
    const folder = configured({ ...FEWEST_KEYS, drills: { flags: [flag] } });
    const { code, message } = await errorOf(folder);
    expect(code).toBe('config');
    expect(message).toContain(problem);
  });

  it.each<[string, object, readonly string[]]>([
    [
      'twice',
      { baseline: '1', baselines: ['2', '1', '2'] },
      [
        'baselines[1] is "1", and so is baseline; expected another release',
        'baselines[2] is "2", and so is baselines[0]; expected another release',
      ],
    ],
    [
      'twice among stagings',
      { environment: 'A', environments: ['A'] },
      ['environments[0] is "A", and so is environment; expected another staging'],
    ],
    [
      'not first',
      { environments: ['B'] },
      ['environment is missing; expected the first staging, beside those of environments'],
    ],
  ])('says which of several names is given %s', async (_, keys, problems) => {
    const folder = configured({ ...FEWEST_KEYS, ...keys });
    const [, ...said] = (await errorOf(folder)).message.split(/\n {2}|: (?=\w+(?:\[\d\])? is )/);
    expect(said).toEqual(problems);
  });

  it('reports all of them at once, one to a line', async () => {
    const folder = configured({
      local: {
        services: { Web: { command: 'node web.js' } },
        migrate: { command: 'node migrate.js', as: 'Wep' },
        seed: { Orders: 'gone.sql', Other: 'lost' },
      },
      checks: {
        smoek: [],
        smoke: [{ name: 'home', path: 'home' }],
        load: [{ name: 'home', path: '/' }],
      },
      gates: { maxMinutes: '20' },
    });
    const { code, message, fix } = await errorOf(folder);
    expect(code).toBe('config');
    expect(message.split('\n  ')).toEqual([
      `${join(folder, 'twin.config.ts')} has 9 problems`,
      'baseline is missing; expected a text',
      'checks.smoek is not known; did you mean "smoke"?',
      'checks.smoke[0].path is "home"; expected a path that begins with one "/", without white space',
      'gates.maxMinutes is "20"; expected a number above 0',
      'checks.load[0].name is "home", and so is checks.smoke[0].name; expected a unique name',
      'checks.load is judged by no gate; expected gates.p95 or gates.maxErrorRateIncrease',
      'local.migrate.as is "Wep", which is not in local.services; did you mean "Web"?',
      `local.seed.Orders is "gone.sql"; there is no such file in ${folder}`,
      `local.seed.Other is "lost"; there is no such file in ${folder}`,
    ]);
    expect(fix).toBe(
      'Correct the config; with defineRehearsal of cdk-twin/rehearsal an editor shows what each key takes.',
    );
  });

  it.each([
    [7, 'is 7; expected a URL, or false'],
    [true, 'is true; expected a URL, or false'],
    [
      'https://sqs.eu-west-1.amazonaws.com',
      'is "https://sqs.eu-west-1.amazonaws.com", which is an endpoint of AWS itself; expected that of an emulator',
    ],
    [
      'http://10.0.0.7:4566',
      'is "http://10.0.0.7:4566", which is on another machine; expected a loopback address, or local.allowRemoteAwsEndpoint: true where that is an emulator too',
    ],
  ])('reports %j in the place of the endpoint of an emulator', async (awsEndpoint, problem) => {
    const { message } = await errorOf(configured({ ...FEWEST_KEYS, local: { awsEndpoint } }));
    expect(message.split('local.awsEndpoint ').slice(1)).toEqual([problem]);
  });

  it('reports gates whose figures nothing measures', async () => {
    const gates = { p95: { maxRatio: 2 }, maxErrorRateIncrease: 0, maxRecoverySeconds: 30, maxStaleReads: 0 };
    const { message } = await errorOf(configured({ baseline: '1', checks: {}, gates }));
    expect(message.split('\n  ').slice(1)).toEqual([
      'checks is empty; expected an entry in one of smoke, readYourWrites, replicaLag, commands, load, replay',
      'gates.maxStaleReads has nothing to judge; expected an entry in checks.readYourWrites',
      'gates.p95 has nothing to judge; expected an entry in checks.load or checks.replay',
      'gates.maxErrorRateIncrease has nothing to judge; expected an entry in checks.load or checks.replay',
      'gates.maxRecoverySeconds has nothing to judge; expected an entry in drills.failover or drills.killTask or drills.loseZone',
    ]);
  });

  it('whose code ends the process is one of them, now and in a while', async () => {
    const { message } = await errorOf(folderWith({ 'twin.config.ts': 'process.exit(3);' }));
    expect(message).toMatch(/^cannot run \S+: it calls process\.exit\(3\) \(/);
    const late = folderWith({
      'twin.config.ts': `setTimeout(() => process.exit(3), 50); export default ${JSON.stringify(FEWEST_KEYS)};`,
    });
    const exit = Reflect.get(process, 'exit');
    let ended = false;
    process.exit = (() => (ended = true)) as never;
    try {
      await loadConfig(late);
      await new Promise((done) => setTimeout(done, 200));
    } finally {
      process.exit = exit;
    }
    expect(ended).toBe(false);
  });

  it.each(['await new Promise(() => {}); export default {};', 'while (true); export default {};'])(
    'whose code never ends is one of them: %s',
    async (text) => {
      const folder = folderWith({ 'twin.config.mts': text });
      await expect(loadConfig(folder, 2000)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('it is not loaded after 2 s') as string,
      });
    },
  );

  it('says what of it is no data', async () => {
    const checks = "{ smoke: [{ name: 'a', path: () => '/' }], commands: [Symbol()] }";
    const text = `export default { baseline: '1', checks: ${checks}, gates: {} };`;
    const { code, message } = await errorOf(folderWith({ 'twin.config.ts': text }));
    expect({ code, lines: message.split('\n  ').slice(1) }).toEqual({
      code: 'config',
      lines: [
        'checks.smoke[0].path is a function; expected data',
        'checks.commands[0] is a symbol; expected data',
      ],
    });
  });

  it('sees the variables of the process, and can set them for the commands that follow', () => {
    const folder = folderWith({
      'twin.config.ts': `process.env.TWIN_SET = process.env.TWIN_GIVEN; export default ${JSON.stringify(FEWEST_KEYS)};`,
      'load.ts': `import { loadConfig } from '${resolve('lib/config/load')}';
        void loadConfig(__dirname).then(() => console.log(process.env.TWIN_SET));`,
    });
    const env = { ...process.env, TWIN_GIVEN: 'given' };
    const run = ['--import', 'tsx', join(folder, 'load.ts')]; // the environment of a test is a copy
    expect(execFileSync(process.execPath, run, { env, encoding: 'utf8' })).toBe('given\n');
  });

  it('may be in the commands of containers', async () => {
    const services = {
      Web: { containers: { app: 3, agent: 'node agent.js' } },
      Api: {},
      Both: { command: 'node both.js', containers: {} },
    };
    const { message } = await errorOf(configured({ ...FEWEST_KEYS, local: { services } }));
    expect(message.split('\n  ').slice(1)).toEqual([
      'local.services.Web.containers.app is 3; expected a text',
      'local.services.Api is an object; expected an object with a command, or with containers',
      'local.services.Both has command and containers; expected one of command, containers',
    ]);
  });

  it('of which all is wrong does not make the search for others fail', async () => {
    const local = { services: 1, seed: [], migrate: [] };
    const config = { local, checks: [], gates: 'none', drills: 2, baseline: 3 };
    expect((await errorOf(configured(config))).message).toContain('has 7 problems');
    const { message } = await errorOf(configured([]));
    expect(message).toMatch(/ has 1 problem\n {2}it is a list; expected an object$/);
  });
});

describe('against an environment', () => {
  const tier = (kind: Tier['kind'], name: string, readers = 1) =>
    ({
      kind,
      name,
      replicas: readers,
      members: Array.from({ length: 1 + readers }),
      balancer: name === 'Web' ? {} : undefined,
    }) as unknown as Tier;
  const staging: Blueprint = {
    environment: 'StagingEphemeral',
    stacks: [],
    tiers: [
      tier('sql', 'Orders'),
      tier('document', 'Catalog'),
      tier('cache', 'Pages'),
      tier('service', 'Web'),
      tier('service', 'Worker'),
      tier('storage', 'Assets'),
      tier('function', 'Resizer'),
      tier('compute', 'Machines'),
    ],
  };
  const loaded = (config: object) => ({
    config: readConfig({ ...FEWEST_KEYS, ...config }, (problem) => expect(problem).toBe('none')),
    file: resolve('twin.config.ts'),
    gatesDigest: '',
  });

  it('a config may name every tier of the right kind', () => {
    const config = {
      ...EVERY_KEY,
      drills: { failover: ['Orders', 'Catalog', 'Pages'] },
      gates: { allowSkipped: ['Assets', 'Catalog', 'Web', 'Resizer', 'Machines'] },
    };
    expect(() => checkAgainst(loaded(config), staging)).not.toThrow();
  });

  it('a config asks for their release none but services with a load balancer', () => {
    const at = { path: '/version', text: true } as const;
    const problems = (version: object, blueprint = staging) => {
      try {
        checkAgainst(loaded({ version }), blueprint);
        return '';
      } catch (error) {
        return (error as Error).message.split('\n  ')[1];
      }
    };
    expect([problems(at), problems({ Web: at })]).toEqual(['', '']);
    expect(problems({ Worker: at })).toBe(
      'version names "Worker", which is no service of StagingEphemeral with a load balancer; use one of: Web',
    );
    expect(problems(at, { ...staging, tiers: [tier('service', 'Worker')] })).toBe(
      'version has nobody to ask: no service of StagingEphemeral has a load balancer',
    );
  });

  it('a config may fail over an RDS instance that has a standby, or may have one, and no other', () => {
    const orders = staging.tiers.find(({ name }) => name === 'Orders')!;
    const withInstance = (isMultiAz: boolean | undefined): typeof staging => ({
      ...staging,
      tiers: [{ ...orders, instance: { isMultiAz } } as typeof orders],
    });
    const config = loaded({ drills: { failover: ['Orders'] } });
    expect(() => checkAgainst(config, withInstance(true))).not.toThrow();
    expect(() => checkAgainst(config, withInstance(undefined))).not.toThrow();
    expect(() => checkAgainst(config, withInstance(false))).toThrow(
      'drills.failover[0] names "Orders", an RDS instance without a standby: there is nothing to fail over to; expected one with MultiAZ',
    );
  });

  it('a config may take a zone from a service with tasks in several, or in zones that are not known, and from no other', () => {
    const web = staging.tiers.find(({ name }) => name === 'Web') as ServiceTier;
    const config = loaded({ drills: { loseZone: ['Web'] } });
    const check = (more: Partial<ServiceTier>) => () =>
      checkAgainst(config, { ...staging, tiers: [{ ...web, tasks: 3, ...more }] });
    expect(check({ zones: ['zone 1', 'zone 2'] })).not.toThrow();
    expect(check({})).not.toThrow();
    const rest = ': none would be left; expected a service with tasks in several zones';
    expect(check({ zones: ['eu-west-1a'] })).toThrow(
      `drills.loseZone[0] names "Web", whose subnets are all in eu-west-1a${rest}`,
    );
    expect(check({ zones: ['zone 1', 'zone 2'], tasks: 1 })).toThrow(
      `drills.loseZone[0] names "Web", which has one task${rest}`,
    );
  });

  it('a config may seed databases of documents and caches too', () => {
    const seed = { Orders: 'orders.sql', Catalog: 'catalog', Pages: 'pages.txt' };
    expect(() => checkAgainst(loaded({ local: { services: {}, seed } }), staging)).not.toThrow();
  });

  it('a config with names that are not tiers, or of another kind, has every one reported', () => {
    const config: Partial<RehearsalConfig> = {
      local: { services: { Webb: { command: 'x' } }, seed: { Assets: 'x.sql' } },
      checks: { replicaLag: [{ name: 'lag', tier: 'Order', maxMs: 1 }] },
      drills: { failover: ['Assets'], killTask: ['Batch'] },
      gates: { allowSkipped: ['Nothing'] },
    };
    expect(() => checkAgainst(loaded(config), staging)).toThrow(
      expect.objectContaining({
        code: 'config',
        message: [
          'twin.config.ts has 6 problems',
          'local.services names "Webb", which is not a tier of StagingEphemeral; did you mean "Web"?',
          'local.seed names "Assets", which is a storage tier; expected a sql or document or cache tier; use one of: Orders, Catalog, Pages',
          'checks.replicaLag[0].tier names "Order", which is not a tier of StagingEphemeral; did you mean "Orders"?',
          'drills.failover[0] names "Assets", which is a storage tier; expected a sql or document or cache tier; use one of: Orders, Catalog, Pages',
          'drills.killTask[0] names "Batch", which is not a tier of StagingEphemeral; use one of: Web, Worker',
          'gates.allowSkipped[0] names "Nothing", which is not a tier of StagingEphemeral; use one of: Orders, Catalog, Pages, Web, Worker, Assets, Resizer, Machines',
        ].join('\n  '),
      }),
    );
  });

  it('a config has every tier reported that a section of AWS names, and that there is not', () => {
    const aws = {
      migrate: { command: ['x'], as: 'Orders' },
      pauses: { Webb: 'continue' },
      seed: {
        kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
        data: { mayBeSeen: 'it is made up' },
        clusters: { Order: 'orders-1', Pages: 'pages-1' },
        clones: { Pages: 'pages-1' },
        caches: ['Page'],
        empty: { Catalogue: 'nothing reads it' },
      },
    };
    expect(() => checkAgainst(loaded({ aws }), staging)).toThrow(
      expect.objectContaining({
        code: 'config',
        message: [
          `twin.config.ts has 6 problems`,
          'aws.migrate.as names "Orders", which is a sql tier; expected a service tier; use one of: Web, Worker',
          'aws.pauses names "Webb", which is not a tier of StagingEphemeral; did you mean "Web"?',
          'aws.seed.clusters names "Order", which is not a tier of StagingEphemeral; did you mean "Orders"?',
          'aws.seed.clones names "Pages", which is a cache tier; expected a sql or document or storage tier; use one of: Orders, Catalog, Assets',
          'aws.seed.caches names "Page", which is not a tier of StagingEphemeral; did you mean "Pages"?',
          'aws.seed.empty names "Catalogue", which is not a tier of StagingEphemeral; did you mean "Catalog"?',
        ].join('\n  '),
      }),
    );
  });

  it('has checks without an object reported, which would pass whatever a release does', () => {
    const config = {
      checks: {
        readYourWrites: [{ name: 'orders', write: { path: '/orders' }, read: { path: '/orders/{id}' } }],
        replicaLag: [{ name: 'lag', tier: 'Orders', maxMs: 1 }],
      },
    };
    const withReaders = (...tiers: Tier[]): Blueprint => ({
      ...staging,
      tiers: [...tiers, tier('service', 'Web')],
    });
    const problems = (blueprint: Blueprint): string[] => {
      try {
        checkAgainst(loaded(config), blueprint);
        return [];
      } catch (error) {
        return (error as Error).message.split('\n  ').slice(1);
      }
    };
    const lag = 'checks.replicaLag[0].tier names "Orders", which has no reader in StagingEphemeral';
    expect(problems(withReaders(tier('sql', 'Orders', 0)))).toEqual([
      lag,
      'checks.readYourWrites proves nothing: no tier of StagingEphemeral has a reader, so that it passes whatever a release does; expected one there, or no such check',
    ]);
    expect(problems(withReaders(tier('sql', 'Orders', 0), tier('cache', 'Pages', 1)))).toEqual([lag]);
    expect(problems(withReaders(tier('sql', 'Orders', 0), tier('storage', 'Table', 0)))).toEqual([lag]);
    const runs = withReaders(
      tier('sql', 'Orders', 0),
      tier('function', 'Resizer'),
      tier('compute', 'Machines'),
    );
    expect(problems(runs)).toHaveLength(2);
    expect(problems(withReaders(tier('sql', 'Orders', 1)))).toEqual([]);
    const alone = withReaders(tier('sql', 'Orders', 0), tier('cache', 'Pages', 0));
    expect(problems(alone)).toHaveLength(2);
    const scaling = (ScalableDimension: string) => ({
      Resources: {
        Scaling: { Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: { ScalableDimension } },
      },
    });
    const withStack = (template: object): Blueprint => ({
      ...alone,
      stacks: [{ path: '', name: 'Staging', template: template as Blueprint['stacks'][number]['template'] }],
    });
    expect(problems(withStack(scaling('rds:cluster:ReadReplicaCount')))).toEqual([]);
    expect(problems(withStack(scaling('ecs:service:DesiredCount')))).toHaveLength(2);
  });
});

describe('the digest of the gates', () => {
  const digest = (gates: object) =>
    gatesDigestOf(readConfig({ ...FEWEST_KEYS, gates }, (problem) => expect(problem).toBe('none')).gates);

  it('is the same for the same rules: in any order, with defaults written or not', () => {
    const one = digest({ maxMinutes: 20, p95: { maxRatio: 2, ignoreBelowMs: 0 }, maxStaleReads: 0 });
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(digest({ p95: { maxRatio: 2 }, maxMinutes: 20 })).toBe(one);
  });

  it('is another for every other rule', () => {
    const gates = EVERY_KEY.gates;
    const others = Object.keys(gates).map((key) => digest({ ...gates, [key]: undefined }));
    expect(new Set([digest(gates), digest({ ...gates, p95: { maxRatio: 2 } }), ...others]).size).toBe(
      2 + others.length,
    );
  });
});
