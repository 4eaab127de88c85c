import type { IConstruct } from 'constructs';
import { anonymizer, HASH, NAME, type Names } from '../instances/names';

/** A construct that all instances of a topology have, or some of them. */
export interface Paired {
  /** The same in every instance. */
  readonly index: number;
  readonly parent: Paired | undefined;
  /** What it is called in the first instance that has it. */
  readonly id: string;
  /** The same without names and hashes. */
  readonly form: string;
  /** Its path below the environment, by those ids. */
  readonly path: string;
  /** Its class: constructs of other classes are never taken for it. */
  readonly constructs: unknown;
}

/** The path of a construct without names and hashes: the same whatever its environment is called. */
export function formPath(paired: Paired): string {
  const forms: string[] = [];
  for (let it: Paired | undefined = paired; it; it = it.parent) forms.unshift(it.form);
  return forms.filter((form) => form !== '').join('/');
}

interface Node extends Paired {
  readonly children: Node[];
  /** Every id that it has had. */
  readonly ids: Set<string>;
  /** How its ids may be without names that are one letter, which may also be a letter of a word. */
  readonly forms: Set<string>;
}

/**
 * Pairs the constructs of several instances along the tree: children by their ids; then by ids that are equal once the
 * instances' names and the hashes made of them are taken out; what is left by class and order; and by what stands before a
 * short hash, when there is one of it.
 */
export class Pairing {
  readonly #nodes: Node[] = [];
  readonly #of = new WeakMap<IConstruct, Node>();
  #top: Node | undefined;

  /** Adds an instance by its stack or stage. */
  add(top: IConstruct, names: Names): void {
    this.#top ??= this.node(top, undefined, '');
    this.pair(this.#top, top, anonymizerOf(names));
  }

  /** What a construct is paired as. */
  of(construct: IConstruct): Paired {
    return this.#of.get(construct)!;
  }

  /** What has an index. */
  at(index: number): Paired {
    return this.#nodes[index]!;
  }

  private pair(node: Node, construct: IConstruct, anonymous: Anonymizer): void {
    this.#of.set(construct, node);
    node.ids.add(construct.node.id);
    for (const form of anonymous.letters(construct.node.id)) node.forms.add(form);
    const { children } = construct.node;
    if (children.length === 0) return;
    let left: IConstruct[] = [];
    const free = new Set(node.children);
    const found: [Node, IConstruct][] = [];
    const take = (child: IConstruct, is: (other: Node) => boolean): boolean => {
      for (const other of free) {
        if (other.constructs !== child.constructor || !is(other)) continue;
        free.delete(other);
        found.push([other, child]);
        return true;
      }
      return false;
    };
    const byId = new Map(node.children.flatMap((child) => [...child.ids].map((id) => [id, child])));
    for (const child of children) {
      const same = byId.get(child.node.id);
      if (same && free.delete(same)) found.push([same, child]);
      else left.push(child);
    }
    left = left.filter((child) => !take(child, ({ form }) => form === anonymous(child.node.id)));
    left = left.filter((child) => {
      const forms = anonymous.letters(child.node.id);
      return !take(child, (other) => forms.some((form) => other.forms.has(form)));
    });
    left = left.filter((child) => !isNamed(child.node.id, anonymous) || !take(child, isNamedNode));
    const stems = left.map((child) => stemOf(child.node.id));
    left = left.filter((child) => {
      const stem = stemOf(child.node.id);
      const isAlike = (other: Node): boolean =>
        other.constructs === child.constructor && stemOf(other.id) === stem;
      const isOnly = stems.filter((it) => it === stem).length === 1 && [...free].filter(isAlike).length === 1;
      return stem === undefined || !isOnly || !take(child, isAlike);
    });
    for (const child of left) {
      const form = anonymous(child.node.id);
      const made = this.node(child, node, form);
      node.children.push(made);
      found.push([made, child]);
    }
    for (const [other, child] of found) this.pair(other, child, anonymous);
  }

  private node(construct: IConstruct, parent: Node | undefined, form: string): Node {
    const { id } = construct.node;
    const node: Node = {
      index: this.#nodes.length,
      parent,
      id,
      path: parent ? [parent.path, id].filter((part) => part !== '').join('/') : '',
      constructs: construct.constructor,
      children: [],
      ids: new Set([id]),
      forms: new Set(),
      form,
    };
    this.#nodes.push(node);
    return node;
  }
}

/** An id without a hash at its end that is too short to be known for one: some L2s cut theirs to a few digits. */
const stemOf = (id: string): string | undefined => /^(.*[a-z])(?=[0-9A-F]*\d)[0-9A-F]{4,7}$/.exec(id)?.[1];

/** Whether an id holds a name or a hash: only then may it be another one in another instance. */
const isNamed = (id: string, anonymous: (id: string) => string): boolean => anonymous(id) !== id;
const isNamedNode = ({ form }: Node): boolean => form.includes(NAME) || form.includes(HASH);

/** Takes an instance's names out of an id, and what looks like a hash. */
interface Anonymizer {
  (id: string): string;
  /** An id without one letter that is a name, for each that may be; and as it is without the other names. */
  letters(id: string): string[];
}

function anonymizerOf(names: Names): Anonymizer {
  const all = new Set(names.values());
  const take = anonymizer(names.values());
  const known = new Map<string, string>(); // most constructs share their ids: Resource, Default
  const anonymous = (id: string): string => {
    const form = known.get(id) ?? take(id);
    known.set(id, form);
    return form;
  };
  const hasLetters = [...all].some((name) => name.length === 1);
  const letters = (id: string): string[] => [
    anonymous(id),
    ...Array.from(hasLetters ? id : '').flatMap((letter, i) =>
      all.has(letter) ? [anonymous(`${id.slice(0, i)}${NAME}${id.slice(i + 1)}`)] : [],
    ),
  ];
  return Object.assign(anonymous, { letters });
}

/**
 * What tells members apart in names: the part of their construct ids that differs, beside numbers.
 *
 * @param paths - of their constructs; undefined for what is none
 */
export function wordsOf(paths: readonly (string | undefined)[]): string[] {
  const split = paths.map((path) => path?.split('/'));
  const [first] = split;
  if (!first || split.some((path) => path?.length !== first.length)) return [];
  const level = first.findIndex((part, i) => split.some((path) => path![i] !== part));
  return level < 0 ? [] : split.map((path) => path![level]!);
}
