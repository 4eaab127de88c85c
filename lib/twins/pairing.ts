import type { IConstruct } from 'constructs';
import type { Names } from './names';

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

interface Node extends Paired {
  readonly children: Node[];
  /** Every id that it has had. */
  readonly ids: Set<string>;
}

/**
 * Pairs the constructs of several instances along the tree: children by their ids; then by ids that are equal once the
 * instances' names and the hashes made of them are taken out; what is left by class and order.
 */
export class Pairing {
  readonly #nodes: Node[] = [];
  readonly #of = new WeakMap<IConstruct, Node>();
  #top: Node | undefined;

  /** Adds an instance by its stack or stage. */
  add(top: IConstruct, names: Names): void {
    this.#top ??= this.node(top, undefined, '');
    this.pair(this.#top, top, anonymizer(names));
  }

  /** What a construct is paired as. */
  of(construct: IConstruct): Paired {
    return this.#of.get(construct)!;
  }

  /** What has an index. */
  at(index: number): Paired {
    return this.#nodes[index]!;
  }

  /** How many there are. */
  get size(): number {
    return this.#nodes.length;
  }

  private pair(node: Node, construct: IConstruct, anonymous: (id: string) => string): void {
    this.#of.set(construct, node);
    node.ids.add(construct.node.id);
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
    for (const child of construct.node.children) {
      const same = byId.get(child.node.id);
      if (same && free.delete(same)) found.push([same, child]);
      else left.push(child);
    }
    left = left.filter((child) => !take(child, ({ form }) => form === anonymous(child.node.id)));
    left = left.filter((child) => !isNamed(child.node.id, anonymous) || !take(child, isNamedNode));
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
      form,
    };
    this.#nodes.push(node);
    return node;
  }
}

const NAME = '\uE004';
const HASH = '\uE005';

/** Whether an id holds a name or a hash: only then may it be another one in another instance. */
const isNamed = (id: string, anonymous: (id: string) => string): boolean => anonymous(id) !== id;
const isNamedNode = ({ form }: Node): boolean => form.includes(NAME) || form.includes(HASH);

/** Takes an instance's names out of an id, and what looks like a hash. */
function anonymizer(names: Names): (id: string) => string {
  const own = [...new Set(names.values())]
    .filter((name) => name.length > 1)
    .sort((a, b) => b.length - a.length);
  return (id) =>
    own
      .reduce((text, name) => text.replaceAll(name, NAME), id)
      .replaceAll(/[0-9A-F]{8}(?![0-9A-F])|[0-9a-f]{32,}/g, HASH);
}
