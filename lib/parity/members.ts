import { isObject, type Json, type JsonObject } from '../json';
import type { Path } from '../template/differences';
import { SECTIONS, type Model } from '../template/model';

/** The members of a tier that one factor decides the number of. */
export interface Group {
  /** The factor's name. */
  readonly factor: string;
  /** Their logical ids in production, in order. */
  readonly members: readonly string[];
}

/** Something that production has and staging leaves out, because it belongs to a member that staging leaves out. */
export interface Omission {
  readonly factor: string;
  readonly path: Path;
  readonly prod: Json;
}

/** Production as it would be with fewer members. */
export interface Reduced {
  readonly model: Model;
  readonly omitted: readonly Omission[];
}

/** Where a logical id belongs to. */
interface Place {
  readonly group: number;
  readonly member: number;
}

/**
 * Takes out of production's model what staging has not: the members beyond `keep`, and the list items that stand for
 * them.
 *
 * @param keep - for each group, how many members staging has
 */
export function reduce(prod: Model, groups: readonly Group[], keep: readonly number[]): Reduced {
  const members = new Members(groups, keep);
  if (members.isEmpty) return { model: prod, omitted: [] };
  const omitted: Omission[] = [];
  const model = { ...prod };
  for (const section of SECTIONS) {
    const kept: Record<string, Json> = {};
    for (const [id, entry] of Object.entries(prod[section])) {
      const factor = members.dropped(id);
      if (factor === undefined) kept[id] = members.without(entry, [section, id], omitted);
      else omitted.push({ factor, path: [section, id], prod: entry });
    }
    model[section] = kept;
  }
  return { model, omitted };
}

class Members {
  readonly #places = new Map<string, Place>();

  constructor(
    private readonly groups: readonly Group[],
    private readonly keep: readonly number[],
  ) {
    groups.forEach(({ members }, group) =>
      members.forEach((id, member) => this.#places.set(id, { group, member })),
    );
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  /** The factor that explains why staging has no such entry; undefined when staging has it. */
  dropped(id: string): string | undefined {
    const place = this.#places.get(id);
    return place && this.isDropped(place) ? this.groups[place.group]!.factor : undefined;
  }

  /** The node without the list items that stand for dropped members; the node itself when there are none. */
  without(node: Json, path: Path, omitted: Omission[]): Json {
    if (
      typeof node !== 'object' ||
      node === null ||
      !this.mentions(node).some((place) => this.isDropped(place))
    ) {
      return node;
    }
    if (Array.isArray(node)) return this.withoutItems(node as Json[], path, omitted);
    const entries = Object.entries(node).map(([key, child]) => [
      key,
      this.without(child, [...path, key], omitted),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  }

  private withoutItems(items: readonly Json[], path: Path, omitted: Omission[]): Json {
    const forms = items.map((item) => this.form(item));
    const isText = path.at(-1) === 1 && path.at(-2) === 'Fn::Join';
    const kept: Json[] = [];
    items.forEach((item, i) => {
      const form = forms[i];
      if (!form || !this.isDropped(form.place) || !forms.some((other) => this.isKeptTwin(form, other))) {
        kept.push(this.without(item, [...path, i], omitted));
        return;
      }
      omitted.push({ factor: this.groups[form.place.group]!.factor, path: [...path, i], prod: item });
      if (isText && this.isSeparator(items, forms, i)) kept.pop();
    });
    return kept;
  }

  /** Whether an item of the same list stands for the same thing of a member that staging has. */
  private isKeptTwin(form: Form, other: Form | undefined): boolean {
    return (
      other?.text === form.text && other.place.group === form.place.group && !this.isDropped(other.place)
    );
  }

  /** Whether the text before an item of a joined text is what parts the members from each other. */
  private isSeparator(items: readonly Json[], forms: readonly (Form | undefined)[], i: number): boolean {
    const before = items[i - 1];
    const { place, text } = forms[i]!;
    const second = forms.findIndex((form) => form?.text === text && form.place.member === 1);
    const first = items[second - 1];
    if (typeof before !== 'string' || typeof first !== 'string') return false;
    return this.anonymous(before, place) === this.anonymous(first, forms[second]!.place);
  }

  /** An item with its member taken out of it: equal for the same item of each member. */
  private form(item: Json): Form | undefined {
    const mentions = this.mentions(item);
    const [place] = mentions;
    if (!place || mentions.some(({ group, member }) => group !== place.group || member !== place.member))
      return undefined;
    return { place, text: this.anonymous(item, place) };
  }

  /** The node as text, its keys in order, without the member's logical id. */
  private anonymous(node: Json, { group, member }: Place): string {
    const id = this.groups[group]!.members[member]!;
    const own = new RegExp(`(?<![A-Za-z0-9])${id}(?![A-Za-z0-9])`, 'g');
    const show = (value: Json): string => {
      if (typeof value === 'string') return JSON.stringify(value.replaceAll(own, '<member>'));
      if (Array.isArray(value)) return `[${(value as Json[]).map(show).join()}]`;
      if (!isObject(value)) return JSON.stringify(value);
      const keys = Object.keys(value).sort();
      return `{${keys.map((key) => `${JSON.stringify(key)}:${show(value[key]!)}`).join()}}`;
    };
    return show(node);
  }

  /** Every member that a node refers to. */
  private mentions(node: Json): Place[] {
    const found: Place[] = [];
    const look = (value: Json): void => {
      if (typeof value === 'string') {
        const place = this.#places.get(value) ?? this.#places.get(/^([A-Za-z0-9]+)\./.exec(value)?.[1] ?? '');
        if (place) found.push(place);
        if (!value.includes('${')) return;
        for (const [, id] of value.matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)) {
          const inText = this.#places.get(id!);
          if (inText) found.push(inText);
        }
      } else if (typeof value === 'object' && value !== null) {
        for (const child of Object.values(value)) look(child);
      }
    };
    look(node);
    return found;
  }

  private isDropped({ group, member }: Place): boolean {
    return member >= this.keep[group]!;
  }
}

interface Form {
  readonly place: Place;
  readonly text: string;
}
