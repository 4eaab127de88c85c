import { TwinError } from '../error';
import { bounded } from '../targets/bounded';
import type { Target, Watch } from '../targets/target';
import { claim } from './claim';
import { isOver } from './ledger';
import type { Rehearsals } from './rehearsals';

/** What {@link extend} is called with. */
export interface ExtendProps {
  readonly target: Target;
  readonly rehearsals: Rehearsals;
  readonly rehearsal: string;
  readonly hours: number;
  readonly watch: Omit<Watch, 'learn'>;
}

/**
 * Moves the time at which the environment of a rehearsal deletes itself.
 *
 * @returns when it does: ISO 8601, UTC
 * @throws TwinError `nothing-stands`; `at-work` while a process works on it, which reads the handle; and those of the target
 */
export async function extend({ target, rehearsals, rehearsal, hours, watch }: ExtendProps): Promise<string> {
  const giveUp = claim(rehearsals.folderOf(rehearsals.open(rehearsal).value.rehearsal), rehearsal);
  try {
    const ledger = rehearsals.open(rehearsal);
    if (isOver(ledger.value)) throw nothingStands(rehearsal);
    const { handle } = ledger.value;
    return await bounded(target).extend(handle, hours, {
      ...watch,
      learn: (details) =>
        ledger.change({ handle: { ...handle, ...details, target: handle.target, name: handle.name } }),
    });
  } finally {
    giveUp();
  }
}

const nothingStands = (rehearsal: string): TwinError =>
  new TwinError({
    code: 'nothing-stands',
    message: `${rehearsal} has no environment that stands`,
    fix: 'Rehearse with --keep to leave one standing.',
  });
