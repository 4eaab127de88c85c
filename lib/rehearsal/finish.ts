import { isOver } from './ledger';
import { afterInterruption, atWork, checkFree, runFrom, startRun, type Ended, type RunProps } from './run';

/** What {@link finish} is called with. */
export interface FinishProps extends RunProps {
  readonly rehearsal: string;
  /** Whether to finish even while the rehearsal's process is at work. */
  readonly force: boolean;
}

/**
 * Finishes a rehearsal that was kept, or whose process has ended, from its ledger alone.
 *
 * @returns undefined when there is nothing to remove
 * @throws TwinError `at-work` while its process is at work
 */
export async function finish(props: FinishProps): Promise<Ended | undefined> {
  const ledger = props.rehearsals.open(props.rehearsal);
  if (isOver(ledger.value)) return undefined;
  if (!props.force) checkFree(ledger.value);
  const isJudged = ledger.value.judged !== undefined;
  return atWork(ledger, () => {
    ledger.note({ ...afterInterruption(ledger.value), keep: false });
    return runFrom(startRun(props, ledger), isJudged ? 'logs' : 'judge', props);
  });
}
