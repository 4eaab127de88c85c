import { roomFor } from '../../../lib/targets/local/room';

const GIB = 2 ** 30;

it.each([
  [1, 64, 1],
  [7, 64, 1],
  [8, 64, 2],
  [64, 9, 2],
  [64, 1, 1],
  [12, 16, 3],
])(
  'has room, with %i processors and %i GiB of free memory, for %i environments',
  (processors, gib, count) => {
    expect(roomFor({ processors, memory: gib * GIB })).toBe(count);
  },
);
