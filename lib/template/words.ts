/**
 * Where a word stands by itself, or begins or ends a longer one, in any case: the source of a regular expression. One of two
 * letters begins others by accident: only what is written in camel case, or with a hash behind it, is known to be made of it.
 */
export function patternOf(word: string): string {
  const own = escape(word);
  const anyCase = own.replaceAll(/[A-Za-z]/g, (it) => `[${it.toUpperCase()}${it.toLowerCase()}]`);
  const [start, end] = ['(?<![A-Za-z0-9])', '(?![A-Za-z0-9])'];
  if (word.length > 2) return `${start}${anyCase}|${anyCase}${end}`;
  return `${start}${anyCase}${end}|${start}${own}(?=[A-Z][a-z]|[0-9A-F]{8})|(?<=[a-z])${own}${end}`;
}

/** A text as the source of a regular expression that finds it. */
export const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
