import type { CfnElement } from 'aws-cdk-lib';
import { isObject, type Json, type JsonObject } from '../../json';
import { modelOf, SECTIONS, type Model } from '../../template/model';
import { escape } from '../../template/words';
import type { Instance, InstanceStack } from '../instances/instance';
import type { Pairing } from './pairing';

/** Stands in texts and keys for a logical id: the same in every instance that has the construct. */
export const token = (index: number): string => `\uE001${index}\uE002`;

/** The index of a construct that a key stands for; undefined for another key. */
export function indexOf(key: string): number | undefined {
  const [, index] = /^\uE001(\d+)\uE002$/.exec(key) ?? [];
  return index === undefined ? undefined : Number(index);
}

/** A text with something else in the place of each token. */
export const replaceTokens = (text: string, replace: (index: number) => string): string =>
  text.replaceAll(/\uE001(\d+)\uE002/g, (_, index: string) => replace(Number(index)));

/** A text in pieces: each token by itself, and what is between. */
export const splitTokens = (text: string): string[] =>
  text.split(/(\uE001\d+\uE002)/).filter((piece) => piece !== '');

/** Stands for the hash of an asset: where nothing is bundled it is another one. */
const ASSET = '\uE003';

/**
 * A text with the hashes of assets that another one has, in their order.
 *
 * @param written - the other as it is in the template
 * @param compared - and as it is compared
 */
export function withAssetsOf(text: string, written: string, compared: string): string {
  if (!text.includes(ASSET)) return text;
  const pattern = compared
    .split(/(\uE001\d+\uE002|\uE003)/)
    .map((piece) => (piece === ASSET ? '(\\w{64})' : piece.startsWith('\uE001') ? '\\w+' : escape(piece)))
    .join('');
  const hashes = new RegExp(`^${pattern}$`, 's').exec(written)?.slice(1) ?? [];
  return text.replaceAll(ASSET, () => hashes.shift() ?? ASSET);
}

/** An instance's templates with tokens in the place of logical ids, by the index of their stacks. */
export type Documents = ReadonlyMap<number, Model>;

/** The templates of an instance as they are compared with those of others. */
export function documentsOf({ stacks }: Instance, pairing: Pairing): Documents {
  const everywhere = new Map<string, string>();
  // Stacks may have an id in common: the first of them is there, however many there are.
  for (const { elements } of stacks.toReversed())
    tokensOf(elements, pairing).forEach((it, id) => everywhere.set(id, it));
  const assets = new Set(stacks.flatMap((stack) => [...stack.assets]));
  return new Map(
    stacks.map((stack) => [
      pairing.of(stack.stack).index,
      canonical(stack, new Translation([tokensOf(stack.elements, pairing), everywhere], assets)),
    ]),
  );
}

function tokensOf(elements: InstanceStack['elements'], pairing: Pairing): ReadonlyMap<string, string> {
  return new Map(
    [...elements].map(([id, element]: [string, CfnElement]) => [id, token(pairing.of(element).index)]),
  );
}

function canonical({ stack, template }: InstanceStack, translation: Translation): Model {
  const model = modelOf(template, stack.node.path);
  const sections = SECTIONS.map((section) => [section, translation.value(model[section])]);
  return { ...Object.fromEntries(sections), top: translation.value(model.top) as JsonObject } as Model;
}

/** Puts tokens where logical ids stand, and takes the hashes of assets out. */
class Translation {
  readonly #known = new Map<string, string>();

  constructor(
    private readonly ids: readonly ReadonlyMap<string, string>[],
    private readonly assets: ReadonlySet<string>,
  ) {}

  /** What holds no logical id and no hash stays the object that it is: that is most of a template. */
  value(node: Json): Json {
    if (typeof node === 'string') return this.text(node);
    if (Array.isArray(node)) return this.items(node as Json[]);
    if (!isObject(node)) return node;
    const keys = Object.keys(node);
    let copy: Record<string, Json> | undefined;
    for (const [i, key] of keys.entries()) {
      const [before, called] = [node[key]!, this.text(key)];
      const after = this.value(before);
      const value = key === 'DependsOn' && Array.isArray(after) ? [...(after as string[])].sort() : after;
      if (!copy && value === before && called === key) continue;
      copy ??= Object.fromEntries(keys.slice(0, i).map((it) => [it, node[it]!]));
      copy[called] = value;
    }
    return copy ?? node;
  }

  private items(items: readonly Json[]): readonly Json[] {
    let copy: Json[] | undefined;
    for (const [i, item] of items.entries()) {
      const value = this.value(item);
      if (value !== item) copy ??= items.slice(0, i);
      copy?.push(value);
    }
    return copy ?? items;
  }

  private text(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const translated = text.replaceAll(/[A-Za-z0-9]+/g, (word) => this.word(word));
    this.#known.set(text, translated);
    return translated;
  }

  private word(word: string): string {
    for (const ids of this.ids) {
      const found = ids.get(word);
      if (found !== undefined) return found;
    }
    return word.length === 64 && this.assets.has(word) ? ASSET : word;
  }
}
