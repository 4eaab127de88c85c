import { isObject, type Json } from '../json';
import { asString, textOf } from '../template/text';
import type { Leaf } from './leaf';

/**
 * A place in entries of a type, such as a property of all queues. What stands at one place is mostly the same in many resources, so
 * that it is worth knowing what was said of it.
 */
export class Place<T> {
  readonly #below = new Map<string | number, Place<T>>();
  readonly #said = new Map<string, { readonly as: Reading; readonly what: T }[]>();
  #path: Leaf['path'] | undefined;

  private constructor(
    readonly type: string,
    private readonly above: Place<T> | undefined,
    private readonly step: string | number,
  ) {}

  /** The entries of a type as a whole. */
  static of<T>(type: string): Place<T> {
    return new Place<T>(type, undefined, '');
  }

  get path(): Leaf['path'] {
    return (this.#path ??= this.above ? [...this.above.path, this.step] : []);
  }

  below(step: string | number): Place<T> {
    let found = this.#below.get(step);
    if (!found) this.#below.set(step, (found = new Place<T>(this.type, this, step)));
    return found;
  }

  /** What is said of a text that is read here in one way; asked once. */
  said(text: string, as: Reading, say: () => T): T {
    const all = this.#said.get(text);
    const known = all?.find((it) => it.as.key === as.key && it.as.isDenied === as.isDenied);
    if (known) return known.what;
    const what = say();
    if (all) all.push({ as, what });
    else this.#said.set(text, [{ as, what }]);
    return what;
  }
}

/** What a text is read as: the value of which property, and whether of a statement that denies. */
type Reading = Pick<Leaf, 'key' | 'isDenied'>;

/** A text, where it stands. */
export interface PlacedText<T> extends Reading {
  readonly place: Place<T>;
  readonly text: string;
  readonly value: Json;
}

/** Visits every text in an entry, and every key. */
export class Leaves<T> {
  /**
   * @param defaults - what parameters stand for, by name
   * @param visit - called for each
   */
  constructor(
    private readonly defaults: ReadonlyMap<string, string>,
    private readonly visit: (leaf: PlacedText<T>) => void,
  ) {}

  in(value: Json, place: Place<T>, as: Reading = { key: '', isDenied: false }): void {
    const text = textOf(value, this.defaults);
    if (text !== undefined) this.visit({ place, ...as, text, value });
    if (Array.isArray(value)) {
      for (const [i, item] of (value as Json[]).entries()) this.in(item, place.below(i), as);
    } else if (isObject(value)) {
      const pair = value['Key'] ?? value['Name'];
      const isDenied = as.isDenied || value['Effect'] === 'Deny';
      for (const key in value) {
        if (key === 'Ref' || key === 'Fn::GetAtt') continue;
        const child = value[key]!;
        const below = place.below(key);
        const isPair = key === 'Value' && typeof pair === 'string';
        if (key === 'Fn::If' && Array.isArray(child)) {
          // The first is the name of a condition; the others stand where the choice does.
          for (const [i, item] of (child as Json[]).entries())
            if (i > 0) this.in(item, below.below(i), { key: as.key, isDenied });
        } else if (key === 'Value' && isReadFromStore(value['Type'])) {
          this.in(child, below, { key: 'ValueFrom', isDenied });
        } else if (key === 'Fn::Join' || key === 'Fn::Sub') {
          this.parts(child, below, { key, isDenied });
        } else {
          this.in(child, below, { key: isPair ? pair : key === 'Fn::If' ? as.key : key, isDenied });
        }
        this.visit({ place: below, key: '', isDenied, text: key, value: key });
      }
    }
  }

  /** What is inside of a text and was not read with it: the arguments of its intrinsics. */
  private parts(value: Json, place: Place<T>, as: Reading): void {
    if (Array.isArray(value)) {
      for (const [i, item] of (value as Json[]).entries()) this.parts(item, place.below(i), as);
    } else if (isObject(value) && textOf(value) === undefined) {
      this.in(value, place, as);
    }
  }
}

/** Whether the value beside a type of variable is the name of what is read. */
const isReadFromStore = (type: Json | undefined): boolean =>
  /^(?:PARAMETER_STORE|SECRETS_MANAGER)$/.test(asString(type));
