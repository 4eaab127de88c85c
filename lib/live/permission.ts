import type { Json } from '../json';
import type { ManifestStacks, PermittedPlace } from '../parity/manifest';
import { keyOf, type Path } from '../template/differences';

/** What the manifest says of a place: both must be the same, may be anything, or must be these. */
export type Permission =
  | { readonly is: 'same' }
  | { readonly is: 'any' }
  | { readonly is: 'scaled'; readonly factor: string; readonly prod: Json; readonly staging: Json };

/** What a pair of stacks may differ in. */
export class Permissions {
  readonly #places: ReadonlyMap<string, PermittedPlace>;

  constructor(private readonly stacks: ManifestStacks) {
    this.#places = new Map(stacks.places.map((place) => [keyOf(place.path), place]));
  }

  /** @param path - from the top of the template, with staging's logical ids */
  at(path: Path): Permission {
    const place = this.#places.get(keyOf(path));
    if (place?.by === 'scale' && place.prod !== undefined && place.staging !== undefined)
      return { is: 'scaled', factor: place.factor, prod: place.prod, staging: place.staging };
    return this.isWithin(path) ? { is: 'any' } : { is: 'same' };
  }

  /** Whether all of an entry may be in one of the two alone. */
  mayBeAlone(section: string, id: string): boolean {
    return this.#places.has(keyOf([section, id])) || this.groupOf(id) !== undefined;
  }

  /** Staging's logical id for one of production's. */
  stagingId(prod: string): string {
    return this.stacks.ids.find((match) => match.prod === prod)?.staging ?? prod;
  }

  /** Whom a member is compared with that the other side has not: that side's last, by staging's logical id. */
  likeness(id: string, side: 'prod' | 'staging'): string | undefined {
    const last = this.groupOf(id)?.[side].at(-1);
    return last === undefined ? undefined : String(last);
  }

  /** The entries of one of the two of which a factor decides the number, by staging's logical ids. */
  membersOf(side: 'prod' | 'staging'): string[] {
    return this.stacks.members.flatMap((group) =>
      group.path.length === 1 && group.path[0] === 'Resources' ? group[side].map(String) : [],
    );
  }

  /** The members, of which a factor decides the number, that an entry is one of. */
  private groupOf(id: string) {
    return this.stacks.members.find(
      ({ path, prod, staging }) =>
        path.length === 1 && path[0] === 'Resources' && (prod.includes(id) || staging.includes(id)),
    );
  }

  /** Whether the place, something around it or something in it may differ. */
  private isWithin(path: Path): boolean {
    return [...this.#places.values()].some((place) => {
      const shorter = Math.min(place.path.length, path.length);
      return keyOf(place.path.slice(0, shorter)) === keyOf(path.slice(0, shorter));
    });
  }
}
