import type { Json } from '../../json';
import type { Members } from '../../parity/manifest';
import { placeholder } from '../../parity/text';
import { at, type Path } from '../../template/differences';
import { indexOf, replaceTokens } from '../experiments/canonical';
import type { FittedMembers, Steps } from '../experiments/fitted';
import { formPath, wordsOf, type Paired } from '../experiments/pairing';
import { pathIn, stepIn, type Side } from './side';

/** What members are written with. */
export interface MembersProps {
  readonly prod: Side;
  readonly staging: Side;
  /** What the second of the two is. */
  readonly role: 'staging' | 'production';
  readonly factorOf: (expression: string) => string;
  readonly construct: (index: number) => Paired;
  /** What stands at a place of one side, with tokens. */
  readonly canonical: (steps: Steps, side: Side) => Json | undefined;
}

/** Members, and where those of them stand that one of the two alone has. */
export interface WrittenMembers {
  readonly members: Members;
  readonly unshared: readonly Path[];
}

/** Writes members whose number a factor decides. @param path - where they stand */
export function writeMembers(
  { steps, count, members, isPlural }: FittedMembers,
  path: Path,
  props: MembersProps,
): WrittenMembers {
  const { prod: prodSide, staging: stagingSide, role, construct } = props;
  const [prod, staging] = [members[prodSide.observation]!, members[stagingSide.observation]!];
  const keyOfColumn = (i: number): string | number => (prod[i] ?? staging[i])!;
  const isIn = (side: typeof prod, i: number): boolean => side[i] !== undefined;
  // What staging has more is its lifecycle's, and no member; a second production may have more of them.
  const countOf = (side: typeof prod): number => side.filter((key) => key !== undefined).length;
  const most = countOf(staging) > countOf(prod) ? stagingSide : prodSide;
  const saidOf = sortedTexts(steps, members[most.observation]!, most, props);
  const nameOf = (i: number): string =>
    saidOf.get(members[most.observation]![i]!) ?? named(keyOfColumn(i), construct);
  const columns = [...prod.keys()]
    .filter((i) => isIn(prod, i) || (role === 'production' && isIn(staging, i)))
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
  // Those that both have come first: one of the two leaves out the others.
  const isShared = (i: number): boolean => isIn(prod, i) && isIn(staging, i);
  const ordered = [...columns].sort((a, b) => Number(isShared(b)) - Number(isShared(a)));
  const found: Members = {
    path,
    factor: props.factorOf(count.name),
    count: placeholder(count),
    prod: ordered.filter((i) => isIn(prod, i)).map((i) => stepIn(prod[i]!, prodSide, stagingSide)),
    staging: ordered.filter((i) => isIn(staging, i)).map((i) => stepIn(staging[i]!, stagingSide)),
    words: wordsOf(
      ordered.map((i) => {
        const key = keyOfColumn(i);
        const index = typeof key === 'string' ? indexOf(key) : undefined;
        return index === undefined ? undefined : construct(index).path;
      }),
    ),
    ...(isPlural ? {} : { isSeparator: true as const }),
  };
  const shared = ordered.filter(isShared).length;
  const there = pathIn(steps, stagingSide);
  const unshared = [
    ...found.prod.slice(shared).map((member) => [...path, member]),
    ...found.staging.slice(shared).flatMap((member) => (there ? [[...there, member]] : [])),
  ];
  return { members: found, unshared };
}

/**
 * What is said of each item of a list that is sorted by its texts, as the CDK sorts what policies name: the tenth is before the
 * second there. Of other lists nothing.
 */
function sortedTexts(
  steps: Steps,
  keys: readonly (string | number | undefined)[],
  side: Side,
  { canonical, construct }: MembersProps,
): ReadonlyMap<string | number, string> {
  const path = pathIn(steps, side);
  const [written, said] = [path && at(side.model, path), canonical(steps, side)];
  if (!Array.isArray(written) || !Array.isArray(said)) return new Map();
  const indices = keys.filter((key) => typeof key === 'number').sort((a, b) => a - b);
  const texts = indices.map((index) => JSON.stringify(written[index]));
  const isSorted = texts.every((text, i) => i === 0 || texts[i - 1]! < text);
  return new Map(
    isSorted ? indices.map((index) => [index, named(JSON.stringify(said[index]), construct)] as const) : [],
  );
}

/** What a member is called, or where it stands in a list: in that order members are a row. */
const named = (key: string | number, construct: MembersProps['construct']): string =>
  replaceTokens(String(key), (index) => formPath(construct(index)));
