import { fill, placeholdersOf, unfilled, withoutPlaceholders } from '../../lib/probes/placeholders';

it('finds the names between braces, and nothing else', () => {
  const text = '{id} {order.id} {i} {} {a b} {a..b} {"id":1} {_x1}';
  expect(placeholdersOf(text)).toEqual(['id', 'order.id', 'i', '_x1']);
  expect(withoutPlaceholders('/a/{id}/{b')).toBe('/a//{b');
});

it('fills in what stands for something, encoded in a path, and leaves the rest', () => {
  const plan = {
    method: 'POST',
    path: '/{id}/{i}/{gone}',
    contains: '{name} {order.id}',
    body: { text: 'n {i}', count: 1 },
  };
  const answer = { id: 'a/b \ud800', name: 'tea & cake', order: { id: 7 }, constructor: 'x' };
  const filled = fill(plan, { i: 3, answer });
  expect(filled).toEqual({
    method: 'POST',
    path: '/a%2Fb%20%EF%BF%BD/3/{gone}',
    contains: 'tea & cake 7',
    body: { text: 'n 3', count: 1 },
  });
  expect(unfilled(filled)).toEqual(['gone']);
});

it('takes only texts, numbers and booleans that are fields of the answer itself', () => {
  const path = '/{list}/{object}/{none}/{toString}/{id.length}';
  const answer = { list: [1], object: {}, none: null, id: 'x' };
  expect(fill({ path }, { i: 1, answer }).path).toBe(path);
  expect(fill({ path: '/{id}' }, { i: 1 }).path).toBe('/{id}');
});
