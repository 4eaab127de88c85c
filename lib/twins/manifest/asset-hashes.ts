import type { Json } from '../../json';
import type { Match } from '../../parity/match';
import { literal, placeholder } from '../../parity/text';
import { ASSETS } from '../../template/deployment';
import { at } from '../../template/differences';
import type { FittedPlace } from '../experiments/fitted';
import { pathIn, type Side } from './side';

/** The hashes that two environments publish assets under which differ as they may: a hash is made of what differs. */
export class AssetHashes {
  readonly #all: readonly Match[];

  /** @param nameOf - what a pair of generated words is called */
  constructor(
    places: readonly FittedPlace[],
    prod: Side,
    staging: Side,
    private readonly nameOf: (prod: string, staging: string) => string,
  ) {
    const assets = places.flatMap(({ steps }) => {
      const [section, asset, what] = pathIn(steps, staging) ?? [];
      // Where it is published to is not what its hash is made of.
      return section === ASSETS && what !== 'destinations' ? [String(asset)] : [];
    });
    this.#all = [...new Set(assets)].flatMap((asset): Match[] => {
      const [p, s] = [prod, staging].map(({ model }) => at(model, [ASSETS, asset, 'hash']));
      return typeof p === 'string' && typeof s === 'string' && p !== s ? [{ prod: p, staging: s }] : [];
    });
  }

  /** A text of production with placeholders where such hashes stand. */
  inText(text: string): string {
    let all = text;
    for (const { prod, staging } of this.#all)
      if (all.includes(prod)) all = all.replaceAll(prod, placeholder({ name: this.nameOf(prod, staging) }));
    return all;
  }

  /** The text of two values that differ in such hashes alone; undefined when they differ in anything else. */
  textOf(prod: Json | undefined, staging: Json | undefined): string | undefined {
    if (typeof prod !== 'string' || typeof staging !== 'string') return undefined;
    const renamed = this.#all.reduce((text, it) => text.replaceAll(it.prod, it.staging), prod);
    return renamed === staging ? this.inText(literal(prod)) : undefined;
  }
}
