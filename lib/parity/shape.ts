import { isObject, type Json, type JsonObject } from '../json';
import type { Marked } from './explain';
import { unmarkModel } from './explain';
import { anonymousPlaces, type OwnNames } from './identity';
import { withoutLife } from './life';
import { textOf } from '../template/mark';
import { reduce } from './members';

/**
 * The shape of a stack: its template with the name of each factor in the place of its value, one member for all of a
 * tier, and nothing of what being ephemeral or having another name changes. Twins have the same shape.
 */
export function shapeOf({ model, groups }: Marked, names: OwnNames): JsonObject {
  const one = reduce(
    model,
    groups,
    groups.map(({ members }) => Math.min(1, members.length)),
  ).model;
  const { top, ...sections } = anonymousPlaces(withoutLife(unmarkModel(one, textOf)), names);
  return sortKeys({ ...top, ...sections }) as JsonObject;
}

/** Keys in order, so that a snapshot shows what changed and nothing else. */
function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key]!)]),
  );
}
