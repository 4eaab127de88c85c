import { OF_APP } from './app';
import { OF_AWS } from './aws';
import { OF_FILES } from './files';
import { OF_LOCAL } from './local';
import type { ErrorPage } from './pages';
import { OF_PROOF } from './proof';
import { OF_REHEARSAL } from './rehearsal';
import { OF_SCALE } from './scale';

/** Every code of a `TwinError`, under the heading that its page has: an error without a page does not compile. */
export const ERROR_PAGES = {
  'Arguments and files': OF_FILES,
  'The app and its Twins': OF_APP,
  'The scale': OF_SCALE,
  'The proof and its files': OF_PROOF,
  'Rehearsals, their records, and production': OF_REHEARSAL,
  'On this machine': OF_LOCAL,
  'On AWS': OF_AWS,
} as const;

type Sections = (typeof ERROR_PAGES)[keyof typeof ERROR_PAGES];

/** The code of a `TwinError`. */
export type ErrorCode = Sections extends infer Section
  ? Section extends Readonly<Record<infer Code, ErrorPage>>
    ? Extract<Code, string>
    : never
  : never;

/** All codes with their pages. */
export const errorPages = (): ReadonlyMap<string, ErrorPage> =>
  new Map(Object.values(ERROR_PAGES).flatMap((section) => Object.entries<ErrorPage>(section)));
