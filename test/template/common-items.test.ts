import fc from 'fast-check';
import { commonItems } from '../../lib/template/common-items';

const common = (a: string, b: string): string =>
  commonItems(a.split(''), b.split(''), (x, y) => x === y)
    .map(([i]) => a[i])
    .join('');

it.each([
  ['abcdef', 'abdef', 'abdef'],
  ['abcdef', 'xabef', 'abef'],
  ['abc', 'abc', 'abc'],
  ['abc', 'xyz', ''],
  ['', 'abc', ''],
  ['abcabba', 'cbabac', 'cbba'],
])('of %j and %j are %j', (a, b, expected) => {
  expect(common(a, b)).toBe(expected);
});

it('are equal, in the order of both lists, and all there are where one list has been cut', () => {
  const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const pairs = commonItems(a, b, (x, y) => x === y);
      pairs.forEach(([i, j], n) => {
        expect(a[i]).toBe(b[j]);
        expect(i).toBeGreaterThan(pairs[n - 1]?.[0] ?? -1);
        expect(j).toBeGreaterThan(pairs[n - 1]?.[1] ?? -1);
      });
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 20 }), fc.infiniteStream(fc.boolean()), (all, keep) => {
      const kept = all.filter(() => keep.next().value);
      const pairs = commonItems(all, kept, (x, y) => x === y);
      expect(pairs.map(([i]) => all[i])).toEqual(kept);
    }),
  );
});
