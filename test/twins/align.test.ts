import fc from 'fast-check';
import { alignLists } from '../../lib/twins/experiments/align';

describe('lists are aligned', () => {
  it('from the front, when some have more of the same items', () => {
    const rows = [3, 2, 4].map((n) =>
      Array.from({ length: 2 * n - 1 }, (_, i) => (i % 2 === 0 ? 'ref' : ',')),
    );
    expect(alignLists(rows)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
      [3, undefined, 3],
      [4, undefined, 4],
      [undefined, undefined, 5],
      [undefined, undefined, 6],
    ]);
  });

  it('from the front also when the first items have no form in common', () => {
    expect(
      alignLists([
        ['m+m+m', 'm', 'm', 'm'],
        ['m+m', 'm', 'm'],
      ]),
    ).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, undefined],
    ]);
  });

  it('around what all of them have', () => {
    expect(
      alignLists([
        ['a', 'm', 'm', 'z'],
        ['a', 'm', 'z'],
        ['a', 'z'],
      ]),
    ).toEqual([
      [0, 0, 0],
      [1, 1, undefined],
      [2, undefined, undefined],
      [3, 2, 1],
    ]);
  });

  it('so that every item has one column, in order, whatever they are', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 4 }), (lists) => {
        const columns = alignLists(lists);
        lists.forEach((items, which) => {
          const indices = columns.flatMap((column) => column[which] ?? []);
          expect(indices).toEqual(items.map((_, i) => i));
        });
      }),
    );
  });

  it('alike when they are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (list) => {
        expect(alignLists([list, list])).toEqual(list.map((_, i) => [i, i]));
      }),
    );
  });
});
