import { writesBetween } from '../../lib/cutover/stopped-writes';
import type { TierRows } from '../../lib/targets/production';

const counted = (tables: TierRows['tables'], tier = 'Orders'): TierRows[] => [{ tier, tables }];

it('says of each table what was written to it', () => {
  const before = counted({
    gone: { rows: 1, holds: '' },
    less: { rows: 3, holds: '' },
    more: { rows: 3, holds: '' },
    other: { rows: 3, holds: '[3,1]' },
    same: { rows: 3, holds: '[3]' },
  });
  const after = counted({
    less: { rows: 2, holds: '' },
    more: { rows: 5, holds: '' },
    new: { rows: 0, holds: '' },
    other: { rows: 3, holds: '[3,2]' },
    same: { rows: 3, holds: '[3]' },
  });
  expect(writesBetween(before, after)).toEqual([
    'gone of Orders is gone',
    'less of Orders has 1 row fewer',
    'more of Orders has 2 rows more',
    'other of Orders has other values',
    'new of Orders is new',
  ]);
  expect(writesBetween(after, after)).toEqual([]);
});
