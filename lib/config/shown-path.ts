import { relative } from 'node:path';

/** A path relative to the working folder, or an absolute one where it is outside. */
export function shown(path: string): string {
  const short = relative('', path);
  return short === '' || short.startsWith('..') ? path : short;
}
