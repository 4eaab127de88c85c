import { placeholdersOf, withoutPlaceholders } from '../probes/placeholders';
import { show, value, type Rule } from '../schema';

/**
 * A path on a load balancer.
 *
 * @param isKnown - whether a placeholder has a value there
 * @param expected - the placeholders that are allowed, in words
 */
export function path(isKnown: (name: string) => boolean, expected: string): Rule<string> {
  // two slashes would name another host
  const plain = value<string>(
    'a path that begins with one "/", without white space',
    (it) => typeof it === 'string' && /^\/(?!\/)\S*$/.test(it),
  );
  return {
    ...plain,
    read(it, at, report) {
      const read = plain.read(it, at, report);
      if (read === undefined) return read;
      const isUnclear = /[{}]/.test(withoutPlaceholders(read)) || !placeholdersOf(read).every(isKnown);
      if (isUnclear) report(`${at} is ${show(read)}; expected ${expected}`);
      return read;
    },
  };
}

/** A path without placeholders. */
export const plainPath = path(() => false, 'no braces: only read-your-writes has placeholders');
