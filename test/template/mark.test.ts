import { fill, isMark, mark, namesIn, textOf, unmark } from '../../lib/template/mark';

it('a mark is told from any other object, and gives its text and value', () => {
  const it = mark('db.${size}', 'db.large');
  expect(isMark(it)).toBe(true);
  expect([isMark({ value: 1 }), isMark([it]), isMark('x'), isMark(null)]).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect([textOf(it), it.value]).toEqual(['db.${size}', 'db.large']);
});

it('marks are replaced by their values, or by what is read of them, however deep', () => {
  const node = { a: [mark('${n}', 3), 'x', null], b: { c: mark('${m}', 'y') } };
  const before = JSON.stringify(node);
  expect(unmark(node)).toEqual({ a: [3, 'x', null], b: { c: 'y' } });
  expect(unmark(node, textOf)).toEqual({ a: ['${n}', 'x', null], b: { c: '${m}' } });
  expect(unmark(undefined)).toBeUndefined();
  expect(JSON.stringify(node)).toBe(before);
});

it('names are found in the order in which they stand', () => {
  expect(namesIn('${b.x}/${a: of it}/${b.x} $c {d}')).toEqual(['b.x', 'a: of it', 'b.x']);
});

describe('a text filled with values', () => {
  it.each([
    ['${n}', { n: 3 }, 3],
    ['${s}', { s: 'x' }, 'x'],
    ['db.${s}', { s: 'x' }, 'db.x'],
    ['${n}${n}', { n: 3 }, '33'],
    ['${a: of it} $& $1', { 'a: of it': '$&' }, '$& $& $1'],
    ['none', {}, 'none'],
    ['${n}', {}, undefined],
    ['${n} ${m}', { n: 1 }, undefined],
    ['${constructor}', {}, undefined],
  ])('%s with %j', (text, values: Record<string, number | string>, expected) => {
    expect(fill(text, values)).toBe(expected);
  });
});
