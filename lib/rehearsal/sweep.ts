import { didYouMean, TwinError } from '../error';
import { bounded } from '../targets/bounded';
import type { Found, Inventory, Target, Watch } from '../targets/target';

/** An environment that was found, and what became of it. */
export interface Swept extends Found {
  /** What was found afterwards; absent where it was left standing. */
  readonly inventory?: Inventory;
  /** Why its tear-down failed; absent when it succeeded. */
  readonly error?: unknown;
}

/** What {@link sweep} is called with. */
export interface SweepProps {
  readonly target: Target;
  /** Environments that stand for longer than so many hours are torn down. @default - none is */
  readonly olderThanHours?: number | undefined;
  /** Environments, or rehearsals by the names of theirs, that are torn down whatever their age. @default - none is */
  readonly named?: readonly string[];
  readonly now: () => Date;
  readonly watch: Watch;
}

/**
 * Finds the environments that stand on a target, whose ledger may be lost, and tears down those that are old or named: all of them,
 * whatever fails.
 *
 * @throws TwinError `nothing-stands` where a named one does not, before anything is torn down
 */
export async function sweep({
  olderThanHours = Infinity,
  named = [],
  now,
  watch,
  ...props
}: SweepProps): Promise<Swept[]> {
  const target = bounded(props.target);
  const found = await target.find(watch);
  const isOld = ({ since }: Found): boolean =>
    now().getTime() - Date.parse(since) > olderThanHours * 3_600_000;
  for (const name of named) if (!found.some(isCalled(name))) throw nothingCalled(name, found, target.name);
  const isNamed = (it: Found): boolean => named.some((name) => isCalled(name)(it));
  const swept: Swept[] = [];
  for (const it of found.toSorted((a, b) => a.since.localeCompare(b.since)))
    swept.push(isOld(it) || isNamed(it) ? await remove(it, target, watch) : it);
  return swept;
}

/** By its own name, or by that of its rehearsal, which it begins with. */
const isCalled =
  (name: string) =>
  ({ handle }: Found): boolean =>
    handle.name === name ||
    (handle.name.startsWith(name) && /^-[0-9a-f]{8}$/.test(handle.name.slice(name.length)));

function nothingCalled(name: string, found: readonly Found[], target: string): TwinError {
  const names = found.map(({ handle }) => handle.name);
  return new TwinError({
    code: 'nothing-stands',
    message: `no environment "${name}" stands on the target ${target}${names.length > 0 ? `; ${didYouMean(name, names)}` : ''}`,
    fix: 'Run twin sweep without names to see what stands.',
  });
}

async function remove(found: Found, target: Target, watch: Watch): Promise<Swept> {
  const { handle } = found;
  try {
    await watch.span(`tear down ${handle.name}`, () => target.down(handle, watch));
    return { ...found, inventory: await target.inventory(handle, watch) };
  } catch (error) {
    return { ...found, error };
  }
}
