import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  deployedAsOne,
  deploymentsOf,
  sourcesOf,
  stackArtifacts,
  stackNamesOf,
} from '../../lib/template/assembly';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, json: unknown): void => writeFileSync(join(folder, file), JSON.stringify(json));

/** The sources by template and logical id. */
const sources = () =>
  Object.fromEntries(
    [...sourcesOf(stackArtifacts(folder))].map(([file, ids]) => [file, Object.fromEntries(ids)]),
  );

const stack = (templateFile: string, metadata: unknown) => ({
  type: 'aws:cloudformation:stack',
  properties: { templateFile },
  metadata,
});

const element = (id: string, ...trace: string[]) => [
  { type: 'aws:cdk:path', data: 'x' },
  { type: 'aws:cdk:logicalId', data: id, trace },
];

/** The source that is read of a trace. */
function sourceOf(...trace: string[]): string | undefined {
  write('manifest.json', { artifacts: { A: stack('A.json', { '/A': element('Id', ...trace) }) } });
  return sources()['A.json']!['Id'];
}

it.each([
  ['new Web (/app/lib/web.ts:31:5)', '/app/lib/web.ts:31:5'],
  ['at new Web (/app/lib/web.ts:31:5)', '/app/lib/web.ts:31:5'],
  ['/app/lib/web.ts:31:5', '/app/lib/web.ts:31:5'],
  [String.raw`new Web (C:\app\web.ts:1:2)`, String.raw`C:\app\web.ts:1:2`],
  ['new Web (file:///app/lib/web.ts:31:5)', '/app/lib/web.ts:31:5'],
  ['new Web (/my app/web.ts:31:5)', '/my app/web.ts:31:5'],
  [`new Web (${process.cwd()}/lib/web.ts:31:5)`, 'lib/web.ts:31:5'],
  ['new Web (<anonymous>)', undefined],
  ['Module._compile (node:internal/modules/cjs/loader:1529:14)', undefined],
])('of a frame %j the source is %j', (frame, source) => {
  expect(sourceOf(frame)).toBe(source);
});

it('the innermost line that is no library is the one', () => {
  expect(
    sourceOf(
      'new Resource2 (/app/node_modules/aws-cdk-lib/core/lib/resource.js:1:9)',
      'new Web (/app/lib/web.ts:31:5)',
      '<anonymous> (/app/bin/app.ts:3:1)',
    ),
  ).toBe('/app/lib/web.ts:31:5');
});

it('the stack in which the construct was made comes before that in which its id was', () => {
  const entries = [
    ...element('Id', '/app/b.ts:2:2'),
    { type: 'aws:cdk:creationStack', data: ['/app/a.ts:1:1'] },
  ];
  write('manifest.json', { artifacts: { A: stack('A.json', { '/A': entries }) } });
  expect(sources()).toEqual({ 'A.json': { Id: '/app/a.ts:1:1' } });
});

it('metadata may be in a file of its own, and an assembly in another', () => {
  mkdirSync(join(folder, 'assembly-Stage'));
  write('manifest.json', {
    artifacts: {
      A: { type: 'x', properties: { templateFile: 'A.json' }, additionalMetadataFile: 'A.metadata.json' },
      Missing: { type: 'x', properties: { templateFile: 'M.json' }, additionalMetadataFile: 'no.json' },
      Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  write('A.metadata.json', { '/A': element('Id', '/app/a.ts:1:1') });
  write('assembly-Stage/manifest.json', {
    artifacts: { B: stack('B.json', { '/B': element('Id', '/app/b.ts:2:2') }) },
  });
  expect(sources()).toEqual({
    'A.json': { Id: '/app/a.ts:1:1' },
    'M.json': {},
    'assembly-Stage/B.json': { Id: '/app/b.ts:2:2' },
  });
});

it.each([
  ['no artifacts', {}],
  ['a list', []],
  ['artifacts that are none', { artifacts: { A: 1, B: null, C: [] } }],
])('an assembly whose manifest has %s tells nothing', (_, manifest) => {
  write('manifest.json', manifest);
  expect(sources()).toEqual({});
});

it('metadata of another form tells nothing', () => {
  const odd = { '/A': 1, '/B': [1, null, { type: 'aws:cdk:logicalId', data: 'Id', trace: 'x' }], '/C': [{}] };
  write('manifest.json', { artifacts: { A: stack('A.json', odd), B: stack('B.json', []) } });
  expect(sources()).toEqual({ 'A.json': {}, 'B.json': {} });
});

it('a folder without a manifest tells nothing', () => {
  expect(sources()).toEqual({});
});

describe('what an assembly says of its stacks', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'assembly-Stage'));
    const properties = { templateFile: 'A.json', stackName: 'shop-a', tags: { team: 'x' } };
    write('manifest.json', {
      artifacts: {
        A: { type: 'aws:cloudformation:stack', properties },
        B: stack('B.json', {}),
        Odd: { type: 'x', properties: { templateFile: 'C.json', stackName: 1, tags: 'none' } },
        Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } },
        Outside: { type: 'cdk:cloud-assembly', properties: { directoryName: '../..' } },
      },
    });
    write('assembly-Stage/manifest.json', {
      artifacts: { D: { properties: { ...properties, templateFile: 'D.json' } } },
    });
  });

  it('has the name of each as it is deployed', () => {
    expect(Object.fromEntries(stackNamesOf(folder))).toEqual({
      'A.json': 'shop-a',
      'B.json': 'B',
      'C.json': 'Odd',
      'assembly-Stage/D.json': 'shop-a',
    });
  });

  it('has where each is deployed, as far as that is known, and whether it is protected', () => {
    const of = (environment: unknown, terminationProtection?: unknown) => ({
      environment,
      properties: { templateFile: 'T.json', terminationProtection },
    });
    const known = of('aws://111122223333/eu-west-1', true);
    const unknown = of('aws://unknown-account/unknown-region', false);
    write('manifest.json', {
      artifacts: { A: known, B: unknown, C: of(3, 'yes'), D: of('azure', undefined) },
    });
    expect(deploymentsOf(stackArtifacts(folder))).toEqual([
      { file: 'T.json', name: 'A', account: '111122223333', region: 'eu-west-1', isProtected: true },
      { file: 'T.json', name: 'B', isProtected: false },
      { file: 'T.json', name: 'C', isProtected: true },
      { file: 'T.json', name: 'D', isProtected: false },
    ]);
  });
});

describe('two stacks are deployed as one', () => {
  const [account, region] = ['111111111111', 'eu-west-1'];
  const shop = { name: 'shop', account, region };

  it.each([
    ['in one place', shop],
    ['where nothing is known of the one', { name: 'shop' }],
    ['where the region is not known', { name: 'shop', account }],
  ])('of one name %s', (_, other) => {
    expect(deployedAsOne([{ name: 'else' }, shop, other])).toEqual([shop, other]);
  });

  it('and no others', () => {
    const places = [
      shop,
      { ...shop, region: 'eu-central-1' },
      { ...shop, account: '222222222222' },
      { ...shop, name: 'shop-2' },
    ];
    expect(deployedAsOne(places)).toBeUndefined();
  });
});
