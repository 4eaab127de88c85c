import { isObject, own, type Json, type JsonObject } from '../json';

/**
 * An entry with every reference to a logical id replaced: in `Ref`, `Fn::GetAtt`, `Fn::Sub` and its own `DependsOn`.
 * Other texts stay, even if they happen to be equal to an id.
 */
export function mapReferences(entry: Json, rename: (id: string) => string): Json {
  const mapped = mapIn(entry, rename);
  if (!isObject(mapped) || !Array.isArray(mapped['DependsOn'])) return mapped;
  return { ...mapped, DependsOn: (mapped['DependsOn'] as string[]).map(rename).sort() };
}

function mapIn(node: Json, rename: (id: string) => string): Json {
  if (Array.isArray(node)) return (node as Json[]).map((item) => mapIn(item, rename));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, (own(REFERENCES, key) ?? mapIn)(value, rename)]),
  );
}

/** The logical ids that an entry refers to. */
export function idsIn(entry: Json): ReadonlySet<string> {
  const ids = new Set<string>();
  mapReferences(entry, (id) => {
    ids.add(id);
    return id;
  });
  const waitsFor = isObject(entry) ? entry['DependsOn'] : undefined;
  if (typeof waitsFor === 'string') ids.add(waitsFor);
  return ids;
}

/** What a value refers to, where it is a reference by itself, and to which attribute of it; undefined where it is none. */
export function referenceOf(
  value: Json | undefined,
): { readonly id: string; readonly attribute?: Json } | undefined {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  const { Ref: ref, 'Fn::GetAtt': attribute } = value;
  if (typeof ref === 'string') return { id: ref };
  const [id, ...rest] =
    typeof attribute === 'string'
      ? attribute.split(/\.(.*)/s).slice(0, 2)
      : Array.isArray(attribute)
        ? (attribute as Json[])
        : [];
  return typeof id === 'string' ? { id, attribute: rest } : undefined;
}

type MapReference = (value: Json, rename: (id: string) => string) => Json;

const REFERENCES: Readonly<Record<string, MapReference>> = {
  // A property may be called Ref too.
  Ref: (value, rename) => (typeof value === 'string' ? rename(value) : mapIn(value, rename)),
  'Fn::GetAtt': (value, rename) => {
    if (typeof value === 'string') return value.replace(/^[A-Za-z0-9]+/, rename);
    if (!Array.isArray(value) || typeof value[0] !== 'string') return mapIn(value, rename);
    const [id, ...attribute] = value as [string, ...Json[]];
    return [rename(id), ...attribute.map((part) => mapIn(part, rename))];
  },
  'Fn::Sub': (value, rename) => {
    if (typeof value === 'string') return inText(value, rename);
    if (!Array.isArray(value) || typeof value[0] !== 'string') return mapIn(value, rename);
    const [text, ...rest] = value as [string, ...Json[]];
    const names: JsonObject = isObject(rest[0]) ? rest[0] : {};
    return [
      inText(text, (id) => (Object.hasOwn(names, id) ? id : rename(id))),
      ...rest.map((item) => mapIn(item, rename)),
    ];
  },
};

const inText = (text: string, rename: (id: string) => string): string =>
  text.replaceAll(
    /(\$\{\s*)([A-Za-z0-9]+)(?=\s*[.}])/g,
    (_, open: string, id: string) => `${open}${rename(id)}`,
  );
