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

describe.each(['count', 'replicas', 'concurrency'] as const)('%s', (kind) => {
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

describe.each(['storage', 'throughput', 'memory', 'duration'] as const)('%s', (kind) => {
  test.each([
    [500, 100],
    [2, 1],
    [1, 1],
  ])('may go from %d to %d: it is measured, not counted', (prod, scaled) => {
    expect(said(kind, prod, scaled)).toEqual([]);
  });

  it('may not be larger', () => {
    expect(said(kind, 100, 500)).toEqual([larger('500', 100)]);
  });
});

describe('a duration', () => {
  it('of nothing stays nothing, and of something stays something', () => {
    expect(said('duration', 0, 0)).toEqual([]);
    expect(said('duration', 60, 0)).toEqual([
      [
        'presence',
        'x: got 0 where production has 60; allowed is more than 0',
        'Keep more than 0: a scale factor changes how much there is, never whether there is any.',
      ],
    ]);
    expect(said('duration', 0, 60)).toEqual([
      [
        'presence',
        'x: got 60 where production has 0; allowed is exactly 0',
        'Keep exactly 0: a scale factor changes how much there is, never whether there is any.',
      ],
      larger('60', 0),
    ]);
  });
});

describe.each([
  ['instanceClass', '', ''],
  ['instanceClass', 'db.', ''],
  ['instanceClass', 'kafka.', ''],
  ['instanceClass', '', '.search'],
  ['cacheNode', 'cache.', ''],
] as const)('%s %s…%s', (kind, prefix, suffix) => {
  const spelt = (name: string): string => prefix + name + suffix;

  test.each([
    ['r7g.2xlarge', 'r7g.2xlarge'],
    ['r7g.2xlarge', 'r7g.large'],
    ['r7g.xlarge', 'r7g.large'],
    ['t4g.medium', 't4g.micro'],
    ['m7i.metal', 'm7i.24xlarge'],
    ['m7i.metal-48xl', 'm7i.metal-24xl'],
    ['r7g.12xlarge', 'r7g.4xlarge'],
  ])('may go from %s to %s', (prod, scaled) => {
    expect(said(kind, spelt(prod), spelt(scaled))).toEqual([]);
  });

  test.each([
    ['another family', 'r7g.large', 'm7g.large', 'r7g'],
    ['an older generation', 'r7g.large', 'r6g.large', 'r7g'],
    ['another architecture', 'r7g.large', 'r7i.large', 'r7g'],
    ['local disks beside it', 'r7g.large', 'r7gd.large', 'r7g'],
    ['no burstable class any more', 't4g.medium', 'r7g.large', 't4g'],
    ['another burstable class', 't4g.medium', 't3.medium', 't4g'],
  ])('may not get %s', (_, prod, scaled, family) => {
    expect(said(kind, spelt(prod), spelt(scaled))).toEqual([
      [
        'family',
        `x: got "${spelt(scaled)}" where production has "${spelt(prod)}"; family, generation and architecture stay`,
        `Choose a size of ${family}.`,
      ],
    ]);
  });

  it('may not get a burstable stand-in', () => {
    expect(said(kind, spelt('r7g.large'), spelt('t4g.medium'))).toEqual([
      [
        'burstable',
        `x: got "${spelt('t4g.medium')}" where production has "${spelt('r7g.large')}"; a burstable class is no stand-in`,
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
    expect(said(kind, spelt(prod), spelt(scaled))).toEqual([
      [
        'larger',
        `x: got "${spelt(scaled)}", larger than production's "${spelt(prod)}"`,
        `Use "${spelt(prod)}" or smaller.`,
      ],
    ]);
  });
});

test.each([
  ['db.r7g.xlarge', 'r7g.large', 'db.r7g.large'],
  ['r7g.xlarge', 'db.r7g.large', 'r7g.large'],
  ['r7g.xlarge.search', 'r7g.large', 'r7g.large.search'],
])('an instance class is spelt as production spells it: %s, not %s', (prod, scaled, right) => {
  expect(said('instanceClass', prod, scaled)).toEqual([
    [
      'spelling',
      `x: got "${scaled}" where production has "${prod}"; the service's prefix and suffix stay`,
      `Use "${right}".`,
    ],
  ]);
});

test("Redshift's node types shrink to their own sizes", () => {
  expect(said('instanceClass', 'ra3.4xlarge', 'ra3.xlplus')).toEqual([]);
  expect(said('instanceClass', 'ra3.xlplus', 'ra3.4xlarge')).toHaveLength(1);
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

describe('a group of instances', () => {
  it.each([
    [
      { min: 4, desired: 6, max: 20 },
      { min: 2, desired: 2, max: 5 },
    ],
    [
      { min: 3, desired: 3, max: 3 },
      { min: 2, desired: 2, max: 2 },
    ],
  ])('may go from %j to %j', (prod, scaled) => {
    expect(said('groupSize', prod, scaled)).toEqual([]);
  });

  it('keeps none, one or many, its motion and its limits in all three numbers', () => {
    const prod = { min: 2, desired: 3, max: 6 };
    expect(said('groupSize', prod, { min: 1, desired: 1, max: 7 })).toEqual([
      plural('plural', 'min 1', 2, '2 or more'),
      plural('plural', 'desired 1', 3, '2 or more'),
      larger('max 7', 6),
    ]);
    expect(said('groupSize', prod, { min: 2, desired: 2, max: 2 }).map(([rule]) => rule)).toEqual([
      'movable',
    ]);
  });
});

describe('a throughput range', () => {
  it('may go from 5..4000 to 1..40: it is measured, not counted', () => {
    expect(said('throughputRange', { min: 5, max: 4000 }, { min: 1, max: 40 })).toEqual([]);
  });

  it('stays one that can move, and is not larger', () => {
    const prod = { min: 5, max: 10 };
    expect(said('throughputRange', prod, { min: 5, max: 5 }).map(([rule]) => rule)).toEqual(['movable']);
    expect(said('throughputRange', prod, { min: 6, max: 11 })).toEqual([
      larger('min 6', 5),
      larger('max 11', 10),
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

describe('beside another production', () => {
  const either = <K extends FactorKind>(kind: K, prod: ValueOf[K], second: ValueOf[K]): string[] =>
    checkShape('x', { kind, reason: 'The load differs.' }, prod, second, 'either').map(({ rule }) => rule);

  test('a value may be larger', () => {
    expect(either('replicas', 2, 9)).toEqual([]);
    expect(either('instanceClass', 'r7g.large', 'r7g.8xlarge')).toEqual([]);
    expect(either('fargateSize', { cpu: 512, memoryMiB: 1024 }, { cpu: 2048, memoryMiB: 4096 })).toEqual([]);
    expect(either('autoscalingRange', { min: 2, max: 10 }, { min: 4, max: 8 })).toEqual([]);
    expect(either('groupSize', { min: 2, desired: 3, max: 10 }, { min: 4, desired: 4, max: 8 })).toEqual([]);
    expect(either('capacityRange', { minAcu: 0.5, maxAcu: 4 }, { minAcu: 1, maxAcu: 3 })).toEqual([]);
  });

  test('and keeps all else of its shape', () => {
    expect(either('replicas', 1, 2)).toEqual(['plural']);
    expect(either('replicas', 0, 2)).toEqual(['presence']);
    expect(either('storage', 0, 5)).toEqual(['presence']);
    expect(either('instanceClass', 'r7g.large', 'r8g.large')).toEqual(['family']);
    expect(either('instanceClass', 'db.r7g.large', 'r7g.xlarge')).toEqual(['spelling']);
    expect(either('fargateSize', { cpu: 512, memoryMiB: 1024 }, { cpu: 1024, memoryMiB: 8192 })).toEqual([
      'ratio',
    ]);
    expect(either('autoscalingRange', { min: 2, max: 10 }, { min: 20, max: 20 })).toEqual(['movable']);
    expect(either('capacityRange', { minAcu: 0, maxAcu: 4 }, { minAcu: 1, maxAcu: 8 })).toEqual(['presence']);
  });
});
