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
  readonly now: () => Date;
  readonly watch: Watch;
}

/** Finds the environments that stand on a target, whose ledger may be lost, and tears down the old ones: all of them, whatever fails. */
export async function sweep({
  olderThanHours = Infinity,
  now,
  watch,
  ...props
}: SweepProps): Promise<Swept[]> {
  const target = bounded(props.target);
  const found = await target.find(watch);
  const isOld = ({ since }: Found): boolean =>
    now().getTime() - Date.parse(since) > olderThanHours * 3_600_000;
  const swept: Swept[] = [];
  for (const it of found.toSorted((a, b) => a.since.localeCompare(b.since)))
    swept.push(isOld(it) ? await remove(it, target, watch) : it);
  return swept;
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
