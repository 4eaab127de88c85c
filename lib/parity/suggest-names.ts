import { physicalNameOf } from '../aws/types';
import type { DeclaredNames } from './declared-names';
import type { Forbidden } from './report';

/**
 * What two environments call themselves, as far as the physical names of their resources and of their exports say: the one
 * word by which most of them differ. Other texts name no environment for sure: a word by which they differ may be a version.
 */
export function namesIn(forbidden: readonly Forbidden[]): DeclaredNames | undefined {
  const votes = new Map<string, { readonly names: DeclaredNames; count: number }>();
  for (const entry of forbidden) {
    const names = isPhysicalName(entry) ? differingWord(entry) : undefined;
    if (!names) continue;
    const key = `${names.prod} ${names.staging}`.toLowerCase();
    const vote = votes.get(key);
    // the parts of a name are known in lower case too, but not the other way round
    const isProper = names.prod !== names.prod.toLowerCase();
    votes.set(key, { names: !vote || isProper ? names : vote.names, count: (vote?.count ?? 0) + 1 });
  }
  return [...votes.values()].toSorted((a, b) => b.count - a.count)[0]?.names;
}

function isPhysicalName({ type, path }: Forbidden): boolean {
  if (type === 'Outputs') return path.join('.') === 'Export.Name';
  return path.length === 2 && path[0] === 'Properties' && path[1] === physicalNameOf(type)?.property;
}

/** The word in which two texts differ, when it is one, however often; undefined for numbers and versions. */
function differingWord({ prod, staging }: Forbidden): DeclaredNames | undefined {
  if (typeof prod !== 'string' || typeof staging !== 'string') return undefined;
  const [p, s] = [wordsOf(prod), wordsOf(staging)];
  if (p.length !== s.length) return undefined;
  const pairs = p.flatMap((word, i): DeclaredNames[] => (word === s[i] ? [] : [{ prod: word, staging: s[i]! }]));
  const [first] = pairs;
  const isSame = pairs.every((it) => it.prod === first?.prod && it.staging === first.staging);
  return first && isSame && [first.prod, first.staging].every((word) => NAME.test(word)) ? first : undefined;
}

/** A text by its words, those of camel case too, and what is between them. */
const wordsOf = (text: string): string[] => text.split(/([^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z]))/);

/** At least two letters; `v2` is a version. */
const NAME = /^(?!v?\d+$)[A-Za-z][A-Za-z0-9]+$/i;
