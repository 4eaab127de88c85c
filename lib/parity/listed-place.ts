import { isObject, own, type Json } from '../json';
import type { Factor, FactorKind } from '../scale/kinds';
import type { Model } from '../template/model';
import { showPath, type Path } from '../template/differences';
import { escape } from '../template/words';
import type { ListedFactor } from './factor-list';
import type { Match } from './match';

/** A listed factor with its place spelt out. */
export interface PlacedFactor extends Factor {
  readonly name: string;
  readonly kind: FactorKind;
  /** The entry as it was written. */
  readonly entry: ListedFactor;
  /** Which of the entries it is, from 0. */
  readonly index: number;
  /** Whether it stands for the number of its resources. */
  readonly isNumber: boolean;
  /** Whether it stands in a resource, by its id. */
  readonly fits: (id: string) => boolean;
  /** Whether a path below a resource is its own. */
  readonly isAt: (path: Path) => boolean;
}

/** The resources of both templates, by every id that a person may know them by. */
export class KnownResources {
  readonly #types = new Map<string, string>();
  readonly #renamed: ReadonlyMap<string, string>;

  /** @param renamed - those of production that have staging's ids in its model */
  constructor(
    readonly prod: Model,
    readonly staging: Model,
    renamed: readonly Match[] = [],
  ) {
    for (const { Resources } of [prod, staging])
      for (const [id, entry] of Object.entries(Resources))
        if (isObject(entry)) this.#types.set(id, String(entry['Type']));
    this.#renamed = new Map(renamed.map((match) => [match.prod, match.staging]));
  }

  get ids(): string[] {
    return [...this.#types.keys()];
  }

  get types(): string[] {
    return [...new Set(this.#types.values())];
  }

  /** The id that a resource has in the models; undefined when neither template has it. */
  idOf(id: string): string | undefined {
    if (this.#types.has(id)) return id;
    const staging = this.#renamed.get(id);
    return staging !== undefined && this.#types.has(staging) ? staging : undefined;
  }

  typeOf(id: string): string | undefined {
    return this.#types.get(id);
  }

  /** The resources of a type or an id. */
  of({ type, id }: Pick<ListedFactor, 'type' | 'id'>): string[] {
    if (id === undefined) return this.ids.filter((it) => this.typeOf(it) === type);
    const known = this.idOf(id);
    return known === undefined ? [] : [known];
  }

  /** What a resource is in each template that has it. */
  entries(id: string): Json[] {
    return [this.prod, this.staging].flatMap(({ Resources }) => own(Resources, id) ?? []);
  }
}

/**
 * Where a listed factor stands. Its path is taken as the report prints it, with the logical id before it or without, or as a
 * list; `[*]` is every item of a list.
 */
export function placed(entry: ListedFactor, index: number, resources: KnownResources): PlacedFactor {
  const { name, kind, reason, path } = entry;
  const steps = path === undefined ? undefined : stepsOf(path);
  const prefix = steps && prefixOf(steps, resources);
  const isPrefixed = prefix !== undefined && resources.of(entry).includes(prefix.id);
  const below = isPrefixed ? prefix.below : steps;
  const ids = isPrefixed ? [prefix.id] : resources.of(entry);
  const where = isPrefixed && entry.id === undefined ? prefix.id : (entry.id ?? entry.type ?? '');
  return {
    name: name ?? [where, ...(below ? [showSteps(below)] : [])].join(' '),
    kind,
    reason,
    entry,
    index,
    isNumber: steps === undefined,
    fits: (id) => ids.includes(id),
    isAt: below ? matcher(below, typeof path === 'string') : () => false,
  };
}

/** One step of a path as it is written. */
export type Step = string | number;

/** The steps of a path: of a text, those between its dots and brackets. */
export const stepsOf = (path: NonNullable<ListedFactor['path']>): readonly Step[] =>
  typeof path === 'string' ? dotted(path).split('.').map(numbered) : path;

/** A path's steps as the report prints them. */
export const showSteps = (steps: readonly Step[]): string =>
  showPath(steps).replaceAll(/\.\*(?=[.[]|$)/g, '[*]');

/** A printed path with dots alone, so that `X[0].Y` and `X.0.Y` are the same. */
export const dotted = (text: string): string => text.trim().replaceAll(/\[(\d+|\*)\]/g, '.$1');

const numbered = (step: string): Step => (/^\d+$/.test(step) ? Number(step) : step);

/** The resource that a path begins with, and what is below it. */
export function prefixOf(steps: readonly Step[], resources: KnownResources) {
  const [first, ...below] = steps[0] === 'Resources' ? steps.slice(1) : steps;
  if (first === undefined || ATTRIBUTES.includes(String(first)) || below.length === 0) return undefined;
  const id = resources.idOf(String(first));
  return id === undefined ? undefined : { id, below };
}

/** What a resource has beside its properties: where the paths below it begin. */
export const ATTRIBUTES: readonly string[] = [
  'Properties',
  'Type',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'CreationPolicy',
  'UpdatePolicy',
  'Metadata',
];

/** Texts are compared as they are printed, for keys may hold dots; the steps of a list one by one. */
function matcher(steps: readonly Step[], isText: boolean): (path: Path) => boolean {
  if (!isText)
    return (path) =>
      path.length === steps.length &&
      steps.every((step, i) => String(step) === String(path[i]) || (step === '*' && isIndex(path[i])));
  const source = steps.map((step) => (step === '*' ? String.raw`(?:\d+|\*)` : escape(String(step))));
  const pattern = new RegExp(`^${source.join(String.raw`\.`)}$`);
  return (path) => pattern.test(path.join('.'));
}

const isIndex = (step: Step | undefined): boolean => typeof step === 'number';
