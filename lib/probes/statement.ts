/** How much of a statement is kept. */
const MAX_LENGTH = 160;

/** A statement in one line, cut to a length, with its tokens replaced. @param token - matches each token as a whole, so that nothing inside one is taken for the start of another */
export function replaceTokens(sql: string, token: RegExp, replacementOf: (token: string) => string): string {
  const plain = sql
    .replaceAll(token, (it) => replacementOf(it))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH).trimEnd()} ...` : plain;
}

/** The name of a table, an index or a constraint as messages have it: quoted where it is not a plain one. */
export const shownName = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_$.-]*$/u.test(name) ? name : JSON.stringify(name);

/** The schema whose tables are named without it: PostgreSQL's `public`, and of MySQL the database that the tier declares. */
export const DEFAULT_SCHEMA = 'public';

/** A table as messages name it: with its schema, unless that is `public`. */
export const shownTable = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  schema === DEFAULT_SCHEMA ? shownName(name) : `${shownName(schema)}.${shownName(name)}`;
