import type { ReplayRoute } from '../config/types';
import type { LogEntry } from './entry';

/** A request that a route matches. */
export interface Matched {
  /** The index of the route. */
  readonly route: number;
  /** By the name of the placeholder: the text in the log. Personal data: see {@link Pseudonyms}. */
  readonly found: Readonly<Record<string, string>>;
}

/** The routes of a config, which say what of a log is sent: the first that matches. */
export class Routes {
  private readonly compiled: readonly Compiled[];

  constructor(routes: readonly ReplayRoute[]) {
    this.compiled = routes.map(compile);
  }

  /** @returns undefined where none matches */
  match({ method, target }: LogEntry): Matched | undefined {
    const [path, query] = splitTarget(target);
    let values: URLSearchParams | undefined;
    for (const [route, it] of this.compiled.entries()) {
      const groups = it.method === method ? it.path.exec(path) : null;
      if (!groups) continue;
      if (it.query.length > 0) values ??= new URLSearchParams(query);
      const inQuery = it.query.map(({ name, pattern }) => pattern.exec(values?.get(name) ?? ''));
      if (inQuery.includes(null)) continue;
      const found = Object.assign({}, groups.groups, ...inQuery.map((match) => match!.groups)) as Record<
        string,
        string
      >;
      return { route, found };
    }
    return undefined;
  }

  /**
   * What a request without a route is called: its method, and a star for each part of its path that no route has as it is. Anything else
   * could be a name.
   */
  nameOf({ method, target }: LogEntry): string {
    const literals = new Set(this.compiled.flatMap(({ literal }) => literal));
    const [path, query] = splitTarget(target);
    const parts = path.split('/').slice(1);
    const named = parts.map((part) => (part === '' || literals.has(part) ? part : '*'));
    const shown = named.length > MOST_PARTS ? [...named.slice(0, MOST_PARTS), '...'] : named;
    return `${METHODS.has(method) ? method : 'another method'} /${shown.join('/')}${query === undefined ? '' : '?*'}`;
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const MOST_PARTS = 6;

/**
 * Names for what stands in a log: the first text of each kind is 1, the second 2, and each is the same wherever it appears. So hot keys stay
 * hot, and the number says nothing of the text.
 */
export class Pseudonyms {
  private readonly numbers = new Map<string, Map<string, number>>();

  /** @param name - of the placeholder */
  of(name: string, text: string, values: ReplayRoute['values']): string {
    const known = this.numbers.get(name) ?? new Map<string, number>();
    this.numbers.set(name, known);
    const index = known.get(text) ?? known.size;
    known.set(text, index);
    const of = values?.[name];
    if (of === undefined) return String(index + 1);
    if ('from' in of) return `${of.prefix ?? ''}${of.from + (index % (of.to - of.from + 1))}`;
    return of[index % of.length]!;
  }
}

interface Compiled {
  readonly method: string;
  readonly path: RegExp;
  /** The parts of the path without a placeholder. */
  readonly literal: readonly string[];
  readonly query: readonly { readonly name: string; readonly pattern: RegExp }[];
}

const PLACEHOLDER = /\{(\w+)\}/;

function compile({ method = 'GET', path: template }: ReplayRoute): Compiled {
  const [path, query = ''] = splitTarget(template);
  const pairs = query === '' ? [] : query.split('&');
  return {
    method,
    path: new RegExp(`^${patternOf(path, '[^/]+')}$`),
    literal: path.split('/').filter((part) => part !== '' && !PLACEHOLDER.test(part)),
    query: pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return {
        name: decodeURIComponent(name),
        pattern: new RegExp(`^${patternOf(value.join('='), '.+')}$`, 's'),
      };
    }),
  };
}

/** A pattern in which each placeholder is a group of its name. */
const patternOf = (template: string, any: string): string =>
  template
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = PLACEHOLDER.exec(part)?.[1];
      return name === undefined
        ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
        : `(?<${name}>${any})`;
    })
    .join('');

function splitTarget(target: string): readonly [path: string, query: string | undefined] {
  const at = target.indexOf('?');
  return at < 0 ? [target, undefined] : [target.slice(0, at), target.slice(at + 1)];
}
