import {
  fill,
  placeholdersOf,
  readAfter,
  unfilled,
  withoutPlaceholders,
} from '../../lib/probes/placeholders';

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
    headers: { authorization: 'Bearer {name} {lost}' },
  };
  const answer = { id: 'a/b \ud800', name: 'tea & cake', order: { id: 7 }, constructor: 'x' };
  const filled = fill(plan, { i: 3, answer });
  expect(filled).toEqual({
    method: 'POST',
    path: '/a%2Fb%20%EF%BF%BD/3/{gone}',
    contains: 'tea & cake 7',
    body: { text: 'n 3', count: 1 },
    headers: { authorization: 'Bearer tea & cake {lost}' },
  });
  expect(unfilled(filled)).toEqual(['gone', 'lost']);
});

it('takes only texts, numbers and booleans that are fields of the answer itself', () => {
  const path = '/{list}/{object}/{none}/{toString}/{id.length}';
  const answer = { list: [1], object: {}, none: null, id: 'x' };
  expect(fill({ path }, { i: 1, answer }).path).toBe(path);
  expect(fill({ path: '/{id}' }, { i: 1 }).path).toBe('/{id}');
});

it('sends the cookies of the answer with the read, beside those of its own', () => {
  const answer = { i: 1, body: '{}', cookies: 'session=a; theme=dark' };
  const read = { path: '/{i}', headers: { Cookie: 'seen=1', Accept: 'text/html' } };
  expect(readAfter(read, answer)).toEqual({
    read: { path: '/1', headers: { accept: 'text/html', cookie: 'seen=1; session=a; theme=dark' } },
    missing: undefined,
  });
  expect(readAfter({ path: '/' }, answer).read.headers).toEqual({ cookie: answer.cookies });
  expect(readAfter({ path: '/' }, { i: 1, body: '{}' }).read).toEqual({ path: '/' });
});
