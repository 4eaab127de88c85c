import { isDeepStrictEqual } from 'node:util';
import {
  array,
  assert,
  constantFrom,
  integer,
  nat,
  option,
  property,
  tuple,
  type Arbitrary,
} from 'fast-check';
import {
  autoscalingRange,
  capacityRange,
  count,
  duration,
  FACTOR_KINDS,
  fargateSize,
  groupSize,
  instanceClass,
  lambdaMemory,
  replicas,
  storage,
  type Factor,
  type FactorKind,
  type FactorValue,
} from '../../lib/scale/kinds';
import { checkShape, checkValue } from '../../lib/scale/rules';
import { FARGATE_CPU, fargateMemory, partsOf } from '../../lib/scale/sizes';
import { numbersOf, otherValues, risingValues } from '../../lib/scale/tried-values';

const reason = 'Staging is smaller.';
const number = nat(12);
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Legal values of each kind, small and large. */
const VALUES: { readonly [K in FactorKind]: Arbitrary<FactorValue> } = {
  count: number,
  replicas: number,
  shards: integer({ min: 1, max: 12 }),
  concurrency: integer({ min: 0, max: 1000 }),
  storage: integer({ min: 1, max: 70_000 }),
  throughput: integer({ min: 1, max: 100_000 }),
  memory: integer({ min: 1, max: 10_240 }),
  duration: tuple(nat(40), constantFrom(1, 60, 3600, 86_400)).map(([n, unit]) => n * unit),
  instanceClass: tuple(
    constantFrom('', 'db.'),
    constantFrom('r7g', 't4g', 'ra3', 'c5'),
    constantFrom('medium', 'large', 'xlarge', '2xlarge', '4xlarge', 'metal'),
    constantFrom('', '.search'),
  ).map(([prefix, family, size, suffix]) => `${prefix}${family}.${size}${suffix}`),
  cacheNode: constantFrom('large', 'xlarge', '4xlarge').map((size) => `cache.r7g.${size}`),
  fargateSize: constantFrom(...FARGATE_CPU).chain((cpu) =>
    constantFrom(...fargateMemory(cpu)).map((memoryMiB) => ({ cpu, memoryMiB })),
  ),
  autoscalingRange: tuple(number, number)
    .map(sorted)
    .map(([min, max]) => ({ min: min!, max: 1 + max! })),
  groupSize: tuple(number, number, number)
    .map(sorted)
    .map(([min, desired, max]) => ({ min: min!, desired: desired!, max: 1 + max! })),
  throughputRange: tuple(nat(5000), nat(5000))
    .map(sorted)
    .map(([min, max]) => ({ min: 1 + min!, max: 1 + max! })),
  capacityRange: tuple(nat(60), nat(60))
    .map(sorted)
    .map(([min, max]) => ({ minAcu: min! / 2, maxAcu: 1 + max! / 2 })),
};

const keeps = (factor: Factor, prod: FactorValue, scaled: FactorValue): boolean =>
  checkShape('x', factor, prod, scaled).length === 0;

/** A factor with a value for production and one for a staging that keeps its shape. */
function scaling(
  kind: FactorKind,
): Arbitrary<readonly [factor: Factor, prod: FactorValue, scaled: FactorValue]> {
  const limits = option(integer({ min: 12, max: 100_000 }), { nil: undefined });
  const factor: Factor = { kind, reason };
  return tuple(array(VALUES[kind], { minLength: 2, maxLength: 12 }), limits).map(([values, limit]) => {
    const prod = values[0]!;
    const scaled = values.find((value) => value !== prod && keeps(factor, prod, value)) ?? prod;
    const max = typeof prod === 'number' && limit !== undefined ? Math.max(prod, limit) : undefined;
    return [{ ...factor, max }, prod, scaled] as const;
  });
}

describe.each(FACTOR_KINDS)('other values of the kind %s', (kind) => {
  it('are legal, are not known, and keep the shape between the larger and the smaller', () => {
    assert(
      property(scaling(kind), ([factor, prod, scaled]) => {
        const others = otherValues(factor, [prod, scaled]);
        const broken = others.flatMap((other) => [
          ...checkValue('x', factor, other),
          ...[prod, scaled]
            .flatMap((known) => checkShape('x', factor, known, other))
            .filter(({ rule }) => rule !== 'larger' && rule !== 'ratio'),
        ]);
        expect(broken).toEqual([]);
        const all = [prod, scaled, ...others].map((value) => JSON.stringify(value));
        expect(all.slice(2).filter((other, i) => all.indexOf(other) !== i + 2)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('are at most as many as asked for, the same every time, and leave what is known as it was', () => {
    assert(
      property(scaling(kind), nat(15), ([factor, prod, scaled], most) => {
        const before = structuredClone([prod, scaled]);
        const others = otherValues(factor, [prod, scaled], most);
        expect(others.length).toBeLessThanOrEqual(most);
        expect(otherValues(factor, [prod, scaled], most + 5).slice(0, most)).toEqual(others);
        risingValues(factor, prod, scaled);
        expect([prod, scaled]).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('in rising rows are legal scalings of production, each larger than the one before, and hold both known ones', () => {
    assert(
      property(scaling(kind), ([factor, prod, scaled]) => {
        const rows = risingValues(factor, prod, scaled);
        const all = rows.flat();
        expect(
          all.filter((value) => checkValue('x', factor, value).length > 0 || !keeps(factor, prod, value)),
        ).toEqual([]);
        expect(rows.filter((row) => !rises(row.map(numbersOf)))).toEqual([]);
        expect(all.some((value) => isDeepStrictEqual(value, prod))).toBe(true);
        expect(all.some((value) => isDeepStrictEqual(value, scaled))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

function rises(row: readonly Readonly<Record<string, number>>[]): boolean {
  return row.slice(1).every((next, i) => {
    const grown = Object.entries(next).map(([part, n]) => n - row[i]![part]!);
    return Math.min(...grown) >= 0 && Math.max(...grown) > 0;
  });
}

describe('other values', () => {
  const count_ = count({ reason });

  test.each([
    [[3, 2], 4, [4, 5, 6, 7]],
    [[6, 4], 5, [3, 7, 5, 2, 8]],
    [[5], 6, [4, 6, 3, 7, 2, 8]],
    [[0, 0], 4, []],
    [[1, 1], 4, []],
  ])('of %j are taken below, above and between by turns, the nearest first', (known, most, others) => {
    expect(otherValues(count_, known, most)).toEqual(others);
  });

  it('of nothing are none, and there are twelve at the most', () => {
    expect(otherValues(count_, [])).toEqual([]);
    expect(otherValues(count_, [50])).toHaveLength(12);
  });

  it('keep within the limits and steps of the declaration', () => {
    expect(otherValues(replicas({ reason, max: 4 }), [3, 2])).toEqual([4]);
    expect(otherValues(replicas({ reason, max: 3 }), [3, 2])).toEqual([]);
    expect(otherValues(count({ reason, step: 3 }), [9, 6], 4)).toEqual([3, 12, 15, 18]);
    const disk = otherValues(storage({ reason, min: 20 }), [100, 40]);
    expect(Math.min(...disk)).toBeGreaterThanOrEqual(20);
    const memory = otherValues(lambdaMemory({ reason }), [10_240, 10_000]);
    expect([Math.min(...memory) >= 128, Math.max(...memory)]).toEqual([true, 10_180]);
  });

  it('of large numbers lie far enough apart to show a rounding', () => {
    expect(otherValues(storage({ reason }), [500, 100], 6)).toEqual([88, 562, 112, 76, 624, 124]);
  });

  it('of whole minutes, hours and days are whole minutes, hours and days', () => {
    const span = duration({ reason });
    const units = (known: readonly number[], unit: number): boolean[] =>
      otherValues(span, known).map((n) => n % unit === 0);
    expect(new Set(units([3600, 900], 60))).toEqual(new Set([true]));
    expect(new Set(units([7 * 86_400, 2 * 86_400], 86_400))).toEqual(new Set([true]));
    expect(otherValues(span, [60], 4)).toEqual([53, 120, 46, 180]);
    expect(otherValues(duration({ reason, step: 60 }), [60], 3)).toEqual([120, 180, 240]);
    expect(otherValues(span, [0])).toEqual([]);
    expect(otherValues(duration({ reason, step: 25 }), [600, 300], 3)).toEqual([275, 675, 575]);
  });

  test.each([
    [
      ['r7g.2xlarge', 'r7g.large'],
      ['r7g.4xlarge', 'r7g.xlarge', 'r7g.8xlarge'],
    ],
    [
      ['db.r7g.2xlarge', 'db.r7g.xlarge'],
      ['db.r7g.large', 'db.r7g.4xlarge', 'db.r7g.8xlarge'],
    ],
    [['kafka.m7g.large'], ['kafka.m7g.xlarge', 'kafka.m7g.2xlarge', 'kafka.m7g.4xlarge']],
    [['r7g.xlarge.search'], ['r7g.large.search', 'r7g.2xlarge.search', 'r7g.4xlarge.search']],
    [['ra3.xlplus'], ['ra3.large', 'ra3.4xlarge', 'ra3.16xlarge']],
    [['t4g.medium'], ['t4g.large', 't4g.xlarge', 't4g.2xlarge']],
    [['r7g.8xlarge'], ['r7g.4xlarge', 'r7g.12xlarge', 'r7g.2xlarge']],
  ])('of the classes %j are of the same family and spelling', (known, others) => {
    expect(otherValues(instanceClass({ reason }), known, 3)).toEqual(others);
  });

  it('of a range that cannot move cannot move, and of one or none stay one or none', () => {
    const tasks = autoscalingRange({ reason });
    expect(otherValues(tasks, [{ min: 3, max: 3 }], 3)).toEqual([
      { min: 2, max: 2 },
      { min: 4, max: 4 },
      { min: 5, max: 5 },
    ]);
    expect(otherValues(tasks, [{ min: 1, max: 1 }])).toEqual([]);
    expect(otherValues(tasks, [{ min: 0, max: 4 }]).map(({ min }) => min)).toEqual(
      expect.arrayContaining([0]),
    );
    expect(otherValues(tasks, [{ min: 0, max: 4 }]).every(({ min, max }) => min === 0 && max > 1)).toBe(true);
    const capacity = otherValues(capacityRange({ reason }), [{ minAcu: 0, maxAcu: 8 }]);
    expect(capacity.length).toBeGreaterThan(4);
    expect(capacity.every(({ minAcu }) => minAcu === 0)).toBe(true);
  });
});

describe('the parts of other values', () => {
  test.each<[Factor, FactorValue[]]>([
    [
      fargateSize({ reason }),
      [
        { cpu: 1024, memoryMiB: 2048 },
        { cpu: 512, memoryMiB: 1024 },
      ],
    ],
    [fargateSize({ reason }), [{ cpu: 256, memoryMiB: 512 }]],
    [fargateSize({ reason }), [{ cpu: 16384, memoryMiB: 122880 }]],
    [
      autoscalingRange({ reason }),
      [
        { min: 4, max: 20 },
        { min: 2, max: 10 },
      ],
    ],
    [autoscalingRange({ reason }), [{ min: 2, max: 4 }]],
    [
      capacityRange({ reason }),
      [
        { minAcu: 1, maxAcu: 16 },
        { minAcu: 0.5, maxAcu: 8 },
      ],
    ],
    [
      groupSize({ reason }),
      [
        { min: 2, desired: 4, max: 8 },
        { min: 2, desired: 3, max: 6 },
      ],
    ],
  ])('of %j beside %j take four values each, in no fixed relation', (factor, known) => {
    const all = [...known, ...otherValues(factor, known, 6)].map((value) => Object.entries(numbersOf(value)));
    const parts = all[0]!.map(([part]) => part);
    for (const part of parts) {
      const numbers = all.map((value) => Object.fromEntries(value)[part]!);
      expect(new Set(numbers).size).toBeGreaterThanOrEqual(4);
      for (const other of parts.filter((it) => it !== part)) {
        const others = all.map((value) => Object.fromEntries(value)[other]!);
        // No line through the first two leads through all: whatever follows one of the two does not follow the other.
        expect(isOnOneLine(numbers, others)).toBe(false);
      }
    }
  });

  it('lie below the known ones and above them', () => {
    const others = otherValues(autoscalingRange({ reason }), [{ min: 15, max: 40 }], 4);
    expect([others.some(({ min }) => min < 15), others.some(({ min }) => min > 15)]).toEqual([true, true]);
    expect([others.some(({ max }) => max < 40), others.some(({ max }) => max > 40)]).toEqual([true, true]);
  });

  it('of Fargate are sizes that Fargate offers, smaller and larger ones', () => {
    const known = [
      { cpu: 1024, memoryMiB: 2048 },
      { cpu: 512, memoryMiB: 1024 },
    ];
    const others = otherValues(fargateSize({ reason }), known, 4);
    expect(others.every(({ cpu, memoryMiB }) => fargateMemory(cpu).includes(memoryMiB))).toBe(true);
    expect([others.some(({ cpu }) => cpu < 512), others.some(({ cpu }) => cpu > 1024)]).toEqual([true, true]);
  });
});

function isOnOneLine(xs: readonly number[], ys: readonly number[]): boolean {
  const [x0, y0] = [xs[0]!, ys[0]!];
  const directions = xs.map((x, i) => [x - x0, ys[i]! - y0] as const).filter(([x, y]) => x !== 0 || y !== 0);
  return directions.every(([x, y]) => x * directions[0]![1] === y * directions[0]![0]);
}

describe('rising rows', () => {
  it('of a number hold every legal value up to production’s', () => {
    expect(risingValues(count({ reason }), 5, 2)).toEqual([[2, 3, 4, 5]]);
    expect(risingValues(storage({ reason, min: 2, step: 2 }), 8, 4)).toEqual([[2, 4, 6, 8]]);
    expect(risingValues(count({ reason }), 1, 1)).toEqual([[1]]);
    expect(risingValues(count({ reason }), 0, 0)).toEqual([[0]]);
  });

  it('reach up to the larger of two productions', () => {
    expect(risingValues(count({ reason }), 2, 5)).toEqual([[2, 3, 4, 5]]);
    expect(risingValues(instanceClass({ reason }), 'r7g.large', 'r7g.2xlarge')).toEqual([
      ['r7g.large', 'r7g.xlarge', 'r7g.2xlarge'],
    ]);
    const cpus = risingValues(
      fargateSize({ reason }),
      { cpu: 256, memoryMiB: 512 },
      { cpu: 1024, memoryMiB: 2048 },
    ).map((row) => row.map((size) => (size as { cpu: number }).cpu));
    expect(cpus).toEqual([[256, 512, 1024]]);
  });

  it('of a very large number hold some two hundred, closer where they are small, and both that are known', () => {
    const [row] = risingValues(storage({ reason }), 60_000, 777) as number[][];
    expect(row!.length).toBeGreaterThan(100);
    expect(row!.length).toBeLessThanOrEqual(202);
    expect(row!.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(row).toEqual(expect.arrayContaining([777, 60_000]));
    expect(Math.max(...row!.slice(20).map((n, i) => n / row![19 + i]!))).toBeLessThan(1.15);
  });

  it('of a class hold the sizes of its family, spelt as it is', () => {
    expect(risingValues(instanceClass({ reason }), 'db.r7g.4xlarge', 'db.r7g.large')).toEqual([
      ['db.r7g.large', 'db.r7g.xlarge', 'db.r7g.2xlarge', 'db.r7g.4xlarge'],
    ]);
    const [small] = risingValues(
      instanceClass({ reason }),
      'r7g.large.search',
      'r7g.medium.search',
    ) as string[][];
    expect(small!.map((name) => partsOf(name)!.size)).toEqual(['medium', 'large']);
  });

  it('of a Fargate size hold the sizes of its ratio', () => {
    expect(
      risingValues(fargateSize({ reason }), { cpu: 1024, memoryMiB: 4096 }, { cpu: 512, memoryMiB: 2048 }),
    ).toEqual([
      [
        { cpu: 256, memoryMiB: 1024 },
        { cpu: 512, memoryMiB: 2048 },
        { cpu: 1024, memoryMiB: 4096 },
      ],
    ]);
  });

  it('of a range let each end grow alone, beside production’s other end and beside the scaled one', () => {
    expect(risingValues(autoscalingRange({ reason }), { min: 3, max: 5 }, { min: 2, max: 4 })).toEqual([
      [
        { min: 2, max: 5 },
        { min: 3, max: 5 },
      ],
      [
        { min: 2, max: 4 },
        { min: 3, max: 4 },
      ],
      [
        { min: 3, max: 4 },
        { min: 3, max: 5 },
      ],
      [
        { min: 2, max: 3 },
        { min: 2, max: 4 },
        { min: 2, max: 5 },
      ],
      [],
    ]);
  });

  it('of a range that cannot move let both ends grow together', () => {
    const rows = risingValues(autoscalingRange({ reason }), { min: 4, max: 4 }, { min: 2, max: 2 });
    expect(rows.at(-1)).toEqual([
      { min: 2, max: 2 },
      { min: 3, max: 3 },
      { min: 4, max: 4 },
    ]);
  });
});
