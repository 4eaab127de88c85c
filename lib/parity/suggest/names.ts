import { physicalNameOf } from '../../aws/types';
import { escape } from '../../template/words';
import type { DeclaredNames } from '../declared-names';
import type { Forbidden } from '../report';

/**
 * What two environments may call themselves, as far as the physical names of their resources and of their exports say, and what
 * the CDK names after the path of a construct: the one word by which most of them differ, in each way in which it is written.
 * Other texts name no environment for sure: a word by which they differ may be a version.
 */
export function namesIn(forbidden: readonly Forbidden[]): DeclaredNames[] {
  const votes = new Map<string, { readonly names: DeclaredNames; readonly count: number }>();
  for (const entry of forbidden) {
    const names = isPhysicalName(entry) || isPathName(entry) ? differingWord(entry) : undefined;
    if (!names) continue;
    const key = `${names.prod} ${names.staging}`.toLowerCase();
    votes.set(key, { names, count: (votes.get(key)?.count ?? 0) + 1 });
  }
  const [most] = [...votes.values()].toSorted((a, b) => b.count - a.count);
  return most ? spellingsOf(most.names, forbidden) : [];
}

/** Two names as they are written anywhere: what must be in lower case in one place is not in another. */
function spellingsOf(names: DeclaredNames, forbidden: readonly Forbidden[]): DeclaredNames[] {
  const [prod, staging] = [names.prod, names.staging].map((name) => new RegExp(escape(name), 'i'));
  const spellings = new Map([[JSON.stringify(names), names]]);
  for (const entry of forbidden) {
    const [p] = prod!.exec(String(entry.prod)) ?? [];
    const [s] = staging!.exec(String(entry.staging)) ?? [];
    if (p === undefined || s === undefined) continue;
    const spelling = { prod: p, staging: s };
    spellings.set(JSON.stringify(spelling), spelling);
  }
  return [...spellings.values()];
}

function isPhysicalName({ type, path }: Forbidden): boolean {
  if (type === 'Outputs') return path.join('.') === 'Export.Name';
  return path.length === 2 && path[0] === 'Properties' && path[1] === physicalNameOf(type)?.property;
}

/** Whether a text is the path of its construct or of one around it, below a stack: the `Name` tag of a VPC. */
function isPathName({ prod, construct }: Forbidden): boolean {
  if (typeof prod !== 'string' || construct === undefined) return false;
  const [stack, ...path] = prod.split('/');
  return stack !== '' && path.length > 0 && `${construct}/`.startsWith(`${path.join('/')}/`);
}

/** The word in which two texts differ, when it is one, however often; undefined for numbers and versions. */
function differingWord({ prod, staging }: Forbidden): DeclaredNames | undefined {
  if (typeof prod !== 'string' || typeof staging !== 'string') return undefined;
  const byWord = (split: RegExp): DeclaredNames | undefined =>
    differing(prod.split(split), staging.split(split));
  return byWord(/([^A-Za-z0-9]+)/) ?? byWord(/([^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z]))/);
}

function differing(p: readonly string[], s: readonly string[]): DeclaredNames | undefined {
  if (p.length !== s.length) return undefined;
  const pairs = p.flatMap((word, i): DeclaredNames[] =>
    word === s[i] ? [] : [{ prod: word, staging: s[i]! }],
  );
  const [first] = pairs;
  const isSame = pairs.every((it) => it.prod === first?.prod && it.staging === first.staging);
  return first && isSame && [first.prod, first.staging].every((word) => NAME.test(word)) ? first : undefined;
}

/** At least two letters; `v2` is a version. */
const NAME = /^(?!v?\d+$)[A-Za-z][A-Za-z0-9]+$/i;
