import { isObject, type Json } from '../json';
import type { Path } from './differences';

/** Tells where things of a template come from, as far as the template says. */
export class Origins {
  /** The construct paths of entries: many places are of one. */
  readonly #constructs = new Map<Json | undefined, string | undefined>();

  constructor(
    private readonly template: unknown,
    private readonly sourceOf: (logicalId: string) => string | undefined = () => undefined,
  ) {}

  /** The construct path of an entry inside its environment; undefined when the template does not tell. */
  construct(path: Path): string | undefined {
    const entry = this.entry(path);
    if (!this.#constructs.has(entry)) this.#constructs.set(entry, constructOf(entry));
    return this.#constructs.get(entry);
  }

  /** The resource type of an entry, or its section. */
  type(path: Path): string | undefined {
    const entry = this.entry(path);
    const type = path[0] === 'Resources' && isObject(entry) ? entry['Type'] : undefined;
    return typeof type === 'string' ? type : undefined;
  }

  /** The file, line and column where the construct was made; undefined when the assembly does not tell. */
  source([, logicalId]: Path): string | undefined {
    return this.sourceOf(String(logicalId));
  }

  private entry([section, id]: Path): Json | undefined {
    if (!isObject(this.template) || section === undefined || id === undefined) return undefined;
    const entries = this.template[section];
    return isObject(entries) ? entries[id] : undefined;
  }
}

/** The construct path of a resource inside its environment; undefined when its metadata does not tell. */
export function constructOf(entry: Json | undefined): string | undefined {
  const metadata = isObject(entry) ? entry['Metadata'] : undefined;
  const full = isObject(metadata) ? metadata['aws:cdk:path'] : undefined;
  return typeof full === 'string' ? shorten(full) : undefined;
}

/** `Prod/Default/Orders/Cluster/Resource` is `Orders/Cluster` to a reader. */
function shorten(path: string): string {
  const parts = path.split('/').slice(1);
  const last = parts.at(-1);
  if (last === 'Resource' || last === 'Default') parts.pop();
  return parts.filter((part) => part !== 'Default').join('/');
}

/**
 * The path of a nested stack inside its environment, from its resource: the CDK places `Data.NestedStack/Data.NestedStackResource`
 * beside the construct `Data`. Without metadata it is the logical id.
 */
export const nestedPathOf = (entry: Json | undefined, logicalId: string): string =>
  (constructOf(entry) ?? logicalId).replace(/\.NestedStack\/[^/]*$/, '');

/** A stack's path as a prefix of the construct paths of its resources. */
export const pathOf = (stack: string): string =>
  stack
    .split('/')
    .filter((part) => part !== 'Default')
    .join('/');
