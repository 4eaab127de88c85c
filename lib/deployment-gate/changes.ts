import type { Deployed, DeployedEntry } from '../parity/deployed';

/** An entry that is not as it was. */
export interface Change extends Omit<DeployedEntry, 'digest'> {
  /** The stack's path inside the environment; empty when it is the environment. */
  readonly stack: string;
  readonly what: 'changed' | 'added' | 'removed';
}

/** What has changed between two states of an environment, entry by entry. */
export function changesBetween(before: Deployed, now: Deployed): Change[] {
  const [old, young] = [entriesOf(before), entriesOf(now)];
  const changed = [...young].flatMap(([key, entry]): Change[] => {
    const known = old.get(key);
    if (known?.digest === entry.digest) return [];
    return [changeOf(entry, known === undefined ? 'added' : 'changed')];
  });
  const removed = [...old].flatMap(([key, entry]) => (young.has(key) ? [] : [changeOf(entry, 'removed')]));
  return [...changed, ...removed];
}

/** How many entries of an environment are compared. */
export const entryCount = ({ stacks }: Deployed): number =>
  stacks.reduce((sum, { entries }) => sum + entries.length, 0);

type StackEntry = DeployedEntry & { readonly stack: string };

const entriesOf = ({ stacks }: Deployed): ReadonlyMap<string, StackEntry> =>
  new Map(
    stacks.flatMap(({ path, entries }) =>
      entries.map((it) => [JSON.stringify([path, it.section, it.id]), { ...it, stack: path }] as const),
    ),
  );

const changeOf = ({ digest: _digest, ...entry }: StackEntry, what: Change['what']): Change => ({
  ...entry,
  what,
});
