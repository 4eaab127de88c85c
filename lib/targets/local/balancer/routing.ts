import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Condition, Rule, Transform } from '../../../blueprint/load-balancing';

/** What rules look at in a request. */
export interface RoutedRequest {
  readonly method: string;
  /** Without its port, in lower case. */
  readonly host: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The client's address. */
  readonly address: string;
}

/**
 * The first rule whose conditions a request meets: the last one has none.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const ruleFor = (rules: readonly Rule[], request: RoutedRequest): Rule =>
  rules.find(({ conditions }) => conditions.every((it) => holds(it, request))) ?? rules.at(-1)!;

function holds(condition: Condition, request: RoutedRequest): boolean {
  switch (condition.field) {
    case 'host-header':
      return isLike(request.host, condition, IGNORES_CASE);
    case 'path-pattern':
      return isLike(request.path, condition, '');
    case 'http-header': {
      const value = request.headers[condition.header.toLowerCase()];
      return value !== undefined && [value].flat().some((it) => isLike(it, condition, IGNORES_CASE));
    }
    case 'http-request-method':
      return condition.values.includes(request.method);
    case 'source-ip':
      return condition.values.some((range) => isWithin(request.address, range));
    default: {
      const pairs = request.query.split('&').map((pair) => pair.split(/=(.*)/s));
      return condition.values.some(({ key, value }) =>
        pairs.some(
          ([name = '', it = '']) =>
            (key === undefined || matches(name, key, IGNORES_CASE)) && matches(it, value, IGNORES_CASE),
        ),
      );
    }
  }
}

const IGNORES_CASE = 'i';

interface Patterns {
  readonly values: readonly string[];
  readonly expressions: readonly string[];
}

const isLike = (text: string, { values, expressions }: Patterns, flags: string): boolean =>
  values.some((it) => matches(text, it, flags)) ||
  expressions.some((it) => expressionOf(it, flags)?.test(text) ?? false);

/** A regular expression of a template; undefined for one that this machine does not understand, which matches nothing. */
export function expressionOf(text: string, flags = ''): RegExp | undefined {
  try {
    return new RegExp(text, flags);
  } catch {
    return undefined; // named by those who list what differs
  }
}

/** Whether a text is like a pattern: `*` stands for any characters, `?` for one, and a backslash takes that from either. */
function matches(text: string, pattern: string, flags: string): boolean {
  const expression = pattern.replaceAll(/\\([*?\\])|[*?]|[.+^${}()|[\]\\/]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return found === '*' ? '.*' : found === '?' ? '.' : `\\${found}`;
  });
  return new RegExp(`^${expression}$`, `s${flags}`).test(text);
}

/** Whether an address is in a range such as `10.0.0.0/8`. */
function isWithin(address: string, range: string): boolean {
  const [network = '', prefix] = range.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (!isIPv4(network) && !isIPv6(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The host and the path with its query, as a rule changes them before they are sent on. */
export function transformed(
  transforms: readonly Transform[],
  { host, url }: { readonly host: string; readonly url: string },
): { readonly host: string; readonly url: string } {
  const change = (text: string, of: Transform['of']): string =>
    transforms
      .filter((it) => it.of === of)
      .reduce((it, { expression, replacement }) => {
        const found = expressionOf(expression);
        return found ? it.replace(found, replacement) : it;
      }, text);
  return { host: change(host, 'host'), url: change(url, 'url') };
}
