import type * as zod from 'zod';

/**
 * The library that schemas are written with. Whatever describes a part of the config is given it: loading it takes longer than the
 * rest of the command line, and it would not fit into what runs in a task on AWS, so it is loaded where a config is read.
 */
export type Zod = typeof zod;

/**
 * Describes a part of twin.config.ts. `In` is what is written, `Out` has the defaults.
 *
 * The metadata of a schema is what documents it: `description` in a sentence, `absent` where something that cannot be written as a
 * value is the default, `name` of an object's interface with `about` for its sentence, `expected` where messages say more than
 * the type, `choice` for what forms of an object differ in.
 */
export type Describe<In, Out extends In = In> = (z: Zod) => zod.ZodType<Out, In>;

/** Takes the description of one problem. */
export type Report = (problem: string) => void;

/** A text that is not blank. */
export const nonBlank = (z: Zod) => z.string().regex(/\S/);

/** A time limit in seconds. */
export const timeLimit = (z: Zod) => z.number().gt(0).max(86_400);

/** The message for a value that is not what is expected. */
export const wrong = (it: unknown, at: string, expected: string): string =>
  `${at === '' ? 'it' : at} is ${show(it)}; expected ${expected}`;

/** A value as a message shows it. */
export function show(it: unknown): string {
  if (typeof it === 'string') return JSON.stringify(it.length > 60 ? `${it.slice(0, 60)}...` : it);
  if (Array.isArray(it)) return 'a list';
  if (it === null || typeof it !== 'object') return typeof it === 'function' ? 'a function' : String(it);
  return 'an object';
}
