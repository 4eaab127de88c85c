import { alignLists } from '../../lib/twins/align';

/** The forms of each column, as the lists have them: a dot where a list has no such item. */
const columns = (...lists: readonly string[]): string[] => {
  const forms = lists.map((list) => Array.from(list));
  const aligned = alignLists(forms);
  return lists.map((_, i) =>
    aligned.map((column) => (column[i] === undefined ? '.' : forms[i]![column[i]]!)).join(''),
  );
};

it.each([
  ['more at the end', ['aa', 'aaaa'], ['aa..', 'aaaa']],
  ['more in the middle', ['xaaz', 'xaaaaz'], ['xaa..z', 'xaaaaz']],
  ['more of two kinds', ['aab', 'aaabbb'], ['aa.b..', 'aaabbb']],
  ['separators', ['r,r', 'r,r,r'], ['r,r..', 'r,r,r']],
  ['nothing in common', ['ab', 'cd'], ['ab', 'cd']],
  ['an empty list', ['', 'ab'], ['..', 'ab']],
])('aligns lists with %s', (_, lists, expected) => {
  expect(columns(...lists)).toEqual(expected);
});

it('keeps every item of every list, once and in order', () => {
  const lists = ['abcab', 'acb', 'bcaab', ''];
  const forms = lists.map((list) => Array.from(list));
  const aligned = alignLists(forms);
  forms.forEach((items, i) => {
    const indices = aligned.flatMap((column) => column[i] ?? []);
    expect(indices).toEqual(items.map((__, index) => index));
  });
});
