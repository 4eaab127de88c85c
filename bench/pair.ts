import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../lib/json';
import type { Manifest, Members, PermittedPlace } from '../lib/parity/manifest';
import type { Path } from '../lib/template/differences';
import { mapReferences } from '../lib/template/references';

/** Two templates with the manifest that belongs to them. */
export interface Pair {
  readonly prod: JsonObject;
  readonly staging: JsonObject;
  readonly manifest: Manifest;
  readonly resources: number;
}

/**
 * The reference topology's two templates, as often beside themselves as it takes to reach a number of resources. What
 * being ephemeral adds to staging (the self-destruct, the emptying of buckets) is there once, as it is in any stack.
 */
export function pairOf(assembly: string, resources: number): Pair {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(assembly, file), 'utf8'));
  const manifest = read('twin.json') as Manifest;
  const [definition] = manifest.definitions;
  const [pair] = definition!.pairs;
  const [stacks] = pair!.stacks;
  const [prod, staging] = [read(stacks!.prod) as JsonObject, read(stacks!.staging) as JsonObject];
  const ids = Object.keys(prod['Resources']!);
  const copies = Array.from({ length: Math.ceil(resources / ids.length) }, (_, i) => new Copy(i, ids));
  const members = copies.flatMap((copy) => stacks!.members.flatMap((it) => copy.members(it)));
  const places = copies.flatMap((copy) => stacks!.places.flatMap((place) => copy.place(place)));
  return {
    prod: repeat(prod, copies),
    staging: repeat(staging, copies),
    manifest: {
      ...manifest,
      definitions: [{ ...definition!, pairs: [{ ...pair!, stacks: [{ ...stacks!, members, places }] }] }],
    },
    resources: ids.length * copies.length,
  };
}

/** One of the topologies beside each other; the first keeps its logical ids. */
class Copy {
  readonly #ids: ReadonlySet<string>;

  constructor(
    private readonly index: number,
    ids: readonly string[],
  ) {
    this.#ids = new Set(index === 0 ? [] : ids);
  }

  readonly rename = (id: string): string => (this.#ids.has(id) ? `${id}Copy${this.index}` : id);

  entries(entries: JsonObject): JsonObject {
    const own = Object.entries(entries).filter(([id]) => this.index === 0 || this.#ids.has(id));
    return Object.fromEntries(own.map(([id, entry]) => [this.rename(id), mapReferences(entry, this.rename)]));
  }

  members(members: Members): Members[] {
    if (this.index === 0) return [members];
    if (members.path.length === 1) {
      const renamed = (ids: Members['prod']) => ids.map((id) => this.rename(String(id)));
      return [{ ...members, prod: renamed(members.prod), staging: renamed(members.staging) }];
    }
    const path = this.path(members.path);
    return path ? [{ ...members, path }] : [];
  }

  private path([section, id, ...rest]: Path): Path | undefined {
    return section === 'Resources' && this.#ids.has(String(id))
      ? [section, this.rename(String(id)), ...rest]
      : undefined;
  }

  place(place: PermittedPlace): PermittedPlace[] {
    const [, , ...rest] = place.path;
    if (this.index === 0) return [place];
    const path = this.path(place.path);
    if (!path) return [];
    const key = String(rest.at(-1) ?? '');
    const value = (json: Json): Json => (mapReferences({ [key]: json }, this.rename) as JsonObject)[key]!;
    return [
      {
        ...place,
        path,
        ...(place.prod !== undefined && { prod: value(place.prod) }),
        ...(place.staging !== undefined && { staging: value(place.staging) }),
      },
    ];
  }
}

function repeat(template: JsonObject, copies: readonly Copy[]): JsonObject {
  const Resources = Object.assign(
    {},
    ...copies.map((copy) => copy.entries(template['Resources'] as JsonObject)),
  ) as JsonObject;
  return { ...template, Resources };
}
