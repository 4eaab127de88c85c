import { equalJson, isObject, listOf, type Json, type JsonObject } from '../json';
import { at, type Path } from '../template/differences';
import type { Model } from '../template/model';
import { patternOf } from '../template/words';
import type { ManifestStacks, Members } from './manifest';
import { round } from './text';

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
    const odd = new Row(places, own, kept).odd(all, []);
    return odd ? [{ members, ...odd }] : [];
  });
}

/** Which group and place a logical id has. */
type Places = ReadonlyMap<string, { readonly group: number; readonly index: number }>;

function placesOf(groups: readonly Members[], side: 'prod' | 'staging'): Places {
  const places = new Map<string, { group: number; index: number }>();
  groups.forEach(({ path, [side]: members }, group) => {
    if (path.length === 1) members.forEach((id, index) => places.set(String(id), { group, index }));
  });
  return places;
}

/**
 * What tells a member in names: its construct id where it differs from its fellows', and what differs in that. Its logical
 * id is made of it; a number counts as a number, and a letter as that of a zone.
 */
function ownWord(
  id: string,
  { words, path }: Members,
  index: number,
  ids: ManifestStacks['ids'],
): RegExp | undefined {
  const before = ids.find(({ staging }) => staging === id)?.prod ?? id;
  const isItsOwn = (word: string): boolean => {
    const plain = word.replaceAll(/[^A-Za-z0-9]/g, '');
    return /\D/.test(plain) && [id, before].some((it) => it.includes(plain));
  };
  const own = [words[index] ?? '', differingPart(words, index)].filter(isItsOwn).map(patternOf);
  return path.length > 1 || own.length === 0 ? undefined : new RegExp(own.join('|'), 'g');
}

/** A word without the parts that all have at its start and its end: of `Reader-ann` and `Reader-bob` what is behind. */
function differingPart(words: readonly string[], index: number): string {
  const parts = words.map((word) => word.match(/[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z0-9]+/g) ?? []);
  const own = parts[index] ?? [];
  const areEqual = (i: number): boolean => parts.every((it) => it.at(i) === own.at(i));
  let [start, end] = [0, 0];
  while (start < own.length && areEqual(start)) start++;
  while (end < own.length - start && areEqual(-1 - end)) end++;
  return own.slice(start, own.length - end).join('');
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
    /** How many of them both sides have. */
    private readonly kept: number,
  ) {}

  /** The first place where one of the members' values is not like the others. */
  odd(values: readonly Json[], path: Path): Odd | undefined {
    const [first] = values;
    if (values.every((value) => equalJson(value, first))) return undefined;
    if (values.every(isObject)) return this.oddKeys(values, path);
    if (values.every((value) => Array.isArray(value)))
      return this.oddItems(values as readonly (readonly Json[])[], path);
    const is = (index: number | undefined): Odd | undefined =>
      index === undefined ? undefined : { index, path };
    if (values.every((value) => typeof value === 'number')) return is(offRow(values, this.kept));
    if (!values.every((value) => typeof value === 'string'))
      return is(outOfTurn(values.map(kindOf), this.kept));
    return is(
      unlikeText(
        values.map((text, i) => this.anonymous(text, i)),
        this.kept,
      ),
    );
  }

  private oddKeys(values: readonly JsonObject[], path: Path): Odd | undefined {
    const forms = withCounted(
      values.map((value, i) => new Map(Object.keys(value).map((key) => [this.anonymous(key, i), key]))),
      this.kept,
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
    const areInLines = along.every((it) => it !== undefined) && offRow(along, this.kept) === undefined;
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
  private anonymous(text: string, index: number): string {
    const referred = text.replaceAll(/[A-Za-z0-9]+/g, (id) => {
      const place = this.places.get(id);
      return place ? told(place.group, place.index - index) : id;
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
function withCounted(all: readonly Keys[], kept: number): readonly Keys[] {
  const isShared = (form: string): boolean => all.every((keys) => keys.has(form));
  const counted = all.map((keys) =>
    [...keys.keys()].filter((form) => !isShared(form)).map((form) => [withoutNumbers(form), form] as const),
  );
  const isRow = (form: string): boolean => {
    const own = counted.map((forms) => forms.filter(([it]) => it === form).map(([, key]) => key));
    if (!own.every(({ length }) => length === 1)) return false;
    const keys = own.map(([key]) => key!);
    return unlikeText(keys, kept) === undefined;
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

/** A reference to a member, without digits, which would count. */
const told = (group: number, distance: number): string =>
  `\uE001${String.fromCharCode(0xe100 + group, 0xf000 + distance)}`;

const kindOf = (value: Json): string =>
  typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[]' : '{}') : JSON.stringify(value);

/** The first of which there are not most. */
function rarest(forms: readonly string[]): number | undefined {
  const times = (form: string): number => forms.filter((it) => it === form).length;
  const most = forms.reduce((best, form) => (times(form) > times(best) ? form : best));
  const found = forms.findIndex((form) => form !== most);
  return found < 0 ? undefined : found;
}

/**
 * The first of several that is not like most; undefined when all are alike, or when they take turns and both sides have one
 * of each turn.
 */
function outOfTurn(forms: readonly string[], kept: number): number | undefined {
  return takeTurns(forms, kept) ? undefined : rarest(forms);
}

/** Whether values come again in turns that are no longer than what both sides have of them. */
const takeTurns = (values: readonly (string | number)[], kept: number): boolean =>
  Array.from({ length: Math.min(kept, values.length - 1) }, (_, i) => i + 1).some((length) =>
    values.every((value, i) => value === values[i % length]),
  );

/** What counts: a number, and a letter by itself, as that of a zone. */
const PIECES = /(\d+(?:\.\d+)?|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))/;

/** Which of several texts is not like the others; undefined when all are alike. */
function unlikeText(texts: readonly string[], kept: number): number | undefined {
  const plain = texts.map(withoutHashes);
  if (takeTurns(plain, kept) || areLettered(plain)) return undefined;
  const split = plain.map((text) => text.split(PIECES));
  const unlike = rarest(split.map((parts) => parts.filter((_, k) => k % 2 === 0).join('\uE003')));
  if (unlike !== undefined) return unlike;
  for (let k = 1; k < split[0]!.length; k += 2) {
    const pieces = split.map((parts) => parts[k]!);
    const numbers = pieces.map((piece) => (/^\d/.test(piece) ? Number(piece) : piece.charCodeAt(0)));
    const isOneKind = new Set(pieces.map((piece) => /^\d/.test(piece))).size === 1;
    // 16.1 and 16.10 are one number, and two versions.
    const isRow = isOneKind && new Set(pieces).size === new Set(numbers).size;
    const off = isRow ? offRow(numbers, kept) : outOfTurn(pieces, kept);
    if (off !== undefined) return off;
  }
  return undefined;
}

/** Whether texts differ in the last letter of a word alone, and that is the next one in each, as in `/dev/sdf` and `/dev/sdg`. */
function areLettered(texts: readonly string[]): boolean {
  const [first = ''] = texts;
  const place = first.split('').findIndex((letter, i) => texts.some((text) => text[i] !== letter));
  const start = first.charCodeAt(place);
  return (
    place >= 0 &&
    texts.every(
      (text, i) =>
        /^[A-Za-z](?![A-Za-z])/.test(text.slice(place)) &&
        text.charCodeAt(place) === start + i &&
        text.slice(0, place) + text.slice(place + 1) === first.slice(0, place) + first.slice(place + 1),
    )
  );
}

/**
 * Hashes are made of a member's address: every member has its own. Two may follow each other, and an attribute's name may
 * follow them. Eight digits alone are one behind letters, or behind a short number.
 */
const withoutHashes = (text: string): string =>
  text.replaceAll(
    /(?=[0-9]*[A-F])(?:[0-9A-F]{8}){1,2}(?![0-9A-F](?![a-z]))|(?<=[A-Za-z]\d{0,3})(?:\d{8}){1,2}(?![0-9A-F](?![a-z]))|[0-9a-f]{32,}/g,
    '\uE002',
  );

/** The first number that neither lies on a line with most of the others nor takes its turn with them. */
const offRow = (numbers: readonly number[], kept: number): number | undefined =>
  takeTurns(numbers, kept) ? undefined : offLine(numbers);

/** The first number that does not lie on a line with most of the others; undefined when all do. */
function offLine(numbers: readonly number[]): number | undefined {
  const equal = rarest(numbers.map(String));
  const most = numbers[equal === 0 ? 1 : 0];
  if (numbers.filter((number) => number === most).length * 2 > numbers.length) return equal;
  let best: boolean[] = [];
  for (let i = 1; i < numbers.length; i++) {
    const step = round(numbers[i]! - numbers[i - 1]!);
    const on = numbers.map((number, k) => isClose(number, numbers[i]! + step * (k - i)));
    if (on.filter(Boolean).length > best.filter(Boolean).length) best = on;
  }
  const off = best.indexOf(false);
  return off < 0 ? undefined : off;
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
