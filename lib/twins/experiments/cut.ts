import type { Names } from '../instances/names';

/** A text that an instance's name is written into, with the instance's names. */
interface Cut {
  readonly text: string;
  readonly names: Names;
}

/**
 * Whether texts have one part that is cut to a length: in some of them characters are left out because the name is longer.
 * It begins with the instance's own name, or with as much of it as there is room for; names of one length leave the same
 * beside them, and a longer one leaves less of it, but for a hash at the end.
 *
 * @returns what is the same before and after that part
 */
export function cutIn(seen: readonly Cut[]): { readonly before: string; readonly after: string } | undefined {
  const texts = seen.map(({ text }) => text);
  const [first = ''] = texts;
  const before = first.slice(0, Math.min(...texts.map((text) => common(first, text))));
  const reversed = texts.map((text) => Array.from(text.slice(before.length)).toReversed().join(''));
  const after = Math.min(...reversed.map((text) => common(reversed[0]!, text)));
  for (let from = before.length; from >= 0; from--) {
    const parts = seen.map((it) => ({ ...it, text: it.text.slice(from, it.text.length - after) }));
    if (areCut(parts)) return { before: first.slice(0, from), after: first.slice(first.length - after) };
  }
  return undefined;
}

function areCut(seen: readonly Cut[]): boolean {
  const most = Math.max(...seen.map(({ text }) => text.length));
  if (seen.some(({ text }) => /[\uE000-\uF8FF]/.test(text))) return false; // a reference is never cut
  return [...(seen[0]?.names.keys() ?? [])].some((key) => {
    const lengths = [...new Set(seen.map(({ names }) => lengthOf(names, key)))].sort((a, b) => a - b);
    const rests = lengths.map((length) =>
      restOf(
        seen.filter(({ names }) => lengthOf(names, key) === length),
        key,
        most,
      ),
    );
    return rests.length > 1 && rests.every((rest, i) => isLeftOf(rest, rests[i - 1] ?? rest));
  });
}

const lengthOf = (names: Names, key: string): number => names.get(key)?.length ?? 0;

/** What is beside names of one length, without a hash at the end; undefined when it is not the same beside all. */
function restOf(seen: readonly Cut[], key: string, most: number): string | undefined {
  const shown = Math.min(...seen.map(({ text, names }) => common(text, names.get(key) ?? '')));
  const isWhole = seen.every(({ names }) => lengthOf(names, key) === shown);
  if (shown === 0 || (!isWhole && seen.some(({ text }) => text.length < most))) return undefined;
  const rests = new Set(seen.map(({ text }) => text.slice(shown).replace(HASH, '')));
  return rests.size === 1 ? [...rests][0] : undefined;
}

const HASH = /(?:[0-9A-F]{8}|[0-9a-f]{8})$/;

/** How many characters two texts have in common at their beginning. */
function common(a: string, b: string): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Whether a text is another one of which characters are left out. */
function isLeftOf(less: string | undefined, more: string | undefined): boolean {
  if (less === undefined || more === undefined) return false;
  let at = 0;
  for (const char of more) if (char === less[at]) at++;
  return at === less.length;
}
