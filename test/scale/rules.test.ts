import {
  autoscalingRange,
  cacheNode,
  capacityRange,
  count,
  FACTOR_KINDS,
  fargateSize,
  instanceClass,
  replicas,
  shards,
  type Factor,
} from '../../lib/scale/kinds';
import { checkValue } from '../../lib/scale/rules';

const reason = 'Staging is smaller.';
const ofKind = {
  count: count({ reason }),
  replicas: replicas({ reason }),
  shards: shards({ reason }),
  instanceClass: instanceClass({ reason }),
  cacheNode: cacheNode({ reason }),
  fargateSize: fargateSize({ reason }),
  autoscalingRange: autoscalingRange({ reason }),
  capacityRange: capacityRange({ reason }),
} satisfies Record<string, Factor>;

type Kind = keyof typeof ofKind;

/** What is said of a value: nothing when it is legal. */
const said = (kind: Kind, value: unknown) =>
  checkValue('x', ofKind[kind], value).map(({ rule, message, fix }) => [rule, message, fix]);

test('every kind of factor is made by the function of its name, with its reason', () => {
  expect(Object.entries(ofKind).map(([kind, factor]) => [kind, factor.kind, factor.reason])).toEqual(
    FACTOR_KINDS.map((kind) => [kind, kind, reason]),
  );
});

describe('a legal value', () => {
  test.each<[Kind, unknown]>([
    ['count', 0],
    ['count', 1],
    ['count', Number.MAX_SAFE_INTEGER],
    ['replicas', 0],
    ['replicas', 15],
    ['shards', 1],
    ['shards', 500],
    ['instanceClass', 'r7g.2xlarge'],
    ['instanceClass', 't4g.medium'],
    ['cacheNode', 'cache.r7g.large'],
    ['fargateSize', { cpu: 256, memoryMiB: 512 }],
    ['fargateSize', { memoryMiB: 122880, cpu: 16384 }],
    ['autoscalingRange', { min: 0, max: 1 }],
    ['autoscalingRange', { min: 3, max: 3 }],
    ['capacityRange', { minAcu: 0, maxAcu: 1 }],
    ['capacityRange', { minAcu: 0.5, maxAcu: 256 }],
    ['capacityRange', { minAcu: 1.5, maxAcu: 1.5 }],
  ])('of kind %s is %j', (kind, value) => {
    expect(said(kind, value)).toEqual([]);
  });
});

describe('a value that has not the form of its kind', () => {
  const FORMS: Record<Kind, string> = {
    count: 'a whole number from 0 up',
    replicas: 'a whole number from 0 up',
    shards: 'a whole number from 1 up',
    instanceClass: 'a family and a size without the service\'s prefix, such as "r7g.2xlarge"',
    cacheNode: 'a node type such as "cache.r7g.large"',
    fargateSize: 'a size such as { cpu: 1024, memoryMiB: 2048 }',
    autoscalingRange: 'a range such as { min: 2, max: 6 }',
    capacityRange: 'a range such as { minAcu: 0.5, maxAcu: 8 }',
  };

  test.each<[Kind, unknown, string]>([
    ['count', -1, '-1'],
    ['count', 1.5, '1.5'],
    ['count', NaN, 'NaN'],
    ['count', Infinity, 'Infinity'],
    ['count', -Infinity, '-Infinity'],
    ['count', 2 ** 53, '9007199254740992'],
    ['count', '2', '"2"'],
    ['count', 2n, '2n'],
    ['count', true, 'true'],
    ['count', null, 'null'],
    ['count', undefined, 'undefined'],
    ['count', [2], '[ 2 ]'],
    ['count', {}, '{}'],
    ['count', { a: { b: { c: 1 } } }, '{ a: { b: [Object] } }'],
    ['count', Symbol('two'), 'Symbol(two)'],
    ['replicas', -1, '-1'],
    ['replicas', '2', '"2"'],
    ['shards', 0, '0'],
    ['shards', 2.5, '2.5'],
    ['instanceClass', 'db.r7g.large', '"db.r7g.large"'],
    ['instanceClass', 'cache.r7g.large', '"cache.r7g.large"'],
    ['instanceClass', 'r7g', '"r7g"'],
    ['instanceClass', 'r7g.Large', '"r7g.Large"'],
    ['instanceClass', '', '""'],
    ['instanceClass', 7, '7'],
    ['instanceClass', null, 'null'],
    ['cacheNode', 'r7g.large', '"r7g.large"'],
    ['cacheNode', 'db.r7g.large', '"db.r7g.large"'],
    ['cacheNode', 'cache.r7g', '"cache.r7g"'],
    ['cacheNode', ['cache.r7g.large'], "[ 'cache.r7g.large' ]"],
    ['fargateSize', 1024, '1024'],
    ['fargateSize', { cpu: '256', memoryMiB: 512 }, "{ cpu: '256', memoryMiB: 512 }"],
    ['fargateSize', { cpu: 256 }, '{ cpu: 256 }'],
    ['fargateSize', { cpu: 256, memory: 512 }, '{ cpu: 256, memory: 512 }'],
    ['fargateSize', { cpu: 256, memoryMiB: 512, gpu: 1 }, '{ cpu: 256, memoryMiB: 512, gpu: 1 }'],
    ['fargateSize', { cpu: NaN, memoryMiB: 512 }, '{ cpu: NaN, memoryMiB: 512 }'],
    ['fargateSize', null, 'null'],
    ['autoscalingRange', [2, 6], '[ 2, 6 ]'],
    ['autoscalingRange', { min: 2 }, '{ min: 2 }'],
    ['autoscalingRange', { min: 2, max: Infinity }, '{ min: 2, max: Infinity }'],
    ['autoscalingRange', { minAcu: 2, maxAcu: 6 }, '{ minAcu: 2, maxAcu: 6 }'],
    ['capacityRange', { min: 2, max: 6 }, '{ min: 2, max: 6 }'],
    ['capacityRange', { minAcu: null, maxAcu: 6 }, '{ minAcu: null, maxAcu: 6 }'],
    ['capacityRange', '0.5-8', '"0.5-8"'],
  ])('of kind %s is refused: %p', (kind, value, shown) => {
    expect(said(kind, value)).toEqual([
      ['form', `x: got ${shown}; allowed is ${FORMS[kind]}`, `Give x ${FORMS[kind]}.`],
    ]);
  });

  it('is refused even when showing it is not easy', () => {
    const ring: Record<string, unknown> = {};
    ring['ring'] = ring;
    expect(said('count', ring)).toEqual([
      [
        'form',
        'x: got <ref *1> { ring: [Circular *1] }; allowed is a whole number from 0 up',
        'Give x a whole number from 0 up.',
      ],
    ]);
  });
});

describe("the service's own limit", () => {
  const readers = replicas({ reason, max: 15 });

  it('may be reached', () => {
    expect(checkValue('readers', readers, 15)).toEqual([]);
  });

  it('may not be passed', () => {
    expect(checkValue('readers', readers, 16)).toEqual([
      {
        factor: 'readers',
        rule: 'limit',
        message: 'readers: got 16, but the service allows at most 15',
        fix: 'Ask for 15 or fewer.',
      },
    ]);
  });

  test.each([count, shards])('holds for every kind that counts', (make) => {
    expect(checkValue('x', make({ reason, max: 2 }), 2)).toEqual([]);
    expect(checkValue('x', make({ reason, max: 2 }), 3)).toHaveLength(1);
  });
});

describe('a size that Fargate does not offer', () => {
  test.each([
    [
      { cpu: 256, memoryMiB: 4096 },
      'x: got 256 CPU units with 4096 MiB, which Fargate does not offer; memory for 256 CPU units: 512, 1024, 2048 MiB',
    ],
    [
      { cpu: 1024, memoryMiB: 2049 },
      'x: got 1024 CPU units with 2049 MiB, which Fargate does not offer; memory for 1024 CPU units: 2048, 3072, 4096, 5120, 6144, 7168, 8192 MiB',
    ],
    [
      { cpu: 300, memoryMiB: 512 },
      'x: got 300 CPU units with 512 MiB, which Fargate does not offer; CPU units: 256, 512, 1024, 2048, 4096, 8192, 16384',
    ],
    [
      { cpu: -256, memoryMiB: 0 },
      'x: got -256 CPU units with 0 MiB, which Fargate does not offer; CPU units: 256, 512, 1024, 2048, 4096, 8192, 16384',
    ],
  ])('is refused: %j', (value, message) => {
    expect(said('fargateSize', value)).toEqual([['legal', message, 'Use a size that Fargate offers.']]);
  });
});

describe('an autoscaling range that is none', () => {
  test.each([
    [{ min: 3, max: 2 }, 'min 3 and max 2'],
    [{ min: 0, max: 0 }, 'min 0 and max 0'],
    [{ min: -1, max: 2 }, 'min -1 and max 2'],
    [{ min: 1.5, max: 2 }, 'min 1.5 and max 2'],
    [{ min: 1, max: 2.5 }, 'min 1 and max 2.5'],
    [{ min: 1, max: 2 ** 53 }, 'min 1 and max 9007199254740992'],
  ])('is refused: %j', (value, shown) => {
    expect(said('autoscalingRange', value)).toEqual([
      [
        'legal',
        `x: got ${shown}; whole numbers with 0 <= min <= max and max >= 1 are allowed`,
        'Use whole numbers, with a min that is not above the max.',
      ],
    ]);
  });
});

describe('a capacity range that Aurora Serverless v2 does not offer', () => {
  test.each([
    [{ minAcu: 8, maxAcu: 4 }, '8 to 4'],
    [{ minAcu: 0, maxAcu: 0.5 }, '0 to 0.5'],
    [{ minAcu: -0.5, maxAcu: 4 }, '-0.5 to 4'],
    [{ minAcu: 0.25, maxAcu: 4 }, '0.25 to 4'],
    [{ minAcu: 0.5, maxAcu: 4.2 }, '0.5 to 4.2'],
    [{ minAcu: 0.5, maxAcu: 256.5 }, '0.5 to 256.5'],
  ])('is refused: %j', (value, shown) => {
    expect(said('capacityRange', value)).toEqual([
      [
        'legal',
        `x: got ${shown} ACU; allowed are steps of 0.5 with 0 <= minAcu <= maxAcu and 1 <= maxAcu <= 256`,
        'Use a range that Aurora Serverless v2 offers.',
      ],
    ]);
  });
});
