import * as fc from 'fast-check';
import {
  evaluateExpression,
  fill,
  fillsTo,
  literal,
  namesIn,
  placeholder,
  placeholdersOf,
  readExpression,
  round,
  showExpression,
  type Expression,
} from '../../lib/parity/text';

const values = (of: Readonly<Record<string, number | string>>) => new Map(Object.entries(of));

const number = fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom(0.5, 0.1, 1e-7, 1e21, -2.25));
const name = fc.constantFrom(
  'readers',
  'webSize.cpu',
  'a-b',
  'name.lower',
  'generated.12',
  'tag.cost center/é+@=:',
);
const expression: fc.Arbitrary<Expression> = fc.record(
  {
    name,
    factor: number.filter((n) => n !== 1),
    offset: number.filter((n) => n !== 0),
    limit: fc.record({ by: fc.constantFrom('min' as const, 'max' as const), value: number }),
  },
  { requiredKeys: ['name'], noNullPrototype: true },
);
const anyText = fc
  .array(fc.constantFrom('$', '{', '}', '!', '${', '${!', '${name}', 'x', ' ', '\n'))
  .map((it) => it.join(''));

describe('an expression', () => {
  it.each<[Expression, string]>([
    [{ name: 'readers' }, 'readers'],
    [{ name: 'readers', factor: 1, offset: 0 }, 'readers'],
    [{ name: 'readers', offset: 1 }, '1 + readers'],
    [{ name: 'readers', offset: -1 }, '-1 + readers'],
    [{ name: 'readers', factor: 512 }, '512 * readers'],
    [{ name: 'readers', factor: 0.5, offset: 2 }, '2 + 0.5 * readers'],
    [{ name: 'zones', limit: { by: 'min', value: 3 } }, 'min(3, zones)'],
    [{ name: 'zones', factor: 2, offset: 1, limit: { by: 'max', value: 3 } }, 'max(3, 1 + 2 * zones)'],
  ])('%j is written as %j', (it, text) => {
    expect(showExpression(it)).toBe(text);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(expression, (it) => {
        expect(readExpression(showExpression(it))).toEqual(it);
      }),
    );
  });

  it.each([
    '',
    '3',
    '1 +',
    '1 + 2',
    '2 * 3 * readers',
    'readers * 2',
    'readers + readers * 2',
    'min(3, readers',
    'min(readers)',
    'readers)',
    'sum(1, readers)',
    'min(3, min(2, readers))',
    ' readers',
    'readers\nreaders',
  ])('is not what is written as %j', (text) => {
    expect(readExpression(text)).toBeUndefined();
  });

  it.each<[string, number | string | undefined]>([
    ['readers', 3],
    ['1 + readers', 4],
    ['512 * readers', 1536],
    ['min(3, 1 + readers)', 3],
    ['max(3, 1 + readers)', 4],
    ['0.1 * readers', 0.3],
    ['class', 'large'],
    ['1 + class', undefined],
    ['2 * class', undefined],
    ['min(3, class)', undefined],
    ['writers', undefined],
    ['constructor', undefined],
  ])('%j comes to what its name stands for', (text, result) => {
    const scale = values({ readers: 3, class: 'large' });
    expect(evaluateExpression(readExpression(text)!, scale)).toBe(result);
  });
});

describe('rounding', () => {
  it.each([
    [0.1 * 3, 0.3],
    [0.1 * 30, 3],
    [1099511627776, 1099511627776],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [-7, -7],
    [1 / 3, 0.333333333333],
  ])('%d is %d: fractions lose the last digits of a double, whole numbers nothing', (n, rounded) => {
    expect(round(n)).toBe(rounded);
  });
});

describe('a text', () => {
  const scale = values({ n: 3, s: 'x', odd: '${n}$&${!', zero: 0 });

  it.each<[string, number | string | undefined]>([
    ['${n}', 3],
    ['${1 + n}', 4],
    ['${s}', 'x'],
    ['db.${s}', 'db.x'],
    ['${n}${n}', '33'],
    ['${n} ', '3 '],
    ['3', '3'],
    ['', ''],
    ['${zero}', 0],
    ['none', 'none'],
    ['$${s}', '$x'],
    ['${odd}', '${n}$&${!'],
    ['${!n}', '${n}'],
    ['${!${n}', '${3'],
    ['${}', '${}'],
    ['${m}', undefined],
    ['${n} ${m}', undefined],
    ['${2 * s}', undefined],
    ['${n, n}', undefined],
  ])('%j is filled', (text, filled) => {
    expect(fill(text, scale)).toBe(filled);
  });

  it('that is literal comes out as it is, whatever it looks like, beside placeholders too', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        expect(fill(literal(before), scale)).toBe(before);
        const text = `${literal(before)}${placeholder({ name: 's' })}${literal(after)}`;
        // "$" and then "{" of what follows is no case: neighbouring literals are written as one
        expect(fill(text, scale)).toBe(`${before}x${after}`);
        expect(placeholdersOf(text)).toEqual(['s']);
      }),
    );
  });

  it('of Fn::Sub keeps what CloudFormation fills, and what it does not', () => {
    const sub = 'arn:${AWS::Partition}:rds:${!Literal}:cluster-';
    expect(fill(`${literal(sub)}${placeholder({ name: 'n', offset: 1 })}`, scale)).toBe(`${sub}4`);
  });

  it('names its expressions in the order in which they stand', () => {
    expect(placeholdersOf('${2 * b.x}/${!c}/${min(3, a)}/${2 3}')).toEqual(['2 * b.x', 'min(3, a)', '2 3']);
    expect(namesIn('${2 * b.x}/${!c}/${min(3, a)}/${2 3}')).toEqual(['b.x', 'a']);
  });
});

describe('what stands in a template', () => {
  const scale = values({ n: 3, s: 'x', third: 1, tebi: 1024 });

  it.each<[string, unknown]>([
    ['${n}', 3],
    ['${n}', '3'],
    ['${0.1 * n}', 0.1 * 3],
    ['${0.1 * n}', `${0.1 * 3}`],
    ['-Xmx${0.1 * n}m -Xms${n}m', `-Xmx${0.1 * 3}m -Xms3m`],
    ['${0.333333333333 * n}', 1],
    ['${0.333333333333 * n} of ${s}', '1 of x'],
    ['${1073741824 * tebi}', 1099511627776],
    ['${s}', 'x'],
  ])('is what %j gives: %j', (text, value) => {
    expect(fillsTo(text, scale, value as never)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['${n}', 4],
    ['${n}', '03'],
    ['${n}', '3.0'],
    ['${n}', '3 '],
    ['${n}', true],
    ['${n}', null],
    ['${n}', undefined],
    ['${n}', [3]],
    ['${s}', 'y'],
    ['3', 3],
    ['${m}', 3],
    ['1.1${n}', '1.130'],
    ['16.1', '16.10'],
    ['${0.1 * n}', 0.3001],
    ['${1e-7 * n}', 3.1e-7],
    ['${1073741824 * tebi}', 1099511627777],
    ['${0.1 * n}0', '0.30'.concat('1')],
  ])('is not what %j gives: %j', (text, value) => {
    expect(fillsTo(text, scale, value as never)).toBe(false);
  });

  it('is never another whole number', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 9 }), (n, more) => {
        const at = values({ n });
        expect(fillsTo('${n}', at, n)).toBe(true);
        expect(fillsTo('${n}', at, n + more)).toBe(false);
        expect(fillsTo('a ${n}', at, `a ${n + more}`)).toBe(false);
      }),
    );
  });
});

it('an expression may be the product of several names', () => {
  const product = { name: 'shards', times: ['zones', 'copies'], factor: 2 };
  expect(showExpression(product)).toBe('2 * shards * zones * copies');
  expect(readExpression('2 * shards * zones * copies')).toEqual(product);
  const sizes = new Map<string, number | string>(
    Object.entries({ shards: 4, zones: 3, copies: 2, word: 'x' }),
  );
  expect(evaluateExpression(product, sizes)).toBe(48);
  expect(evaluateExpression({ name: 'shards', times: ['nothing'] }, sizes)).toBeUndefined();
  expect(evaluateExpression({ name: 'shards', times: ['word'] }, sizes)).toBeUndefined();
});
