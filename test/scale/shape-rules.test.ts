import type { FactorKind, ValueOf } from '../../lib/scale/kinds';
import { checkShape, checkValue } from '../../lib/scale/rules';

/** What is said of a scaled value beside production's: nothing when it keeps the shape. */
function said<K extends FactorKind>(kind: K, prod: ValueOf[K], scaled: ValueOf[K]): string[][] {
  const factor = { kind, reason: 'Staging is smaller.' };
  expect([prod, scaled].flatMap((value) => checkValue('x', factor, value))).toEqual([]);
  return checkShape('x', factor, prod, scaled).map(({ rule, message, fix }) => [rule, message, fix]);
}

const KEEP = 'a scale factor changes how many there are, never whether there are any or several.';
const larger = (got: string, prod: number): string[] => [
  'larger',
  `x: got ${got}, more than production's ${prod}`,
  `Use ${prod} or less: what only works at a larger size than production's must not pass.`,
];
const plural = (rule: string, got: string, prod: number, allowed: string): string[] => [
  rule,
  `x: got ${got} where production has ${prod}; allowed is ${allowed}`,
  `Keep ${allowed}: ${KEEP}`,
];

test('a violation names the factor whose value it is', () => {
  expect(checkShape('readers', { kind: 'replicas', reason: 'Fewer.' }, 3, 1)).toEqual([
    {
      factor: 'readers',
      rule: 'plural',
      message: 'readers: got 1 where production has 3; allowed is 2 or more',
      fix: `Keep 2 or more: ${KEEP}`,
    },
  ]);
});

describe.each(['count', 'replicas'] as const)('%s', (kind) => {
  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 2],
    [15, 2],
  ])('may go from %d to %d', (prod, scaled) => {
    expect(said(kind, prod, scaled)).toEqual([]);
  });

  test.each([
    [3, 0, [plural('presence', '0', 3, '2 or more')]],
    [1, 0, [plural('presence', '0', 1, 'exactly 1')]],
    [3, 1, [plural('plural', '1', 3, '2 or more')]],
    [2, 1, [plural('plural', '1', 2, '2 or more')]],
    [0, 1, [plural('presence', '1', 0, 'exactly 0'), larger('1', 0)]],
    [1, 2, [plural('plural', '2', 1, 'exactly 1'), larger('2', 1)]],
    [2, 3, [larger('3', 2)]],
  ])('may not go from %d to %d', (prod, scaled, violations) => {
    expect(said(kind, prod, scaled)).toEqual(violations);
  });
});

describe('shards', () => {
  test.each([
    [1, 1],
    [3, 2],
  ])('may go from %d to %d', (prod, scaled) => {
    expect(said('shards', prod, scaled)).toEqual([]);
  });

  test.each([
    [3, 1, [plural('plural', '1', 3, '2 or more')]],
    [1, 2, [plural('plural', '2', 1, 'exactly 1'), larger('2', 1)]],
    [2, 4, [larger('4', 2)]],
  ])('may not go from %d to %d', (prod, scaled, violations) => {
    expect(said('shards', prod, scaled)).toEqual(violations);
  });
});

describe.each([
  ['instanceClass', ''],
  ['cacheNode', 'cache.'],
] as const)('%s', (kind, prefix) => {
  test.each([
    ['r7g.2xlarge', 'r7g.2xlarge'],
    ['r7g.2xlarge', 'r7g.large'],
    ['r7g.xlarge', 'r7g.large'],
    ['t4g.medium', 't4g.micro'],
    ['m7i.metal', 'm7i.24xlarge'],
    ['m7i.metal-48xl', 'm7i.metal-24xl'],
    ['r7g.12xlarge', 'r7g.4xlarge'],
  ])('may go from %s to %s', (prod, scaled) => {
    expect(said(kind, prefix + prod, prefix + scaled)).toEqual([]);
  });

  test.each([
    ['another family', 'r7g.large', 'm7g.large', 'r7g'],
    ['an older generation', 'r7g.large', 'r6g.large', 'r7g'],
    ['another architecture', 'r7g.large', 'r7i.large', 'r7g'],
    ['local disks beside it', 'r7g.large', 'r7gd.large', 'r7g'],
    ['no burstable class any more', 't4g.medium', 'r7g.large', 't4g'],
    ['another burstable class', 't4g.medium', 't3.medium', 't4g'],
  ])('may not get %s', (_, prod, scaled, family) => {
    expect(said(kind, prefix + prod, prefix + scaled)).toEqual([
      [
        'family',
        `x: got "${prefix}${scaled}" where production has "${prefix}${prod}"; family, generation and architecture stay`,
        `Choose a size of ${family}.`,
      ],
    ]);
  });

  it('may not get a burstable stand-in', () => {
    expect(said(kind, `${prefix}r7g.large`, `${prefix}t4g.medium`)).toEqual([
      [
        'burstable',
        `x: got "${prefix}t4g.medium" where production has "${prefix}r7g.large"; a burstable class is no stand-in`,
        'Choose a size of r7g.',
      ],
    ]);
  });

  test.each([
    ['r7g.large', 'r7g.xlarge'],
    ['r7g.xlarge', 'r7g.2xlarge'],
    ['r7g.4xlarge', 'r7g.12xlarge'],
    ['m7i.24xlarge', 'm7i.metal'],
    ['m7i.metal-24xl', 'm7i.metal-48xl'],
    ['t4g.micro', 't4g.small'],
  ])('may not grow from %s to %s', (prod, scaled) => {
    expect(said(kind, prefix + prod, prefix + scaled)).toEqual([
      [
        'larger',
        `x: got "${prefix}${scaled}", larger than production's "${prefix}${prod}"`,
        `Use "${prefix}${prod}" or smaller.`,
      ],
    ]);
  });
});

describe('a Fargate size', () => {
  it.each([
    [
      { cpu: 2048, memoryMiB: 4096 },
      { cpu: 512, memoryMiB: 1024 },
    ],
    [
      { cpu: 1024, memoryMiB: 8192 },
      { cpu: 256, memoryMiB: 2048 },
    ],
    [
      { cpu: 256, memoryMiB: 512 },
      { cpu: 256, memoryMiB: 512 },
    ],
  ])('may go from %j to %j', (prod, scaled) => {
    expect(said('fargateSize', prod, scaled)).toEqual([]);
  });

  it("keeps production's ratio of memory to CPU, and says at which sizes it can", () => {
    expect(said('fargateSize', { cpu: 1024, memoryMiB: 2048 }, { cpu: 256, memoryMiB: 1024 })).toEqual([
      [
        'ratio',
        'x: got 4 MiB for each CPU unit where production has 2',
        'Use 256 CPU units with 512 MiB, or 512 CPU units with 1024 MiB, or 1024 CPU units with 2048 MiB.',
      ],
    ]);
  });

  it('is never told to be one that Fargate does not offer', () => {
    expect(said('fargateSize', { cpu: 2048, memoryMiB: 5120 }, { cpu: 512, memoryMiB: 1024 })).toEqual([
      [
        'ratio',
        'x: got 2 MiB for each CPU unit where production has 2.5',
        'Use 2048 CPU units with 5120 MiB.',
      ],
    ]);
  });

  it('may not be larger, in CPU or in memory', () => {
    expect(said('fargateSize', { cpu: 512, memoryMiB: 1024 }, { cpu: 1024, memoryMiB: 2048 })).toEqual([
      larger('cpu 1024', 512),
      larger('memoryMiB 2048', 1024),
    ]);
  });

  it('is told of size and ratio at once', () => {
    expect(said('fargateSize', { cpu: 512, memoryMiB: 1024 }, { cpu: 512, memoryMiB: 4096 })).toEqual([
      larger('memoryMiB 4096', 1024),
      [
        'ratio',
        'x: got 8 MiB for each CPU unit where production has 2',
        'Use 256 CPU units with 512 MiB, or 512 CPU units with 1024 MiB.',
      ],
    ]);
  });
});

describe('an autoscaling range', () => {
  it.each([
    [
      { min: 4, max: 20 },
      { min: 2, max: 5 },
    ],
    [
      { min: 1, max: 4 },
      { min: 1, max: 2 },
    ],
    [
      { min: 0, max: 4 },
      { min: 0, max: 2 },
    ],
    [
      { min: 3, max: 3 },
      { min: 2, max: 2 },
    ],
    [
      { min: 1, max: 1 },
      { min: 1, max: 1 },
    ],
  ])('may go from %j to %j', (prod, scaled) => {
    expect(said('autoscalingRange', prod, scaled)).toEqual([]);
  });

  it('that can move stays one that can', () => {
    expect(said('autoscalingRange', { min: 2, max: 6 }, { min: 2, max: 2 })).toEqual([
      [
        'movable',
        "x: got 2 to 2, which cannot move, where production's 2 to 6 can",
        'Use a max above the min, so that scaling out is rehearsed too.',
      ],
    ]);
  });

  it('that cannot move stays one that cannot', () => {
    expect(said('autoscalingRange', { min: 3, max: 3 }, { min: 2, max: 3 })).toEqual([
      [
        'movable',
        "x: got 2 to 3, which can move, where production's 3 to 3 cannot",
        'Use the same number for both ends.',
      ],
    ]);
  });

  it('keeps none, one or many at both ends', () => {
    expect(said('autoscalingRange', { min: 2, max: 6 }, { min: 1, max: 6 })).toEqual([
      plural('plural', 'min 1', 2, '2 or more'),
    ]);
    expect(said('autoscalingRange', { min: 1, max: 6 }, { min: 0, max: 6 })).toEqual([
      plural('presence', 'min 0', 1, 'exactly 1'),
    ]);
    expect(said('autoscalingRange', { min: 0, max: 6 }, { min: 0, max: 1 })).toEqual([
      plural('plural', 'max 1', 6, '2 or more'),
    ]);
  });

  it('may not be larger at either end', () => {
    expect(said('autoscalingRange', { min: 2, max: 6 }, { min: 3, max: 7 })).toEqual([
      larger('min 3', 2),
      larger('max 7', 6),
    ]);
  });

  it('is told of everything at once', () => {
    expect(said('autoscalingRange', { min: 0, max: 1 }, { min: 2, max: 2 }).map(([rule]) => rule)).toEqual([
      'movable',
      'presence',
      'plural',
      'larger',
      'larger',
    ]);
  });
});

describe('a capacity range', () => {
  it.each([
    [
      { minAcu: 2, maxAcu: 64 },
      { minAcu: 0.5, maxAcu: 8 },
    ],
    [
      { minAcu: 0, maxAcu: 64 },
      { minAcu: 0, maxAcu: 1 },
    ],
    [
      { minAcu: 8, maxAcu: 8 },
      { minAcu: 1, maxAcu: 1 },
    ],
  ])('may go from %j to %j', (prod, scaled) => {
    expect(said('capacityRange', prod, scaled)).toEqual([]);
  });

  it('that can move stays one that can, and the other way round', () => {
    expect(said('capacityRange', { minAcu: 1, maxAcu: 8 }, { minAcu: 1, maxAcu: 1 })).toEqual([
      [
        'movable',
        "x: got 1 to 1, which cannot move, where production's 1 to 8 can",
        'Use a max above the min, so that scaling out is rehearsed too.',
      ],
    ]);
    expect(said('capacityRange', { minAcu: 8, maxAcu: 8 }, { minAcu: 1, maxAcu: 8 })).toEqual([
      [
        'movable',
        "x: got 1 to 8, which can move, where production's 8 to 8 cannot",
        'Use the same number for both ends.',
      ],
    ]);
  });

  it('pauses where production pauses, and nowhere else', () => {
    expect(said('capacityRange', { minAcu: 0.5, maxAcu: 8 }, { minAcu: 0, maxAcu: 8 })).toEqual([
      [
        'presence',
        'x: got minAcu 0 where production has 0.5; only a minAcu of 0 lets an instance pause',
        'Use a minAcu of 0.5 or more, as production does.',
      ],
    ]);
    expect(said('capacityRange', { minAcu: 0, maxAcu: 8 }, { minAcu: 0.5, maxAcu: 8 })).toEqual([
      [
        'presence',
        'x: got minAcu 0.5 where production has 0; only a minAcu of 0 lets an instance pause',
        'Use minAcu 0, as production does.',
      ],
      larger('minAcu 0.5', 0),
    ]);
  });

  it('may not be larger at either end', () => {
    expect(said('capacityRange', { minAcu: 1, maxAcu: 8 }, { minAcu: 1.5, maxAcu: 8.5 })).toEqual([
      larger('minAcu 1.5', 1),
      larger('maxAcu 8.5', 8),
    ]);
  });
});
