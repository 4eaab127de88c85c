import { follow } from '../../lib/twins/experiments/follow';

const scales = (name: string, values: readonly number[]) => values.map((value) => new Map([[name, value]]));
const own = (name: string): readonly string[] => [name];
const shown = (numbers: readonly number[], values: readonly number[]) => {
  const { expression } = follow(numbers, scales('n', values), own);
  return expression;
};

it.each([
  ['its own value', [4, 2, 3, 5], { name: 'n' }],
  ['a sum', [5, 3, 4, 6], { name: 'n', factor: 1, offset: 1 }],
  ['a product', [2048, 1024, 1536, 2560], { name: 'n', factor: 512, offset: 0 }],
  ['a fraction', [3.2, 1.6, 2.4, 4], { name: 'n', factor: 0.8, offset: 0 }],
  ['an upper limit', [3, 2, 3, 3], { name: 'n', limit: { by: 'min', value: 3 } }],
  ['a lower limit', [4, 3, 3, 5], { name: 'n', limit: { by: 'max', value: 3 } }],
])('numbers follow a factor as %s', (_, numbers, expression) => {
  expect(shown(numbers, [4, 2, 3, 5])).toEqual(expression);
});

it.each([
  ['a table', [10, 900, 30, 20]],
  ['a step', [8443, 443, 443, 8443]],
  ['a falling line', [2, 4, 3, 1]],
  ['a square', [16, 4, 9, 25]],
  ['a line that one number leaves', [5, 3, 4, 7]],
])('numbers that follow a factor by %s follow nothing', (_, numbers) => {
  expect(shown(numbers, [4, 2, 3, 5])).toBeUndefined();
});

it('two values show no line: any two numbers lie on one', () => {
  expect(shown([8, 4], [4, 2])).toBeUndefined();
  expect(shown([4, 2], [4, 2])).toEqual({ name: 'n' });
});

it('says which other factor the numbers follow just as well, unless the two have a source in common', () => {
  const two = [4, 2, 3, 5].map((value) => new Map([['n', value] as const, ['m', value] as const]));
  expect(follow([4, 2, 3, 5], two, own)).toMatchObject({ expression: { name: 'n' }, rivals: ['m'] });
  expect(follow([4, 2, 3, 5], two, () => ['n'])).toMatchObject({ rivals: [] });
});

it.each([
  ['a limit that too few numbers leave above', [24, 24, 25, 26], [{ name: 'n', side: 'above', of: 3 }]],
  ['a limit that too few numbers leave below', [8, 9, 10, 10], [{ name: 'n', side: 'below', of: 4 }]],
  [
    'a step, which may be a limit',
    [1, 1, 7, 7],
    [
      { name: 'n', side: 'above', of: 3 },
      { name: 'n', side: 'below', of: 4 },
    ],
  ],
  ['numbers that fall', [26, 25, 24, 24], []],
  ['a table', [10, 30, 20, 900], []],
])('says at what values one more instance would tell %s', (_, numbers, wanted) => {
  expect(follow(numbers, scales('n', [2, 3, 4, 5]), own)).toEqual({
    why: 'it follows no scale factor',
    wanted,
    isScarce: wanted.length > 0,
  });
});

it.each([
  [[25, 26], [5, 6], true],
  [[26, 25], [5, 6], false],
  [[25, 25], [5, 5], false],
  [[25, 26, 28], [5, 6, 7], false],
])('%j at %j are too few to tell: %j', (numbers, values, isScarce) => {
  expect(follow(numbers, scales('n', values), own)).toMatchObject({ isScarce });
});

describe('numbers follow the product of several factors, where none alone gives them', () => {
  const all = { shards: [4, 2, 5, 3, 6, 8], zones: [3, 2, 5, 6, 4, 1], copies: [2, 3, 1, 4, 5, 2] };
  const scaled = [0, 1, 2, 3, 4, 5].map(
    (i) => new Map(Object.entries(all).map(([name, values]) => [name, values[i]!])),
  );
  const made = (number: (at: (name: keyof typeof all) => number) => number) =>
    follow(
      [0, 1, 2, 3, 4, 5].map((i) => number((name) => all[name][i]!)),
      scaled,
      own,
    );

  it('of two or three, and times a number', () => {
    expect(made((at) => at('shards') * at('zones'))).toEqual({
      expression: { name: 'shards', times: ['zones'] },
      rivals: [],
    });
    expect(made((at) => 2 * at('shards') * at('copies')).expression).toEqual({
      name: 'shards',
      times: ['copies'],
      factor: 2,
    });
    expect(made((at) => at('shards') * at('zones') * at('copies')).expression).toEqual({
      name: 'shards',
      times: ['zones', 'copies'],
    });
  });

  it('but none with one more or less, and of no factor twice', () => {
    expect(
      made((at) => at('shards') * at('zones') - (at('shards') === 4 ? 1 : 0)).expression,
    ).toBeUndefined();
    expect(made((at) => at('shards') * at('shards')).expression).toBeUndefined();
  });
});
