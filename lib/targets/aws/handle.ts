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
    region: handle[`region.${i}`],
    id: handle[`id.${i}`],
  }));
}

/** The details of stacks, for a handle. */
export function detailsOf(stacks: readonly StackRef[]): Record<string, string> {
  const details = stacks.flatMap(({ path, name, region, id }, i) => [
    [`stack.${i}`, name],
    [`path.${i}`, path],
    ...(region === undefined ? [] : [[`region.${i}`, region]]),
    ...(id === undefined ? [] : [[`id.${i}`, id]]),
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
