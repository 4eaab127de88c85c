import { withSignal, type Handle, type RehearsedTier, type Watch } from '../target';

/** What the names of all that an environment makes outside its stacks begin with: of its own name the part that no other has. */
export const prefixOf = ({ name }: Pick<Handle, 'name'>): string => `twin-${name.slice(-8)}`;

/**
 * A watch of which the handle knows at once what it learns: that of the caller is a copy, which later calls of theirs do not
 * have.
 */
export function remembering(
  handle: Handle,
  watch: Watch,
): { readonly handle: Handle; readonly watch: Watch } {
  const known: Record<string, string> & Handle = { ...handle };
  const learn: Watch['learn'] = (details) => {
    watch.learn(details);
    Object.assign(known, details, { target: handle.target, name: handle.name });
  };
  return { handle: known, watch: { ...withSignal(watch, watch.signal), learn } };
}

/** A stack of an environment, in the order in which they are deployed. */
export interface StackRef {
  /** Its path inside the environment; empty when it is the environment. */
  readonly path: string;
  /** The name that it was given before it existed. */
  readonly name: string;
  /** Where it is; undefined where the credentials decide. */
  readonly region: string | undefined;
  /** Its id, once CloudFormation gave it one: names are used again, ids are not. */
  readonly id: string | undefined;
}

/** What a handle says of the stacks of its environment: nothing before `seed`. */
export function stacksIn(handle: Handle): StackRef[] {
  const count = Number(handle['stacks'] ?? 0);
  return Array.from({ length: count }, (_, i) => ({
    path: handle[`path.${i}`] ?? '',
    name: handle[`stack.${i}`]!,
    region: handle[`region.${i}`] || undefined,
    id: handle[`id.${i}`] || undefined,
  }));
}

/**
 * Every stack that an environment has and had. What a deleted one had is known by its id alone, and the Tagging API lists it for
 * hours: without it everything of one that was scrubbed in, or stood before a retry, would seem to be left.
 */
export function everIn(handle: Handle): StackRef[] {
  const present = stacksIn(handle);
  const gone = Object.entries(handle).flatMap(([key, name]): StackRef[] => {
    const [, id] = /^gone\.(.+)$/.exec(key) ?? [];
    if (id === undefined || name === undefined || present.some((it) => it.id === id)) return [];
    return [{ path: '', name, region: id.split(':')[3], id }];
  });
  return [...present, ...gone];
}

/** What a handle keeps of a stack in whose place there is another one of its name, or none. */
export const goneDetails = ({ name, id }: Pick<StackRef, 'name' | 'id'>): Record<string, string> =>
  id === undefined ? {} : { [`gone.${id}`]: name };

/** The details of stacks, for a handle. What is not known takes the place of what was known of others. */
export function detailsOf(stacks: readonly StackRef[]): Record<string, string> {
  const details = stacks.flatMap(({ path, name, region, id }, i) => [
    [`stack.${i}`, name],
    [`path.${i}`, path],
    [`region.${i}`, region ?? ''],
    [`id.${i}`, id ?? ''],
  ]);
  return { stacks: String(stacks.length), ...(Object.fromEntries(details) as Record<string, string>) };
}

/** What a handle says of what a tier began with. */
export const beginningIn = (
  handle: Handle,
  tier: string,
): Partial<Pick<RehearsedTier, 'data' | 'dataAt' | 'clonedAt'>> =>
  Object.fromEntries(
    (['data', 'dataAt', 'clonedAt'] as const).flatMap((it) => {
      const value = handle[`${it}.${tier}`];
      return value === undefined ? [] : [[it, value]];
    }),
  );
