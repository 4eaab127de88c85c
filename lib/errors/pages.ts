/** What is written of a code beside the message of one error: what it means wherever it occurs, and what to do. */
export type ErrorPage = readonly [means: string, fix: string];

/** Pages by their codes. The type keeps the codes and not the texts. */
export const pages = <Code extends string>(
  of: Readonly<Record<Code, ErrorPage>>,
): Readonly<Record<Code, ErrorPage>> => of;
