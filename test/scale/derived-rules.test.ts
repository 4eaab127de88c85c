import { assert, constantFrom, integer, property, tuple } from 'fast-check';
import { TwinError } from '../../lib/error';
import { defineScale } from '../../lib/scale/definition';
import type { DerivedValues } from '../../lib/scale/derived';
import {
  autoscalingRange,
  count,
  duration,
  fargateSize,
  instanceClass,
  storage,
  type AutoscalingRange,
  type FargateSize,
} from '../../lib/scale/kinds';
import { auroraMaxConnections, documentDbLimits, partsOf } from '../../lib/scale/sizes';
import { thrown } from './thrown';

const reason = 'Staging is smaller.';
const factors = {
  n: count({ reason }),
  m: count({ reason }),
  o: count({ reason }),
  disk: storage({ reason }),
  ttl: duration({ reason }),
  size: fargateSize({ reason }),
  tasks: autoscalingRange({ reason }),
  dbClass: instanceClass({ reason }),
};
const prod = {
  n: 6,
  m: 6,
  o: 6,
  disk: 500,
  ttl: 3600,
  size: { cpu: 1024, memoryMiB: 2048 },
  tasks: { min: 4, max: 20 },
  dbClass: 'r7g.4xlarge',
};
const smaller = {
  n: 2,
  m: 2,
  o: 2,
  disk: 40,
  ttl: 60,
  size: { cpu: 512, memoryMiB: 1024 },
  tasks: { min: 2, max: 5 },
  dbClass: 'r7g.large',
};

interface Values {
  readonly n: number;
  readonly m: number;
  readonly o: number;
  readonly disk: number;
  readonly ttl: number;
  readonly size: FargateSize;
  readonly tasks: AutoscalingRange;
  readonly dbClass: string;
}
type Derive = (values: Values) => unknown;

/** What is derived in the smaller environment. */
function derived(
  from: readonly string[],
  value: Derive,
  change: object = {},
  largerBecause?: string,
): unknown {
  const all = { x: { from, value, largerBecause } } as unknown as DerivedValues<typeof factors>;
  return defineScale(factors, { derived: all }).bindScaled('Staging', prod, { ...smaller, ...change }).scale[
    'x'
  ];
}

/** What is said of a derived value that follows no scale: the message without its beginning, and the fix. */
function refused(...args: Parameters<typeof derived>): readonly [ends: string, message: string, fix: string] {
  const { code, message, fix } = thrown(() => derived(...args));
  expect(code).toBe('derived-switch');
  const [, ends, detail] = /^the derived value "x" does not follow its factors: (.*?); (.*)$/s.exec(message)!;
  return [ends!, detail!, fix];
}

describe('a derived value', () => {
  test.each<[string, string[], Derive, unknown]>([
    ['a constant', ['n'], () => 443, 443],
    ['a multiple', ['n'], ({ n }) => n * 512, 1024],
    ['one more', ['n'], ({ n }) => 1 + n, 3],
    ['a rounding up', ['n'], ({ n }) => 1 + Math.ceil(n / 2), 2],
    ['a limit', ['n'], ({ n }) => Math.min(n, 3), 2],
    ['a product', ['n', 'm'], ({ n, m }) => n * (1 + m), 6],
    ['a share', ['disk'], ({ disk }) => disk * 0.8, 32],
    ['a rounding of very many values', ['disk'], ({ disk }) => Math.ceil(disk * 0.8), 32],
    ['vCPUs, which are fractions', ['size'], ({ size }) => size.cpu / 1024, 0.5],
    ['GiB, which are fractions elsewhere', ['size'], ({ size }) => size.memoryMiB / 1024, 1],
    ['a part of a range', ['tasks'], ({ tasks }) => 10 * tasks.max, 50],
    ['both parts of a range', ['tasks'], ({ tasks }) => tasks.min + tasks.max, 7],
    ['the middle of a range', ['tasks'], ({ tasks }) => Math.ceil((tasks.min + tasks.max) / 2), 4],
    ['connections', ['dbClass'], ({ dbClass }) => auroraMaxConnections(dbClass) / 2, 901],
    ['connections of DocumentDB', ['dbClass'], ({ dbClass }) => documentDbLimits(dbClass).connections, 3400],
    ['cursors', ['dbClass'], ({ dbClass }) => documentDbLimits(dbClass).cursors, 450],
    ['a number in a text', ['size'], ({ size }) => `-Xmx${0.75 * size.memoryMiB}m -Xss1m`, '-Xmx768m -Xss1m'],
    ['two numbers in a text', ['n', 'm'], ({ n, m }) => `${n}:${m * 2}`, '2:4'],
    ['a class in a text', ['dbClass'], ({ dbClass }) => `db.${dbClass}`, 'db.r7g.large'],
    [
      'a size in a text',
      ['dbClass'],
      ({ dbClass }) => `${partsOf(dbClass)!.size} of 2xlarges`,
      'large of 2xlarges',
    ],
    ['a word like a size', ['dbClass'], ({ dbClass }) => `a large ${dbClass}`, 'a large r7g.large'],
    ['a constant with the noise of floating-point arithmetic', ['n'], ({ n }) => (0.1 * n) / n, 0.1],
    ['a duration', ['ttl'], ({ ttl }) => ttl * 2, 120],
  ])('may be %s', (_, from, value, result) => {
    expect(derived(from, value)).toBe(result);
  });

  it('is tried with the class of production, however large', () => {
    expect(derived(['dbClass'], ({ dbClass }) => `db.${dbClass}`, { dbClass: prod.dbClass })).toBe(
      'db.r7g.4xlarge',
    );
  });

  it.each([1, 2, 5.5, 1000])('may be %d times as much as its factor, whatever the numbers', (times) => {
    assert(
      property(
        tuple(integer({ min: 2, max: 2000 }), integer({ min: 2, max: 2000 })).map(([a, b]) => [
          Math.max(a, b),
          Math.min(a, b),
        ]),
        constantFrom(0, 1, 7),
        ([p, s], more) => {
          const all = defineScale(
            { n: count({ reason }) },
            { derived: { x: { from: ['n'], value: ({ n }) => more + n * times } } },
          );
          expect(all.bindScaled('Staging', { n: p! }, { n: s! }).scale.x).toBe(more + s! * times);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a switch', () => {
  const follow =
    'Derive it in proportion to the factor, such as a number for each: what turns something on or off is no scale.';

  test.each<[string, Derive, string, string]>([
    [
      'a step',
      ({ n }) => (n > 3 ? 8443 : 443),
      'it is 8443 in production and 443 in "Staging"',
      'it goes from 443 to 8443 between n 3 and n 4, more than n changes',
    ],
    [
      'a table',
      ({ n }) => [0, 0, 10, 11, 12, 900, 901][n],
      'it is 901 in production and 10 in "Staging"',
      'it goes from 12 to 900 between n 4 and n 5, more than n changes',
    ],
    [
      'a power',
      ({ n }) => 10 ** n,
      'it is 1000000 in production and 100 in "Staging"',
      'it goes from 100 to 1000 between n 2 and n 3, more than n changes',
    ],
    [
      'something from nothing',
      ({ n }) => (n < 4 ? 0 : n - 2),
      'it is 4 in production and 0 in "Staging"',
      'it goes from 0 to 2 between n 3 and n 4, more than n changes',
    ],
  ])('is refused as %s', (_, value, ends, message) => {
    expect(refused(['n'], value)).toEqual([ends, message, follow]);
  });

  it('that neither environment shows is refused as well', () => {
    expect(refused(['n'], ({ n }) => (n === 3 ? 99 : 9), {}, 'It may.')).toEqual([
      'it is 9 in production and 9 in "Staging"',
      'it goes from 9 to 99 between n 2 and n 3, but it goes from 99 to 9 between n 3 and n 4',
      'Let it only rise, or only fall, as n grows.',
    ]);
  });

  it('shows with the other factors as the scaled environment has them', () => {
    const value: Derive = ({ n, m }) => (m < 4 && n > 3 ? 500 : 100 + n);
    expect(refused(['n', 'm'], value)[1]).toBe(
      'it goes from 103 to 500 between n 3 and n 4 (with m 2), more than n changes',
    );
  });

  it('shows with the other factors as production has them', () => {
    const value: Derive = ({ n, m }) => (m > 4 && n > 3 ? 500 : 100 + n);
    expect(refused(['n', 'm'], value)[1]).toBe(
      'it goes from 103 to 500 between n 3 and n 4 (with m 6), more than n changes',
    );
    const inEachOther: Derive = ({ n, m }) => (m === 6 && n === 3 ? 500 : 100);
    expect(refused(['n', 'm'], inEachOther, {}, 'It may.')[0]).toBe(
      'it is 100 in production and 100 in "Staging"',
    );
  });

  it('of one part of a range shows whichever part it is', () => {
    expect(refused(['tasks'], ({ tasks }) => (tasks.max > 9 ? 99 : 9))[1]).toBe(
      'it goes from 9 to 99 between tasks {"min":4,"max":9} and tasks {"min":4,"max":10}, more than tasks changes',
    );
    expect(refused(['tasks'], ({ tasks }) => (tasks.min > 2 ? 99 : 9))[1]).toBe(
      'it goes from 9 to 99 between tasks {"min":2,"max":20} and tasks {"min":3,"max":20}, more than tasks changes',
    );
  });

  it('of a class is more than its sizes differ by', () => {
    const value: Derive = ({ dbClass }) => (dbClass.endsWith('.large') ? 100 : 250);
    expect(refused(['dbClass'], value)[1]).toBe(
      'it goes from 100 to 250 between dbClass "r7g.large" and dbClass "r7g.xlarge", more than dbClass changes',
    );
    expect(derived(['dbClass'], ({ dbClass }) => (dbClass.endsWith('.large') ? 100 : 230))).toBe(100);
  });

  it('hides in no gap between the values that are tried of very many', () => {
    for (const at of [3, 77, 300, 499]) {
      expect(refused(['disk'], ({ disk }) => (disk > at ? 20_000 : 3_000))[1]).toMatch(
        /^it goes from 3000 to 20000 between disk \d+ and disk \d+, more than disk changes$/,
      );
    }
  });

  it('in a text is one in each of its numbers', () => {
    expect(refused(['n'], ({ n }) => `port ${n > 3 ? 8443 : 443}, ${n} threads`)).toEqual([
      'it is "port 8443, 6 threads" in production and "port 443, 2 threads" in "Staging"',
      'it goes from "port 443, 3 threads" to "port 8443, 4 threads" between n 3 and n 4, more than n changes',
      follow,
    ]);
  });
});

describe('a derived value that falls', () => {
  const value: Derive = ({ n }) => 60 / n;

  it('is refused', () => {
    expect(refused(['n'], value)).toEqual([
      'it is 10 in production and 30 in "Staging"',
      'it goes from 30 to 20 between n 2 and n 3, so that it is larger where n is smaller',
      'Derive it so that it grows with the factor, or say in largerBecause why it may be larger.',
    ]);
  });

  it('may say why', () => {
    expect(derived(['n'], value, {}, 'Each of fewer workers waits longer.')).toBe(30);
  });

  it('may not rise as well, and may not jump, whatever it says', () => {
    const because = 'Each of fewer workers waits longer.';
    expect(refused(['n'], ({ n }) => 20 + Math.abs(n - 4), {}, because)).toEqual([
      'it is 22 in production and 22 in "Staging"',
      'it goes from 20 to 21 between n 4 and n 5, but it goes from 22 to 21 between n 2 and n 3',
      'Let it only rise, or only fall, as n grows.',
    ]);
    expect(refused(['n'], ({ n }) => (n > 3 ? 443 : 8443), {}, because)[1]).toBe(
      'it goes from 8443 to 443 between n 3 and n 4, more than n changes',
    );
  });

  it('is one that is larger where several factors are smaller', () => {
    const bySmall: Derive = ({ n, m, o }) => [5, 5, 9, 8][[n, m, o].filter((it) => it === 2).length];
    expect(refused(['n', 'm', 'o'], bySmall)).toEqual([
      'it is 5 in production and 8 in "Staging"',
      "it is larger than production's",
      'Derive it so that it grows with its factors, or say in largerBecause why it may be larger.',
    ]);
    expect(derived(['n', 'm', 'o'], bySmall, {}, 'It may.')).toBe(8);
  });
});

describe('none, one and many', () => {
  test.each<[string, Derive, number, number]>([
    ['one of many', ({ n }) => Math.ceil(n / 2), 3, 1],
    ['none of many', ({ n }) => n - 2, 4, 0],
    ['none of one', ({ n }) => (n > 3 ? 1 : 0), 1, 0],
  ])('are kept: not %s', (_, value, p, s) => {
    expect(refused(['n'], value)).toEqual([
      `it is ${p} in production and ${s} in "Staging"`,
      `none stays none, one stays one and many stay many, but ${s} is not like ${p}`,
      'Derive it so that "Staging" keeps what production has, or give the factors values that do.',
    ]);
  });

  it('are kept by other values of the same derivation', () => {
    expect(derived(['n'], ({ n }) => Math.ceil(n / 2), { n: 4 })).toBe(2);
  });
});

describe('the text of a derived value', () => {
  const fix =
    'Derive a number, or a text in which nothing but numbers and the size of a class follow the factor.';

  test.each<[string, string[], Derive, string]>([
    [
      'another word',
      ['n'],
      ({ n }) => (n > 3 ? 'on' : 'off'),
      'it is "off" with n 2 and "on" with n 6, which differ in more than numbers and the size of a class',
    ],
    [
      'another word, whichever factor it comes from',
      ['n', 'm'],
      ({ n, m }) => `${n} ${m > 3 ? 'on' : 'off'}`,
      'it is "2 off" with n 2, m 2 and "6 on" with n 6, m 6, which differ in more than numbers and the size of a class',
    ],
    [
      'more words',
      ['n'],
      ({ n }) => 'x'.repeat(n),
      'it is "xx" with n 2 and "xxxxxx" with n 6, which differ in more than numbers and the size of a class',
    ],
    [
      'more words where the factor is smaller',
      ['n'],
      ({ n }) => 'x'.repeat(8 - n),
      'it is "xxxxxx" with n 2 and "xx" with n 6, which differ in more than numbers and the size of a class',
    ],
    [
      'a number that is a text elsewhere',
      ['n'],
      ({ n }) => (n > 3 ? '7' : 7),
      'it is 7 with n 2 and "7" with n 6, which differ in more than numbers and the size of a class',
    ],
    [
      'the size of no factor of its own',
      ['n'],
      ({ n }) => (n > 3 ? 'r7g.xlarge' : 'r7g.large'),
      'it is "r7g.large" with n 2 and "r7g.xlarge" with n 6, which differ in more than numbers and the size of a class',
    ],
    [
      'another size than its class has',
      ['dbClass'],
      ({ dbClass }) => (dbClass === 'r7g.large' ? 'medium' : partsOf(dbClass)!.size),
      'it is "medium" with dbClass "r7g.large" and "4xlarge" with dbClass "r7g.4xlarge", which differ in more than numbers and the size of a class',
    ],
  ])('may not have %s', (_, from, value, message) => {
    expect(refused(from, value).slice(1)).toEqual([message, fix]);
  });
});

describe('a derived value that is not there for every legal value', () => {
  it.each<[Derive, string]>([
    [
      ({ n }) => ({ 6: 512, 2: 2048 })[n],
      'the derived value "x" is undefined for n 3; allowed is a finite number or a string, the same each time',
    ],
    [
      ({ n }) => {
        if (n === 5) throw new Error('five is right out');
        return n;
      },
      'the derived value "x" has no value for n 5: five is right out',
    ],
  ])('is refused, with the value', (value, message) => {
    expect(thrown(() => derived(['n'], value))).toMatchObject({ code: 'derived-value', message });
  });

  it('is not tried above production', () => {
    expect(
      derived(['n'], ({ n }) => {
        if (n > 6) throw new TwinError({ code: 'unknown-class', message: 'x', fix: 'x' });
        return n;
      }),
    ).toBe(2);
  });

  it('may not change what it is given', () => {
    const given = { ...smaller, tasks: { min: 2, max: 5 } };
    const value: Derive = ({ tasks }) => {
      expect(Object.isFrozen(tasks)).toBe(true);
      return tasks.max;
    };
    expect(derived(['tasks'], value, given)).toBe(5);
    expect(Object.isFrozen(given.tasks)).toBe(false);
  });
});

describe('between two productions', () => {
  const beside = (from: readonly string[], value: Derive, change: object, first: object = {}): unknown => {
    const all = { x: { from, value } } as unknown as DerivedValues<typeof factors>;
    const values = { ...prod, ...first };
    return defineScale(factors, { derived: all }).bindBeside(
      'ProdEu',
      { id: 'ProdUs', values },
      { ...values, ...change },
    ).scale['x'];
  };

  test.each<[string, string[], Derive, object, unknown]>([
    ['larger', ['n'], ({ n }) => 2 * n, { n: 12 }, 24],
    [
      'larger, where a class is',
      ['dbClass'],
      ({ dbClass }) => `db.${dbClass}`,
      { dbClass: 'r7g.8xlarge' },
      'db.r7g.8xlarge',
    ],
    ['smaller where its factor is larger', ['n'], ({ n }) => Math.ceil(600 / n), { n: 12 }, 50],
    ['of two factors that go two ways', ['n', 'm'], ({ n, m }) => n + m, { n: 12, m: 2 }, 14],
  ])('a derived value may be %s', (_, from, value, change, result) => {
    expect(beside(from, value, change)).toBe(result);
  });

  test.each<[string, string[], Derive, object, RegExp]>([
    ['a jump above the first', ['n'], ({ n }) => (n > 8 ? 900 : n), { n: 12 }, /more than n changes/],
    ['what rises and falls', ['n'], ({ n }) => 20 + Math.abs(n - 9), { n: 12 }, /but it goes from/],
    ['none beside some', ['n'], ({ n }) => Math.max(0, n - 6), { n: 8 }, /none stays none/],
    ['another text', ['n'], ({ n }) => (n > 8 ? 'many' : 'few'), { n: 12 }, /differ in more than numbers/],
  ])('and not %s', (_, from, value, change, message) => {
    const { code, message: told } = thrown(() => beside(from, value, change));
    expect(code).toBe('derived-switch');
    expect(told).toMatch(/ in "ProdUs" and .* in "ProdEu"; /);
    expect(told).toMatch(message);
  });
});
