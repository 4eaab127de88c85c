import { TwinError } from '../../error';
import { isObject } from '../../json';
import type { StackMembers } from '../../parity/manifest';
import { placeholder } from '../../parity/text';
import type { Findings, Observed } from './experiments';
import type { Observation } from './fitted';
import { follow, type SourcesOf, type Wanted } from './follow';
import { groupMembers, type MemberGroup } from './group-members';
import { formPath, wordsOf, type Paired } from './pairing';
import type { Rivals } from './text-fit';

/** The stacks of all instances, by index, and which of them come and go with a factor. */
export interface StackGroups {
  readonly all: readonly number[];
  readonly groups: readonly MemberGroup<number>[];
  /** Names of the scale that the number of stacks follows alike. */
  readonly rivals: readonly Rivals[];
  /** Values of the scale that may show what it follows. */
  readonly wanted: readonly Wanted[];
  /** Stacks that are not in all instances, and follow no factor. */
  readonly left: ReadonlySet<number>;
}

/** Finds which stacks are members whose number follows a factor. */
export function stackGroups(
  observations: readonly Observation[],
  construct: (index: number) => Paired,
  sourcesOf: SourcesOf,
): StackGroups {
  const voters = observations.filter(({ isPassive }) => !isPassive);
  const all = [...new Set(observations.flatMap(({ documents }) => [...documents.keys()]))];
  const optional = new Set(all.filter((stack) => voters.some(({ documents }) => !documents.has(stack))));
  if (optional.size === 0) return { all, groups: [], rivals: [], wanted: [], left: optional };
  const scales = voters.map(({ scale }) => scale);
  const formsOf = formsAmong(observations, construct);
  const found = groupMembers(
    all.map((stack) => [stack, formsOf(stack)] as const),
    optional,
    (stacks) =>
      follow(
        voters.map(({ documents }) => stacks.filter((it) => documents.has(it)).length),
        scales,
        sourcesOf,
      ),
  );
  const rivals = found.groups.flatMap(({ followed: { expression, rivals: others } }) =>
    others.map((it): Rivals => [expression.name, it]),
  );
  return { all, rivals, ...found };
}

/** What a stack has in common with its fellows: its path without numbers; or its class, where it stands and what it is made of. */
function formsAmong(observations: readonly Observation[], construct: (index: number) => Paired) {
  const classes = new Map<unknown, number>();
  return (stack: number): readonly string[] => {
    const paired = construct(stack);
    const { parent, constructs } = paired;
    const of = classes.get(constructs) ?? classes.size;
    classes.set(constructs, of);
    const model = observations.map(({ documents }) => documents.get(stack)).find((it) => it !== undefined)!;
    const types = Object.values(model.Resources).map((it) => (isObject(it) ? String(it['Type']) : ''));
    return [
      withoutNumbers(formPath(paired)),
      [of, withoutNumbers(parent ? formPath(parent) : ''), ...new Set(types.sort())].join(' '),
    ];
  };
}

const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '#');

/**
 * The index of every stack, by its path inside its environment.
 *
 * @throws TwinError `other-stacks` when an instance has other stacks than another, and no factor tells how many
 */
export function stackIndices({
  pairing,
  observed,
  observations,
  stacks,
}: Findings): ReadonlyMap<string, number> {
  const pathOf = (index: number): string => pairing.at(index).path;
  const labelled = (has: boolean, index: number): string =>
    observations.find(({ documents }) => documents.has(index) === has)!.label;
  const refuse = (index: number, has: string, hasNot: string, why = ''): never => {
    throw new TwinError({
      code: 'other-stacks',
      message: `${has} has a stack "${pathOf(index)}" that ${hasNot} has not${why}`,
      fix: 'Make the same stacks in every environment, or as many as a scale factor says.',
    });
  };
  for (const index of stacks.left) refuse(index, labelled(true, index), labelled(false, index));
  // A staging has what it has without its lifecycle.
  for (const { real, plain } of observed) {
    const [one, other] = [real, plain].map(({ label }) => observations.find((it) => it.label === label)!);
    const odd = stacks.all.find((index) => one!.documents.has(index) !== other!.documents.has(index));
    if (odd === undefined) continue;
    const [has, hasNot] = one!.documents.has(odd) ? [one, other] : [other, one];
    refuse(odd, has!.label, hasNot!.label);
  }
  const open = stacks.groups.find(({ followed }) => followed.rivals.length > 0);
  if (open) {
    const { name } = open.followed.expression;
    const index = open.keys.find((it) => observations.some(({ documents }) => !documents.has(it)))!;
    const rivals = [name, ...open.followed.rivals].join(' and ');
    refuse(
      index,
      labelled(true, index),
      labelled(false, index),
      `: it follows ${rivals} alike in everything that was tried`,
    );
  }
  return new Map(stacks.all.map((index) => [pathOf(index), index]));
}

/** Writes which stacks of two environments are members. */
export const writeStackMembers = (
  { pairing, stacks }: Findings,
  prod: Observed,
  staging: Observed,
  factorOf: (expression: string) => string,
): StackMembers[] =>
  stacks.groups.map(({ keys, followed: { expression } }): StackMembers => {
    const has = ({ real }: Observed) => new Set(real.stacks.map(({ stack }) => pairing.of(stack).index));
    const [inProd, inStaging] = [has(prod), has(staging)];
    const isShared = (index: number): boolean => inProd.has(index) && inStaging.has(index);
    const pathOf = (index: number): string => pairing.at(index).path;
    const ordered = keys
      .filter((index) => inProd.has(index) || inStaging.has(index))
      .sort((a, b) => pathOf(a).localeCompare(pathOf(b), 'en', { numeric: true }))
      .sort((a, b) => Number(isShared(b)) - Number(isShared(a)));
    return {
      factor: factorOf(expression.name),
      count: placeholder(expression),
      prod: ordered.filter((index) => inProd.has(index)).map(pathOf),
      staging: ordered.filter((index) => inStaging.has(index)).map(pathOf),
      words: wordsOf(ordered.map(pathOf)),
    };
  });
