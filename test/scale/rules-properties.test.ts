import {
  anything,
  assert,
  constant,
  constantFrom,
  integer,
  jsonValue,
  nat,
  oneof,
  property,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { FACTOR_KINDS, type Factor, type FactorKind, type ValueOf } from '../../lib/scale/kinds';
import { checkShape, checkValue } from '../../lib/scale/rules';
import { FARGATE_CPU, fargateMemory, partsOf, sizeRank } from '../../lib/scale/sizes';

const factorOf = (kind: FactorKind): Factor => ({ kind, reason: 'Staging is smaller.' });
const isLegal = (kind: FactorKind, value: unknown): boolean =>
  checkValue('x', factorOf(kind), value).length === 0;
const keepsShape = (kind: FactorKind, prod: unknown, scaled: unknown): boolean =>
  checkShape('x', factorOf(kind), prod, scaled).length === 0;

/** Few enough values of each kind that two of them often are alike, and often not. */
const className = tuple(
  constantFrom('r7g', 'r6g', 't4g', 'm7i'),
  constantFrom('medium', 'large', 'xlarge', '4xlarge', 'metal'),
).map((parts) => parts.join('.'));
const ends = tuple(nat(5), nat(5)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const LEGAL: { readonly [K in FactorKind]: Arbitrary<ValueOf[K]> } = {
  count: nat(5),
  replicas: nat(5),
  shards: integer({ min: 1, max: 5 }),
  concurrency: nat(5),
  storage: integer({ min: 1, max: 5 }),
  throughput: integer({ min: 1, max: 5 }),
  memory: integer({ min: 1, max: 5 }),
  duration: nat(5),
  instanceClass: tuple(className, constantFrom('', 'db.'), constantFrom('', '.search')).map(
    ([name, prefix, suffix]) => prefix + name + suffix,
  ),
  cacheNode: className.map((name) => `cache.${name}`),
  fargateSize: constantFrom(...FARGATE_CPU).chain((cpu) =>
    constantFrom(...fargateMemory(cpu)).map((memoryMiB) => ({ cpu, memoryMiB })),
  ),
  autoscalingRange: ends.filter(([, max]) => max > 0).map(([min, max]) => ({ min, max })),
  groupSize: tuple(nat(4), nat(4), nat(4))
    .map((numbers) => numbers.sort((a, b) => a - b))
    .filter(([, , max]) => max > 0)
    .map(([min, desired, max]) => ({ min, desired, max })),
  throughputRange: ends.map(([min, max]) => ({ min: 1 + min, max: 1 + max })),
  capacityRange: ends.map(([min, max]) => ({ minAcu: min / 2, maxAcu: 1 + max / 2 })),
};

const plurality = (n: number): number => Math.min(n, 2);

/** What a scaling must keep, said without the rules. */
const KEEPS: { readonly [K in FactorKind]: (prod: ValueOf[K], scaled: ValueOf[K]) => boolean } = {
  count: keepsCount,
  replicas: keepsCount,
  shards: keepsCount,
  concurrency: keepsCount,
  storage: isNoMore,
  throughput: isNoMore,
  memory: isNoMore,
  duration: (prod, scaled) => isNoMore(prod, scaled) && (prod === 0) === (scaled === 0),
  instanceClass: keepsClass,
  cacheNode: keepsClass,
  fargateSize: (prod, scaled) =>
    scaled.cpu <= prod.cpu && scaled.memoryMiB * prod.cpu === prod.memoryMiB * scaled.cpu,
  autoscalingRange: (prod, scaled) =>
    keepsCount(prod.min, scaled.min) &&
    keepsCount(prod.max, scaled.max) &&
    (prod.min === prod.max) === (scaled.min === scaled.max),
  groupSize: (prod, scaled) =>
    keepsCount(prod.min, scaled.min) &&
    keepsCount(prod.desired, scaled.desired) &&
    keepsCount(prod.max, scaled.max) &&
    (prod.min === prod.max) === (scaled.min === scaled.max),
  throughputRange: (prod, scaled) =>
    isNoMore(prod.min, scaled.min) &&
    isNoMore(prod.max, scaled.max) &&
    (prod.min === prod.max) === (scaled.min === scaled.max),
  capacityRange: (prod, scaled) =>
    scaled.minAcu <= prod.minAcu &&
    scaled.maxAcu <= prod.maxAcu &&
    (prod.minAcu === 0) === (scaled.minAcu === 0) &&
    (prod.minAcu === prod.maxAcu) === (scaled.minAcu === scaled.maxAcu),
};

function isNoMore(prod: number, scaled: number): boolean {
  return scaled <= prod;
}

function keepsCount(prod: number, scaled: number): boolean {
  return plurality(prod) === plurality(scaled) && scaled <= prod;
}

function keepsClass(prod: string, scaled: string): boolean {
  const [p, s] = [partsOf(prod)!, partsOf(scaled)!];
  return (
    p.family === s.family &&
    p.service === s.service &&
    p.suffix === s.suffix &&
    sizeRank(s.size) <= sizeRank(p.size)
  );
}

describe.each(FACTOR_KINDS)('%s', (kind) => {
  const legal: Arbitrary<unknown> = LEGAL[kind];
  const keeps = KEEPS[kind] as (prod: unknown, scaled: unknown) => boolean;

  it('takes every legal value, and each is a legal scaling of itself', () => {
    assert(
      property(legal, (value) => {
        expect([isLegal(kind, value), keepsShape(kind, value, value)]).toEqual([true, true]);
      }),
    );
  });

  it('keeps plurality, family, ratio and motion, and never grows: that, and no more', () => {
    assert(
      property(legal, legal, (prod, scaled) => {
        expect(keepsShape(kind, prod, scaled)).toBe(keeps(prod, scaled));
      }),
      { numRuns: 400 },
    );
  });

  it('may be scaled in one step where it may in two', () => {
    assert(
      property(legal, legal, legal, (prod, between, scaled) => {
        const isInTwo = keepsShape(kind, prod, between) && keepsShape(kind, between, scaled);
        expect(!isInTwo || keepsShape(kind, prod, scaled)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('answers for any JSON and any other value, and never throws', () => {
    assert(
      property(oneof(jsonValue(), anything({ withBigInt: true, withNullPrototype: true })), (value) => {
        for (const { factor, rule, message, fix } of checkValue('x', factorOf(kind), value)) {
          expect([factor, rule, message, fix]).toEqual([
            'x',
            expect.stringMatching(/^(form|legal)$/),
            expect.stringMatching(/^x: got /),
            expect.stringMatching(/^[A-Z].*\.$/s),
          ]);
        }
      }),
    );
  });

  it('changes neither value that it looks at', () => {
    assert(
      property(legal, legal, (prod, scaled) => {
        const before = structuredClone([prod, scaled]);
        keepsShape(kind, prod, scaled);
        expect([prod, scaled]).toEqual(before);
      }),
    );
  });

  it('shows every violation in words that name the factor and end in an imperative', () => {
    assert(
      property(legal, legal, (prod, scaled) => {
        for (const { factor, message, fix } of checkShape('x', factorOf(kind), prod, scaled)) {
          expect([factor, message, fix]).toEqual([
            'x',
            expect.stringMatching(/^x: got /),
            expect.stringMatching(/^(Keep|Use|Choose) [^]*\.$/),
          ]);
        }
      }),
    );
  });
});

test('a Fargate size is legal exactly when Fargate offers it', () => {
  const cpus = oneof(constantFrom(...FARGATE_CPU), integer({ min: -1, max: 20_000 }));
  const memories = oneof(
    integer({ min: 0, max: 130 }).map((gib) => gib * 1024),
    constant(512),
    integer({ min: 0, max: 130_000 }),
  );
  assert(
    property(cpus, memories, (cpu, memoryMiB) => {
      expect(isLegal('fargateSize', { cpu, memoryMiB })).toBe(fargateMemory(cpu).includes(memoryMiB));
    }),
    { numRuns: 1000 },
  );
});

test('production is always told a Fargate size that keeps its ratio', () => {
  assert(
    property(LEGAL.fargateSize, LEGAL.fargateSize, (prod, scaled) => {
      const ratio = checkShape('x', factorOf('fargateSize'), prod, scaled).find(
        ({ rule }) => rule === 'ratio',
      );
      const told = [...(ratio?.fix ?? '').matchAll(/(\d+) CPU units with (\d+) MiB/g)];
      expect(told.length > 0).toBe(ratio !== undefined);
      for (const [, cpu, memoryMiB] of told) {
        const size = { cpu: Number(cpu), memoryMiB: Number(memoryMiB) };
        expect([isLegal('fargateSize', size), keepsShape('fargateSize', prod, size)]).toEqual([true, true]);
      }
    }),
  );
});
