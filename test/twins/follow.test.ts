import fc from 'fast-check';
import { showExpression } from '../../lib/parity/text';
import { follow } from '../../lib/twins/follow';

/** What follows from the values of two factors. */
const found = (numbers: readonly number[], a: readonly number[], b: readonly number[] = a.map(() => 7)) => {
  const followed = follow(
    numbers,
    a.map(
      (value, i) =>
        new Map<string, number | string>([
          ['a', value],
          ['b', b[i]!],
          ['class', 'r7g.large'],
        ]),
    ),
  );
  return followed.expression ? showExpression(followed.expression) : followed.why;
};
const A = [5, 3, 2, 9, 4, 12];
const B = [8, 4, 9, 2, 16, 3];
const none = 'it follows no scale factor';

describe('numbers follow', () => {
  it.each<[string, (a: number, b: number) => number]>([
    ['a', (a) => a],
    ['1 + a', (a) => 1 + a],
    ['512 * a', (a) => 512 * a],
    ['0.8 * a', (a) => 0.8 * a],
    ['-1 + 2 * a', (a) => 2 * a - 1],
    ['b', (_, b) => b],
    ['min(4, a)', (a) => Math.min(4, a)],
    ['max(4, a)', (a) => Math.max(4, a)],
    ['min(50, 10 * a)', (a) => Math.min(50, 10 * a)],
  ])('%s', (expected, of) => {
    expect(
      found(
        A.map((a, i) => of(a, B[i]!)),
        A,
        B,
      ),
    ).toBe(expected);
  });

  it.each<[string, (a: number, b: number) => number]>([
    ['a line that falls', (a) => 100 - a],
    ['a square', (a) => a * a],
    ['a product', (a, b) => a * b],
    ['a sum of two factors', (a, b) => a + b],
    ['a threshold', (a) => (a > 4 ? 100 : 10)],
    ['half of it, rounded', (a) => Math.ceil(a / 2)],
    ['whether it is odd', (a) => a % 2],
    ['one value that is another one', (a) => (a === 9 ? 10 : a)],
  ])('nothing when they are %s', (_, of) => {
    expect(
      found(
        A.map((a, i) => of(a, B[i]!)),
        A,
        B,
      ),
    ).toBe(none);
  });

  it('nothing but the very value when there are only two: two points lie on any line', () => {
    expect(found([5, 3, 5, 3], [5, 3, 5, 3])).toBe('a');
    expect(found([50, 30, 50, 30], [5, 3, 5, 3])).toBe(none);
    expect(found([6, 4, 6, 4], [5, 3, 5, 3])).toBe(none);
  });

  it('nothing when one value was seen beside two numbers', () => {
    expect(found([5, 3, 9, 2, 3], [5, 3, 9, 2, 2])).toBe(none);
  });

  it('the simplest of several functions', () => {
    expect(found([5, 3, 9], [5, 3, 9], [10, 6, 18])).toBe('a');
    expect(found([10, 6, 18], [5, 3, 9], [9, 5, 17])).toBe('2 * a');
  });

  it('whatever rising line they lie on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 0, max: 999 }), (factor, offset) => {
        const expression = follow(
          A.map((a) => offset + factor * a),
          A.map(
            (a, i) =>
              new Map([
                ['a', a],
                ['b', B[i]!],
              ]),
          ),
        ).expression;
        expect({ factor: 1, offset: 0, ...expression }).toEqual({ name: 'a', factor, offset });
      }),
    );
  });
});
