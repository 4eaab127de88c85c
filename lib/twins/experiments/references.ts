import { equalJson, type Json } from '../../json';
import { referenceOf } from '../../template/references';
import { indexOf } from './canonical';
import type { FittedMembers, Observation, Steps } from './fitted';

/** A place that refers to one resource in some observations, and to another one in others. */
export interface SeenReference {
  readonly steps: Steps;
  readonly values: readonly (Json | undefined)[];
}

/** Whether all of the observations that decide refer to the same of some resource there. */
export function areReferences(values: readonly (Json | undefined)[], voters: readonly number[]): boolean {
  const all = voters.map((i) => referenceOf(values[i]));
  return all.every((it) => it !== undefined && equalJson(it.attribute ?? null, all[0]!.attribute ?? null));
}

/**
 * What resources have to do with each other that one place refers to. A reference is to one member wherever that is there, and to one
 * of its fellows elsewhere, the same one wherever the same are there: what a factor leaves out is referred to by nobody.
 *
 * @param voters - the observations that decide
 * @returns undefined when not all that is referred to is known as a construct
 */
export function relationOf(
  values: SeenReference['values'],
  voters: readonly number[],
  groups: readonly FittedMembers[],
): 'fellows' | 'others' | undefined {
  const targets = values.map((value) => referenceOf(value)?.id);
  const areSame = ({ members }: FittedMembers): boolean => {
    const all = new Map<string, string | undefined>();
    return voters.every((i) => {
      const there = members[i]!.join();
      const known = all.get(there) ?? targets[i];
      all.set(there, known);
      return known === targets[i];
    });
  };
  const areFellows = ({ members }: FittedMembers): boolean =>
    voters.some((own) =>
      voters.every((i) =>
        members[i]!.includes(targets[own]) ? targets[i] === targets[own] : members[i]!.includes(targets[i]),
      ),
    );
  if (groups.some((group) => group.steps.length === 1 && areSame(group) && areFellows(group)))
    return 'fellows';
  return voters.every((i) => indexOf(targets[i]!) !== undefined) ? 'others' : undefined;
}

/** Whether not all of the observations wait for the same resources: one follows where what is missing there is missing everywhere. */
export function waitForOthers(
  values: readonly (Json | undefined)[],
  voters: readonly number[],
  observations: readonly Observation[],
): boolean {
  const lists = values.map((value) => (Array.isArray(value) ? (value as string[]) : []));
  return [...new Set(lists.flat())].some((item) => {
    const index = indexOf(item);
    return voters.some(
      (i) => !lists[i]!.includes(item) && (index === undefined || observations[i]!.has(index)),
    );
  });
}
