import { Given, literal, type Leaf } from '../../lib/adoption/given';
import { stagingIdFor } from '../../lib/adoption/names';
import { proposalsFor, type Tried } from '../../lib/adoption/proposals';
import type { Follower } from '../../lib/adoption/followers';
import { releaseInContext, releasesAmong } from '../../lib/adoption/release';
import { partsOf } from '../../lib/scale/sizes';
import { smallerValue } from '../../lib/scale/smaller';
import type { FactorKind, FactorValue } from '../../lib/scale/kinds';

const smaller = (kind: FactorKind, prod: FactorValue) => smallerValue({ kind, reason: 'tried' }, prod);

it.each<[FactorKind, FactorValue, FactorValue | undefined]>([
  ['count', 6, 2],
  ['count', 2, undefined],
  ['count', 1, undefined],
  ['replicas', 0, undefined],
  ['storage', 500, 250],
  ['memory', 1, undefined],
  ['instanceClass', 'r7g.2xlarge', 'r7g.large'],
  ['instanceClass', 'r7g.large', undefined],
  ['cacheNode', 'cache.r7g.xlarge', 'cache.r7g.large'],
  ['fargateSize', { cpu: 1024, memoryMiB: 2048 }, { cpu: 256, memoryMiB: 512 }],
  ['fargateSize', { cpu: 1024, memoryMiB: 8192 }, { cpu: 256, memoryMiB: 2048 }],
  ['autoscalingRange', { min: 4, max: 20 }, { min: 2, max: 3 }],
  ['autoscalingRange', { min: 1, max: 4 }, { min: 1, max: 2 }],
  ['autoscalingRange', { min: 3, max: 3 }, { min: 2, max: 2 }],
  ['groupSize', { min: 2, desired: 4, max: 9 }, { min: 2, desired: 2, max: 3 }],
  ['capacityRange', { minAcu: 4, maxAcu: 64 }, { minAcu: 2, maxAcu: 32 }],
])('finds the smaller value of a %s of %j: %j', (kind, prod, expected) => {
  expect(smaller(kind, prod)).toEqual(expected);
});

const follower = (kind: FactorKind, holder: string, part?: string): Follower => ({
  kind,
  holder,
  type: 'AWS::ECS::Service',
  place: holder,
  key: holder,
  ...(part !== undefined && { part }),
});

function proposed(props: Record<string, unknown>, followers: Readonly<Record<string, readonly Follower[]>>) {
  const given = new Given(props);
  const tried = given.leaves.map((leaf): Tried => ({
    leaf,
    followers: followers[leaf.path.join('.')] ?? [],
  }));
  return proposalsFor(tried).map(({ name, kind, prod, staging }) => ({ name, kind, prod, staging }));
}

it('makes one factor of the props that are parts of one value, called by what they share', () => {
  const scaling = (part: string) => [follower('autoscalingRange', 'Web Scaling', part)];
  expect(
    proposed({ minTasks: 4, maxTasks: 9 }, { minTasks: scaling('min'), maxTasks: scaling('max') }),
  ).toEqual([
    { name: 'tasksRange', kind: 'autoscalingRange', prod: { min: 4, max: 9 }, staging: { min: 2, max: 3 } },
  ]);
  expect(
    proposed({ web: { min: 4, max: 9 } }, { 'web.min': scaling('min'), 'web.max': scaling('max') }),
  ).toEqual([expect.objectContaining({ name: 'webRange' })]);
});

it('takes one end of a range, whose other end is no prop, for a number', () => {
  const followers = { most: [follower('autoscalingRange', 'Web Scaling', 'max')] };
  expect(proposed({ most: 9 }, followers)).toEqual([{ name: 'most', kind: 'count', prod: 9, staging: 2 }]);
});

it('takes a name that no code around it has', () => {
  const followers = { options: [follower('count', 'A')], class: [follower('count', 'B')] };
  expect(proposed({ options: 4, class: 5 }, followers).map(({ name }) => name)).toEqual([
    'optionsValue',
    'classValue',
  ]);
});

it('says what of the props cannot be written down', () => {
  class Vpc {
    readonly node = { path: 'Network/Vpc' };
  }
  const { obstacles } = new Given({
    vpc: new Vpc(),
    plan: new Map(),
    bucket: '${Token[TOKEN.12]}',
    zone: { name: 'acme.io' },
    check: () => true,
  });
  expect(obstacles).toEqual([
    'vpc is the construct Network/Vpc, which no public property of its stack has: make it one',
    'plan is an object (Map), of which no code can be seen that makes it: give the class what it is made of, such as the tag of an image, and make it there',
    'bucket comes from another construct',
    'check is a function',
  ]);
});

it.each([
  ['plain', "'plain'"],
  ["the shop's", `"the shop's"`],
  ['a "b"', String.raw`"a \"b\""`],
  [3, '3'],
  [undefined, 'undefined'],
])('writes %j as code that is the same', (value, code) => {
  expect(literal(value)).toBe(code);
});

it('calls a staging after its production, and never as a stack that is there', () => {
  expect(stagingIdFor('Shop', new Set(['Shop']))).toBe('ShopStaging');
  expect(stagingIdFor('ShopProd', new Set(['ShopProd']))).toBe('ShopStaging');
  expect(stagingIdFor('shop-production', new Set())).toBe('shop-staging');
  expect(stagingIdFor('PROD', new Set(['STAGING']))).toBe('STAGINGTwin');
});

it('makes a factor of a size, whose values are classes of the family that the templates have', () => {
  const node = (text: string): Follower => ({
    ...follower('instanceClass', 'Db'),
    instanceClass: partsOf(text)!,
  });
  expect(proposed({ dbSize: '2xlarge' }, { dbSize: [node('db.r7g.2xlarge')] })).toEqual([
    { name: 'dbClass', kind: 'instanceClass', prod: 'r7g.2xlarge', staging: 'r7g.large' },
  ]);
  const cache = { ...node('cache.r7g.xlarge'), kind: 'cacheNode' as const };
  expect(proposed({ size: 'xlarge' }, { size: [cache] })).toEqual([
    { name: 'instanceClass', kind: 'cacheNode', prod: 'cache.r7g.xlarge', staging: 'cache.r7g.large' },
  ]);
  expect(proposed({ logo: 'large' }, { logo: [follower('count', 'Logo')] })).toEqual([]);
});

it.each(['release', 'imageTag', 'IMAGE_TAG', 'appVersion', 'version'])('takes %s for a release', (name) => {
  const given = new Given({ [name]: '27', db: { engineVersion: '16' }, tags: { a: 'tag' } });
  expect(given.releases).toEqual([{ path: [name], value: '27' }]);
});

it('gives a release to what decides which code runs, where that is one release', () => {
  const { releases } = new Given({ imageTag: '1.2.0', tag: '1.3.0', version: '16', appVersion: '1.2.0' });
  const templates = (values: ReadonlyMap<Leaf, string>) => {
    const at = (name: string) => {
      const leaf = releases.find(({ path }) => path[0] === name)!;
      return values.get(leaf) ?? leaf.value;
    };
    const Resources = {
      Web: { Type: 'AWS::ECS::TaskDefinition', Image: at('imageTag'), Env: at('appVersion') },
      Job: { Type: 'AWS::Lambda::Function', Code: at('tag') },
      Db: { Type: 'AWS::RDS::DBCluster', EngineVersion: at('version') },
    };
    return new Map([['Shop', { Resources }]]);
  };
  const found = releasesAmong(releases, templates(new Map()), templates);
  expect(found.map(({ path }) => path[0])).toEqual(['imageTag', 'appVersion']);
});

it('finds the release that constructs read from the context', () => {
  expect(releaseInContext({ '@aws-cdk/core:x': true, env: 'prod' })).toBeUndefined();
  expect(releaseInContext({ tag: '1.2.0' })).toEqual({ key: 'tag', value: '1.2.0' });
  expect(releaseInContext({ tag: '1.2.0', release: undefined })).toEqual({ key: 'release' });
});
