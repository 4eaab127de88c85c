import { isObject, type Json, type JsonObject } from '../json';
import { keyOf, type Path } from '../template/differences';
import { mapReferences } from '../template/references';
import { SECTIONS, type Model } from '../template/model';
import type { ManifestStacks } from './manifest';

/** Something that production has and staging leaves out, because a factor makes fewer of it. */
export interface Omission {
  readonly factor: string;
  readonly path: Path;
  readonly prod: Json;
}

/** Production's template as staging's has to be, but for values. */
export interface LikeStaging {
  readonly model: Model;
  readonly omitted: readonly Omission[];
}

/** Gives production's model staging's logical ids and keys, and takes out the members that staging has not. */
export function likeStaging(stacks: ManifestStacks, prod: Model): LikeStaging {
  const named = withIds(prod, stacks);
  const dropped = new Map<string, string>();
  for (const { path, prod: all, staging, factor } of stacks.members)
    for (const member of all.slice(staging.length)) dropped.set(keyOf([...path, member]), factor);
  const keys = new Map(stacks.keys.map(({ path, prod: from, staging: to }) => [keyOf([...path, from]), to]));
  if (dropped.size === 0 && keys.size === 0) return { model: named, omitted: [] };
  const omitted: Omission[] = [];
  const walk = (node: Json, path: Path): Json => {
    if (typeof node !== 'object' || node === null) return node;
    const keep = (key: string | number, child: Json): boolean => {
      const at = [...path, key];
      const factor = dropped.get(keyOf(at));
      if (factor !== undefined) omitted.push({ factor, path: at, prod: child });
      return factor === undefined;
    };
    if (Array.isArray(node)) {
      return (node as Json[]).flatMap((item, i) => (keep(i, item) ? [walk(item, [...path, i])] : []));
    }
    const taken = new Set(Object.keys(node));
    const entries = Object.entries(node as JsonObject)
      .filter(([key, child]) => keep(key, child))
      .map(([key, child]) => {
        const wanted = keys.get(keyOf([...path, key])) ?? key;
        const renamed = taken.has(wanted) ? key : wanted; // nothing takes the place of something else
        taken.add(renamed);
        return [renamed, walk(child, [...path, renamed])] as const;
      });
    return Object.fromEntries(entries);
  };
  const sections = SECTIONS.map((section) => [section, walk(named[section], [section])]);
  const model = { ...Object.fromEntries(sections), top: named.top } as Model;
  const gone = omitted.flatMap(({ path: [section, id, ...below] }) =>
    section === 'Resources' && below.length === 0 ? [String(id)] : [],
  );
  return { model: withoutWaiting(model, new Set(gone)), omitted };
}

/** What is left out is waited for by nobody. */
function withoutWaiting(model: Model, gone: ReadonlySet<string>): Model {
  const entries = Object.entries(model.Resources).map(([id, entry]) => {
    const waitsFor = isObject(entry) ? entry['DependsOn'] : undefined;
    if (!Array.isArray(waitsFor) || !waitsFor.some((it) => gone.has(String(it)))) return [id, entry];
    const left = (waitsFor as string[]).filter((it) => !gone.has(it));
    const { DependsOn: _, ...rest } = entry as JsonObject;
    return [id, left.length > 0 ? { ...rest, DependsOn: left } : rest];
  });
  return { ...model, Resources: Object.fromEntries(entries) as JsonObject };
}

/** A logical id that no other text is by accident: the CDK ends it with eight digits of a hash. No account is one. */
const HASHED = /^(?!\d+$)[A-Za-z0-9]{4,}[0-9A-F]{8}$/;

/** Production's model with staging's logical ids: in references, and, where an id is unmistakable, in any text. */
function withIds(prod: Model, { ids }: ManifestStacks): Model {
  if (ids.length === 0) return prod;
  const renamed = new Map(ids.map((match) => [match.prod, match.staging]));
  const rename = (id: string): string => renamed.get(id) ?? id;
  const word = (it: string): string => (HASHED.test(it) ? rename(it) : it);
  const other = (id: string): string => (HASHED.test(id) ? id : rename(id)); // those were renamed with all texts
  const inTexts = (node: Json): Json => {
    if (typeof node === 'string') return node.replaceAll(/[A-Za-z0-9]{12,}/g, word);
    if (Array.isArray(node)) return (node as Json[]).map(inTexts);
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [inTexts(key) as string, inTexts(child)]),
    );
  };
  const sections = SECTIONS.map((section) => {
    const entries = Object.entries(prod[section]).map(([id, entry]) => [
      rename(id),
      mapReferences(inTexts(entry), other),
    ]);
    return [section, Object.fromEntries(entries)];
  });
  return { ...Object.fromEntries(sections), top: mapReferences(inTexts(prod.top), other) } as Model;
}
