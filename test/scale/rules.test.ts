import {
  autoscalingRange,
  cacheNode,
  capacityRange,
  concurrency,
  count,
  duration,
  FACTOR_KINDS,
  fargateSize,
  groupSize,
  instanceClass,
  lambdaMemory,
  memory,
  replicas,
  shards,
  storage,
  throughput,
  throughputRange,
  type Factor,
} from '../../lib/scale/kinds';
import { checkValue } from '../../lib/scale/rules';

const reason = 'Staging is smaller.';
const ofKind = {
  count: count({ reason }),
  replicas: replicas({ reason }),
  shards: shards({ reason }),
  concurrency: concurrency({ reason }),
  storage: storage({ reason }),
  throughput: throughput({ reason }),
  memory: memory({ reason }),
  duration: duration({ reason }),
  instanceClass: instanceClass({ reason }),
  cacheNode: cacheNode({ reason }),
  fargateSize: fargateSize({ reason }),
  autoscalingRange: autoscalingRange({ reason }),
  groupSize: groupSize({ reason }),
  throughputRange: throughputRange({ reason }),
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
    ['instanceClass', 'db.r6g.large'],
    ['instanceClass', 'kafka.m7g.large'],
    ['instanceClass', 'r7g.large.search'],
    ['instanceClass', 'ra3.xlplus'],
    ['concurrency', 0],
    ['storage', 1],
    ['storage', 65_536],
    ['throughput', 1],
    ['memory', 1],
    ['duration', 0],
    ['duration', 86_400],
    ['groupSize', { min: 0, desired: 0, max: 1 }],
    ['groupSize', { min: 2, desired: 2, max: 2 }],
    ['throughputRange', { min: 1, max: 1 }],
    ['throughputRange', { min: 5, max: 4000 }],
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
    concurrency: 'a whole number from 0 up',
    storage: 'a whole number of GiB from 1 up',
    throughput: 'a whole number from 1 up',
    memory: 'a whole number of MiB from 1 up',
    duration: 'a whole number of seconds from 0 up',
    instanceClass:
      'a family and a size as the service spells them, such as "r7g.2xlarge", "db.r7g.large" or "r7g.large.search"',
    cacheNode: 'a node type such as "cache.r7g.large"',
    fargateSize: 'a size such as { cpu: 1024, memoryMiB: 2048 }',
    autoscalingRange: 'a range such as { min: 2, max: 6 }',
    groupSize: 'a group such as { min: 2, desired: 2, max: 6 }',
    throughputRange: 'a range such as { min: 5, max: 400 }',
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
    ['concurrency', -1, '-1'],
    ['storage', 0, '0'],
    ['storage', 0.5, '0.5'],
    ['throughput', 0, '0'],
    ['memory', '512', '"512"'],
    ['duration', -1, '-1'],
    ['duration', 0.5, '0.5'],
    ['groupSize', { min: 2, max: 6 }, '{ min: 2, max: 6 }'],
    ['throughputRange', 5, '5'],
    ['shards', 2.5, '2.5'],
    ['instanceClass', 'db.serverless', '"db.serverless"'],
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

  test.each([count, shards, concurrency, storage, throughput, memory, duration])('holds for %p', (make) => {
    expect(checkValue('x', make({ reason, max: 2 }), 2)).toEqual([]);
    expect(checkValue('x', make({ reason, max: 2 }), 3)).toHaveLength(1);
  });
});

describe('the least that the service allows', () => {
  const disk = storage({ reason, min: 20 });

  it('may be reached', () => {
    expect(checkValue('disk', disk, 20)).toEqual([]);
  });

  it('may not be undercut', () => {
    expect(checkValue('disk', disk, 19)).toEqual([
      {
        factor: 'disk',
        rule: 'limit',
        message: 'disk: got 19, but the service asks for at least 20',
        fix: 'Ask for 20 or more.',
      },
    ]);
  });

  it('is never less than what the kind itself asks for', () => {
    expect(checkValue('x', shards({ reason, min: 0 }), 0)).toHaveLength(1);
  });
});

describe('a step', () => {
  const brokers = count({ reason, step: 3 });

  test.each([0, 3, 6, 300])('of 3 is met by %d', (value) => {
    expect(checkValue('brokers', brokers, value)).toEqual([]);
  });

  test.each([1, 2, 4])('of 3 is missed by %d', (value) => {
    expect(checkValue('brokers', brokers, value)).toEqual([
      {
        factor: 'brokers',
        rule: 'step',
        message: `brokers: got ${value}, which is no multiple of 3`,
        fix: 'Use a multiple of 3.',
      },
    ]);
  });
});

describe("a Lambda function's memory", () => {
  const function_ = lambdaMemory({ reason });

  it('is memory within the limits of Lambda', () => {
    expect(function_).toEqual({ kind: 'memory', reason, min: 128, max: 10_240 });
    expect([128, 10_240].flatMap((value) => checkValue('x', function_, value))).toEqual([]);
    expect([127, 10_241].map((value) => checkValue('x', function_, value)[0]?.rule)).toEqual([
      'limit',
      'limit',
    ]);
  });

  it('may be more where the declaration says so', () => {
    expect(checkValue('x', lambdaMemory({ reason, max: 32_768 }), 32_768)).toEqual([]);
  });
});

describe('a group that is none', () => {
  test.each([
    [{ min: 3, desired: 2, max: 5 }, 'min 3, desired 2 and max 5'],
    [{ min: 2, desired: 6, max: 5 }, 'min 2, desired 6 and max 5'],
    [{ min: 0, desired: 0, max: 0 }, 'min 0, desired 0 and max 0'],
    [{ min: -1, desired: 0, max: 1 }, 'min -1, desired 0 and max 1'],
    [{ min: 1, desired: 1.5, max: 2 }, 'min 1, desired 1.5 and max 2'],
  ])('is refused: %j', (value, shown) => {
    expect(said('groupSize', value)).toEqual([
      [
        'legal',
        `x: got ${shown}; whole numbers with 0 <= min <= desired <= max and max >= 1 are allowed`,
        'Use whole numbers, with a min that is not above the max and a desired between them.',
      ],
    ]);
  });
});

describe('a throughput range that is none', () => {
  test.each([
    [{ min: 0, max: 5 }, 'min 0 and max 5'],
    [{ min: 6, max: 5 }, 'min 6 and max 5'],
    [{ min: 1, max: 2 ** 53 }, 'min 1 and max 9007199254740992'],
  ])('is refused: %j', (value, shown) => {
    expect(said('throughputRange', value)).toEqual([
      [
        'legal',
        `x: got ${shown}; whole numbers with 1 <= min <= max are allowed`,
        'Use whole numbers, with a min that is not above the max.',
      ],
    ]);
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
