import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from '../../lib/parity/assembly';
import { parityOfAssembly, parityOfStacks, parityOfWritten } from '../../lib/parity/assembly-parity';
import type { Definition, ManifestStacks } from '../../lib/parity/manifest';
import { parityOfTemplates } from '../../lib/parity/parity';
import { artifactsIn } from '../../lib/parity/written';
import { assemblyLists } from '../../lib/template/assembly';
import { Contents } from '../../lib/template/contents';
import { copy, errorOf, files, manifestOf, sealed, set } from './small-shop';

const opened = jest.spyOn(fs, 'openSync');

let folder: string;
beforeEach(() => {
  opened.mockClear();
  folder = fs.mkdtempSync(join(tmpdir(), 'twin-assembly-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (file: string, content: unknown): void => {
  fs.mkdirSync(join(folder, file, '..'), { recursive: true });
  fs.writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
};

const { definition, pair, stacks } = manifestOf();

/** Writes the manifest to what else is written. */
function seal(definitions: readonly Definition[] = [definition], texts = files(), assets = {}): void {
  const written = { artifacts: artifactsIn(assemblyLists(folder)), assets };
  write('twin.json', sealed({ definitions }, texts, written));
  opened.mockClear();
}

/** Writes an assembly with these definitions and templates. */
function assembly(
  definitions: readonly Definition[] = [definition],
  texts = files(),
  more: object = {},
): void {
  for (const [file, text] of Object.entries(texts)) write(file, text);
  const artifacts = Object.keys(texts).map((templateFile) => [
    templateFile.split('.')[0],
    {
      type: 'aws:cloudformation:stack',
      properties: { templateFile },
      additionalMetadataFile: `${templateFile}.metadata`,
      ...more,
    },
  ]);
  write('manifest.json', { artifacts: Object.fromEntries(artifacts) });
  seal(definitions, texts);
  for (const file of Object.keys(texts)) {
    const entry = [{ type: 'aws:cdk:logicalId', data: 'Web', trace: [`new Web (/app/${file}.ts:3:4)`] }];
    write(`${file}.metadata`, { '/Web': entry });
  }
}

/** The shop's templates, staging's with a change. */
const changed = (path: string, value: unknown) => {
  const texts = files();
  const staging = copy(JSON.parse(texts['Staging.template.json']!));
  set(path, value)(staging);
  return { ...texts, 'Staging.template.json': JSON.stringify(staging) };
};

const TYPE = 'Resources.Web.Properties.LaunchType';

/** How often each file of the folder was read: a module that is loaded late is none. */
const reads = () => {
  const names = opened.mock.calls
    .map(([file]) => String(file))
    .filter((file) => file.startsWith(join(folder, '/')))
    .map((file) => file.slice(folder.length + 1));
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((it) => it === name).length]),
  );
};

describe('of twins', () => {
  it('there is one report for each staging', () => {
    assembly();
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'twins', prod: 'Prod', staging: 'Staging' }]);
    expect(parityOfWritten(folder)).toEqual(parityOfAssembly(folder));
  });

  it('an entry whose logical id holds a name is one entry', () => {
    assembly();
    const [report] = parityOfAssembly(folder);
    const entries = Object.values(files()).map((text) => {
      const { Resources, Outputs, Description: _ } = JSON.parse(text) as Record<string, object>;
      return Object.keys({ ...Resources, ...Outputs }).length;
    });
    expect(report!.compared).toBe(Math.max(...entries));
  });

  it('no file is read twice, and where constructs were made is not read', () => {
    assembly();
    parityOfAssembly(folder);
    expect(reads()).toEqual({
      'twin.json': 1,
      'manifest.json': 1,
      'Prod.template.json': 1,
      'Staging.template.json': 1,
    });
  });

  it('no file is read twice for the templates and the reports of one assembly, and several stagings', () => {
    const checks = { ...pair.checks!, stackNames: ['Other'] };
    const other = {
      ...pair,
      staging: 'Other',
      stacks: [{ ...stacks, staging: 'Other.template.json' }],
      checks,
    };
    const { environments } = definition;
    const several = {
      ...definition,
      environments: { ...environments, Other: { ...environments['Staging']!, names: {} } },
      pairs: [pair, other],
    };
    const texts: Readonly<Record<string, string>> = {
      ...files(),
      'Other.template.json': files()['Staging.template.json']!,
    };
    assembly([several], texts);
    const it = new Assembly(folder);
    expect(parityOfAssembly(it).map(({ verdict }) => verdict)).toEqual(['twins', 'not-twins']);
    expect(parityOfAssembly(it)).toHaveLength(2);
    expect(it.template('Prod.template.json')).toEqual(JSON.parse(texts['Prod.template.json'] ?? ''));
    expect(it.manifest).toBe(it.manifest);
    expect(Assembly.of(it)).toBe(it);
    const all = ['Prod', 'Staging', 'Other'].map((name) => `${name}.template.json`);
    const metadata = all.map((file) => `${file}.metadata`);
    expect(reads()).toEqual(
      Object.fromEntries(['twin.json', 'manifest.json', ...all, ...metadata].map((file) => [file, 1])),
    );
  });
});

describe('a template that was changed', () => {
  it('before its manifest was written is told with where its construct was made', () => {
    assembly([definition], changed(TYPE, 'EC2'));
    expect(parityOfAssembly(folder)).toMatchObject([
      {
        verdict: 'not-twins',
        forbidden: [
          {
            logicalId: 'Web',
            path: ['Properties', 'LaunchType'],
            template: join(folder, 'Staging.template.json'),
            source: '/app/Staging.template.json.ts:3:4',
          },
        ],
      },
    ]);
  });

  it('after its manifest was written is told as that, though it were a twin', () => {
    assembly();
    write('Prod.template.json', `${files()['Prod.template.json']} `);
    const [report] = parityOfAssembly(folder);
    expect(report).toMatchObject({
      verdict: 'not-twins',
      forbidden: [
        {
          type: 'Manifest',
          why: `${join(folder, 'Prod.template.json')} was changed after it was synthesized`,
          fix: 'Run cdk synth again: what it writes is never edited.',
        },
      ],
    });
    expect(parityOfWritten(folder)).toMatchObject([{ verdict: 'twins' }]); // this process wrote it
  });

  it('with the digest of the template in the manifest is refused: that has a digest of its own', () => {
    const texts = changed(TYPE, 'EC2');
    const manifest = sealed({ definitions: [definition] }, files());
    assembly([definition], texts);
    const { templates } = sealed({ definitions: [] }, texts);
    write('twin.json', { ...manifest, templates });
    expect(errorOf(() => parityOfAssembly(folder))).toMatch(
      /^manifest: .*twin\.json was changed after it was written/,
    );
  });

  it('with a place in the manifest is refused too, and is no twin with a new digest', () => {
    const places = [
      ...stacks.places,
      { path: TYPE.split('.'), by: 'naming' as const, factor: 'name', text: '${x}' },
    ];
    const edited = { ...definition, pairs: [{ ...pair, stacks: [{ ...stacks, places }] }] };
    const texts = changed(TYPE, 'EC2');
    assembly([edited], texts);
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'not-twins' }]);
    write('twin.json', { ...sealed({ definitions: [edited] }, texts), digest: manifestOf().manifest.digest });
    expect(errorOf(() => parityOfAssembly(folder))).toMatch(
      /^manifest: .*twin\.json was changed after it was written/,
    );
  });
});

describe("a stack's tags", () => {
  const tagged = (prod: object | undefined, staging: object | undefined): void => {
    assembly();
    const of = (templateFile: string, tags: object | undefined) => ({
      type: 'aws:cloudformation:stack',
      properties: { templateFile, ...(tags && { tags }) },
    });
    write('manifest.json', {
      artifacts: { Prod: of('Prod.template.json', prod), Staging: of('Staging.template.json', staging) },
    });
    seal();
  };
  const STACK_TAG = {
    path: ['StackTags', 'cost center'],
    by: 'declared' as const,
    factor: 'tag.cost center',
  };

  it('are compared with it', () => {
    tagged({ team: 'x' }, { team: 'y' });
    expect(parityOfAssembly(folder)).toMatchObject([
      { verdict: 'not-twins', forbidden: [{ type: 'StackTags', path: [], prod: 'x', staging: 'y' }] },
    ]);
    tagged({ team: 'x' }, undefined);
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'not-twins' }]);
    tagged({ team: 'x' }, { team: 'x' });
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'twins' }]);
  });

  it('may be what they were declared to be; two templates alone have none', () => {
    const places = [...stacks.places, { ...STACK_TAG, text: '${tag.cost center}' }];
    const edited = { ...definition, pairs: [{ ...pair, stacks: [{ ...stacks, places }] }] };
    tagged({ 'cost center': 'cc-Prod' }, { 'cost center': 'cc-Staging' });
    seal([edited]);
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'twins' }]);
    const [prod, staging] = Object.values(files()).map((text) => JSON.parse(text) as unknown);
    const whitelist = sealed({ definitions: [edited] }, files());
    expect(parityOfTemplates(prod, staging, { whitelist })).toMatchObject({ verdict: 'twins' });
  });
});

describe('the list of the assembly', () => {
  interface Listed {
    environment?: string;
    properties: Record<string, unknown>;
  }

  /** Writes an assembly, with a change to its list. */
  function listed(change: (artifacts: Readonly<Record<'Prod' | 'Staging', Listed>>) => void): void {
    assembly();
    const list = JSON.parse(fs.readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      artifacts: Record<'Prod' | 'Staging', Listed>;
    };
    change(list.artifacts);
    write('manifest.json', list);
  }
  const message = (): string =>
    errorOf(() => parityOfAssembly(folder))
      .replaceAll(join(folder, '/'), '')
      .split('\n')[0]!;
  const verdicts = () => parityOfAssembly(folder).map(({ verdict }) => verdict);

  it('says whether a staging is protected: such a one does not pass its tear-down', () => {
    const found = () =>
      parityOfAssembly(folder).flatMap(({ checks }) =>
        checks!.tearDown.findings
          .filter(({ type }) => type === 'Stack')
          .map(({ id, logicalId }) => [id, logicalId]),
      );
    const protect = (isProtected: boolean): void =>
      listed(({ Prod, Staging }) => {
        for (const it of [Prod, Staging]) it.properties['terminationProtection'] = isProtected;
      });
    protect(false);
    expect(found()).toEqual([]);
    protect(true);
    expect(found()).toEqual([['TWIN-TD-020', 'Staging']]);
  });

  it('deploys no template as the stack of another', () => {
    listed(({ Staging }) => (Staging.properties['stackName'] = 'Prod'));
    expect(message()).toBe(
      'same-stack: manifest.json deploys Prod.template.json and Staging.template.json both as the stack "Prod"',
    );
    listed(({ Prod, Staging }) => {
      Staging.properties['stackName'] = 'Prod';
      Prod.properties['stackName'] = 'Staging';
    });
    expect(message()).toBe(
      'manifest: manifest.json deploys Staging.template.json as the stack "Prod"; expected is "Staging"',
    );
  });

  it('may deploy stacks of one name to other places, which twin.json knows', () => {
    const [one, other] = ['111111111111', '222222222222'];
    const env = {
      prod: { account: one, region: 'eu-west-1' },
      staging: { account: other, region: 'eu-west-1' },
    };
    const checks = { ...pair.checks!, stackNames: ['Prod'] };
    const edited = { ...definition, pairs: [{ ...pair, checks, stacks: [{ ...stacks, env }] }] };
    const place = (account: string): void => {
      listed(({ Prod, Staging }) => {
        Prod.environment = `aws://${one}/eu-west-1`;
        Staging.environment = `aws://${account}/eu-west-1`;
        Staging.properties['stackName'] = 'Prod';
      });
      seal([edited]);
    };
    place(other);
    expect(verdicts()).toEqual(['twins']);
    place(one);
    expect(message()).toMatch(/^same-stack/);
    place('333333333333');
    expect(message()).toBe(
      'manifest: manifest.json deploys Staging.template.json to aws://333333333333/eu-west-1; expected is aws://222222222222/eu-west-1',
    );
  });
});

describe('what stands beside the templates', () => {
  const HASH = 'a'.repeat(64);
  /** A list of assets: an image, a file and the stack's own template. */
  const list = (id: string, more: object = {}) => ({
    files: {
      settings: {
        source: { path: 'settings.json', packaging: 'file' },
        destinations: { x: bucket('settings.json') },
      },
      ['b'.repeat(64)]: { source: { path: `${id}.template.json`, packaging: 'file' }, destinations: {} },
    },
    dockerImages: {
      [HASH]: {
        displayName: 'Image',
        source: { directory: `asset.${HASH}`, ...more },
        destinations: { x: { repositoryName: 'images', imageTag: HASH } },
      },
    },
  });
  const bucket = (objectKey: string) => ({ bucketName: 'assets', objectKey });
  const stack = (id: string, properties: object = {}, dependencies: string[] = []) => ({
    type: 'aws:cloudformation:stack',
    environment: 'aws://unknown-account/unknown-region',
    properties: { templateFile: `${id}.template.json`, assumeRoleArn: 'deployer', ...properties },
    dependencies: [`${id}.assets`, ...dependencies],
  });
  const assets = (id: string) => ({ type: 'cdk:asset-manifest', properties: { file: `${id}.assets.json` } });

  /** What a staging has of its own. */
  interface Own {
    readonly properties?: object;
    readonly dependencies?: string[];
    readonly build?: object;
  }
  function beside({ properties, dependencies, build }: Own = {}): void {
    assembly();
    write(`asset.${HASH}/Dockerfile`, 'FROM scratch');
    write('settings.json', '{}');
    write('Prod.assets.json', list('Prod'));
    write('Staging.assets.json', list('Staging', build));
    write('manifest.json', {
      artifacts: {
        Prod: stack('Prod'),
        'Prod.assets': assets('Prod'),
        Staging: stack('Staging', properties, dependencies),
        'Staging.assets': assets('Staging'),
        Network: { ...stack('Network'), dependencies: [] },
      },
    });
    const contents = new Contents(folder);
    seal([definition], files(), {
      'settings.json': contents.of('settings.json'),
      [`asset.${HASH}`]: contents.of(`asset.${HASH}`),
    });
  }
  const told = () =>
    parityOfAssembly(folder).flatMap(({ forbidden }) =>
      forbidden.map(({ type, logicalId, path, why }) =>
        [type, logicalId, ...path, why].join(' ').replaceAll(join(folder, '/'), ''),
      ),
    );

  it('is compared, and the same in twins', () => {
    beside();
    expect(told()).toEqual([]);
    beside({ properties: { templateFile: 'Staging.template.json', terminationProtection: false } });
    expect(told()).toEqual([]);
  });

  it.each<[string, Own, string]>([
    [
      'another role',
      { properties: { assumeRoleArn: 'other' } },
      'Deployment assumeRoleArn the stack is deployed by other roles, or with another bootstrap, which may be of another version',
    ],
    [
      'other topics',
      { properties: { notificationArns: ['arn:aws:sns:eu-west-1:111122223333:people'] } },
      'Deployment notificationArns other topics get the events of the stack',
    ],
    [
      'another stack before it',
      { dependencies: ['Network'] },
      'Deployment dependencies the stack waits for other stacks',
    ],
    [
      'something that nobody knew yet',
      { properties: { stackPolicy: 'allow' } },
      'Deployment stackPolicy the stack is deployed in another way',
    ],
    [
      'another argument of an image',
      { build: { dockerBuildArgs: { MODE: 'test' } } },
      'Assets Image dockerBuildArgs the asset is built or published in another way',
    ],
    [
      'other contents of a file with the same hash',
      { build: { directory: 'settings.json' } },
      'Assets Image contents the asset is made of other contents, whatever hash it is published under',
    ],
  ])('%s of one of the two is a difference', (_, own, expected) => {
    beside(own);
    expect(told()).toEqual([expected]);
  });

  it.each<[string, () => void, string[]]>([
    ['a file of an image', () => write(`asset.${HASH}/Dockerfile`, 'FROM node'), [`asset.${HASH}`]],
    ['a new file of an image', () => write(`asset.${HASH}/more`, ''), [`asset.${HASH}`]],
    ['a file that is gone', () => fs.rmSync(join(folder, 'settings.json')), ['settings.json']],
    [
      'a list of assets',
      () => write('Prod.assets.json', { ...list('Prod'), version: '1' }),
      ['Prod.assets.json'],
    ],
    [
      'a stack that is not compared',
      () => edit((it) => (it['Network'] = stack('Network', { stackName: 'Prod2' }))),
      ['"Network" of manifest.json'],
    ],
    [
      'a stack more',
      () => edit((it) => (it['More'] = stack('Prod', { stackName: 'More' }))),
      ['manifest.json, which had no "More",'],
    ],
    ['a stack less', () => edit((it) => delete it['Network']), ['manifest.json, which had "Network",']],
    [
      "production's name",
      () => edit((it) => (it['Prod'] = stack('Prod', { stackName: 'Shop' }))),
      ['"Prod" of manifest.json'],
    ],
  ])('is found where it was changed after it was written: %s', (_, change, expected) => {
    beside();
    change();
    expect(told()).toEqual(expected.map((it) => `Manifest  ${it} was changed after it was synthesized`));
  });

  function edit(change: (artifacts: Record<string, object>) => void): void {
    const file = JSON.parse(fs.readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      artifacts: Record<string, object>;
    };
    change(file.artifacts);
    write('manifest.json', file);
  }

  it('is not acted on where it only tells, and a name that is the id is as good as none', () => {
    beside();
    edit((it) => {
      it['Prod'] = { ...stack('Prod', { stackName: 'Prod' }), displayName: 'x', metadata: {} };
      it['Tree'] = { type: 'cdk:tree', properties: { file: 'tree.json' } };
    });
    expect(told()).toEqual([]);
  });

  it('reads every file once', () => {
    beside();
    parityOfAssembly(folder);
    expect(Object.values(reads()).every((times) => times === 1)).toBe(true);
    expect(Object.keys(reads())).toContain(`asset.${HASH}/Dockerfile`);
  });
});

describe('two definitions in one app', () => {
  const rename = (text: string): string => text.replaceAll('Prod', 'ProdB').replaceAll('Staging', 'StagingB');
  /** The same shop a second time, with other names and another factor. */
  const second = JSON.parse(
    rename(JSON.stringify(definition))
      .replaceAll('"name.lower":"prod"', '"name.lower":"prodb"')
      .replaceAll('"name.lower":"staging"', '"name.lower":"stagingb"'),
  ) as Definition;
  const texts = {
    ...files(),
    ...Object.fromEntries(
      Object.entries(files()).map(([file, text]) => [
        rename(file),
        rename(text).replaceAll('"prod-web"', '"prodb-web"').replaceAll('"staging-web"', '"stagingb-web"'),
      ]),
    ),
  };

  it('are compared each by its own factors and environments', () => {
    assembly([definition, second], texts);
    const reports = parityOfAssembly(folder);
    expect(reports.map(({ prod, staging, verdict }) => [prod, staging, verdict])).toEqual([
      ['Prod', 'Staging', 'twins'],
      ['ProdB', 'StagingB', 'twins'],
    ]);
    const illegal = copy(second);
    set('environments.StagingB.scale.webTasks', 1)(illegal);
    assembly([definition, illegal as unknown as Definition], texts);
    expect(parityOfAssembly(folder).map(({ verdict }) => verdict)).toEqual(['twins', 'not-twins']);
  });

  it('give the stacks of either', () => {
    assembly([definition, second], texts);
    expect(parityOfStacks(folder, 'ProdB.template.json', 'StagingB.template.json')).toMatchObject({
      prod: 'ProdB',
      verdict: 'twins',
    });
    expect(parityOfStacks(folder, 'Prod.template.json', 'StagingB.template.json')).toBeUndefined();
  });
});

describe('several stacks', () => {
  const empty: Omit<ManifestStacks, 'path' | 'prod' | 'staging'> = {
    env: { prod: {}, staging: {} },
    ids: [],
    keys: [],
    generated: [],
    members: [],
    places: [],
    refused: [],
  };
  const ids = [{ prod: 'ProdVpc1A2B3C4D', staging: 'StagingVpc5E6F7A8B' }];
  const net = (name: string) => ({ Resources: { [name]: { Type: 'AWS::EC2::VPC' } } });
  const web = (name: string) => ({ Resources: { A: { Type: 'T::T', Properties: { V: `x:${name}` } } } });
  const texts = {
    'P/Net.json': JSON.stringify(net('ProdVpc1A2B3C4D')),
    'S/Net.json': JSON.stringify(net('StagingVpc5E6F7A8B')),
    'P/Web.json': JSON.stringify(web('ProdVpc1A2B3C4D')),
    'S/Web.json': JSON.stringify(web('StagingVpc5E6F7A8B')),
  };
  const checks = { ...pair.checks!, stackNames: ['S/Net', 'S/Web'] };
  const stage = (more: Partial<ManifestStacks>): Definition => ({
    ...definition,
    pairs: [
      {
        ...pair,
        checks,
        stacks: [
          { ...empty, path: 'Net', prod: 'P/Net.json', staging: 'S/Net.json', ids, ...more },
          { ...empty, path: 'Web', prod: 'P/Web.json', staging: 'S/Web.json', ids },
        ],
      },
    ],
  });

  it("may name each other's logical ids", () => {
    assembly([stage({})], texts);
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'twins', compared: 2 }]);
    expect(parityOfStacks(folder, 'P/Web.json', 'S/Web.json')).toMatchObject({
      verdict: 'twins',
      compared: 1,
    });
  });

  it('are compared one alone where it is asked for, and the report says which', () => {
    const other = {
      ...texts,
      'S/Net.json': JSON.stringify({ Resources: { StagingVpc5E6F7A8B: { Type: 'T::T' } } }),
    };
    assembly([stage({})], other);
    for (const stack of ['Web', 'Prod/Web', 'Staging/Web'])
      expect(parityOfAssembly(folder, { stack })).toMatchObject([
        { verdict: 'twins', compared: 1, part: { stacks: ['Web'], of: 2 } },
      ]);
    expect(parityOfAssembly(folder, { stack: 'Net' })).toMatchObject([
      { verdict: 'not-twins', part: { stacks: ['Net'], of: 2 } },
    ]);
    const [whole] = parityOfAssembly(folder, { stack: 'Staging' });
    expect(whole).toEqual(parityOfAssembly(folder)[0]);
    expect(whole).not.toHaveProperty('part');
    expect(errorOf(() => parityOfAssembly(folder, { stack: 'Staging/Wep' }))).toMatch(
      /^unknown-stack: .* compares no stack "Staging\/Wep"; did you mean "Staging\/Web"\?\n/,
    );
  });

  it('are compared one alone with what surrounds it: that gives a nested stack its parameters', () => {
    const outer = {
      Resources: {
        Inner: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: { Parameters: { Tier: 'large' } },
        },
      },
    };
    const inner = {
      Parameters: { Tier: { Type: 'String' } },
      Conditions: { IsLarge: { 'Fn::Equals': [{ Ref: 'Tier' }, 'large'] } },
      Resources: { A: { Type: 'T::T', Condition: 'IsLarge' } },
    };
    const nested = {
      'P.json': JSON.stringify(outer),
      'S.json': JSON.stringify(outer),
      'PI.json': JSON.stringify(inner),
      'SI.json': JSON.stringify(inner),
    };
    const own: Definition = {
      ...definition,
      pairs: [
        {
          ...pair,
          checks: { ...pair.checks!, stackNames: ['S', 'SI'] },
          stacks: [
            { ...empty, path: '', prod: 'P.json', staging: 'S.json' },
            {
              ...empty,
              path: 'Inner',
              prod: 'PI.json',
              staging: 'SI.json',
              nestedIn: { path: '', prod: 'Inner', staging: 'Inner' },
            },
          ],
        },
      ],
    };
    assembly([own], nested);
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'twins', forbidden: [] }]);
    expect(parityOfAssembly(folder, { stack: 'Inner' })).toMatchObject([
      { verdict: 'twins', forbidden: [], part: { stacks: ['Inner'], of: 2 } },
    ]);
  });

  it('may be of other environments in no pair', () => {
    assembly([stage({ prod: 'P/Web.json', staging: 'S/Net.json' })], texts);
    expect(errorOf(() => parityOfAssembly(folder))).toMatch(
      /^allowlist-pair: twin\.json pairs Prod and Staging by a template that it names twice\n/,
    );
    const turned = { ...stage({}), pairs: [{ ...stage({}).pairs[0]!, prod: 'Staging', staging: 'Prod' }] };
    assembly([turned], texts);
    expect(errorOf(() => parityOfAssembly(folder))).toMatch(
      /^allowlist-pair: twin\.json pairs Staging and Prod the wrong way round\n/,
    );
  });

  it('may have no resources, as the CDK writes them', () => {
    const none = { ...texts, 'P/Net.json': '{}', 'S/Net.json': '{"Resources":{}}' };
    const [{ stacks: all }] = stage({ ids: [] }).pairs as [Definition['pairs'][number]];
    assembly([{ ...definition, pairs: [{ ...pair, checks, stacks: [all[0]!] }] }], none);
    expect(parityOfAssembly(folder)).toMatchObject([{ verdict: 'twins', compared: 0 }]);
  });
});

describe('an assembly that cannot be used', () => {
  it.each<[string, () => void, string]>([
    ['is not there', () => {}, 'assembly: there is no cloud assembly at "FOLDER/none"'],
    ['is a file', () => write('none', '{}'), 'assembly: there is no cloud assembly at "FOLDER/none"'],
    [
      'was not made with Twins',
      () => write('none/manifest.json', {}),
      'manifest: FOLDER/none/twin.json is missing: the assembly was not made with Twins',
    ],
    [
      'has another twin.json',
      () => write('none/twin.json', { version: 1 }),
      'manifest: FOLDER/none/twin.json is not a twin.json of this version: version is 1; allowed is 2',
    ],
    [
      'has no staging',
      () => write('none/twin.json', sealed({ definitions: [] }, {})),
      'manifest: nothing was compared: FOLDER/none/twin.json has no staging and no second production',
    ],
    [
      'lacks a template',
      () => write('none/twin.json', sealed({ definitions: [definition] }, files())),
      'manifest: FOLDER/none/twin.json names the template "Prod.template.json", which is not in the assembly',
    ],
  ])('because it %s', (_, make, message) => {
    make();
    const told = errorOf(() => parityOfAssembly(join(folder, 'none')));
    expect(told.replaceAll(folder, 'FOLDER').split('\n')[0]).toMatch(message);
  });

  it('has no stagings to compare when this process wrote production alone', () => {
    const { Prod } = definition.environments;
    write(
      'twin.json',
      sealed({ definitions: [{ ...definition, environments: { Prod: Prod! }, pairs: [] }] }, {}),
    );
    expect(parityOfWritten(folder)).toEqual([]);
    expect(errorOf(() => parityOfAssembly(folder))).toMatch(
      /^manifest: nothing was compared: .* has no staging and no second production, only Prod\nMake one with/,
    );
    fs.rmSync(join(folder, 'twin.json'));
    expect(parityOfStacks(folder, 'a', 'b')).toBeUndefined();
  });
});
