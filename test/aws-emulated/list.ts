import type { Use } from './emulator';

export type Names = readonly (string | undefined)[] | undefined;

/** How a service lists what it has of a type. */
export type List = (use: Use) => Promise<Names>;
/** By resource type; what is no resource of a template, such as a snapshot, goes by other words. */
export type Lists = Readonly<Record<string, List>>;

/** Asks for something of each; the answers one after another. */
export async function each<T, R>(
  items: readonly T[] | undefined,
  ask: (item: T) => Promise<readonly R[] | undefined>,
): Promise<R[]> {
  const found: R[] = [];
  for (const item of items ?? []) found.push(...((await ask(item)) ?? []));
  return found;
}

/** Nothing, where a service answers with an error for what is not there. */
export const orNone = async <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);

export const policyStatements = (policy: string | undefined): string[] =>
  policy === undefined
    ? []
    : (JSON.parse(policy) as { Statement: { Sid: string }[] }).Statement.map((it) => it.Sid);

export const notDefault = (name: string | undefined): boolean => !name?.startsWith('default');
