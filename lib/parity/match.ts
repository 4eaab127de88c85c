import { isObject, type Json } from '../json';
import { print } from '../template/meaning';
import { mapReferences } from '../template/references';
import { meaningOfModel } from './one-spelling';
import { SECTIONS, type Model, type Section } from '../template/model';

/** A resource of production and the one of staging that it is taken for. */
export interface Match {
  readonly prod: string;
  readonly staging: string;
}

/** Production's model with staging's logical ids, and which ids were replaced. */
export interface Matched {
  readonly model: Model;
  readonly renamed: readonly Match[];
}

/**
 * Pairs the resources of two templates: by logical id and type, then those that are left by structure. Of several that
 * cannot be told apart, the first is paired with the first.
 */
export function matchResources(prod: Model, staging: Model): Matched {
  const pairs = new Map<string, string>();
  for (const id of Object.keys(prod.Resources)) {
    if (typeOf(prod, id) === typeOf(staging, id)) pairs.set(id, id);
  }
  const isWhole = [prod, staging].every(({ Resources }) => Object.keys(Resources).length === pairs.size);
  const renamed = isWhole ? [] : matchByStructure(meaningOfModel(prod), meaningOfModel(staging), pairs);
  return { model: renameIds(prod, renamed, ['Resources']), renamed };
}

/** Production's model with staging's logical ids. An entry whose own id another one gets is kept beside it. */
export function renameIds(
  prod: Model,
  renamed: readonly Match[],
  within: readonly Section[] = ['Resources', 'Outputs'],
): Model {
  if (renamed.length === 0) return prod;
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const match of renamed) {
    if (taken.has(match.staging)) continue;
    taken.add(match.staging);
    ids.set(match.prod, match.staging);
  }
  const rename = (id: string): string => ids.get(id) ?? (taken.has(id) ? `${id} (production)` : id);
  const sections = SECTIONS.map((section): [Section, Json] => {
    const entries = Object.entries(prod[section]).map(([id, entry]) => [
      within.includes(section) ? rename(id) : id,
      mapReferences(entry, rename),
    ]);
    return [section, Object.fromEntries(entries) as Json];
  });
  return { ...Object.fromEntries(sections), top: prod.top } as Model;
}

/** What tells a resource from others of its type: its entry, and what refers to it. */
type Likeness = (entry: Json, referrers: readonly string[]) => string;

/** Without the values, but with the references that are known. */
const structure = (entry: Json): string =>
  print(entry, (leaf) => (typeof leaf === 'string' && leaf.startsWith(KNOWN) ? leaf : ''));

/** From what two resources must share in full to what they must share at least. */
const LIKENESS: readonly Likeness[] = [
  (entry, referrers) => `${print(entry)} ${referrers.join()}`,
  (entry) => print(entry),
  (entry, referrers) => `${structure(entry)} ${referrers.join()}`,
  (entry) => structure(entry),
  () => '',
];

/** Marks a reference to a resource that is paired already: it must be the same on both sides. */
const KNOWN = '=';

/**
 * What is clear is paired before what is not, and then one type at a time: each pair found tells more of its
 * neighbours.
 */
function matchByStructure(prod: Model, staging: Model, pairs: Map<string, string>): Match[] {
  const found: Match[] = [];
  const taken = new Set(pairs.values());
  const isDone = (): boolean =>
    [prod, staging].some(({ Resources }) => Object.keys(Resources).length === pairs.size);
  for (let level = 0; level < LIKENESS.length && !isDone();) {
    const p = signatures(prod, LIKENESS[level]!, (id) => pairs.get(id));
    const s = signatures(staging, LIKENESS[level]!, (id) => (taken.has(id) ? id : undefined));
    const shared = [...p].flatMap(([signature, ids]) => {
      const others = s.get(signature);
      return others ? [{ ids, others, type: typeOf(prod, ids[0]!) }] : [];
    });
    const clear = shared.filter(({ ids, others }) => ids.length === 1 && others.length === 1);
    const next = clear.length > 0 ? clear : shared.filter(({ type }) => type === shared[0]!.type);
    for (const { ids, others } of next) {
      ids.slice(0, others.length).forEach((id, i) => {
        pairs.set(id, others[i]!);
        taken.add(others[i]!);
        found.push({ prod: id, staging: others[i]! });
      });
    }
    level = shared.length > 0 ? 0 : level + 1;
  }
  return found;
}

/** The resources that are not paired yet, by what tells them from others. */
function signatures(
  { Resources }: Model,
  like: Likeness,
  partner: (id: string) => string | undefined,
): Map<string, string[]> {
  const referrers = new Map<string, string[]>();
  const entries: [string, Json][] = [];
  for (const [id, entry] of Object.entries(Resources)) {
    const from = told(Resources, id, partner);
    const mapped = mapReferences(entry, (other) => {
      if (!Object.hasOwn(Resources, other)) return other;
      if (partner(other) === undefined) add(referrers, other, from);
      return told(Resources, other, partner);
    });
    if (partner(id) === undefined) entries.push([id, mapped]);
  }
  const groups = new Map<string, string[]>();
  for (const [id, entry] of entries) {
    const signature = `${typeOf({ Resources }, id)} ${like(entry, (referrers.get(id) ?? []).sort())}`;
    add(groups, signature, id);
  }
  return groups;
}

function add(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** What is known of a resource that another one refers to: which it is, or only its type. */
function told(
  Resources: Model['Resources'],
  id: string,
  partner: (id: string) => string | undefined,
): string {
  const known = partner(id);
  return known === undefined ? (typeOf({ Resources }, id) ?? '') : `${KNOWN}${known}`;
}

function typeOf(model: Pick<Model, 'Resources'>, id: string): string | undefined {
  const entry = Object.hasOwn(model.Resources, id) ? model.Resources[id] : undefined;
  return isObject(entry) ? String(entry['Type']) : undefined;
}
