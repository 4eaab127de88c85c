import { isObject, type Json, type JsonObject } from '../json';
import { at, type Path } from '../template/differences';
import { PathTree } from '../template/path-tree';
import { mapReferences } from '../template/references';
import { isDependencies } from '../template/deployment';
import { SECTIONS, type Model } from '../template/model';
import type { ManifestStacks, Members } from './manifest';

/** Something that one side alone has, because a factor makes fewer of it on the other. */
export interface Unshared {
  readonly factor: string;
  readonly path: Path;
  /** What production has; undefined for what staging has more. */
  readonly prod: Json | undefined;
  readonly staging: Json | undefined;
}

/** Production's template as staging's has to be, but for values. */
export interface LikeStaging {
  readonly model: Model;
  /** Staging's template, in which nothing waits for members that production has not. */
  readonly staging: Model;
  readonly unshared: readonly Unshared[];
  /** Where members stand in staging of which it has more: their paths have production's indices. */
  readonly paths: ReadonlyMap<Members, Path>;
}

/**
 * Gives production's model staging's logical ids and keys, takes out the members that staging has not, and puts in those
 * that it has more: a second production may be larger.
 */
export function likeStaging(stacks: ManifestStacks, prod: Model, staging: Model): LikeStaging {
  return new Likening(stacks, staging).of(withIds(prod, stacks));
}

/** Whether what is a member there may be left out: outside of the sections only the stacks that a stack waits for are counted. */
const isCounted = (path: Path): boolean =>
  (SECTIONS as readonly unknown[]).includes(path[0]) || isDependencies(path);

/** What is to be done at a place of production's template. */
interface Change {
  /** The factor of a member that is taken out. */
  dropped?: string;
  /** The groups that stand there, and of which staging has more. */
  larger?: Members[];
  /** The key that takes its place. */
  renamed?: string;
}

class Likening {
  /** By production's paths; what is below none of them stays as it is, and is not looked at. */
  readonly #changes = new PathTree<Change>();
  readonly #hasLarger: boolean;
  readonly #unshared: Unshared[] = [];
  readonly #paths = new Map<Members, Path>();

  constructor(
    { members: groups, keys }: ManifestStacks,
    private readonly staging: Model,
  ) {
    const changeAt = (path: Path): Change => (this.#changes.at(path).value ??= {});
    for (const group of groups.filter((it) => isCounted(it.path))) {
      const { path, prod, staging: others, factor } = group;
      for (const member of prod.slice(others.length)) changeAt([...path, member]).dropped = factor;
      if (others.length > prod.length) (changeAt(path).larger ??= []).push(group);
    }
    for (const { path, prod: from, staging: to } of keys) changeAt([...path, from]).renamed = to;
    this.#hasLarger = groups.some(({ prod, staging: others }) => others.length > prod.length);
  }

  of(named: Model): LikeStaging {
    const paths = this.#paths;
    if (this.#changes.isEmpty) return { model: named, staging: this.staging, unshared: [], paths };
    const sections = SECTIONS.map((section) => [
      section,
      this.walk(named[section], this.#changes.below(section), [section], [section]),
    ]);
    const top = this.walk(named.top, this.#changes, [], []);
    const model = { ...Object.fromEntries(sections), top } as Model;
    const unshared = this.#unshared;
    const alone = new Set(
      unshared.flatMap(({ path: [section, id, ...below] }) =>
        section === 'Resources' && below.length === 0 ? [String(id)] : [],
      ),
    );
    return {
      model: withoutWaiting(model, alone),
      staging: this.#hasLarger ? withoutWaiting(this.staging, alone) : this.staging,
      unshared,
      paths,
    };
  }

  /**
   * @param changes - what is to be done there, and below
   * @param path - with production's indices
   * @param there - the same with staging's
   */
  private walk(node: Json, changes: PathTree<Change> | undefined, path: Path, there: Path): Json {
    if (!changes || typeof node !== 'object' || node === null) return node;
    const more = this.moreAt(changes.value?.larger ?? [], there);
    return Array.isArray(node)
      ? this.walkItems(node as Json[], changes, path, there, more)
      : this.walkKeys(node as JsonObject, changes, path, there, more);
  }

  /** What staging has more there, by its key or index. */
  private moreAt(larger: readonly Members[], there: Path): Map<string | number, Json> {
    const more = new Map<string | number, Json>();
    for (const group of larger) {
      this.#paths.set(group, there);
      for (const member of group.staging.slice(group.prod.length)) {
        const value = at(this.staging, [...there, member]);
        if (value === undefined || more.has(member)) continue;
        more.set(member, value);
        this.#unshared.push({
          factor: group.factor,
          path: [...there, member],
          prod: undefined,
          staging: value,
        });
      }
    }
    return more;
  }

  private keeps(change: Change | undefined, path: Path, prod: Json): boolean {
    const factor = change?.dropped;
    if (factor !== undefined) this.#unshared.push({ factor, path, prod, staging: undefined });
    return factor === undefined;
  }

  private walkItems(
    items: readonly Json[],
    changes: PathTree<Change>,
    path: Path,
    there: Path,
    more: Map<string | number, Json>,
  ): Json {
    let place = 0;
    const placed = items.flatMap((item, i): [number, Json][] => {
      const below = changes.below(i);
      if (!this.keeps(below?.value, [...path, i], item)) return [];
      while (more.has(place)) place++;
      const index = place++;
      return [[index, this.walk(item, below, [...path, i], [...there, index])]];
    });
    const all = [...placed, ...[...more].map(([index, item]) => [Number(index), item] as const)];
    return all.sort(([a], [b]) => a - b).map(([, item]) => item);
  }

  /** Nothing takes the place of something else. */
  private walkKeys(
    node: JsonObject,
    changes: PathTree<Change>,
    path: Path,
    there: Path,
    more: Map<string | number, Json>,
  ): Json {
    const taken = new Set(Object.keys(node));
    const entries = Object.entries(node)
      .filter(([key, child]) => this.keeps(changes.below(key)?.value, [...path, key], child))
      .map(([key, child]) => {
        const wanted = changes.below(key)?.value?.renamed ?? key;
        const renamed = taken.has(wanted) ? key : wanted;
        taken.add(renamed);
        return [
          renamed,
          this.walk(child, changes.below(renamed), [...path, renamed], [...there, renamed]),
        ] as const;
      });
    const added = [...more].filter(([key]) => !taken.has(String(key)));
    return Object.fromEntries([...entries, ...added]);
  }
}

/** What one side alone has is waited for by nobody. */
function withoutWaiting(model: Model, alone: ReadonlySet<string>): Model {
  const entries = Object.entries(model.Resources).map(([id, entry]) => {
    const waitsFor = isObject(entry) ? entry['DependsOn'] : undefined;
    if (!Array.isArray(waitsFor) || !waitsFor.some((it) => alone.has(String(it)))) return [id, entry];
    const left = (waitsFor as string[]).filter((it) => !alone.has(it));
    const { DependsOn: _, ...rest } = entry as JsonObject;
    return [id, left.length > 0 ? { ...rest, DependsOn: left } : rest];
  });
  return { ...model, Resources: Object.fromEntries(entries) as JsonObject };
}

/**
 * A logical id that no other text is by accident: eight digits of a hash are at its end, or before the name of an attribute or a
 * hash of what it holds, as that of an instance which is replaced with its user data.
 */
const HASHED =
  /^(?!\d+$)(?:[A-Za-z0-9]{4,}[0-9A-F]{8}|[A-Za-z0-9]+[0-9A-F]{8}(?:[0-9a-f]{16}){1,2})(?:[A-Z][A-Za-z0-9]*)?$/;

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
