/** Beyond this many pairs nothing is looked for: it would take longer than it tells. */
const MOST_PAIRS = 4_000_000;

/**
 * The items that two lists have in common, in the same order: a longest common subsequence, as pairs of indices. Of lists
 * that are very long only what they share at their start and at their end.
 */
export function commonItems<T>(
  before: readonly T[],
  after: readonly T[],
  isEqual: (a: T, b: T) => boolean,
): [before: number, after: number][] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isEqual(before[start]!, after[start]!)) start++;
  let end = 0;
  while (end < shorter - start && isEqual(before.at(-1 - end)!, after.at(-1 - end)!)) end++;
  const [rows, columns] = [before.length - start - end, after.length - start - end];
  const within =
    rows * columns > MOST_PAIRS
      ? []
      : longest(rows, columns, (i, j) => isEqual(before[start + i]!, after[start + j]!));
  return [
    ...Array.from({ length: start }, (_, i): [number, number] => [i, i]),
    ...within.map(([i, j]): [number, number] => [start + i, start + j]),
    ...Array.from({ length: end }, (_, i): [number, number] => [start + rows + i, start + columns + i]),
  ];
}

function longest(
  rows: number,
  columns: number,
  isEqual: (i: number, j: number) => boolean,
): [number, number][] {
  const wide = columns + 1;
  const lengths = new Uint32Array((rows + 1) * wide);
  const equal = new Uint8Array(rows * columns);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      equal[i * columns + j] = Number(isEqual(i, j));
      lengths[i * wide + j] =
        equal[i * columns + j] === 1
          ? lengths[(i + 1) * wide + j + 1]! + 1
          : Math.max(lengths[(i + 1) * wide + j]!, lengths[i * wide + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (equal[i * columns + j] === 1) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * wide + j]! >= lengths[i * wide + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
