import type { Json } from '../json';

/** A property that is a text; undefined when it is an intrinsic function or not there. A number is the text of it. */
export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/** A property that is a number, or the text of one; undefined when it is an intrinsic function or not there. */
export function numberOf(value: Json | undefined): number | undefined {
  const text = textOf(value)?.trim() ?? '';
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
}

/** What stands for a version that the template leaves to AWS. */
export const DEFAULT_VERSION = 'default';
