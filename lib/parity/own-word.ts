import { patternOf } from '../template/words';
import type { ManifestStacks, Members } from './manifest';

/**
 * What tells a member in names: its construct id where it differs from its fellows', and what differs in that. Its logical
 * id is made of it; a number counts as a number, and a letter as that of a zone.
 */
export function ownWord(
  id: string,
  { words, path }: Members,
  index: number,
  ids: ManifestStacks['ids'],
): RegExp | undefined {
  const before = ids.find(({ staging }) => staging === id)?.prod ?? id;
  const isItsOwn = (word: string): boolean => {
    const plain = word.replaceAll(/[^A-Za-z0-9]/g, '');
    return /\D/.test(plain) && [id, before].some((it) => it.includes(plain));
  };
  const own = [words[index] ?? '', differingPart(words, index)].filter(isItsOwn).map(patternOf);
  return path.length > 1 || own.length === 0 ? undefined : new RegExp(own.join('|'), 'g');
}

/** A word without the parts that all have at its start and its end: of `Reader-ann` and `Reader-bob` what is behind. */
function differingPart(words: readonly string[], index: number): string {
  const parts = words.map((word) => word.match(/[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z0-9]+/g) ?? []);
  const own = parts[index] ?? [];
  const areEqual = (i: number): boolean => parts.every((it) => it.at(i) === own.at(i));
  let [start, end] = [0, 0];
  while (start < own.length && areEqual(start)) start++;
  while (end < own.length - start && areEqual(-1 - end)) end++;
  return own.slice(start, own.length - end).join('');
}
