import { equalJson, type Json, type JsonObject } from '../json';
import { at, differences, keyOf, type Difference, type Path } from '../template/differences';
import { explainIdentity, renamedIds, type Names } from './identity';
import { explainLife } from './life';
import type { BrokenPlace, PermittedPlace } from './manifest';
import { isMark, namesIn, textOf, unmark, type Mark } from '../template/mark';
import { renameIds, type Match } from './match';
import { reduce, type Group } from './members';
import { SECTIONS, type Model } from '../template/model';

/** A stack's model with marks where factors stand, and what goes with it. */
export interface Marked {
  readonly model: Model;
  readonly groups: readonly Group[];
}

/** The whitelist of two stacks, and the places where their definitions differ. */
export interface Explained {
  readonly renamed: readonly Match[];
  /** Production's groups, by staging's logical ids. */
  readonly groups: readonly Group[];
  readonly places: readonly PermittedPlace[];
  readonly broken: readonly BrokenPlace[];
}

/**
 * Draws up the whitelist of two stacks from their definitions: every place where the same factor stands on both sides,
 * and what life and identity permit. What is left unexplained is not its business: verification finds it.
 *
 * @param factorOf - the factor that an expression comes from
 */
export function explain(
  prod: Marked,
  staging: Marked,
  names: Names,
  factorOf: (expression: string) => string,
): Explained {
  const renamed = renamedIds(prod.model, staging.model, names);
  const groups = renameGroups(prod.groups, renamed);
  const keep = groups.map(({ factor, members }) => {
    const same = staging.groups.find((group) => group.factor === factor && sharesIds(group, members));
    return same?.members.length ?? 0;
  });
  const { model } = reduce(renameIds(prod.model, renamed), groups, keep);
  const { places, broken } = scalePlaces(model, staging.model, factorOf);
  const scaled = new Set(places.map(({ path }) => keyOf(path)));
  const plain = { prod: unmarkModel(model), staging: unmarkModel(staging.model) };
  differences(plain.prod, plain.staging, (difference) => {
    if (scaled.has(keyOf(difference.path))) return true;
    const life = explainLife(difference, plain.prod, plain.staging);
    const identity = life === undefined ? explainIdentity(difference, names) : undefined;
    if (life !== undefined) places.push({ ...present(difference), by: 'life', factor: life });
    if (identity !== undefined) places.push({ ...present(difference), by: 'identity', factor: identity });
    return life !== undefined || identity !== undefined;
  });
  return { renamed, groups, places, broken };
}

function renameGroups(groups: readonly Group[], renamed: readonly Match[]): Group[] {
  const ids = new Map(renamed.map((match) => [match.prod, match.staging]));
  return groups.map((group) => ({
    ...group,
    members: group.members.map((member) => member.map((id) => ids.get(id) ?? id)),
  }));
}

const sharesIds = (group: Group, members: Group['members']): boolean =>
  group.members.length > 0 && equalJson([...group.members[0]!], [...(members[0] ?? [])]);

/** A difference without the sides that are not there. */
function present({ path, prod, staging }: Difference) {
  return { path, ...(prod !== undefined && { prod }), ...(staging !== undefined && { staging }) };
}

/**
 * Every place where the same text with the same factors stands on both sides, equal values included; and those where a
 * factor stands on one side only, though the values happen to be equal.
 */
function scalePlaces(prod: Model, staging: Model, factorOf: (expression: string) => string) {
  const places: PermittedPlace[] = [];
  const broken: BrokenPlace[] = [];
  for (const { path, node } of marksIn(staging)) {
    const twin = at(prod, path);
    const text = textOf(node);
    if (isMark(twin) && textOf(twin) === text) {
      const factor = factorOf(namesIn(text)[0]!);
      places.push({ path, by: 'scale', factor, text, prod: twin.value, staging: node.value });
    } else if (twin !== undefined && unmark(twin) === node.value) {
      broken.push({ path, prod: unmark(twin, textOf), staging: text });
    }
  }
  for (const { path, node } of marksIn(prod)) {
    const twin = at(staging, path);
    if (!isMark(twin) && twin === node.value) broken.push({ path, prod: textOf(node), staging: twin });
  }
  return { places, broken };
}

function* marksIn(model: Model): Generator<{ path: Path; node: Mark }> {
  for (const section of SECTIONS) yield* marksBelow(model[section], [section]);
  yield* marksBelow(model.top, []);
}

function* marksBelow(node: Json, path: Path): Generator<{ path: Path; node: Mark }> {
  if (typeof node !== 'object' || node === null) return;
  if (isMark(node)) {
    yield { path, node };
    return;
  }
  const children: readonly (readonly [string | number, Json])[] = Array.isArray(node)
    ? (node as Json[]).map((item, i) => [i, item] as const)
    : Object.entries(node as JsonObject);
  for (const [key, child] of children) yield* marksBelow(child, [...path, key]);
}

/** The model with values where marks stand. */
export function unmarkModel(model: Model, read?: Parameters<typeof unmark>[1]): Model {
  return Object.fromEntries(
    Object.entries(model).map(([key, section]) => [key, unmark(section, read)]),
  ) as Model;
}

/**
 * Puts marks into a model: where the same template resolved with names has a text with `${name}` in it.
 *
 * @param read - turns a leaf of the named template into such a text; undefined for an ordinary value
 */
export function markModel(
  values: Model,
  named: Model,
  mark: (text: string, value: number | string) => Json,
  read: (leaf: number | string) => string | undefined,
): Model {
  const walk = (value: Json, name: Json | undefined): Json => {
    if (typeof value === 'number' || typeof value === 'string') {
      const text = typeof name === 'number' || typeof name === 'string' ? read(name) : undefined;
      return text === undefined ? value : mark(text, value);
    }
    if (typeof value !== 'object' || value === null || typeof name !== 'object' || name === null)
      return value;
    if (Array.isArray(value))
      return (value as Json[]).map((item, i) => walk(item, (name as readonly Json[])[i]));
    const entries = Object.entries(value as JsonObject).map(([key, child]) => [
      key,
      walk(child, (name as JsonObject)[key]),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  };
  return Object.fromEntries(
    Object.entries(values).map(([section, entries]) => [
      section,
      walk(entries, named[section as keyof Model]),
    ]),
  ) as Model;
}
