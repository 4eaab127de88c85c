import { equalJson, isObject, listOf, type Json, type JsonObject } from '../json';
import { at, type Path } from '../template/differences';
import type { Model } from '../template/model';
import type { ManifestStacks, Members } from './manifest';
import { ownWord } from './own-word';
import { offRow, outOfTurn, rarest, unlikeText, withoutHashes, type RowOf } from './row';

/** A member that is not like its fellows. */
export interface UnlikeMember {
  readonly members: Members;
  /** Which of them, in order. */
  readonly index: number;
  /** From the member down to where it differs. */
  readonly path: Path;
}

/** The side that has most of a group's members: those of the other are among them. */
export const fullSide = ({ prod, staging }: Pick<Members, 'prod' | 'staging'>): 'prod' | 'staging' =>
  staging.length > prod.length ? 'staging' : 'prod';

/**
 * Finds members that are not like the others of their group: each may have its own name, references to what is its own,
 * and numbers that rise with its place in the row. They are looked at on the side that has most of them.
 *
 * @param model - that side's; production's with staging's logical ids
 * @param pathOf - where a group stands there
 */
export function unlikeMembers(
  model: Model,
  { members: groups, ids }: Pick<ManifestStacks, 'members' | 'ids'>,
  side: 'prod' | 'staging' = 'prod',
  pathOf: (members: Members) => Path | undefined = ({ path }) => path,
): UnlikeMember[] {
  const places = placesOf(groups, side);
  return groups.flatMap((members) => {
    const path = fullSide(members) === side ? pathOf(members) : undefined;
    const all = path ? members[side].map((member) => at(model, [...path, member])) : [];
    if (all.length === 0 || !all.every((member) => member !== undefined)) return [];
    const own = members[side].map((member, i) => ownWord(String(member), members, i, ids));
    const kept = Math.min(members.prod.length, members.staging.length);
    const odd = oddMember(all, new Row(places, own, rowOf(members, side, kept)));
    return odd ? [{ members, ...odd }] : [];
  });
}

/**
 * The first member that is like no other. What both sides have is compared by itself, such as a first one that the others
 * follow: where it is not like the rest, the rest have to be alike, and both sides have one of them. The same goes for all
 * that have one number in their ids, such as the first of every shard.
 *
 * @param loops - in how many of the loops that make them some may be special
 */
function oddMember(all: readonly Json[], row: Row, loops = 2): Odd | undefined {
  const odd = row.odd(all, []);
  if (!odd) return undefined;
  const areAlike = (is: (index: number) => boolean): boolean => {
    const part = row.only(is);
    return (
      part.kept > 0 &&
      oddMember(
        all.filter((_, i) => is(i)),
        part,
        loops - 1,
      ) === undefined
    );
  };
  const areTwoKinds = (loops > 0 ? row.counters : []).some((counter) => {
    const isSame = (i: number): boolean => counter[i] === counter[odd.index];
    return !counter.every((_, i) => isSame(i)) && areAlike(isSame) && areAlike((i) => !isSame(i));
  });
  if (areTwoKinds || odd.index >= row.kept) return areTwoKinds ? undefined : odd;
  const others = row.only((i) => i !== odd.index);
  const isSpecial =
    others.kept > 0 &&
    oddMember(
      all.filter((_, i) => i !== odd.index),
      others,
      loops,
    ) === undefined;
  return isSpecial ? undefined : odd;
}

/** A group in a row, with the numbers of its ids: a construct's own, or those in its logical id, where each has as many. */
function rowOf(group: Members, side: 'prod' | 'staging', kept: number): RowOf {
  const { path, words, [side]: members } = group;
  const ofIds =
    path.length > 1 ? [] : countersIn(members.map((id) => String(id).replace(/[0-9A-F]{8}$/, '')));
  const ofWords = countersIn(words);
  return {
    kept,
    indices: members.map((_, i) => i),
    isPart: false,
    counters: ofWords.length < ofIds.length ? ofIds : ofWords,
  };
}

/** The numbers in texts, one list for each that all of them have. */
function countersIn(texts: readonly string[]): number[][] {
  const numbers = texts.map((text) => [...text.matchAll(/\d+/g)].map(Number));
  const [first = []] = numbers;
  return numbers.every(({ length }) => length === first.length)
    ? first.map((_, k) => numbers.map((own) => own[k]!))
    : [];
}

/** A member that others may refer to. */
interface Place {
  readonly group: number;
  /** Where it stands in its group. */
  readonly index: number;
  /** The numbers of its id. */
  readonly counters: readonly number[];
}

/** The place of each logical id. */
type Places = ReadonlyMap<string, Place>;

function placesOf(groups: readonly Members[], side: 'prod' | 'staging'): Places {
  const places = new Map<string, Place>();
  groups.forEach((it, group) => {
    if (it.path.length > 1) return;
    const { counters } = rowOf(it, side, 0);
    it[side].forEach((id, index) =>
      places.set(String(id), { group, index, counters: counters.map((counter) => counter[index]!) }),
    );
  });
  return places;
}

/** Which of several values is the odd one, and where. */
interface Odd {
  readonly index: number;
  readonly path: Path;
}

/** The members of one group, in order. */
class Row {
  constructor(
    private readonly places: Places,
    private readonly own: readonly (RegExp | undefined)[],
    private readonly row: RowOf,
  ) {}

  /** How many of them both sides have. */
  get kept(): number {
    return this.row.kept;
  }

  get counters(): RowOf['counters'] {
    return this.row.counters;
  }

  /** Some of the members. */
  only(is: (index: number) => boolean): Row {
    const some = <T>(all: readonly T[]): T[] => all.filter((_, i) => is(i));
    const { kept, indices, counters } = this.row;
    return new Row(this.places, some(this.own), {
      kept: some(indices.slice(0, kept)).length,
      indices: some(indices),
      isPart: true,
      counters: counters.map(some),
    });
  }

  /** The first place where one of the members' values is not like the others. */
  odd(values: readonly Json[], path: Path): Odd | undefined {
    const [first] = values;
    if (values.every((value) => equalJson(value, first))) return undefined;
    if (values.every(isObject)) return this.oddKeys(values, path);
    if (values.every((value) => Array.isArray(value)))
      return this.oddItems(values as readonly (readonly Json[])[], path);
    const is = (index: number | undefined): Odd | undefined =>
      index === undefined ? undefined : { index, path };
    if (values.every((value) => typeof value === 'number')) return is(offRow(values, this.row));
    if (!values.every((value) => typeof value === 'string'))
      return is(outOfTurn(values.map(kindOf), this.row));
    return is(this.unlike(values));
  }

  /** The first of several texts that is not like the others; in loops inside loops references may count by one of them. */
  private unlike(texts: readonly string[]): number | undefined {
    const off = unlikeText(
      texts.map((text, i) => this.anonymous(text, i)),
      this.row,
    );
    if (off === undefined || this.row.counters.length < 2) return off;
    const counted = texts.map((text, i) => this.anonymous(text, i, toldByNumbers));
    return unlikeText(counted, this.row) === undefined ? undefined : off;
  }

  private oddKeys(values: readonly JsonObject[], path: Path): Odd | undefined {
    const forms = withCounted(
      values.map((value, i) => new Map(Object.keys(value).map((key) => [this.anonymous(key, i), key]))),
      this.row,
    );
    const sorted = forms.map((form) => [...form.keys()].sort());
    if (!sorted.every((keys) => equalJson(keys, sorted[0]))) {
      const index = rarest(sorted.map((keys) => keys.join('\0')))!;
      const other = sorted[index === 0 ? 1 : 0]!;
      const more = sorted[index]!.find((form) => !other.includes(form));
      const key = more === undefined ? undefined : forms[index]!.get(more)!;
      return { index, path: key === undefined ? path : [...path, key] };
    }
    const along = values.map(alongLines);
    const areInLines = along.every((it) => it !== undefined) && offRow(along, this.row) === undefined;
    for (const form of sorted[0]!.filter((it) => !areInLines || !(it === 'x' || it === 'y'))) {
      const keys = forms.map((it) => it.get(form)!);
      const children = values.map((value, i) => value[keys[i]!]!);
      const odd = keys[0] === 'DependsOn' ? this.oddSet(children, path) : this.odd(children, path);
      if (odd) return { ...odd, path: [...path, keys[odd.index]!, ...odd.path.slice(path.length)] };
    }
    return undefined;
  }

  /** What a resource waits for is in the order of ids. */
  private oddSet(values: readonly Json[], path: Path): Odd | undefined {
    const lists = values.map((value) => listOf(value).map(String));
    const isShared = (id: string): boolean => lists.every((list) => list.includes(id));
    const inOrder = lists.map((list, i) =>
      list.map((id) => (isShared(id) ? id : withoutHashes(this.anonymous(id, i)))).sort(),
    );
    return this.odd(inOrder, path);
  }

  private oddItems(values: readonly (readonly Json[])[], path: Path): Odd | undefined {
    const length = values[0]!.length;
    if (!values.every((value) => value.length === length))
      return { index: rarest(values.map((value) => String(value.length)))!, path };
    for (let i = 0; i < length; i++) {
      const odd = this.odd(
        values.map((value) => value[i]!),
        [...path, i],
      );
      if (odd) return odd;
    }
    return undefined;
  }

  /** A member's text with what is its own taken out of it: references, by how far along the row they go, and its word. */
  private anonymous(text: string, index: number, tell = told): string {
    const referred = text.replaceAll(/[A-Za-z0-9]+/g, (id) => {
      const place = this.places.get(id);
      return place ? tell(place, this.row.indices[index]!) : id;
    });
    const own = this.own[index];
    return own ? referred.replaceAll(own, '\uE000') : referred;
  }
}

/**
 * How far along the lines of a dashboard a widget is: as many as fit are in a line of 24, and the next is at the start of another.
 * Amazon CloudWatch API Reference, "Dashboard body structure and syntax". Undefined for what is no widget.
 */
function alongLines({ x, y, width, height }: JsonObject): number | undefined {
  if (![x, y, width, height].every((it) => typeof it === 'number')) return undefined;
  const [left, top, w, h] = [x, y, width, height] as [number, number, number, number];
  return (top / h) * Math.floor(24 / w) * w + left;
}

/** A member's keys by their forms. */
type Keys = ReadonlyMap<string, string>;

/** Keys that hold a number of their own in each member, such as `Branch1` and `Branch2`, have one form in all of them. */
function withCounted(all: readonly Keys[], row: RowOf): readonly Keys[] {
  const isShared = (form: string): boolean => all.every((keys) => keys.has(form));
  const counted = all.map((keys) =>
    [...keys.keys()].filter((form) => !isShared(form)).map((form) => [withoutNumbers(form), form] as const),
  );
  const isRow = (form: string): boolean => {
    const own = counted.map((forms) => forms.filter(([it]) => it === form).map(([, key]) => key));
    if (!own.every(({ length }) => length === 1)) return false;
    const keys = own.map(([key]) => key!);
    return unlikeText(keys, row) === undefined;
  };
  const rows = new Set(counted[0]!.map(([form]) => form).filter(isRow));
  return all.map(
    (keys) =>
      new Map(
        [...keys].map(([form, key]) => [
          !isShared(form) && rows.has(withoutNumbers(form)) ? withoutNumbers(form) : form,
          key,
        ]),
      ),
  );
}

const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '#');

/** A reference to a member by how far along the row it is, without digits, which would count. */
const told = ({ group, index }: Place, from: number): string =>
  `\uE001${String.fromCharCode(0xe100 + group, 0xf000 + index - from)}`;

/** A reference to a member by the numbers of its id. */
const toldByNumbers = ({ group, counters }: Place): string =>
  `\uE001${String.fromCharCode(0xe100 + group)}${counters.join(',')}`;

const kindOf = (value: Json): string =>
  typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[]' : '{}') : JSON.stringify(value);
