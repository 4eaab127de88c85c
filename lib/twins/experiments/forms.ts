import { isObject, type Json, type JsonObject } from '../../json';
import { escape, patternOf } from '../../template/words';
import { indexOf, splitTokens } from './canonical';
import type { Observation } from './fitted';
import { formPath, type Paired } from './pairing';

/** What keys, items and constructs look like without what may differ: what has one form may be the same, or members. */
export class Forms {
  readonly #classes = new Map<unknown, number>();

  constructor(
    private readonly observations: readonly Observation[],
    private readonly construct: (index: number) => Paired,
  ) {}

  /**
   * What a key has in common with its fellows: without numbers; and, of a construct's, its class and all that it says, without
   * its id or without the words of that.
   */
  ofMember(key: string, values: readonly (JsonObject | undefined)[]): readonly string[] {
    const index = indexOf(key);
    if (index === undefined) return [withoutNumbers(key)];
    const chain = this.chainOf(index);
    const top = chain.findIndex(({ index: of }) =>
      this.observations.some((it) => !it.isPassive && !it.has(of)),
    );
    // What is always there may be a fellow of what comes and goes, at any level.
    const level = top < 0 ? this.memberLevel(chain) : top;
    const own = idForm(this.construct(index));
    if (level < 0) return [own];
    const i = values.findIndex((value) => value !== undefined && Object.hasOwn(value, key));
    const said = this.ofItem(values[i]![key]!, i);
    const { id } = chain[level]!;
    const without = (pattern: RegExp): string =>
      `${this.classForm(chain, level)} ${said.replaceAll(pattern, '<own>')}`;
    return [own, without(new RegExp(patternOf(id), 'g')), without(wordsOf(id))];
  }

  private chainOf(index: number): Paired[] {
    const chain: Paired[] = [];
    for (let it: Paired | undefined = this.construct(index); it; it = it.parent) chain.unshift(it);
    return chain;
  }

  /** The level at which a construct has siblings of its class that come and go. */
  private memberLevel(chain: readonly Paired[]): number {
    return chain.findIndex(
      ({ parent, constructs }, level) =>
        level > 0 &&
        parent !== undefined &&
        this.comingAndGoing().has(`${parent.index} ${this.classOf(constructs)}`),
    );
  }

  #coming: Set<string> | undefined;

  /** The parents and classes of constructs that are not everywhere though their parents are. */
  private comingAndGoing(): ReadonlySet<string> {
    if (this.#coming) return this.#coming;
    const coming = new Set<string>();
    const voters = this.observations.filter(({ isPassive }) => !isPassive);
    for (let index = 0; ; index++) {
      const it = this.construct(index);
      if (!it) break;
      const { parent } = it;
      if (parent && voters.some(({ has }) => !has(index)) && voters.every(({ has }) => has(parent.index)))
        coming.add(`${parent.index} ${this.classOf(it.constructs)}`);
    }
    return (this.#coming = coming);
  }

  private classForm(chain: readonly Paired[], level: number): string {
    if (level < 0) return '';
    return chain
      .map(({ form, constructs }, i) =>
        i === level ? `<${this.classOf(constructs)}>` : withoutNumbers(form),
      )
      .join('/');
  }

  private classOf(constructs: unknown): number {
    const known = this.#classes.get(constructs) ?? this.#classes.size;
    this.#classes.set(constructs, known);
    return known;
  }

  /** Whether two keys are one but for the names and hashes of their observations. */
  areRenamed(a: string, i: number, b: string, j: number): boolean {
    return this.observations[i]!.anonymous(a) === this.observations[j]!.anonymous(b);
  }

  /** An item without names and hashes: what has one text refers to the same constructs. */
  textOfItem(item: Json, observation: number): string {
    const { anonymous } = this.observations[observation]!;
    const text = (it: string): string =>
      splitTokens(it)
        .map((piece) => (indexOf(piece) === undefined ? anonymous(piece) : piece))
        .join('');
    return JSON.stringify(item, (_, leaf: Json) => (typeof leaf === 'string' ? text(leaf) : leaf));
  }

  /** An item without what may differ: names, numbers and hashes, and which of several members it refers to. */
  ofItem(item: Json, observation: number): string {
    const { anonymous } = this.observations[observation]!;
    // A construct is called the same whichever instance refers to it: names are only taken out of what is beside it.
    const textForm = (text: string): string =>
      splitTokens(text)
        .map((piece) => {
          const index = indexOf(piece);
          return index === undefined ? withoutNumbers(anonymous(piece)) : idForm(this.construct(index));
        })
        .join('');
    return formOf(item, textForm);
  }
}

/** A value as text, with what a function makes of each text and key in it, and no numbers. */
export function formOf(value: Json, textForm: (text: string) => string): string {
  if (typeof value === 'string') return JSON.stringify(textForm(value));
  if (typeof value === 'number') return '#';
  if (Array.isArray(value)) {
    const forms = (value as Json[]).map((item) => formOf(item, textForm));
    // As many as there are: a list of members is one, however long.
    return `[${forms.filter((form, i) => form !== forms[i - 1]).join(',')}]`;
  }
  if (!isObject(value)) return String(value);
  const entries = Object.entries(value).map(([key, child]) => `${textForm(key)}:${formOf(child, textForm)}`);
  return `{${entries.join(',')}}`;
}

/** Finds the words of an id, of one letter too, wherever they stand by themselves. */
const wordsOf = (id: string): RegExp => {
  const words = id.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  return new RegExp(String.raw`(?<![A-Za-z])(?:${words.map(escape).join('|') || '(?!)'})(?![a-z])`, 'gi');
};

/** A construct's path without names, hashes and numbers. */
const idForm = (construct: Paired): string => withoutNumbers(formPath(construct));

const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '#');
